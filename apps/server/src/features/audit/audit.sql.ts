import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";
import type { AuditRow } from "./audit.contract.ts";
import type { SealedText } from "./audit.rules.ts";

const LOCK = 312;
const TEXTS = sql`id::text, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before::text, after::text, reason, request_id`;

/** One sealer in the whole installation; false: another node is at it. Freed with the transaction. */
export const tryLockChain = (db: Db) => sql<{ got: boolean }>`select pg_try_advisory_xact_lock(${sql.lit(LOCK)}) as got`.execute(db).then((result) => result.rows[0]!.got);

export const selectUnsealed = (db: Db, limit: number) => sql<SealedText>`select ${TEXTS} from audit_log where seq is null order by audit_log.id limit ${limit}`.execute(db).then((result) => result.rows);

export const selectLastSeal = (db: Db) =>
  sql<{ seq: number; hash: string }>`select seq, encode(hash, 'hex') as hash from audit_log where seq is not null order by seq desc limit 1`.execute(db).then((result) => result.rows[0]);

export const updateSeals = (db: Db, seals: { id: string; seq: number; hash: string }[]) =>
  sql`update audit_log a set seq = r.seq, hash = decode(r.hash, 'hex') from json_to_recordset(${JSON.stringify(seals)}::json) as r(id bigint, seq bigint, hash text) where a.id = r.id`.execute(db);

export interface Head { seq: number; hash: string }
/** Kept apart, so that a chain cut off at its end is noticed. */
export const upsertHead = (db: Db, head: Head, now: Date) =>
  sql`insert into settings (key, value, updated_at) values ('audit_head', ${JSON.stringify(head)}::jsonb, ${now}) on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`.execute(db);
export const selectHead = (db: Db) => sql<{ value: Head }>`select value from settings where key = 'audit_head'`.execute(db).then((result) => result.rows[0]?.value);

export const selectSealed = (db: Db, afterSeq: number, limit: number) =>
  sql<SealedText & { seq: number; hash: string }>`select ${TEXTS}, seq, encode(hash, 'hex') as hash from audit_log where seq > ${afterSeq} order by seq limit ${limit}`.execute(db).then((result) => result.rows);

export const countUnsealed = (db: Db) => sql<{ n: number }>`select count(*)::int as n from audit_log where seq is null`.execute(db).then((result) => result.rows[0]!.n);

export interface AuditSearch { /** Nothing of tickets about this colleague is told to them. */ readerId?: string | null; objectKind: string | null; objectId: string | null; actorId: string | null; cursor: Cursor | null; limit: number }
/** The tickets a row tells of: its own, the other one of a relation or a merge, that of a form or a promise. */
const TICKETS = sql`case object_kind when 'ticket' then array[object_id, coalesce(after, before)->>'otherId', coalesce(after, before)->>'goneId', coalesce(after, before)->>'keptId', coalesce(after, before)->>'subtaskId']
  when 'form' then array[(select r.subject_id::text from form_records r where r.id = case when object_kind = 'form' then object_id::uuid end and r.subject_kind = 'ticket')]
  when 'promise' then array[(select p.ticket_id::text from promises p where p.id = case when object_kind = 'promise' then object_id::uuid end)] end`;
const notAbout = (readerId: string) => sql`not exists (select from unnest(${TICKETS}) told join tickets t on t.id = told::uuid where ${readerId}::uuid = any(t.about_user_ids))`;

export function auditQuery(search: AuditSearch) {
  const where = [
    sql`true`, search.objectKind ? sql`object_kind = ${search.objectKind}` : null, search.objectId ? sql`object_id = ${search.objectId}` : null,
    search.readerId ? notAbout(search.readerId) : null, search.actorId ? sql`actor_id = ${search.actorId}` : null, search.cursor ? sql`id < ${search.cursor[1]}::bigint` : null,
  ].filter((condition) => condition !== null);
  return sql<Omit<AuditRow, "at"> & { at: Date }>`select id, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after, reason, request_id, seq
    from audit_log where ${sql.join(where, sql` and `)} order by id desc limit ${search.limit + 1}`;
}
export const selectAudit = (db: Db, search: AuditSearch) => auditQuery(search).execute(db).then((result) => result.rows);
