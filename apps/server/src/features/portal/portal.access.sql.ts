import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Language } from "../api.contract.ts";

/** The cards an address opens now: those that have it. Nobody else's, not even of those put away. */
export const cardsOf = (address: string): RawBuilder<unknown> => sql`(select c.id from client_emails e join clients c on c.id = e.client_id
  where lower(e.address) = ${address} and c.archived_at is null and c.merged_into is null)`;

export interface Holder { id: string; name: string; projectKey: string }
/** Who has this address; the first card stands for all, and the project it came to last sends the mail. */
export const selectHolder = (db: Db, address: string) => sql<Holder>`select c.id, c.name,
    coalesce((select t.project_key from tickets t where t.client_id = c.id order by t.updated_at desc, t.id desc limit 1), c.projects[1], (select key from projects order by key limit 1)) as project_key
  from clients c where c.id in ${cardsOf(address)} order by c.created_at, c.id limit 1`.execute(db).then((result) => result.rows[0]);

export interface NewCode { id: string; secretHash: Buffer; address: string; language: Language; codeHash: Buffer; sealed: Buffer; ticketId: string | null; network: string; createdAt: Date; expiresAt: Date }
export const insertCode = (db: Db, row: NewCode) => sql`insert into portal_codes (id, secret_hash, address, language, code_hash, sealed, ticket_id, network, created_at, expires_at)
  values (${row.id}, ${row.secretHash}, ${row.address}, ${row.language}, ${row.codeHash}, ${row.sealed}, ${row.ticketId}, ${row.network}, ${row.createdAt}, ${row.expiresAt})`.execute(db);

/** Counts a try at the code this browser asked for; undefined when it has none that can still be used. Asking and counting are one statement, so a burst cannot slip by. */
export const countCodeTry = (db: Db, secretHash: Buffer, now: Date, most: number) => sql<{ id: string; address: string; codeHash: Buffer; ticketId: string | null; language: Language }>`update portal_codes set tries = tries + 1
  where secret_hash = ${secretHash} and used_at is null and expires_at > ${now} and tries < ${most} returning id, address, code_hash, ticket_id, language`.execute(db).then((result) => result.rows[0]);

/** True for the one who was first. */
export const useCode = (db: Db, id: string, now: Date) => sql`update portal_codes set used_at = ${now}, sealed = null where id = ${id} and used_at is null returning id`.execute(db).then((result) => result.rows.length > 0);

/** The address a browser is waiting for a code of. */
export const selectAsked = (db: Db, secretHash: Buffer, now: Date) =>
  sql<{ address: string }>`select address from portal_codes where secret_hash = ${secretHash} and used_at is null and expires_at > ${now}`.execute(db).then((result) => result.rows[0]);

/** Held while its mail is being sent; undefined when it has been, or is too late. */
export const lockUnsent = (db: Db, id: string, now: Date) => sql<{ id: string; address: string; language: Language; sealed: Buffer }>`select id, address, language, sealed from portal_codes
  where id = ${id} and sealed is not null and expires_at > ${now} for update skip locked`.execute(db).then((result) => result.rows[0]);
export const forgetSealed = (db: Db, id: string) => sql`update portal_codes set sealed = null where id = ${id}`.execute(db);

export interface NewSession { tokenHash: Buffer; address: string; csrf: string; language: Language; now: Date; expiresAt: Date; network: string; agent: string }
export const insertSession = (db: Db, row: NewSession) => sql`insert into portal_sessions (token_hash, address, csrf, language, created_at, seen_at, expires_at, network, agent)
  values (${row.tokenHash}, ${row.address}, ${row.csrf}, ${row.language}, ${row.now}, ${row.now}, ${row.expiresAt}, ${row.network}, ${row.agent})`.execute(db);

export interface Session { address: string; csrf: string; language: Language; seenAt: Date; clientId: string; name: string }
/** Undefined also when no card has the address any more. */
export const selectSession = (db: Db, tokenHash: Buffer, now: Date, idleS: number) => sql<Session>`select s.address, s.csrf, s.language, s.seen_at, c.id as client_id, c.name
  from portal_sessions s join lateral (select c.id, c.name from client_emails e join clients c on c.id = e.client_id
    where lower(e.address) = s.address and c.archived_at is null and c.merged_into is null order by c.created_at, c.id limit 1) c on true
  where s.token_hash = ${tokenHash} and s.expires_at > ${now} and s.seen_at > ${now}::timestamptz - make_interval(secs => ${idleS})`.execute(db).then((result) => result.rows[0]);

export const updateSession = (db: Db, tokenHash: Buffer, { language, now }: { language: Language; now: Date }) =>
  sql`update portal_sessions set language = ${language}, seen_at = ${now} where token_hash = ${tokenHash}`.execute(db);
export const deleteSession = (db: Db, tokenHash: Buffer) => sql`delete from portal_sessions where token_hash = ${tokenHash}`.execute(db);
export const deleteSessionsOf = (db: Db, address: string) => sql`delete from portal_sessions where address = ${address} returning 1 as one`.execute(db).then((result) => result.rows.length);

export const deleteDead = async (db: Db, now: Date, idleS: number): Promise<void> => {
  await sql`delete from portal_codes where expires_at < ${now}::timestamptz - interval '1 day'`.execute(db);
  await sql`delete from portal_sessions where expires_at < ${now} or seen_at < ${now}::timestamptz - make_interval(secs => ${idleS})`.execute(db);
};
