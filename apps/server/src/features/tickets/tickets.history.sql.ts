import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";

export interface AuditedChange { id: number; at: Date; by: string; action: string; before: Record<string, unknown>; after: Record<string, unknown> }
/** Changes of one thing alone, as the audit trail has them: what has no picture of before was no change. */
export const selectChanges = (db: Db, { kind, id, cursor, limit }: { kind: "ticket"; id: string; cursor: Cursor | null; limit: number }) =>
  sql<AuditedChange>`select id, at, actor_name as by, action, before, after from audit_log where object_kind = ${kind} and object_id = ${id} and before is not null and after is not null${cursor ? sql` and id < ${cursor[1]}::bigint` : sql``}
    order by id desc limit ${limit + 1}`.execute(db).then((result) => result.rows);
