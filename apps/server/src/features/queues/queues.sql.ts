import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** Gives declared queues their rows, for foreign keys. */
export const ensureQueues = (db: Db, queues: { id: string; projectKey: string; name: unknown }[]) => sql`
  insert into queues (id, project_key, name) select r.id, r."projectKey", r.name from json_to_recordset(${JSON.stringify(queues)}::json) as r(id text, "projectKey" text, name jsonb)
  on conflict (id) do update set name = excluded.name`.execute(db);
