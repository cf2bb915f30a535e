import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inOneStatement, inTx, isInTransaction, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalid, invalidField, isDuplicate } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { sameOrRefused } from "../../platform/once.ts";
import { may, type Right } from "../access/index.ts";
import type { Clock } from "../clocks/index.ts";
import { excludesByForm, goesOnBySelf, setDue, setPriority, type ProcessTicket } from "../processes/index.ts";
import type * as contracts from "./tickets.contract.ts";
import type { TicketView } from "./tickets.contract.ts";
import { aboutNow } from "./tickets.about.ts";
import { processOf, projectOf, type ProjectInUse } from "./tickets.definitions.ts";
import { prepareDraft, theContact } from "./tickets.draft.ts";
import { deadlineProblem, FIELD_RIGHTS, fieldsNotAtFirst, fieldsNotByHand, maskedTexts } from "./tickets.edit.rules.ts";
import { perform, touched, type NoticeOwed } from "./tickets.effects.ts";
import { guarded, loadTicket } from "./tickets.load.ts";
import { formFor, type TicketForms } from "./tickets.forms.ts";
import { follow } from "./tickets.move.service.ts";
import { keepReasons, refuseStrangers, registerWithClocks, type Registered } from "./tickets.register.ts";
import { fromEngine, priorityName } from "./tickets.rules.ts";
import { insertNote, selectNote, selectSurroundings, selectTicket, selectTicketForUpdate, selectUserForTicket, touchTicket, updateTicketRow, type Note, type Said, type Ticket, type TicketChange, type TicketTexts } from "./tickets.sql.ts";
import { rewritten } from "./tickets.texts.ts";
import { NOTHING_BESIDE } from "./tickets.view.sql.ts";
import { toView } from "./tickets.view.ts";
import { living, type Living } from "./tickets.world.ts";

export type CreateInput = z.output<typeof contracts.createTicket.body>;
export type UpdateInput = z.output<typeof contracts.updateTicket.body>;

export { guarded, loadTicket } from "./tickets.load.ts";

export async function getTicket(ctx: Ctx, id: string): Promise<TicketView> {
  return toView(ctx, await loadTicket(ctx, id, "tickets.read"));
}

/**
 * Registers a ticket at once: its number, its deadline, and the client is told. A draft sent twice is one ticket.
 * `about`: whom it is about besides those its own fields and form name, for what another ticket has made. `texts`: its words in
 * all languages, where a declaration says them.
 */
export async function createTicket(ctx: Ctx, input: CreateInput, { forms, about, texts, by }: { forms?: TicketForms | undefined; about?: string[] | null; texts?: TicketTexts; by?: Lent } = {}): Promise<TicketView> {
  const { userId, department, right, ownerId } = registrar(ctx.actor, by);
  if (!may(ctx, right, { projectKey: input.projectKey, ownerId: userId, department })) throw forbidden();
  const found = await selectSurroundings(ctx.db, { draftId: input.draftId ?? null, clientId: input.clientId, interactionId: input.interactionId });
  if (found.isEarlier) return sameDraft(ctx, input, userId);
  const project = await projectOf(ctx.db, input.projectKey);
  const draft = prepareDraft(ctx, project, input, found);
  const problems = fieldsNotAtFirst(await processOf(ctx.db, project.processIds[draft.type.process]!), input.fields);
  if (problems.length > 0) throw invalid(problems);
  const fillForm = formFor(ctx, { type: draft.type, projectKey: input.projectKey, recordId: input.formRecordId, forms });
  const whole: Registered = { ...draft, drawn: found, id: input.draftId ?? newId(ctx.now().getTime()), ownerId, createdBy: userId, department, about: about ?? null, texts };
  const creating: Creating = { project, whole, fillForm };
  const made = await ((await isPlain(ctx, creating)) ? createAtOnce(ctx, creating) : createStepwise(ctx, creating));
  return made ? firstView(ctx, made, found.contact?.name ?? "") : sameDraft(ctx, input, userId);
}

