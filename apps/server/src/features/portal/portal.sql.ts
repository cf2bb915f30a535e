import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface Tried { tries: number; firstAt: Date }

/** Counts a try in its window and tells how many there were; counting and asking are one statement, so a burst cannot slip by. */
export const countTry = (db: Db, key: string, now: Date, windowS: number) => sql<Tried>`insert into status_tries as t (key, tries, first_at) values (${key}, 1, ${now})
  on conflict (key) do update set tries = case when t.first_at <= ${now}::timestamptz - make_interval(secs => ${windowS}) then 1 else t.tries + 1 end,
    first_at = case when t.first_at <= ${now}::timestamptz - make_interval(secs => ${windowS}) then ${now} else t.first_at end
  returning tries, first_at`.execute(db).then((result) => result.rows[0]!);

/** A right answer clears the ticket's tries and takes its own from the address, which others may share. */
export const forgiveTry = async (db: Db, keys: { ticket: string; address: string }): Promise<void> => {
  await sql`delete from status_tries where key = ${keys.ticket}`.execute(db);
  await sql`update status_tries set tries = greatest(tries - 1, 0) where key = ${keys.address}`.execute(db);
};

export const deleteOldTries = (db: Db, before: Date) => sql`delete from status_tries where first_at < ${before}`.execute(db);

/** A ticket's phones for comparing; the same statement, whether the number is known or not. */
export const selectPhones = (db: Db, digits: string) => sql<{ id: string; phones: string[] }>`select t.id,
    array_remove(array_prepend(t.contact_phone, array(select e164 from client_phones p where p.client_id = t.client_id)), null) as phones
  from tickets t where right(t.number, 13) = ${digits}`.execute(db).then((result) => result.rows[0]);

export interface ShownTicket {
  id: string; number: string; projectKey: string; type: string; processId: string; stage: string; status: string; subject: string; language: string; dueAt: Date | null; stageSince: Date; pausedAt: Date | null;
  fields: Record<string, unknown>; resolution: string | null; score: number | null; closedAs: string | null; reopened: number; createdAt: Date;
}
/** The link of a merged ticket shows the one it became. */
export const selectShown = (db: Db, linkHash: Buffer) => sql<ShownTicket>`select id, number, project_key, type, process_id, stage, status, subject, language, due_at, stage_since, paused_at, fields, resolution, score, closed_as, reopened, created_at
  from tickets where id = (select coalesce(merged_into, id) from tickets where link_hash = ${linkHash})`.execute(db).then((result) => result.rows[0]);

export interface Passage { at: Date; type: string; data: { to?: string; from?: string; transition?: string } }
/** The way of a ticket, oldest first; nothing of it says who. */
export const selectPassages = (db: Db, ticketId: string) => sql<Passage>`select at, type, data from events
  where subject_id = ${ticketId} and type in ('ticket.registered', 'ticket.moved') order by at desc, id desc limit 100`.execute(db).then((result) => result.rows.reverse());
