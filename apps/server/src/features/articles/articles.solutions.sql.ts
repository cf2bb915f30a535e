import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface Solution { id: string; source: "article" | "ticket"; articleKey: string | null; fromTicketId: string | null; fromNumber: string | null; title: string; text: string; by: string; attachedAt: Date }
export const selectSolutions = (db: Db, ticketId: string) => sql<Solution>`select s.id, s.source, s.article_key, s.from_ticket_id, t.number as from_number, s.title, s.text, coalesce(u.name, '') as by, s.attached_at
  from ticket_solutions s left join users u on u.id = s.attached_by left join tickets t on t.id = s.from_ticket_id where s.ticket_id = ${ticketId} order by s.attached_at desc, s.id desc limit 50`.execute(db).then((result) => result.rows);
export interface NewSolution { id: string; ticketId: string; source: "article" | "ticket"; articleKey: string | null; fromTicketId: string | null; title: string; text: string; attachedBy: string | null; attachedAt: Date }
/** False when it is attached already. */
export const insertSolution = (db: Db, row: NewSolution) => sql`insert into ticket_solutions (id, ticket_id, source, article_key, from_ticket_id, title, text, attached_by, attached_at)
  values (${row.id}, ${row.ticketId}, ${row.source}, ${row.articleKey}, ${row.fromTicketId}, ${row.title}, ${row.text}, ${row.attachedBy}, ${row.attachedAt}) on conflict do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);
export const deleteSolution = (db: Db, ticketId: string, id: string) =>
  sql<{ source: string; articleKey: string | null; fromTicketId: string | null; title: string }>`delete from ticket_solutions where ticket_id = ${ticketId} and id = ${id} returning source, article_key, from_ticket_id, title`.execute(db).then((result) => result.rows[0]);

export interface Variant { id: string; title: string; pros: string; cons: string; price: string; duration: string; state: "offered" | "chosen"; chosenAt: Date | null; chosenBy: string }
export const selectVariants = (db: Db, ticketId: string) => sql<Variant>`select v.id, v.title, v.pros, v.cons, v.price, v.duration, v.state, v.chosen_at, coalesce(u.name, '') as chosen_by
  from ticket_variants v left join users u on u.id = v.chosen_by where v.ticket_id = ${ticketId} order by v.position, v.id`.execute(db).then((result) => result.rows);
export const insertVariant = (db: Db, row: { id: string; ticketId: string; title: string; pros: string; cons: string; price: string; duration: string; offeredBy: string | null; createdAt: Date }) =>
  sql`insert into ticket_variants (id, ticket_id, position, title, pros, cons, price, duration, offered_by, created_at)
    values (${row.id}, ${row.ticketId}, (select coalesce(max(position), 0) + 1 from ticket_variants where ticket_id = ${row.ticketId}), ${row.title}, ${row.pros}, ${row.cons}, ${row.price}, ${row.duration}, ${row.offeredBy}, ${row.createdAt})`.execute(db);
export const deleteVariant = (db: Db, ticketId: string, id: string) =>
  sql<{ title: string }>`delete from ticket_variants where ticket_id = ${ticketId} and id = ${id} and state = 'offered' returning title`.execute(db).then((result) => result.rows[0]);
/** Whatever was chosen before is only offered again. */
export const clearChoice = (db: Db, ticketId: string) => sql`update ticket_variants set state = 'offered', chosen_by = null, chosen_at = null where ticket_id = ${ticketId} and state = 'chosen'`.execute(db);
export const setChoice = (db: Db, ticketId: string, id: string, { by, at }: { by: string | null; at: Date }) =>
  sql`update ticket_variants set state = 'chosen', chosen_by = ${by}, chosen_at = ${at} where ticket_id = ${ticketId} and id = ${id}`.execute(db).then((result) => result.numAffectedRows === 1n);
