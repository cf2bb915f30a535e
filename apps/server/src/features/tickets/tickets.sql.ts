import { sql, type Generated, type Insertable, type RawBuilder, type Selectable, type Updateable } from "kysely";
import type { Language } from "../api.contract.ts";
import type { Db } from "../../platform/db.ts";
import { kept } from "../../platform/kept.ts";
import type { ProcessTicket } from "../processes/index.ts";

export type TicketStatus = "open" | "waiting" | "done" | "closed";
export type ClosedAs = "confirmed" | "unconfirmed" | "rejected" | "cancelled";
export type Said = Record<Language, string>;
export interface TicketTexts { subject?: Said; description?: Said }
export interface TicketsTable {
  id: string; number: string; projectKey: string; type: string; processId: string; stage: string; status: TicketStatus;
  clientId: string | null; interactionId: string | null; subject: string; description: Generated<string>; fields: Generated<Record<string, unknown>>;
  priority: number; language: Language; channel: Generated<string>; contactPhone: string | null; contactEmail: string | null;
  ownerId: string | null; department: string | null; dueAt: Date | null; stageSince: Date; clockFrom: Date | null; pausedAt: Date | null; deadlineHours: ProcessTicket["deadlineHours"];
  reopened: Generated<number>; score: number | null; clientComment: string | null; resolution: string | null; closedAt: Date | null; closedAs: ClosedAs | null;
  linkHash: Buffer; createdBy: string | null; version: Generated<number>;
  /** Of a callback: how often the client has called, and when last if more than once. */
  calls: Generated<number>; lastCallAt: Date | null; createdAt: Date; updatedAt: Date;
  /** The ticket it was merged into (features/relations): its number and link lead there, and nothing is written on it any more. */
  mergedInto: Generated<string | null>;
  /** Of a sub-task: whose, under which key of the parent's process, and whether the parent waits for it. */
  parentId: Generated<string | null>; parentTask: Generated<string | null>; parentWaits: Generated<boolean>;
  /** Colleagues for whom this ticket does not exist. */
  aboutUserIds: Generated<string[] | null>;
  /** Of those, whom it is about by what it was made of; a change of its own fields and forms does not forget them. */
  aboutBesides: Generated<string[] | null>;
  /** Of subject and description what a declaration says, in all languages; the rest people wrote. */
  texts: Generated<TicketTexts | null>;
  /** Colleagues asked for advice, who may read it and write notes (features/handovers). */
  adviserIds: Generated<string[] | null>;
}
declare module "../../platform/db.ts" { interface Tables { tickets: TicketsTable } }

export type Ticket = Selectable<TicketsTable>;
export type NewTicket = Insertable<TicketsTable>;
export type TicketChange = Updateable<TicketsTable>;

const COLUMNS = sql`id, number, project_key, type, process_id, stage, status, client_id, interaction_id, subject, description, fields, priority, language, channel, contact_phone, contact_email, owner_id, department,
  due_at, stage_since, clock_from, paused_at, deadline_hours, reopened, score, client_comment, resolution, closed_at, closed_as, link_hash, created_by, version, calls, last_call_at, created_at, updated_at, merged_into, parent_id, parent_task, parent_waits, about_user_ids, about_besides, texts, adviser_ids`;

export const selectTicket = (db: Db, id: string) => kept(sql<Ticket>`select ${COLUMNS} from tickets where id = ${id}`).execute(db).then((result) => result.rows[0]);

/** A parent is always locked before its sub-task, so that one that ends and one that is cancelled never wait for each other. */
export const selectTicketForUpdate = (db: Db, id: string) => kept(sql<Ticket>`with parent as materialized (select id from tickets where id = (select parent_id from tickets where id = ${id}) for update)
  select ${COLUMNS} from tickets where id = ${id} and (select count(*) from parent) >= 0 for update`).execute(db).then((result) => result.rows[0]);

