import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** Written with the ticket itself, which the feature of relations stands above: what came of a ticket was caused by it. */
export const insertCause = (db: Db, row: { id: string; fromId: string; toId: string; createdBy: string | null; at: Date }) =>
  sql`insert into ticket_relations (id, from_id, to_id, kind, created_by, created_at) values (${row.id}, ${row.fromId}, ${row.toId}, 'caused_by', ${row.createdBy}, ${row.at})`.execute(db);

/** What came of this ticket, or is the same once more; the oldest first. */
export const selectCaused = (db: Db, id: string) =>
  sql<{ id: string }>`select from_id as id from ticket_relations where to_id = ${id} and kind in ('caused_by', 'duplicate_of') order by created_at, id`.execute(db).then((result) => result.rows.map((row) => row.id));

/** Whether supervisors have heard that it could not go along with this cause. */
export const isLeftBehind = (db: Db, id: string, causeId: string) => sql<{ told: boolean }>`
  select exists(select from events where subject_id = ${id} and type = 'alert.raised' and data ->> 'causeId' = ${causeId}) as told`.execute(db).then((result) => result.rows[0]!.told);
