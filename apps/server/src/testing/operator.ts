import { buildUser } from "../features/access/access.factory.ts";
import type { TestDatabase } from "./database.ts";

export interface StateOf { interactionId?: string; reason?: string; /** For how long they have been idle. */ idleS?: number }

/** An operator who speaks English, in a state that stands in the table; resolves to their id. */
export async function buildOperator({ db, pool }: Pick<TestDatabase, "db" | "pool">, state: string, { interactionId, reason, idleS = 0 }: StateOf = {}): Promise<string> {
  const { id } = await buildUser(db, {});
  await pool.query("insert into operators (user_id, languages) values ($1, '{en}')", [id]);
  await pool.query("insert into operator_states (operator_id, state, reason, since, idle_since, interaction_id) values ($1, $2, $3, now(), now() - make_interval(secs => $4), $5)", [id, state, reason ?? null, idleS, interactionId ?? null]);
  return id;
}