interface Made { ticket: Ticket; moved: Ticket; clocks: Clock[] }
interface Creating { project: ProjectInUse; whole: Registered; fillForm: ReturnType<typeof formFor> }

/** Another feature lets people register what is its own: by that right, for whoever has to do it. */
interface Lent { right: Right; ownerId: string }
/** In whose name it is registered, and whose it is then; of a department only for who works for nothing else. */
function registrar(actor: Ctx["actor"], lent?: Lent): { userId: string | null; department: string | null; right: Right; ownerId: string | null } {
  const userId = actor.kind === "user" ? actor.id : null;
  const department = actor.kind === "user" && actor.roles.every((role) => role === "department_worker") ? actor.department ?? null : null;
  return { userId, department, ...(lent ?? { right: "tickets.create", ownerId: userId }) };
}

/** Most tickets are nothing but rows: no form is submitted, nothing goes on by itself, and an earlier ticket has made the keys. */
async function isPlain(ctx: Ctx, { project, whole, fillForm }: Creating): Promise<boolean> {
  if (fillForm || isInTransaction(ctx) || !whole.drawn?.numberKey || !whole.drawn.linkKey) return false;
  const process = await processOf(ctx.db, project.processIds[whole.type.process]!);
  return !goesOnBySelf(process, process.start);
}

const createStepwise = (ctx: Ctx, { project, whole, fillForm }: Creating): Promise<Made | undefined> => inTx(ctx, async (ctx) => {
  const made = await registerWithClocks(ctx, project, whole);
  if (!made) return undefined;
  const ticket = fillForm ? await withForm(ctx, made.ticket, fillForm) : made.ticket;
  return { ...made, ticket, moved: await follow(ctx, ticket) };
});

/** What the form says of whom it is about stands on the ticket from then on. */
async function withForm(ctx: TxCtx, ticket: Ticket, fillForm: NonNullable<Creating["fillForm"]>): Promise<Ticket> {
  await fillForm(ctx, ticket.id);
  return excludesByForm(await processOf(ctx.db, ticket.processId)) ? (await selectTicketForUpdate(ctx.db, ticket.id))! : ticket;
}

