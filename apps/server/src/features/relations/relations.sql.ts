import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { TicketTexts } from "../tickets/index.ts";
import type { Stored } from "./relations.rules.ts";

export interface Brief { id: string; number: string; subject: string; texts: TicketTexts | null; type: string; status: "open" | "waiting" | "done" | "closed"; stage: string; processId: string; clientName: string; ownerName: string; projectKey: string; ownerId: string | null; department: string | null; aboutUserIds: string[] | null; createdAt: Date }
const BRIEF = sql`t.id, t.number, t.subject, t.texts, t.type, t.status, t.stage, t.process_id, coalesce(c.name, '') as client_name, coalesce(o.name, '') as owner_name, t.project_key, t.owner_id, t.department, t.about_user_ids, t.created_at`;
const NAMED = sql`left join clients c on c.id = t.client_id left join users o on o.id = t.owner_id`;

export interface Related extends Brief { relationId: string; kind: Stored["kind"]; fromId: string; by: string; at: Date }
/** The other ends, the newest first. */
export const selectRelated = (db: Db, id: string) => sql<Related>`select r.id as relation_id, r.kind, r.from_id, coalesce(u.name, '') as by, r.created_at as at, ${BRIEF}
  from (select * from ticket_relations where from_id = ${id} union all select * from ticket_relations where to_id = ${id}) r
  join tickets t on t.id = case when r.from_id = ${id} then r.to_id else r.from_id end ${NAMED} left join users u on u.id = r.created_by
  order by r.created_at desc, r.id limit 200`.execute(db).then((result) => result.rows);

export interface Kin extends Brief { isParent: boolean }
/** The ticket this one is a part of, and its own parts, the oldest first. */
export const selectKin = (db: Db, id: string) => sql<Kin>`select ${BRIEF}, t.is_parent from (select p.*, true as is_parent from tickets c join tickets p on p.id = c.parent_id where c.id = ${id}
    union all (select c.*, false from tickets c where c.parent_id = ${id} order by c.created_at, c.id limit 100)) t ${NAMED} order by t.is_parent desc, t.created_at, t.id`.execute(db).then((result) => result.rows);

export const selectBriefs = (db: Db, ids: string[]) => sql<Brief>`select ${BRIEF} from tickets t ${NAMED} where t.id = any(${ids}::uuid[])`.execute(db).then((result) => result.rows);

/** A ticket named by its digits; a merged one is the one it was merged into. */
export const selectIdByDigits = (db: Db, digits: string, options: { follow: boolean }) =>
  sql<{ id: string }>`select ${options.follow ? sql`coalesce(merged_into, id)` : sql`id`} as id from tickets where right(number, 13) = ${digits}`.execute(db).then((result) => result.rows[0]?.id);

/** Undefined when the two are related so already. */
export const insertRelation = (db: Db, row: Stored & { createdBy: string | null; createdAt: Date }) => sql<{ id: string }>`insert into ticket_relations (id, from_id, to_id, kind, created_by, created_at)
  values (${row.id}, ${row.fromId}, ${row.toId}, ${row.kind}, ${row.createdBy}, ${row.createdAt}) on conflict do nothing returning id`.execute(db).then((result) => result.rows[0]?.id);

export const existsRelation = (db: Db, { fromId, toId, kind }: Omit<Stored, "id">) =>
  sql<{ is: boolean }>`select exists(select from ticket_relations where from_id = ${fromId} and to_id = ${toId} and kind = ${kind}) as is`.execute(db).then((result) => result.rows[0]!.is);

export const countRelations = (db: Db, id: string) => sql<{ n: number }>`select count(*)::int as n from ticket_relations where from_id = ${id} or to_id = ${id}`.execute(db).then((result) => result.rows[0]!.n);

export const deleteRelation = (db: Db, id: string, ticketId: string) =>
  sql<Stored>`delete from ticket_relations where id = ${id} and (from_id = ${ticketId} or to_id = ${ticketId}) returning id, from_id, to_id, kind`.execute(db).then((result) => result.rows[0]);

export interface Kept extends Stored { createdBy: string | null; createdAt: string | Date }
/** Takes all relations of a ticket away and returns them as they were. */
export const takeRelations = (db: Db, ticketId: string) =>
  sql<Kept>`delete from ticket_relations where from_id = ${ticketId} or to_id = ${ticketId} returning id, from_id, to_id, kind, created_by, created_at`.execute(db).then((result) => result.rows);
export const deleteRelations = (db: Db, ids: string[]) => sql`delete from ticket_relations where id = any(${ids}::uuid[])`.execute(db);
