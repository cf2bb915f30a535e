import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Hold, Standing } from "./queues.repair.rules.ts";

/** Gives declared queues their rows, for foreign keys. */
export const ensureQueues = (db: Db, queues: { id: string; projectKey: string; name: unknown }[]) => sql`
  insert into queues (id, project_key, name) select r.id, r."projectKey", r.name from json_to_recordset(${JSON.stringify(queues)}::json) as r(id text, "projectKey" text, name jsonb)
  on conflict (id) do update set name = excluded.name`.execute(db);

export const selectHolds = async (db: Db, ids: string[]): Promise<Hold[]> =>
  (await sql<Hold>`select id, state, operator_id, wrapped_at is not null as is_wrapped from interactions where id = any(${ids}::uuid[])`.execute(db)).rows;

/** What desks show of every operator. */
export const selectStanding = async (db: Db): Promise<Standing[]> => (await sql<Standing>`select operator_id, state, interaction_id from operator_states`.execute(db)).rows;