/** Undefined when the same draft was sent in the same moment. */
async function createAtOnce(ctx: Ctx, { project, whole }: Creating): Promise<Made | undefined> {
  try {
    const made = await inOneStatement(ctx, (ctx) => registerWithClocks(ctx, project, { ...whole, inOneStatement: true }));
    return made && { ...made, moved: made.ticket };
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
}

/** Unless it went on by itself, nothing can be written on it yet, and both names are known. */
const firstView = (ctx: Ctx, { ticket, moved, clocks }: Made, clientName: string): Promise<TicketView> =>
  (moved === ticket && ticket.ownerId === ticket.createdBy ? toView(ctx, ticket, { clientName, ownerName: ticket.ownerId ? ctx.actor.name : "", notes: [], notices: [], attachments: [], ...NOTHING_BESIDE, clockRows: clocks }) : toView(ctx, moved));

/** The ticket that the same form made before, or in the same moment; who may no longer read it is told no more than by its address. */
async function sameDraft(ctx: Ctx, input: CreateInput, userId: string | null): Promise<TicketView> {
  const first = input.draftId ? await selectTicket(ctx.db, input.draftId) : undefined;
  if (!first || first.projectKey !== input.projectKey || first.createdBy !== userId) throw conflict("changed_meanwhile");
  return toView(ctx, await loadTicket(ctx, first.id, "tickets.read"));
}

/** What a person changes by hand; other features, which know what they write, change by `updateTicket`. */
export async function editTicket(ctx: Ctx, id: string, input: UpdateInput): Promise<TicketView> {
  const before = await loadTicket(ctx, id, "tickets.write");
  const problems = input.fields ? fieldsNotByHand(await processOf(ctx.db, before.processId), input.fields) : [];
  const due = input.dueAt == null || new Date(input.dueAt).getTime() === before.dueAt?.getTime() ? null : deadlineProblem(new Date(input.dueAt), ctx.now());
  if (due) problems.push({ field: "dueAt", code: due });
  if (!may(ctx, "clients.see_contacts", guarded(before))) problems.push(...maskedTexts(input));
  if (problems.length > 0) throw invalid(problems);
  return updateTicket(ctx, id, input);
}

/** Changes what is written on a ticket; its stage is moved by `moveTicket` alone. */
export async function updateTicket(ctx: Ctx, id: string, input: UpdateInput): Promise<TicketView> {
  return inTx(ctx, async (ctx) => {
    const before = await loadTicket(ctx, id, "tickets.write", { lock: true });
    if (before.version !== input.version) throw conflict("changed_meanwhile");
    await refuseFields(ctx, before, input);
    const { change, notices } = await changed(ctx, before, input);
    const after = await updateTicketRow(ctx.db, before, { ...change, updatedAt: ctx.now() });
    if (!after) throw conflict("changed_meanwhile");
    const names = (Object.keys(change) as (keyof Ticket)[]).filter((name) => name !== "texts");
    await emit(ctx, { type: after.ownerId !== before.ownerId ? "ticket.assigned" : "ticket.changed", subject: { kind: "ticket", id }, data: { number: after.number, changed: names, from: before.ownerId, to: after.ownerId, notices }, touches: touched(after, before) });
    await audit(ctx, { action: "ticket.update", object: { kind: "ticket", id }, before: pick(before, names), after: pick(after, names) });
    return toView(ctx, await follow(ctx, after));
  });
}

/** What is sent back as it is, is no change. */
const changes = (before: Ticket, input: UpdateInput, field: keyof typeof FIELD_RIGHTS): boolean =>
  input[field] !== undefined && (field === "dueAt" ? input.dueAt !== (before.dueAt?.toISOString() ?? null) : input[field] !== before[field]);

async function refuseFields(ctx: Ctx, before: Ticket, input: UpdateInput): Promise<void> {
  const fields = (Object.keys(FIELD_RIGHTS) as (keyof typeof FIELD_RIGHTS)[]).filter((field) => changes(before, input, field));
  const refused = fields.filter((field) => !may(ctx, FIELD_RIGHTS[field], guarded(before)));
  if (refused.length > 0) throw forbidden("no_right", refused.map((field) => ({ field, code: "field_not_yours" })));
  if (!fields.includes("ownerId") && !fields.includes("department")) return;
  if (input.ownerId && !await mayOwn(ctx, before, input.ownerId)) throw invalidField("ownerId", "unknown_owner");
  const project = await projectOf(ctx.db, before.projectKey);
  if (input.department && !Object.hasOwn(project.departments, input.department)) throw invalidField("department", "unknown_department");
}

/** Whoever it is about is not told from somebody who is not there. */
const mayOwn = async (ctx: Ctx, { projectKey, aboutUserIds }: Ticket, userId: string): Promise<boolean> =>
  !aboutUserIds?.includes(userId) && ((await selectUserForTicket(ctx.db, userId))?.projects.includes(projectKey) ?? false);

async function changed(ctx: TxCtx, before: Ticket, input: UpdateInput): Promise<{ change: TicketChange; notices: NoticeOwed[] }> {
  const { version: _seen, fields, dueAt, priority, subject, description, clientId, ...rest } = input;
  const plain = { ...rest, ...rewritten(ctx, before, { ...(subject !== undefined && { subject }), ...(description !== undefined && { description }) }) };
  const it = await living(ctx, before);
  const change: TicketChange = { ...(clientId && clientId !== before.clientId && await claimed(ctx, before, clientId)), ...(plain as TicketChange), ...(fields && await changedFields(ctx, { ...it, ticket: { ...before, ...(input.ownerId !== undefined && { ownerId: input.ownerId }) } }, fields)) };
  const notices: NoticeOwed[] = [];
  if (priority !== undefined && priority !== before.priority) {
    const outcome = setPriority(it.process, it.engine, priorityName(priority), it.moment);
    Object.assign(it, { engine: outcome.ticket });
    Object.assign(change, { priority, ...dueOf(outcome.ticket, before) });
    notices.push(...(await perform(ctx, { ticket: before, project: it.project, effects: outcome.effects })));
    keepReasons(ctx, before, outcome.reasons);
  }
  // A deadline set by hand beats the computed one.
  if (dueAt !== undefined) Object.assign(change, await dueByHand(ctx, before, dueAt === null ? null : new Date(dueAt), it));
  return { change, notices };
}

/** It has become known whose words these are: from then on it stands on that card, and letters reach that client. What is somebody's stays theirs. */
async function claimed(ctx: TxCtx, before: Ticket, clientId: string): Promise<Pick<TicketChange, "clientId" | "contactPhone" | "contactEmail" | "language">> {
  if (before.clientId) throw invalidField("clientId", "ticket_has_client");
  const { contact } = await selectSurroundings(ctx.db, { draftId: null, clientId, interactionId: null });
  const card = theContact(ctx, clientId, contact);
  return { clientId: card!.id, contactPhone: before.contactPhone ?? card!.phones[0] ?? null, contactEmail: before.contactEmail ?? card!.emails[0] ?? null, ...(card!.language && { language: card!.language }) };
}

async function changedFields(ctx: TxCtx, { ticket, process }: Living, given: Record<string, unknown>): Promise<TicketChange> {
  await refuseStrangers(ctx, { process, projectKey: ticket.projectKey }, given);
  const fields = { ...ticket.fields, ...given };
  return { fields, ...(await aboutNow(ctx, process, { ...ticket, fields })) };
}

const dueOf = (engine: ProcessTicket, before: Ticket): Pick<TicketChange, "dueAt" | "clockFrom"> => {
  const { dueAt, clockFrom } = fromEngine(engine, before.fields);
  return { dueAt, clockFrom };
};

/** What a deadline that is set, not computed, changes on the ticket; its clock is set here. */
export async function dueByHand(ctx: TxCtx, before: Ticket, dueAt: Date | null, it?: Living): Promise<Pick<TicketChange, "dueAt" | "clockFrom">> {
  const { process, project, engine, moment } = it ?? await living(ctx, before);
  const outcome = setDue(process, engine, dueAt, moment);
  await perform(ctx, { ticket: before, project, effects: outcome.effects });
  keepReasons(ctx, before, outcome.reasons);
  return dueOf(outcome.ticket, before);
}

const pick = (ticket: Ticket, names: (keyof Ticket)[]) => Object.fromEntries(names.map((name) => [name, ticket[name]]));

/**
 * A note for colleagues; `texts`, where it is said in all languages, are shown in each reader's. It has no way to a client: notices
 * are written by other code into another table. Sent again under its `id` it is the same note.
 */
export async function addNote(ctx: Ctx, ticketId: string, text: string, { id, texts = null }: { id?: string | undefined; texts?: Said | null } = {}) {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.comment", { lock: true });
    const sent = { ticketId, authorId: ctx.actor.kind === "user" ? ctx.actor.id : null, text };
    const note = { id: id ?? newId(ctx.now().getTime()), ...sent, at: ctx.now() };
    if (!(await insertNote(ctx.db, { ...note, texts }))) return noteBy(ctx, sameOrRefused(await selectNote(ctx.db, note.id), sent));
    await touchTicket(ctx.db, ticketId, note.at);
    await emit(ctx, { type: "ticket.note_added", subject: { kind: "ticket", id: ticketId }, data: { noteId: note.id }, touches: touched(ticket) });
    await audit(ctx, { action: "ticket.note", object: { kind: "ticket", id: ticketId }, after: { noteId: note.id, text } });
    return noteBy(ctx, note);
  });
}

const noteBy = ({ actor }: Ctx, { id, text, at }: Note) => ({ id, text, by: actor.name, at: at.toISOString() });