/** As every ticket begins, where its row does not say otherwise. */
const NEW = { description: "", fields: {}, channel: "voice", score: null, clientComment: null, resolution: null, closedAt: null, closedAs: null, reopened: 0, version: 1, calls: 1, lastCallAt: null, mergedInto: null, parentId: null, parentTask: null, parentWaits: false, aboutUserIds: null, aboutBesides: null, texts: null, adviserIds: null };

/** The whole row of a new ticket. */
export const newTicket = (row: NewTicket): Ticket => ({ ...NEW, ...row } as Ticket);

/** Undefined when the ticket (its id or its call's callback) is already there. */
export async function insertTicket(db: Db, row: NewTicket): Promise<Ticket | undefined> {
  const ticket = newTicket(row);
  const done = await kept(sql`${ticketStatement(ticket)} on conflict do nothing`).execute(db);
  return done.numAffectedRows === 1n ? ticket : undefined;
}

/** Fails when the ticket is already there. */
export function ticketStatement(ticket: Ticket) {
  const columns = Object.fromEntries(Object.entries(ticket).map(([name, value]) => [snake(name), Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : value]));
  return sql`insert into tickets (${COLUMNS}) select ${COLUMNS} from json_populate_record(null::tickets, ${JSON.stringify(columns)}::json)`;
}

/** Forty columns a ticket: each name is turned once. */
const columnNames = new Map<string, string>();
function snake(name: string): string {
  const known = columnNames.get(name) ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  columnNames.set(name, known);
  return known;
}

/**
 * Updates only the version the reader saw; undefined means someone else was first. What is written `beside` costs no round trip
 * of its own. Changes come in few shapes, each of which a connection keeps.
 */
export function updateTicketRow(db: Db, { id, version }: Pick<Ticket, "id" | "version">, change: TicketChange, beside: RawBuilder<unknown>[] = []): Promise<Ticket | undefined> {
  const also = beside.length === 0 ? sql`` : sql`with ${sql.join(beside.map((statement, index) => sql`${sql.raw(`b${index}`)} as (${statement})`))} `;
  const set = Object.entries(json(change)).filter(([, value]) => value !== undefined).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
  return kept(sql<Ticket>`${also}update tickets set ${sql.join([...set, sql`version = version + 1`])} where id = ${id} and version = ${version} returning ${COLUMNS}`).execute(db).then((result) => result.rows[0]);
}

/** `pg` would write an object as a composite; jsonb columns get their text. */
const json = <T extends { fields?: unknown; deadlineHours?: unknown }>(row: T): T => ({
  ...row, ...(row.fields !== undefined && { fields: JSON.stringify(row.fields) }), ...(row.deadlineHours !== undefined && { deadlineHours: row.deadlineHours === null ? null : JSON.stringify(row.deadlineHours) }),
});

/** The next of the sequence and the keys numbers and links are made with. */
const DRAWN = sql`nextval('ticket_numbers') - 1 as n, (select value #>> '{}' from settings where key = 'ticket_number_key') as number_key,
  (select value #>> '{}' from settings where key = 'ticket_link_key') as link_key`;
export interface Drawn { n: number; numberKey: string | null; linkKey: string | null }
export const nextNumber = (db: Db) => sql<Drawn>`select ${DRAWN}`.execute(db).then((result) => result.rows[0]!);

export const selectKeys = (db: Db) =>
  kept(sql<{ numberKey: string | null; linkKey: string | null }>`select (select value #>> '{}' from settings where key = 'ticket_number_key') as number_key,
    (select value #>> '{}' from settings where key = 'ticket_link_key') as link_key`).execute(db).then((result) => result.rows[0]!);

/** Written once for the life of the installation: another key would give numbers a second time. */
export const insertKeys = (db: Db, keys: { numberKey: string; linkKey: string }) =>
  sql`insert into settings (key, value) values ('ticket_number_key', to_jsonb(${keys.numberKey}::text)), ('ticket_link_key', to_jsonb(${keys.linkKey}::text)) on conflict do nothing`.execute(db);

export interface Contact { id: string; name: string; language: Language | null; phones: string[]; emails: string[]; projects: string[]; address: Record<string, unknown>; archived: boolean }

