import type { TxCtx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { clockStatements, removeClocks, saveClocks, type Clock } from "../clocks/index.ts";
import type { ProcessEffect } from "../processes/index.ts";
import { marksIn } from "../rules/index.ts";
import type { ProjectInUse } from "./tickets.definitions.ts";
import { moment } from "./tickets.load.ts";
import type { Ticket } from "./tickets.sql.ts";

/** Everything whose screens change with the ticket. */
export const touched = (ticket: Ticket, before?: Ticket): { kind: string; id: string }[] => [
  ...[...new Set([ticket.ownerId, before?.ownerId])].flatMap((id) => (id ? [{ kind: "operator", id }] : [])),
  ...(ticket.clientId ? [{ kind: "client", id: ticket.clientId }] : []),
  ...(ticket.interactionId ? [{ kind: "interaction", id: ticket.interactionId }] : []),
  { kind: "project", id: ticket.projectKey },
  // Supervisors see how many wait to be called back.
  ...(ticket.type === "callback" ? [{ kind: "floor", id: ticket.projectKey }] : []),
];

/** What a notice is told by, when it is not by mail in the client's language. */
export type NoticeOwed = string | { notice: string; language: string; channels: string[] };

interface Performed { ticket: Ticket; project: ProjectInUse; effects: readonly ProcessEffect[] }
const ownerOf = ({ id, projectKey }: Ticket) => ({ kind: "ticket", id, projectKey });
const clocksIn = ({ project, effects }: Performed): { saved: Clock[]; dropped: string[] } => ({
  saved: effects.flatMap((effect) => (effect.kind === "clock" ? [withMarks(project, effect.clock)] : [])),
  dropped: effects.flatMap((effect) => (effect.kind === "drop_clock" ? [effect.name] : [])),
});

/** What the effects do to clocks, for who writes it with the ticket's row or at the end of the transaction. */
export const clockWrites = (ctx: TxCtx, performed: Performed) => clockStatements(ctx, ownerOf(performed.ticket), clocksIn(performed), moment(ctx, performed.project).clock);

/** Makes the engine's effects true in the transaction that stores the ticket, its clocks first; returns as `tell`. */
export async function perform(ctx: TxCtx, performed: Performed): Promise<NoticeOwed[]> {
  const { saved, dropped } = clocksIn(performed);
  if (dropped.length > 0) await removeClocks(ctx, ownerOf(performed.ticket), dropped);
  await saveClocks(ctx, ownerOf(performed.ticket), saved, moment(ctx, performed.project).clock);
  return tell(ctx, performed);
}

/** The effects beside clocks; returns the notices the client is owed, which travel with the event. Sub-tasks are made by who moves the ticket. */
export async function tell(ctx: TxCtx, { ticket, effects }: Performed): Promise<NoticeOwed[]> {
  for (const effect of effects) {
    if (effect.kind === "tell_supervisor") await alert(ctx, ticket, effect.about);
    else if (effect.kind === "hand_over") await wantHandover(ctx, ticket, { to: effect.to === "department" ? ticket.department ?? "" : "", askedBy: effect.about });
    else if (effect.kind === "want_assignment") await wantAssignment(ctx, ticket, effect.about);
    else if (effect.kind === "remind_assignee") await remind(ctx, ticket, effect.operatorId);
    else if (effect.kind === "want_visit") await emit(ctx, { type: "ticket.visit_wanted", subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, projectKey: ticket.projectKey, skill: effect.skill, minutes: effect.minutes }, touches: touched(ticket) });
  }
  return effects.flatMap((effect): NoticeOwed[] => (effect.kind !== "notify" ? [] : effect.channels ? [{ notice: effect.notice, language: effect.language ?? "client", channels: effect.channels }] : [effect.notice]));
}

/** Rules of the project may wait for other shares of a clock than its process. */
function withMarks(project: ProjectInUse, clock: Clock): Clock {
  const marks = marksIn(project).filter((mark) => mark.clock === clock.name).map(({ percent }) => percent);
  return marks.length === 0 ? clock : { ...clock, thresholds: [...new Set([...clock.thresholds, ...marks])].sort((a, b) => a - b) };
}

/** Read by the floor: `key` is a message key, `params` fill it. */
export async function alert(ctx: TxCtx, ticket: Ticket, about: string): Promise<void> {
  const key = about === "circle" ? "alert_ticket_circle" : about === "reopen" ? "alert_ticket_reopened" : about === "approval" ? "alert_approval_wanted" : about.startsWith("deadline_") || about.startsWith("first_answer_") || about.startsWith("stage_") ? "alert_ticket_late" : "alert_ticket";
  await emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id: ticket.id }, data: { key, params: { number: ticket.number, subject: ticket.subject }, projectKey: ticket.projectKey, ticketId: ticket.id }, touches: [{ kind: "floor", id: ticket.projectKey }] });
}

/** Heard by the feature of hand-overs; `to` names a department, or nobody: the supervisors. */
export const wantHandover = (ctx: TxCtx, ticket: Pick<Ticket, "id" | "number" | "projectKey">, { to, askedBy, text = "" }: { to: string; askedBy: string; text?: string }): Promise<void> =>
  emit(ctx, { type: "ticket.handover_wanted", subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, projectKey: ticket.projectKey, to, askedBy, text } });

/** Heard by the feature of the load: it goes to whoever has the least to do. */
export const wantAssignment = (ctx: TxCtx, ticket: Pick<Ticket, "id" | "number" | "projectKey">, askedBy: string): Promise<void> =>
  emit(ctx, { type: "ticket.assignment_wanted", subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, projectKey: ticket.projectKey, askedBy } });

const reminded = new WeakMap<TxCtx["facts"], Set<string>>();
/** Of one thing that has happened nobody is reminded twice: an answered task reminds the owner, and the step it lets the ticket take may want to do so, too. */
export async function remind(ctx: TxCtx, ticket: Ticket, operatorId: string | null): Promise<void> {
  const told = reminded.get(ctx.facts) ?? new Set<string>();
  reminded.set(ctx.facts, told);
  if (told.has(`${ticket.id} ${operatorId}`)) return;
  told.add(`${ticket.id} ${operatorId}`);
  await emit(ctx, { type: "ticket.reminded", subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, operatorId }, touches: operatorId ? [{ kind: "operator", id: operatorId }] : [] });
}
