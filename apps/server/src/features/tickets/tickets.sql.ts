import { sql, type Generated, type Insertable, type Selectable, type Updateable } from "kysely";
import type { Language } from "../api.contract.ts";
import type { Db } from "../../platform/db.ts";
import type { ProcessTicket } from "../processes/index.ts";

export type TicketStatus = "open" | "waiting" | "done" | "closed";
export type ClosedAs = "confirmed" | "unconfirmed" | "rejected" | "cancelled";
export interface TicketsTable {
  id: string; number: string; projectKey: string; type: string; processId: string; stage: string; status: TicketStatus;
  clientId: string | null; interactionId: string | null; subject: string; description: Generated<string>; fields: Generated<Record<string, unknown>>;
  priority: number; language: Language; channel: Generated<string>; contactPhone: string | null; contactEmail: string | null;
  ownerId: string | null; department: string | null; dueAt: Date | null; stageSince: Date; clockFrom: Date | null; pausedAt: Date | null; deadlineHours: ProcessTicket["deadlineHours"];
  reopened: Generated<number>; score: number | null; clientComment: string | null; resolution: string | null; closedAt: Date | null; closedAs: ClosedAs | null;
  linkHash: Buffer; createdBy: string | null; version: Generated<number>; createdAt: Date; updatedAt: Date;
}
declare module "../../platform/db.ts" { interface Tables { tickets: TicketsTable } }

export type Ticket = Selectable<TicketsTable>;
export type NewTicket = Insertable<TicketsTable>;
export type TicketChange = Updateable<TicketsTable>;

export const selectTicket = (db: Db, id: string) => db.selectFrom("tickets").selectAll().where("id", "=", id).executeTakeFirst();

export const selectTicketForUpdate = (db: Db, id: string) => db.selectFrom("tickets").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();

export const selectTicketByLink = (db: Db, linkHash: Buffer) => db.selectFrom("tickets").selectAll().where("linkHash", "=", linkHash).executeTakeFirst();

export const selectCallbackOf = (db: Db, interactionId: string) =>
  db.selectFrom("tickets").selectAll().where("interactionId", "=", interactionId).where("type", "=", "callback").executeTakeFirst();

/** Undefined when the ticket (its id or its call's callback) is already there. */
export const insertTicket = (db: Db, row: NewTicket) =>
  db.insertInto("tickets").values(json(row)).onConflict((conflict) => conflict.doNothing()).returningAll().executeTakeFirst();

/** Updates only the version the reader saw; undefined means someone else was first. */
export const updateTicketRow = (db: Db, id: string, version: number, change: TicketChange) =>
  db.updateTable("tickets").set(json(change)).set((eb) => ({ version: eb("version", "+", 1) })).where("id", "=", id).where("version", "=", version).returningAll().executeTakeFirst();

/** `pg` would write an object as a composite; jsonb columns get their text. */
const json = <T extends { fields?: unknown; deadlineHours?: unknown }>(row: T): T => ({
  ...row, ...(row.fields !== undefined && { fields: JSON.stringify(row.fields) }), ...(row.deadlineHours !== undefined && { deadlineHours: row.deadlineHours === null ? null : JSON.stringify(row.deadlineHours) }),
});

/** The next of the sequence and the keys numbers and links are made with. */
export const nextNumber = (db: Db) =>
  sql<{ n: number; numberKey: string | null; linkKey: string | null }>`select nextval('ticket_numbers') - 1 as n,
    (select value #>> '{}' from settings where key = 'ticket_number_key') as number_key, (select value #>> '{}' from settings where key = 'ticket_link_key') as link_key`
    .execute(db).then((result) => result.rows[0]!);

export const selectKeys = (db: Db) =>
  sql<{ numberKey: string | null; linkKey: string | null }>`select (select value #>> '{}' from settings where key = 'ticket_number_key') as number_key,
    (select value #>> '{}' from settings where key = 'ticket_link_key') as link_key`.execute(db).then((result) => result.rows[0]!);

/** Written once for the life of the installation: another key would give numbers a second time. */
export const insertKeys = (db: Db, keys: { numberKey: string; linkKey: string }) =>
  sql`insert into settings (key, value) values ('ticket_number_key', to_jsonb(${keys.numberKey}::text)), ('ticket_link_key', to_jsonb(${keys.linkKey}::text)) on conflict do nothing`.execute(db);

export interface Contact { id: string; name: string; language: Language | null; phones: string[]; emails: string[]; projects: string[]; address: Record<string, unknown>; archived: boolean }

/** What a ticket takes over from the client's card. */
export const selectContact = (db: Db, clientId: string) => sql<Contact>`select c.id, c.name, c.language, c.projects, c.address, c.archived_at is not null as archived,
    array(select e164 from client_phones p where p.client_id = c.id order by p.position) as phones,
    array(select address from client_emails m where m.client_id = c.id order by m.position) as emails
  from clients c where c.id = ${clientId}`.execute(db).then((result) => result.rows[0]);

export interface KnownInteraction { id: string; projectKey: string | null; clientId: string | null; channel: string; fromNumber: string; language: Language | null }
export const selectInteraction = (db: Db, id: string) =>
  sql<KnownInteraction>`select id, project_key, client_id, channel, from_number, language from interactions where id = ${id}`
    .execute(db).then((result) => result.rows[0]);

/** The conversation a ticket came from points to it; the first ticket of a conversation wins. */
export const linkInteraction = (db: Db, interactionId: string, ticketId: string) =>
  sql`update interactions set ticket_id = ${ticketId} where id = ${interactionId} and ticket_id is null`.execute(db);

export const selectUserForTicket = (db: Db, id: string) =>
  sql<{ id: string; name: string; projects: string[] }>`select id, name, projects from users where id = ${id} and disabled_at is null`.execute(db).then((result) => result.rows[0]);

export const insertNote = (db: Db, row: { id: string; ticketId: string; authorId: string | null; text: string; at: Date }) =>
  sql`insert into ticket_notes (id, ticket_id, author_id, text, at) values (${row.id}, ${row.ticketId}, ${row.authorId}, ${row.text}, ${row.at})`.execute(db);

export const touchTicket = (db: Db, id: string, at: Date) => sql`update tickets set updated_at = greatest(updated_at, ${at}) where id = ${id}`.execute(db);