/** What a ticket takes over from the client's card. */
const CONTACT = sql`c.id, c.name, c.language, c.projects, c.address, c.archived_at is not null as archived,
  array(select e164 from client_phones p where p.client_id = c.id order by p.position) as phones,
  array(select address from client_emails m where m.client_id = c.id order by m.position) as emails from clients c`;
export const selectContact = (db: Db, clientId: string) => sql<Contact>`select ${CONTACT} where c.id = ${clientId}`.execute(db).then((result) => result.rows[0]);

export interface KnownInteraction { id: string; projectKey: string | null; clientId: string | null; channel: string; fromNumber: string; language: Language | null }
export interface Surroundings extends Drawn { isEarlier: boolean; contact: Contact | null; interaction: KnownInteraction | null }

/**
 * Everything a new ticket needs to know, in one statement: whether this draft was sent before, its conversation, its client
 * (or who the conversation was with), and a number. A number drawn for a draft that is then refused is left out for ever.
 */
export const selectSurroundings = (db: Db, draft: { draftId: string | null; clientId: string | null; interactionId: string | null }) => kept(sql<Surroundings>`select ${DRAWN}, exists(select from tickets where id = ${draft.draftId}::uuid) as is_earlier,
    (select row_to_json(x) from (select ${CONTACT} where c.id = coalesce(${draft.clientId}::uuid, (select client_id from interactions where id = ${draft.interactionId}::uuid))) x) as contact,
    (select json_build_object('id', id, 'projectKey', project_key, 'clientId', client_id, 'channel', channel, 'fromNumber', from_number, 'language', language) from interactions where id = ${draft.interactionId}::uuid) as interaction`)
  .execute(db).then((result) => result.rows[0]!);

/** The conversation a ticket came from points to it; the first ticket of a conversation wins. */
export const linkInteraction = (interactionId: string, ticketId: string) => sql`update interactions set ticket_id = ${ticketId} where id = ${interactionId} and ticket_id is null`;

/** The same with a callback, which a call has beside a ticket registered while they talked. */
export const linkCallback = (interactionId: string, ticketId: string) =>
  sql`update interactions set callback_id = ${ticketId}, ticket_id = coalesce(ticket_id, ${ticketId}) where id = ${interactionId}`;

export const selectUserForTicket = (db: Db, id: string) =>
  sql<{ id: string; name: string; projects: string[] }>`select id, name, projects from users where id = ${id} and disabled_at is null`.execute(db).then((result) => result.rows[0]);

export interface Note { id: string; ticketId: string; authorId: string | null; text: string; at: Date }
/** False when there is one of this id. */
export const insertNote = (db: Db, row: Note & { texts: Said | null }): Promise<boolean> => sql`insert into ticket_notes (id, ticket_id, author_id, text, texts, at)
  values (${row.id}, ${row.ticketId}, ${row.authorId}, ${row.text}, ${row.texts && JSON.stringify(row.texts)}::jsonb, ${row.at}) on conflict (id) do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);
export const selectNote = (db: Db, id: string) => sql<Note>`select id, ticket_id, author_id, text, at from ticket_notes where id = ${id}`.execute(db).then((result) => result.rows[0]);

export const touchTicket = (db: Db, id: string, at: Date) => sql`update tickets set updated_at = greatest(updated_at, ${at}) where id = ${id}`.execute(db);

export const updateAdvisers = (db: Db, id: string, ids: string[]) => sql`update tickets set adviser_ids = ${ids.length > 0 ? ids : null}::uuid[] where id = ${id}`.execute(db).then(() => undefined);

/** How often nobody but the installation itself has moved a ticket since. */
export const countMovedAlone = (db: Db, id: string, since: Date) => sql<{ n: number }>`select count(*)::int as n from events where subject_id = ${id} and at >= ${since} and type = 'ticket.moved' and actor ->> 'kind' = 'system'`
  .execute(db).then((result) => result.rows[0]!.n);
