import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";
import { cardsOf } from "./portal.access.sql.ts";

export interface TryLimit { max: number; windowS: number; /** Each lock is twice as long as the one before, up to 64 times. */ doubles: boolean }

/**
 * Counts a try and tells until when its key is locked; counting and asking are one statement, so a burst cannot slip by.
 * Tries while it is locked do not make the lock longer. After a week without any the locks begin small again.
 */
export async function countTry(db: Db, key: string, now: Date, { max, windowS, doubles }: TryLimit): Promise<{ lockedUntil: Date | null; tries: number }> {
  const isLocked = sql`(t.locked_until is not null and t.locked_until > ${now})`;
  const isOver = sql`(t.locked_until is not null or t.first_at <= ${now}::timestamptz - make_interval(secs => ${windowS}))`;
  const locks = sql`case when t.first_at <= ${now}::timestamptz - interval '7 days' then 0 else t.locks end`;
  const { rows } = await sql<{ lockedUntil: Date | null; tries: number }>`insert into status_tries as t (key, tries, first_at) values (${key}, 1, ${now})
    on conflict (key) do update set
      tries = case when ${isLocked} then t.tries when ${isOver} then 1 else t.tries + 1 end,
      first_at = case when not ${isLocked} and ${isOver} then ${now} else t.first_at end,
      locked_until = case when ${isLocked} then t.locked_until when not ${isOver} and t.tries >= ${max} then ${now}::timestamptz + make_interval(secs => ${windowS} * power(2, ${doubles ? sql`least(t.locks, 6)` : sql`0`})) end,
      locks = case when ${isLocked} then t.locks when not ${isOver} and t.tries >= ${max} then t.locks + 1 else ${locks} end
    returning locked_until, tries`.execute(db);
  return rows[0]!;
}

/** A right answer clears the ticket's tries, not how long its next lock would be, and takes its own from the address, which others may share. */
export const forgiveTry = async (db: Db, keys: { ticket: string; address: string }): Promise<void> => {
  await sql`update status_tries set tries = 0 where key = ${keys.ticket}`.execute(db);
  await sql`update status_tries set tries = greatest(tries - 1, 0) where key = ${keys.address}`.execute(db);
};

export const deleteOldTries = (db: Db, now: Date, windowS: number) => sql`delete from status_tries
  where first_at < ${now}::timestamptz - case when locks > 0 then interval '7 days' else make_interval(secs => ${windowS}) end`.execute(db);

/** A ticket's phones for comparing; the same statement, whether the number is known or not. */
export const selectPhones = (db: Db, digits: string) => sql<{ id: string; hasMail: boolean; phones: string[] }>`select t.id, t.contact_email is not null as has_mail,
    array_remove(array_prepend(t.contact_phone, array(select e164 from client_phones p where p.client_id = t.client_id)), null) as phones
  from tickets t where right(t.number, 13) = ${digits}`.execute(db).then((result) => result.rows[0]);

export interface ShownTicket {
  id: string; number: string; projectKey: string; type: string; processId: string; stage: string; status: string; subject: string; language: string; dueAt: Date | null; stageSince: Date; pausedAt: Date | null;
  fields: Record<string, unknown>; resolution: string | null; score: number | null; closedAs: string | null; reopened: number; createdAt: Date;
}
const SHOWN = sql`id, number, project_key, type, process_id, stage, status, subject, language, due_at, stage_since, paused_at, fields, resolution, score, closed_as, reopened, created_at`;
const shown = (where: RawBuilder<unknown>) => sql<ShownTicket>`select ${SHOWN}
  from tickets where id = (select coalesce(merged_into, id) from tickets where ${where})`;
/** The link of a merged ticket shows the one it became. */
export const selectShown = (db: Db, linkHash: Buffer) => shown(sql`link_hash = ${linkHash}`).execute(db).then((result) => result.rows[0]);
export const selectShownById = (db: Db, id: string) => shown(sql`id = ${id}`).execute(db).then((result) => result.rows[0]);

export interface Passage { at: Date; type: string; data: { to?: string; from?: string; transition?: string } }
/** The way of a ticket, oldest first; nothing of it says who. */
export const selectPassages = (db: Db, ticketId: string) => sql<Passage>`select at, type, data from events
  where subject_id = ${ticketId} and type in ('ticket.registered', 'ticket.moved') order by at desc, id desc limit 100`.execute(db).then((result) => result.rows.reverse());

/** Tickets of the cards an address opens. A sub-task is between colleagues. */
const own = (address: string) => sql`parent_id is null and client_id in ${cardsOf(address)}`;

/** One's own ticket, or the one it was merged into if that is one's own too. Somebody else's and one that is not there take the same way. */
export const selectOwn = (db: Db, address: string, id: string) => sql<ShownTicket>`select ${SHOWN} from tickets
  where id = (select coalesce(merged_into, id) from tickets where id = ${id} and ${own(address)}) and ${own(address)}`.execute(db).then((result) => result.rows[0]);

export interface OwnTicket { id: string; number: string; projectKey: string; processId: string; stage: string; subject: string; createdAt: Date; updatedAt: Date }
/** Newest first, as they were registered. */
export const selectOwnTickets = (db: Db, address: string, { after, most }: { after: Cursor | null; most: number }) => sql<OwnTicket>`select id, number, project_key, process_id, stage, subject, created_at, updated_at from tickets
  where ${own(address)} and merged_into is null ${after ? sql`and (created_at, id) < (${after[0]}, ${after[1]}::uuid)` : sql``} order by created_at desc, id desc limit ${most}`.execute(db).then((result) => result.rows);

/** Those that are not closed, newest first. */
export const selectOwnOpen = (db: Db, address: string, most: number) => sql<OwnTicket>`select id, number, project_key, process_id, stage, subject, created_at, updated_at from tickets
  where ${own(address)} and merged_into is null and status <> 'closed' order by created_at desc, id desc limit ${most}`.execute(db).then((result) => result.rows);

/** A ticket of one's own and those merged into it that were one's own too. */
export const selectOwnIds = (db: Db, address: string, id: string) =>
  sql<{ id: string }>`select id from tickets where (id = ${id} or merged_into = ${id}) and ${own(address)}`.execute(db).then((result) => result.rows.map((row) => row.id));
