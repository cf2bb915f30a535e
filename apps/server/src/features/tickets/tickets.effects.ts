import type { TxCtx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { addJob, removeJob } from "../../platform/jobs.ts";
import type { ProcessEffect } from "../processes/index.ts";
import type { Ticket } from "./tickets.sql.ts";

export const timerKey = (ticketId: string, name: string): string => `ticket:${ticketId}:${name}`;

/** Everything whose screens change with the ticket. */
export const touched = (ticket: Ticket, before?: Ticket): { kind: string; id: string }[] => [
  ...[...new Set([ticket.ownerId, before?.ownerId])].flatMap((id) => (id ? [{ kind: "operator", id }] : [])),
  ...(ticket.clientId ? [{ kind: "client", id: ticket.clientId }] : []),
  ...(ticket.interactionId ? [{ kind: "interaction", id: ticket.interactionId }] : []),
  { kind: "project", id: ticket.projectKey },
  // Supervisors see how many wait to be called back.
  ...(ticket.type === "callback" ? [{ kind: "floor", id: ticket.projectKey }] : []),
];

/**
 * Makes the engine's effects true in the transaction that stores the ticket; returns the notices the client is owed,
 * which travel with the event. A timer is one job by its key: setting it again moves it, a restart cannot double it.
 */
export async function perform(ctx: TxCtx, ticket: Ticket, effects: ProcessEffect[]): Promise<string[]> {
  const notices: string[] = [];
  for (const effect of effects) {
    if (effect.kind === "notify") notices.push(effect.notice);
    else if (effect.kind === "timer") await addJob(ctx, "ticket.timer", { ticketId: ticket.id, name: effect.name, dueAt: effect.dueAt }, { runAt: new Date(effect.dueAt), key: timerKey(ticket.id, effect.name) });
    else if (effect.kind === "cancel_timer") await removeJob(ctx, timerKey(ticket.id, effect.name));
    else if (effect.kind === "tell_supervisor") await alert(ctx, ticket, effect.about);
    else if (effect.kind === "remind_assignee") await remind(ctx, ticket, effect.operatorId);
  }
  return notices;
}

/** Read by the floor: `key` is a message key, `params` fill it. */
async function alert(ctx: TxCtx, ticket: Ticket, about: string): Promise<void> {
  const key = about === "reopen" ? "alert_ticket_reopened" : about.startsWith("deadline_") ? "alert_ticket_late" : "alert_ticket";
  await emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id: ticket.id }, data: { key, params: { number: ticket.number, subject: ticket.subject }, projectKey: ticket.projectKey, ticketId: ticket.id }, touches: [{ kind: "floor", id: ticket.projectKey }] });
}

async function remind(ctx: TxCtx, ticket: Ticket, operatorId: string | null): Promise<void> {
  await emit(ctx, { type: "ticket.reminded", subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, operatorId }, touches: operatorId ? [{ kind: "operator", id: operatorId }] : [] });
}
