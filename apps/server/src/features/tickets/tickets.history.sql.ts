import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";

export interface AuditedChange { id: number; at: Date; by: string; action: string; before: Record<string, unknown>; after: Record<string, unknown> }
/** Changes of one thing alone, as the audit trail has them: what has no picture of before was no change. */
export const selectChanges = (db: Db, { kind, id, cursor, limit }: { kind: "ticket"; id: string; cursor: Cursor | null; limit: number }) =>
  sql<AuditedChange>`select id, at, actor_name as by, action, before, after from audit_log where object_kind = ${kind} and object_id = ${id} and before is not null and after is not null${cursor ? sql` and id < ${cursor[1]}::bigint` : sql``}
    order by id desc limit ${limit + 1}`.execute(db).then((result) => result.rows);

interface Step { ticketId: string; userId: string; transition: string; /** Which they saw. */ version: number; given: object }
/** Whether it was this person's very step, with this input, that made the next version: taken, or held for a decision. */
export const isStepOf = (db: Db, { ticketId, userId, transition, version, given }: Step): Promise<boolean> => sql<{ found: boolean }>`select exists(select from audit_log
    where object_kind = 'ticket' and object_id = ${ticketId} and actor_kind = 'user' and actor_id = ${userId} and after->>'version' = ${String(version + 1)} and after->'given' = ${JSON.stringify(given)}::jsonb
      and (action = ${`ticket.${transition}`} or (action = 'ticket.approval_wanted' and after->>'transition' = ${transition}))) as found`.execute(db).then((result) => result.rows[0]!.found);
