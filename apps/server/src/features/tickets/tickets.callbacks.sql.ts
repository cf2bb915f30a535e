import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Ticket, TicketChange } from "./tickets.sql.ts";

/**
 * Calls from one number that end together are registered one after the other. A statement of its own: what follows must
 * see what the one before has committed, and a statement sees only what was there when it began.
 */
export const lockNumber = (db: Db, projectKey: string, phone: string) => sql`select pg_advisory_xact_lock(hashtext(${projectKey}), hashtext(${phone}))`.execute(db);

/** The callback this call is owed already, its own or the one it was counted on. */
export const selectCallbackOf = (db: Db, interactionId: string) =>
  sql<Ticket>`select t.* from interactions i join tickets t on t.id = i.callback_id where i.id = ${interactionId}`.execute(db).then((result) => result.rows[0]);

/** Callbacks to this number that are not over, oldest first. */
export const selectOpenCallbacks = (db: Db, { phone, projectKey, queueId }: { phone: string; projectKey: string; queueId: string }) =>
  sql<Ticket>`select * from tickets where type = 'callback' and status in ('open', 'waiting') and contact_phone = ${phone} and project_key = ${projectKey}
    and coalesce(fields->>'queueId', '') = ${queueId} order by created_at, id`.execute(db).then((result) => result.rows);

/** Callbacks to who called in this conversation, by the number or the card, that were asked for before somebody answered it. */
export const selectServed = (db: Db, interactionId: string) => sql<Ticket>`select t.* from interactions i join tickets t on t.type = 'callback' and t.status in ('open', 'waiting')
    and (t.contact_phone = i.from_number or t.client_id = i.client_id) and t.project_key = i.project_key and greatest(t.created_at, t.last_call_at) < i.answered_at
  where i.id = ${interactionId} and i.direction = 'in' order by t.created_at, t.id`.execute(db).then((result) => result.rows);

/**
 * Counts one more call on a callback that still stands in this stage; undefined when somebody began to work on it
 * meanwhile. The version stays: an operator who looks at the ticket is not in conflict with a call.
 */
export const countCall = (db: Db, { id, stage }: Ticket, { at, ...due }: Pick<TicketChange, "dueAt" | "clockFrom"> & { at: Date }) => db.updateTable("tickets")
  .set((eb) => ({ ...due, calls: eb("calls", "+", 1), lastCallAt: at, updatedAt: eb.fn("greatest", ["updatedAt", eb.val(at)]) }))
  .where("id", "=", id).where("stage", "=", stage).returningAll().executeTakeFirst();
