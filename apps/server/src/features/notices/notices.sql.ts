import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import { kept } from "../../platform/kept.ts";
import type { Language } from "../api.contract.ts";

export type NoticeState = "queued" | "sent" | "failed" | "no_address";
export interface NoticeRow {
  id: string; ticketId: string; cause: string; key: string; language: Language; recipient: string; subject: string; bodyText: string; bodyHtml: string;
  state: NoticeState; attempts: number; messageId: string; error: string | null; createdAt: Date; sentAt: Date | null;
}
export type NewNotice = Omit<NoticeRow, "attempts" | "error" | "sentAt">;

/** The ids that are new. A cause that has its notice already is passed by: the listener heard the same fact twice. */
export const insertNotices = (db: Db, rows: NewNotice[]): Promise<Set<string>> => kept(sql<{ id: string }>`insert into notices (id, ticket_id, cause, key, language, recipient, subject, body_text, body_html, state, message_id, created_at, next_at)
  select r.id, r."ticketId", r.cause, r.key, r.language, r.recipient, r.subject, r."bodyText", r."bodyHtml", r.state, r."messageId", r."createdAt", r."createdAt"
  from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, "ticketId" uuid, cause text, key text, language text, recipient text, subject text, "bodyText" text, "bodyHtml" text, state text, "messageId" text, "createdAt" timestamptz)
  on conflict (cause) do nothing returning id`).execute(db).then((result) => new Set(result.rows.map(({ id }) => id)));

/** A file that goes with a mail; `path` is under the data folder. */
export interface NoticeFile { name: string; mediaType: string; path: string; bytes: number }
export const insertNoticeFiles = async (db: Db, noticeId: string, files: NoticeFile[]): Promise<void> => {
  for (const [position, { name, mediaType, path, bytes }] of files.entries()) await sql`insert into notice_files (notice_id, position, name, media_type, path, bytes) values (${noticeId}, ${position}, ${name}, ${mediaType}, ${path}, ${bytes})`.execute(db);
};
export const selectNoticeFiles = (db: Db, noticeIds: string[]) =>
  kept(sql<NoticeFile & { noticeId: string }>`select notice_id, name, media_type, path, bytes::float8 as bytes from notice_files where notice_id = any(${noticeIds}::uuid[]) order by notice_id, position`).execute(db).then((result) => result.rows);

/** Whom a notice speaks to and about what, at the moment it is written. */
export interface Told {
  id: string; number: string; projectKey: string; processId: string; type: string; subject: string; language: Language; resolution: string | null; dueAt: Date | null; stage: string; fields: Record<string, unknown>;
  contactPhone: string | null; contactEmail: string | null; clientName: string; givenName: string; middleName: string; ownerName: string;
  /** Its link is made of this; read along, for it is asked with every notice. */
  linkKey: string | null;
}
export const selectTold = (db: Db, ticketIds: string[]) => kept(sql<Told>`select t.id, t.number, t.project_key, t.process_id, t.type, t.subject, t.language, t.resolution, t.due_at, t.stage, t.fields, t.contact_phone, t.contact_email,
    coalesce(c.name, '') as client_name, coalesce(c.given_name, '') as given_name, coalesce(c.middle_name, '') as middle_name, coalesce(u.name, '') as owner_name,
    (select value #>> '{}' from settings where key = 'ticket_link_key') as link_key
  from tickets t left join clients c on c.id = t.client_id left join users u on u.id = t.owner_id where t.id = any(${ticketIds}::uuid[])`).execute(db).then((result) => result.rows);

export interface Due extends NoticeRow { number: string; projectKey: string }
/** Whether a look is worth a transaction. */
export const isAnyDue = (db: Db, now: Date): Promise<boolean> =>
  kept(sql<{ due: boolean }>`select exists (select 1 from notices where state = 'queued' and next_at <= ${now}) as due`).execute(db).then((result) => result.rows[0]!.due);

/** Held by the sender until it has written what came of them; those another sender holds are passed by. */
export const lockDue = (db: Db, { now, most }: { now: Date; most: number }) =>
  kept(sql<Due>`select n.id, n.ticket_id, n.cause, n.key, n.language, n.recipient, n.subject, n.body_text, n.body_html, n.state, n.attempts, n.message_id, n.error, n.created_at, n.sent_at, t.number, t.project_key from notices n join tickets t on t.id = n.ticket_id
    where n.state = 'queued' and n.next_at <= ${now} order by n.next_at, n.id limit ${most} for update of n skip locked`).execute(db).then((result) => result.rows);

export interface Outcome { id: string; state: NoticeState; error: string | null; sentAt: Date | null; /** When it is tried again, if it is queued still. */ nextAt: Date }
export const markNotices = (db: Db, outcomes: Outcome[]) => kept(sql`update notices n set state = r.state, attempts = n.attempts + 1, error = r.error, sent_at = r.sent_at, next_at = r.next_at
  from json_to_recordset(${JSON.stringify(outcomes.map((each) => ({ ...each, sent_at: each.sentAt, next_at: each.nextAt })))}::json) as r(id uuid, state text, error text, sent_at timestamptz, next_at timestamptz) where n.id = r.id`).execute(db);

export interface Outgoing {
  /** How long the oldest has waited. */
  waitsS: number;
  /** How long the one most overdue has been due and was not taken. */
  dueS: number;
  /** Of the last try, of those that failed and of those given up. */
  lastError: string | null;
  /** The last try failed, and nothing has been sent after it. */
  failsSince: boolean;
  /** The last three mails that came to an end were all given up. */
  isRefused: boolean;
}

/**
 * Looks at the thousand that are due next and at the last two hundred written: a server that is away for a day must not
 * make this slow. When one was tried last follows from `next_at` and its pause (`pauseS` of the sender).
 */
export const selectOutgoing = (db: Db, now: Date) => sql<Outgoing>`
  with waiting as (select created_at, next_at, error, case when attempts > 0 then next_at - make_interval(secs => least(21600, exp(attempts))) end as tried_at
      from notices where state = 'queued' order by next_at, id limit 1000),
    last as (select id, state, sent_at, error from notices order by id desc limit 200),
    ended as (select state, error from last where state in ('sent', 'failed') order by id desc limit 3),
    tried as (select error, tried_at from waiting where tried_at is not null order by tried_at desc limit 1)
  select coalesce((select greatest(0, extract(epoch from ${now} - min(created_at)))::int from waiting), 0) as waits_s,
    coalesce((select greatest(0, extract(epoch from ${now} - min(next_at)))::int from waiting), 0) as due_s,
    coalesce((select error from tried), (select min(error) from ended where state = 'failed')) as last_error,
    coalesce((select tried_at from tried) > coalesce((select max(sent_at) from last), '-infinity'), false) as fails_since,
    (select count(*) = 3 and bool_and(state = 'failed') from ended) as is_refused`.execute(db).then((result) => result.rows[0]!);
