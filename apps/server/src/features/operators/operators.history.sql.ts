import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";

export interface AuditedChange { id: number; at: Date; by: string; before: Record<string, unknown>; after: Record<string, unknown> }
export const selectChanges = (db: Db, id: string, cursor: Cursor | null, limit: number) =>
  sql<AuditedChange>`select id, at, actor_name as by, before, after from audit_log where object_kind = 'operator' and object_id = ${id} and before is not null and after is not null${cursor ? sql` and id < ${cursor[1]}::bigint` : sql``}
    order by id desc limit ${limit + 1}`.execute(db).then((result) => result.rows);
