import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { may, type Right } from "../access/index.ts";
import { setPriority, start, type Process } from "../processes/index.ts";
import { workingClock } from "../projects/index.ts";
import type * as contracts from "./tickets.contract.ts";
import type { TicketView } from "./tickets.contract.ts";
import { processOf, projectOf, type ProjectInUse } from "./tickets.definitions.ts";
import { perform, touched } from "./tickets.effects.ts";
import { prepareDraft, type Draft } from "./tickets.draft.ts";
import { drawNumber } from "./tickets.keys.ts";
import { escalations, fromEngine, priorityName, statusOf, toEngine } from "./tickets.rules.ts";
import {
  insertNote, insertTicket, linkCallback, linkInteraction, selectSurroundings, selectTicket, selectTicketForUpdate, selectUserForTicket, touchTicket, updateTicketRow,
  type Drawn, type NewTicket, type Ticket, type TicketChange,
} from "./tickets.sql.ts";
import { toView } from "./tickets.view.ts";

export type CreateInput = z.output<typeof contracts.createTicket.body>;
export type UpdateInput = z.output<typeof contracts.updateTicket.body>;

/** What the rights look at. */
export const guarded = (ticket: Pick<Ticket, "projectKey" | "ownerId" | "department">) => ({ projectKey: ticket.projectKey, ownerId: ticket.ownerId, department: ticket.department });

/** A ticket the actor may see; one of another project is not told from one that is not there. */
export async function loadTicket(ctx: Ctx, id: string, right: Right, options: { lock?: boolean; /** Also one that was merged, which else is only read. */ merged?: boolean } = {}): Promise<Ticket> {
  const ticket = options.lock ? await selectTicketForUpdate(ctx.db, id) : await selectTicket(ctx.db, id);
  if (!ticket || !may(ctx, "tickets.read", guarded(ticket))) throw notFound("ticket", id);
  if (!may(ctx, right, guarded(ticket))) throw forbidden();
  if (ticket.mergedInto && options.lock && !options.merged) throw conflict("ticket_merged");
  return ticket;
}

export async function getTicket(ctx: Ctx, id: string): Promise<TicketView> {
  return toView(ctx, await loadTicket(ctx, id, "tickets.read"));
}

/** Registers a ticket at once: its number, its deadline, and the client is told. A draft sent twice is one ticket. */
export async function createTicket(ctx: Ctx, input: CreateInput): Promise<TicketView> {
  const userId = ctx.actor.kind === "user" ? ctx.actor.id : null;
  const department = ctx.actor.kind === "user" && !ctx.actor.roles.some((role) => role !== "department_worker") ? ctx.actor.department ?? null : null;
  if (!may(ctx, "tickets.create", { projectKey: input.projectKey, ownerId: userId, department })) throw forbidden();
  const found = await selectSurroundings(ctx.db, { draftId: input.draftId ?? null, clientId: input.clientId, interactionId: input.interactionId });
  if (found.isEarlier) return sameDraft(ctx, input, userId);
  const project = await projectOf(ctx.db, input.projectKey);
  const draft = prepareDraft(ctx, project, input, found);
  const made = await inTx(ctx, (ctx) => register(ctx, project, { ...draft, drawn: found, id: input.draftId ?? newId(ctx.now().getTime()), ownerId: userId, createdBy: userId, department }));
  if (!made) return sameDraft(ctx, input, userId);
  // Nothing can be written on it yet, and both names are known.
  return toView(ctx, made, { clientName: found.contact?.name ?? "", ownerName: userId ? ctx.actor.name : "", notes: [], notices: [], attachments: [] });
}

/** The ticket that the same form made before, or in the same moment. */
async function sameDraft(ctx: Ctx, input: CreateInput, userId: string | null): Promise<TicketView> {
  const first = input.draftId ? await selectTicket(ctx.db, input.draftId) : undefined;
  if (!first || first.projectKey !== input.projectKey || first.createdBy !== userId) throw conflict("changed_meanwhile");
  return toView(ctx, first);
}

interface Registered extends Draft { id: string; ownerId: string | null; createdBy: string | null; department: string | null; /** From the sequence, when it was asked already. */ drawn?: Drawn }

/** Writes the ticket, starts its process and announces it. Undefined when the same ticket was there before. */
export async function register(ctx: TxCtx, project: ProjectInUse, draft: Registered): Promise<Ticket | undefined> {
  const processId = project.processIds[draft.type.process]!;
  const process = await processOf(ctx.db, processId);
  const begun = start(process, { priority: priorityName(draft.priority), deadlineHours: draft.type.deadline_hours, requiredBy: draft.requiredBy, assigneeId: draft.ownerId, fields: {} }, moment(ctx, project));
  const { number, linkHash } = await drawNumber(ctx.db, draft.id, project.project.ticket_prefix, draft.drawn);
  const row: NewTicket = {
    ...fromEngine(begun.ticket, draft.fields), id: draft.id, number, projectKey: project.project.key, type: draft.type.key, processId, status: statusOf(process, begun.ticket.stage),
    clientId: draft.clientId, interactionId: draft.interactionId, subject: draft.subject, description: draft.description, language: draft.language, channel: draft.channel,
    contactPhone: draft.contactPhone, contactEmail: draft.contactEmail, department: draft.department, linkHash, createdBy: draft.createdBy, createdAt: ctx.now(), updatedAt: ctx.now(),
  };
  const ticket = await insertTicket(ctx.db, row);
  if (!ticket) return undefined;
  if (ticket.interactionId) await (ticket.type === "callback" ? linkCallback : linkInteraction)(ctx.db, ticket.interactionId, ticket.id);
  const notices = await perform(ctx, ticket, begun.effects);
  await emit(ctx, {
    type: "ticket.registered", subject: { kind: "ticket", id: ticket.id }, touches: touched(ticket),
    data: { number, projectKey: ticket.projectKey, type: ticket.type, to: ticket.stage, clientId: ticket.clientId, interactionId: ticket.interactionId, notices },
  });
  await audit(ctx, { action: "ticket.register", object: { kind: "ticket", id: ticket.id }, after: { ...row, linkHash: undefined } });
  return ticket;
}

