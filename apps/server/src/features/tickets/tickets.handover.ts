import { audit } from "../../platform/audit.ts";
import type { TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { touched } from "./tickets.effects.ts";
import { loadTicket } from "./tickets.load.ts";
import { follow } from "./tickets.move.service.ts";
import { keepReasons } from "./tickets.register.ts";
import { selectTicketForUpdate, selectUserForTicket, updateAdvisers, updateTicketRow, type Ticket } from "./tickets.sql.ts";

/** The ticket, locked, for what happens to its hand-over: whoever is asked may not see the ticket itself yet. */
export async function lockTicket(ctx: TxCtx, id: string): Promise<Ticket> {
  const ticket = await selectTicketForUpdate(ctx.db, id);
  if (!ticket) throw notFound("ticket", id);
  return ticket;
}

export interface NewOwner { ownerId: string; /** Who gave it; null: a process or a rule, named by `askedBy`. */ by: string | null; askedBy?: string | null }

/**
 * The ticket's owner from now on. Right is what the caller has looked at: an offer that was made to this very person. The
 * ticket must be locked; whom it is about never becomes its owner (R129).
 */
export async function giveOwner(ctx: TxCtx, before: Ticket, { ownerId, by, askedBy }: NewOwner): Promise<Ticket> {
  const person = await selectUserForTicket(ctx.db, ownerId);
  if (!person?.projects.includes(before.projectKey) || before.aboutUserIds?.includes(ownerId)) throw forbidden();
  if (before.ownerId === ownerId) return before;
  const after = await updateTicketRow(ctx.db, before, { ownerId, updatedAt: ctx.now() });
  if (!after) throw conflict("changed_meanwhile");
  keepReasons(ctx, before, [{ what: "owner", value: ownerId, because: { kind: by ? "person" : "process", path: askedBy ?? "", text: by ?? "" }, inputs: { to: ownerId, ...(before.ownerId && { from: before.ownerId }) } }]);
  await emit(ctx, { type: "ticket.assigned", subject: { kind: "ticket", id: before.id }, data: { number: after.number, changed: ["ownerId"], from: before.ownerId, to: after.ownerId, notices: [] }, touches: touched(after, before) });
  await audit(ctx, { action: "ticket.update", object: { kind: "ticket", id: before.id }, before: { ownerId: before.ownerId }, after: { ownerId } });
  return follow(ctx, after);
}

/** Who may read the ticket for the sake of a question from now on; no change of the ticket itself, so that nobody's edit meets it. */
export const setAdvisers = (ctx: TxCtx, ticketId: string, ids: string[]): Promise<void> => updateAdvisers(ctx.db, ticketId, ids);

/** A ticket the actor asks a colleague about, locked: whose it is stays as it is. */
export async function ticketToAskAbout(ctx: TxCtx, id: string): Promise<Ticket> {
  const ticket = await loadTicket(ctx, id, "tickets.handover", { lock: true });
  if (ticket.status === "done" || ticket.status === "closed") throw conflict("consult_closed");
  return ticket;
}

/** A ticket the actor hands over, locked; nobody's ticket is the giver's until it is taken, so that it never lies between two. */
export async function ticketToGive(ctx: TxCtx, id: string): Promise<Ticket> {
  const ticket = await loadTicket(ctx, id, "tickets.handover", { lock: true });
  if (ticket.status === "done" || ticket.status === "closed") throw conflict("handover_closed");
  if (ticket.ownerId !== null || ctx.actor.kind !== "user") return ticket;
  return giveOwner(ctx, ticket, { ownerId: ctx.actor.id, by: ctx.actor.id });
}
