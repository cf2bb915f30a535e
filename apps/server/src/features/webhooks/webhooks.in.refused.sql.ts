import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { FieldProblem } from "../../platform/errors.ts";
import type { HookAt } from "./webhooks.in.sql.ts";

export interface Refusal { reason: string; params: Record<string, string | number>; fields: FieldProblem[] }
export interface RefusalRow extends Refusal { hookKey: string; times: number; firstAt: Date; lastAt: Date }

/** True for one that was not known: the same again is counted. */
export const upsertRefusal = (db: Db, row: HookAt & Refusal & { what: Buffer; at: Date }) => sql<{ times: number }>`insert into hook_refusals (project_key, hook_key, what, reason, params, fields, first_at, last_at)
  values (${row.projectKey}, ${row.hookKey}, ${row.what}, ${row.reason}, ${JSON.stringify(row.params)}::jsonb, ${JSON.stringify(row.fields)}::jsonb, ${row.at}, ${row.at})
  on conflict (project_key, hook_key, what) do update set times = hook_refusals.times + 1, last_at = excluded.last_at, params = excluded.params, fields = excluded.fields returning times`.execute(db).then((result) => result.rows[0]!.times === 1);

/** Whoever has the secret and sends nonsense fills no table. */
export const deleteSurplus = (db: Db, { projectKey, hookKey }: HookAt, most: number) => sql`delete from hook_refusals where project_key = ${projectKey} and hook_key = ${hookKey} and what not in
  (select what from hook_refusals where project_key = ${projectKey} and hook_key = ${hookKey} order by last_at desc limit ${most})`.execute(db);

export const selectRefusals = (db: Db, projectKey: string) =>
  sql<RefusalRow>`select hook_key, reason, params, fields, times, first_at, last_at from hook_refusals where project_key = ${projectKey} order by last_at desc, what`.execute(db).then((result) => result.rows);