/** Now, and the project's working hours, as the engine counts. */
export const moment = (ctx: Ctx, project: ProjectInUse) => ({ now: ctx.now(), clock: workingClock(project.calendar, project.project.time_zone) });

/** Changes what is written on a ticket; its stage is moved by `moveTicket` alone. */
export async function updateTicket(ctx: Ctx, id: string, input: UpdateInput): Promise<TicketView> {
  return inTx(ctx, async (ctx) => {
    const before = await loadTicket(ctx, id, "tickets.write", { lock: true });
    if (before.version !== input.version) throw conflict("changed_meanwhile");
    await refuseAssignment(ctx, before, input);
    const { change, notices } = await changed(ctx, before, input);
    const after = await updateTicketRow(ctx.db, id, before.version, { ...change, updatedAt: ctx.now() });
    if (!after) throw conflict("changed_meanwhile");
    const names = Object.keys(change) as (keyof Ticket)[];
    await emit(ctx, { type: after.ownerId !== before.ownerId ? "ticket.assigned" : "ticket.changed", subject: { kind: "ticket", id }, data: { number: after.number, changed: names, from: before.ownerId, to: after.ownerId, notices }, touches: touched(after, before) });
    await audit(ctx, { action: "ticket.update", object: { kind: "ticket", id }, before: pick(before, names), after: pick(after, names) });
    return toView(ctx, after);
  });
}

async function refuseAssignment(ctx: Ctx, before: Ticket, input: UpdateInput): Promise<void> {
  const reassigns = (input.ownerId !== undefined && input.ownerId !== before.ownerId) || (input.department !== undefined && input.department !== before.department);
  if (!reassigns) return;
  if (!may(ctx, "tickets.assign", guarded(before))) throw forbidden();
  const owner = input.ownerId ? await selectUserForTicket(ctx.db, input.ownerId) : undefined;
  if (input.ownerId && !owner?.projects.includes(before.projectKey)) throw invalidField("ownerId", "unknown_owner");
  const project = await projectOf(ctx.db, before.projectKey);
  if (input.department && !Object.hasOwn(project.departments, input.department)) throw invalidField("department", "unknown_department");
}

async function changed(ctx: TxCtx, before: Ticket, input: UpdateInput): Promise<{ change: TicketChange; notices: string[] }> {
  const { version: _seen, fields, dueAt, priority, ...plain } = input;
  const change: TicketChange = { ...(plain as TicketChange), ...(fields && { fields: { ...before.fields, ...fields } }) };
  const project = await projectOf(ctx.db, before.projectKey);
  const process: Process = await processOf(ctx.db, before.processId);
  const notices: string[] = [];
  if (priority !== undefined && priority !== before.priority) {
    const outcome = setPriority(process, toEngine(before), priorityName(priority), moment(ctx, project));
    if (outcome.ok) {
      const { clockFrom, dueAt: due } = fromEngine(outcome.ticket, before.fields);
      Object.assign(change, { priority, clockFrom, dueAt: due });
      notices.push(...(await perform(ctx, { ...before, ...change } as Ticket, outcome.effects)));
    }
  }
  // A deadline set by hand beats the computed one.
  if (dueAt !== undefined) Object.assign(change, await dueByHand(ctx, before, dueAt === null ? null : new Date(dueAt)));
  return { change, notices };
}

/** What a deadline that is set, not computed, changes on the ticket; its reminders are set here. */
export async function dueByHand(ctx: TxCtx, before: Ticket, dueAt: Date | null): Promise<Pick<TicketChange, "dueAt" | "clockFrom">> {
  const project = await projectOf(ctx.db, before.projectKey);
  const process = await processOf(ctx.db, before.processId);
  const timers = dueAt ? escalations(process, ctx.now(), dueAt, moment(ctx, project).clock) : [];
  await perform(ctx, before, timers.map(({ name, dueAt }) => ({ kind: "timer", name, dueAt: dueAt.toISOString() })));
  return { dueAt, clockFrom: dueAt && ctx.now() };
}

const pick = (ticket: Ticket, names: (keyof Ticket)[]) => Object.fromEntries(names.map((name) => [name, ticket[name]]));

/** A note for colleagues. It has no way to a client: notices are written by other code into another table. */
export async function addNote(ctx: Ctx, ticketId: string, text: string) {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.note", { lock: true });
    const note = { id: newId(ctx.now().getTime()), text, by: ctx.actor.name, at: ctx.now() };
    await insertNote(ctx.db, { id: note.id, ticketId, authorId: ctx.actor.kind === "user" ? ctx.actor.id : null, text, at: note.at });
    await touchTicket(ctx.db, ticketId, note.at);
    await emit(ctx, { type: "ticket.note_added", subject: { kind: "ticket", id: ticketId }, data: { noteId: note.id }, touches: touched(ticket) });
    await audit(ctx, { action: "ticket.note", object: { kind: "ticket", id: ticketId }, after: { noteId: note.id, text } });
    return { ...note, at: note.at.toISOString() };
  });
}
