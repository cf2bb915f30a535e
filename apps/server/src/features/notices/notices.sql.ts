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

/** Whom a notice speaks to and about what, at the moment it is written. */
export interface Told {
  id: string; number: string; projectKey: string; processId: string; type: string; subject: string; language: Language; resolution: string | null; dueAt: Date | null; stage: string;
  contactPhone: string | null; contactEmail: string | null; clientName: string; givenName: string; middleName: string; ownerName: string;
  /** Its link is made of this; read along, for it is asked with every notice. */
  linkKey: string | null;
}
export const selectTold = (db: Db, ticketIds: string[]) => kept(sql<Told>`select t.id, t.number, t.project_key, t.process_id, t.type, t.subject, t.language, t.resolution, t.due_at, t.stage, t.contact_phone, t.contact_email,
    coalesce(c.name, '') as client_name, coalesce(c.given_name, '') as given_name, coalesce(c.middle_name, '') as middle_name, coalesce(u.name, '') as owner_name,
    (select value #>> '{}' from settings where key = 'ticket_link_key') as link_key
  from tickets t left join clients c on c.id = t.client_id left join users u on u.id = t.owner_id where t.id = any(${ticketIds}::uuid[])`).execute(db).then((result) => result.rows);

export interface Due extends NoticeRow { number: string; projectKey: string }
/** Held by the sender until it has written what came of them; those another sender holds are passed by. */
export const lockDue = (db: Db, { now, most }: { now: Date; most: number }) =>
  kept(sql<Due>`select n.id, n.ticket_id, n.cause, n.key, n.language, n.recipient, n.subject, n.body_text, n.body_html, n.state, n.attempts, n.message_id, n.error, n.created_at, n.sent_at, t.number, t.project_key from notices n join tickets t on t.id = n.ticket_id
    where n.state = 'queued' and n.next_at <= ${now} order by n.next_at, n.id limit ${most} for update of n skip locked`).execute(db).then((result) => result.rows);

export interface Outcome { id: string; state: NoticeState; error: string | null; sentAt: Date | null; /** When it is tried again, if it is queued still. */ nextAt: Date }
export const markNotices = (db: Db, outcomes: Outcome[]) => kept(sql`update notices n set state = r.state, attempts = n.attempts + 1, error = r.error, sent_at = r.sent_at, next_at = r.next_at
  from json_to_recordset(${JSON.stringify(outcomes.map((each) => ({ ...each, sent_at: each.sentAt, next_at: each.nextAt })))}::json) as r(id uuid, state text, error text, sent_at timestamptz, next_at timestamptz) where n.id = r.id`).execute(db);
