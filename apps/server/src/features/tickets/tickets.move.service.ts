import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, conflict, invalid, invalidField } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { own } from "../../platform/own.ts";
import { apply, automatic, goesOnBySelf, type Approved, type FieldValues, type Held, type Process, type ProcessActor, type ProcessOutcome } from "../processes/index.ts";
import type * as contracts from "./tickets.contract.ts";
import type { TicketView } from "./tickets.contract.ts";
import { aboutNow } from "./tickets.about.ts";
import { bringAlong } from "./tickets.brought.ts";
import { processOf, type ProjectInUse } from "./tickets.definitions.ts";
import { alert, clockWrites, remind, tell, touched } from "./tickets.effects.ts";
import { departmentsFor } from "./tickets.facts.rules.ts";
import { isStepOf } from "./tickets.history.sql.ts";
import { loadTicket } from "./tickets.load.ts";
import { insertApproval, lapseApprovals, selectMergedTasks, selectOpenSubtasks, type Asking } from "./tickets.process.sql.ts";
import { isRefusal, refused } from "./tickets.refusals.ts";
import { keepReasons, refuseStrangers } from "./tickets.register.ts";
import { engineRoles, filled, fromEngine, statusOf, strangeInput } from "./tickets.rules.ts";
import { selectTicketForUpdate, updateTicketRow, type Ticket } from "./tickets.sql.ts";
import { registerSubtasks } from "./tickets.subtasks.ts";
import { toView } from "./tickets.view.ts";
import { doerOf, living, worldOf, type Doer, type Living } from "./tickets.world.ts";

export type MoveInput = z.output<typeof contracts.moveTicket.body>;

/** Takes a transition as the signed-in person (or the system). Only the version seen is moved; the same step sent again, whose answer was lost, is answered with the ticket as it is. What a policy stops is kept in the history. */
export async function moveTicket(ctx: Ctx, id: string, input: MoveInput): Promise<TicketView> {
  try {
    return await inTx(ctx, async (ctx) => {
      const before = await loadTicket(ctx, id, "tickets.move", { lock: true });
      if (await isSentAgain(ctx, before, input)) return toView(ctx, before);
      if (before.version !== input.version) throw conflict("changed_meanwhile");
      return toView(ctx, await move(ctx, before, { transition: input.transition, input: input.input, by: actorIn(ctx) }));
    });
  } catch (error) {
    if (isRefusal(error)) await rememberRefusal(ctx, id, input, error.fields.map(({ code, params }) => ({ code, ...params })));
    throw error;
  }
}

const isSentAgain = async ({ db, actor }: Ctx, { id, version: now }: Ticket, { version, transition, input }: MoveInput): Promise<boolean> =>
  version < now && actor.kind === "user" && isStepOf(db, { ticketId: id, userId: actor.id, transition, version, given: input });

/** The refused transaction has left nothing, so the attempt is written in one of its own. */
async function rememberRefusal(ctx: Ctx, id: string, { transition, input }: MoveInput, problems: object[]): Promise<void> {
  await inTx(ctx, async (ctx) => {
    await emit(ctx, { type: "ticket.move_refused", subject: { kind: "ticket", id }, data: { transition, problems } });
    await audit(ctx, { action: "ticket.move_refused", object: { kind: "ticket", id }, after: { transition, given: input, problems } });
  });
}

/** Who acts, as processes know them. */
export const actorIn = ({ actor }: Ctx): ProcessActor => (actor.kind === "user" ? { id: actor.id, roles: engineRoles(actor.roles), department: actor.department ?? null } : { id: null, roles: ["system"] });

/** The client's own yes, no or answer; who lets the client in (the link, the status page) has checked the secret. */
export async function moveByClient(ctx: Ctx, id: string, seen: { stageSince: string }, input: { transition: string; input: Record<string, unknown> }): Promise<"moved" | "moved_on"> {
  return inTx(ctx, async (ctx) => {
    const before = await selectTicketForUpdate(ctx.db, id);
    // A second press, an old page or a colleague was first: what happened stands, the client is shown how it is now.
    if (!before || before.mergedInto || before.stageSince.toISOString() !== seen.stageSince) return "moved_on";
    const process = await processOf(ctx.db, before.processId);
    if (!own(process.transitions, input.transition)?.from.includes(before.stage)) return "moved_on";
    await move(ctx, before, { ...input, by: { id: null, roles: ["client"] } });
    return "moved";
  });
}

export interface Move { transition: string; input: Record<string, unknown>; by: ProcessActor; /** An approval has been given: in whose name it is taken, and what was said yes to. */ approved?: Doer & Approved }

/** What waited for a decision is not what would be done now: somebody has to look again. */
export class AskedForMore extends AppError {
  readonly held: Held;
  constructor(held: Held) {
    super("conflict", "approval_amount_changed");
    this.held = held;
  }
}

/** One transition of a locked ticket, and whatever follows from it by itself. */
export async function move(ctx: TxCtx, before: Ticket, { transition, input, by, approved }: Move): Promise<Ticket> {
  // Its life goes on in the ticket it was merged into.
  if (before.mergedInto) throw conflict("ticket_merged");
  const it = await living(ctx, before, { transition });
  const strange = strangeInput(input);
  if (strange.length > 0) throw invalid(strange.map((name) => ({ field: `input.${name}`, code: "field_wrong" })));
  refuseDepartment(it.process, it.project, input);
  await refuseStrangers(ctx, { process: it.process, projectKey: before.projectKey, prefix: "input" }, input);
  const given = input as FieldValues;
  const doer = approved ?? doerOf(ctx, by);
  const world = await worldOf(ctx, it, doer);
  const outcome = apply(it.process, it.engine, transition, { actor: by, fields: given, ...it.moment, ...(world && { world: { ...world, ...(approved && { approved }) } }) });
  if (!outcome.ok) throw refused(ctx, outcome.problems);
  // Work that has ended with its project does not begin again: nobody takes it up there.
  if (it.project.retired && before.status === "closed" && statusOf(it.process, outcome.ticket.stage) !== "closed") throw conflict("ticket_of_retired_project");
  if (outcome.held) return hold(ctx, it, { held: outcome.held, transition, given, by, isAnswered: approved !== undefined, reasons: outcome.reasons });
  return follow(ctx, await store(ctx, it, { outcome, transition, given, byClient: by.roles.includes("client") }));
}

function refuseDepartment(process: Process, project: ProjectInUse, input: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(input)) {
    const field = process.fields[name];
    if (field?.kind === "department" && value !== "" && !Object.hasOwn(departmentsFor(field, project.departments), String(value))) throw invalidField(`input.${name}`, "unknown_department");
  }
}

/** Nothing moves: somebody with more authority is asked, and the transition waits with what was filled in. */
async function hold(ctx: TxCtx, { ticket }: Living, { held, transition, given, by, isAnswered, reasons }: { held: Held; transition: string; given: FieldValues; by: ProcessActor; isAnswered: boolean; reasons: Extract<ProcessOutcome, { ok: true }>["reasons"] }): Promise<Ticket> {
  if (isAnswered) throw new AskedForMore(held);
  const id = newId(ctx.now().getTime());
  const asked = await insertApproval(ctx.db, { id, ticketId: ticket.id, projectKey: ticket.projectKey, transition, stage: ticket.stage, input: given, deed: held.deed, amount: held.amount, requestedBy: by.id, requestedAt: ctx.now() });
  if (!asked) throw conflict("approval_pending");
  const after = await updateTicketRow(ctx.db, ticket, { updatedAt: ctx.now() });
  if (!after) throw conflict("changed_meanwhile");
  keepReasons(ctx, ticket, reasons.filter(({ what }) => what === "approval"));
  await alert(ctx, after, "approval");
  await emit(ctx, { type: "ticket.approval_wanted", subject: { kind: "ticket", id: ticket.id }, data: { approvalId: id, number: ticket.number, projectKey: ticket.projectKey, transition, deed: held.deed, amount: held.amount }, touches: [...touched(after), { kind: "approvals", id: ticket.projectKey }] });
  await audit(ctx, { action: "ticket.approval_wanted", object: { kind: "ticket", id: ticket.id }, after: { approvalId: id, transition, deed: held.deed, amount: held.amount, given, version: after.version } });
  return after;
}

interface Stored { outcome: Extract<ProcessOutcome, { ok: true }>; transition: string | null; given: FieldValues; byClient: boolean }

/** Stores what the engine decided, performs its effects and announces it. */
export async function store(ctx: TxCtx, it: Living, { outcome, transition, given, byClient }: Stored): Promise<Ticket> {
  const { ticket: before, process, project } = it;
  const columns = fromEngine(outcome.ticket, before.fields);
  const own = transition ? filled(process, { key: transition, from: before.stage, given: { ...given, ...computedBy(process, transition, outcome.ticket.fields) }, byClient }) : { closedAs: before.closedAs };
  const status = statusOf(process, columns.stage);
  const after = await updateTicketRow(ctx.db, before, {
    ...columns, ...own, status, closedAt: status === "closed" ? before.closedAt ?? ctx.now() : null, updatedAt: ctx.now(), ...(await aboutNow(ctx, process, { ...before, ...columns })),
  }, clockWrites(ctx, { ticket: before, project, effects: outcome.effects }));
  if (!after) throw conflict("changed_meanwhile");
  const notices = await tell(ctx, { ticket: after, project, effects: outcome.effects });
  keepReasons(ctx, after, outcome.reasons);
  if (transition) {
    const data = { number: after.number, projectKey: after.projectKey, transition, from: before.stage, to: after.stage, status: after.status, closedAs: after.closedAs, ...(after.score !== before.score && { score: after.score }), notices, text: spoken(given) };
    await emit(ctx, { type: "ticket.moved", subject: { kind: "ticket", id: after.id }, data, touches: touched(after, before) });
    await audit(ctx, { action: `ticket.${transition}`, object: { kind: "ticket", id: after.id }, before: { ...summary(before), ...filledOf(before, given) }, after: { ...summary(after), ...filledOf(after, given), given, version: after.version } });
    await bringAlong(ctx, process, after.id, transition);
  }
  if (byClient) await tellWritten(ctx, after, String(given.answer ?? spoken(given)));
  if (after.reopened > before.reopened) await emit(ctx, { type: "ticket.reopened", subject: { kind: "ticket", id: after.id }, data: { number: after.number, projectKey: after.projectKey, times: after.reopened, reason: given.reason ?? null, ownerId: after.ownerId }, touches: touched(after, before) });
  await others(ctx, it, { after, outcome });
  return after;
}

/** What the transition has computed counts as what was given: a department chosen by the city of the form is one that was named. */
const computedBy = (process: Process, transition: string, fields: FieldValues): FieldValues =>
  Object.fromEntries(Object.keys(process.transitions[transition]?.set ?? {}).flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])));

/** The client has put something into words: with a step, or (the portal) in a message. */
async function tellWritten(ctx: TxCtx, ticket: Ticket, text: string): Promise<void> {
  if (text !== "") await emit(ctx, { type: "ticket.client_wrote", subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, projectKey: ticket.projectKey, text }, touches: touched(ticket) });
}

/** What the step means for approvals, sub-tasks and a parent that waits. */
async function others(ctx: TxCtx, { ticket: before, process, project }: Living, { after, outcome }: { after: Ticket; outcome: Stored["outcome"] }): Promise<void> {
  if (after.stage !== before.stage && Object.values(process.transitions).some(({ approval }) => approval)) await lapseApprovals(ctx.db, after.id, after.stage, ctx.now());
  await registerSubtasks(ctx, project, after, outcome.effects.flatMap((effect) => (effect.kind === "subtask" ? [effect.subtask] : [])));
  if (outcome.effects.some(({ kind }) => kind === "cancel_subtasks") && !after.parentId) await cancelSubtasks(ctx, after);
  const wasOpen = ["open", "waiting"].includes(before.status);
  const isOpen = ["open", "waiting"].includes(after.status);
  if (wasOpen && !isOpen) await tellParents(ctx, after);
}

async function cancelSubtasks(ctx: TxCtx, parent: Ticket): Promise<void> {
  const system: ProcessActor = { id: null, roles: ["system"] };
  for (const id of await selectOpenSubtasks(ctx.db, parent.id)) {
    const child = await selectTicketForUpdate(ctx.db, id);
    const process = child && await processOf(ctx.db, child.processId);
    const way = process && Object.entries(process.transitions).find(([, each]) => each.who.includes("system") && each.from.includes(child.stage) && each.requires.length === 0 && process.stages[each.to]?.final);
    if (child && way) await move(ctx, child, { transition: way[0], input: {}, by: system });
  }
}

/** A task's end is told to what asked for it, and to what asked for a task that was merged into it. */
async function tellParents(ctx: TxCtx, ended: Ticket): Promise<void> {
  const own = ended.parentId ? [{ ...ended, parentId: ended.parentId }] : [];
  for (const asking of [...own, ...await selectMergedTasks(ctx.db, ended.id)]) await tellParent(ctx, asking, ended);
}

/** The answer goes into the parent's field, its owner hears of it, and the parent goes on if it waited for this. */
async function tellParent(ctx: TxCtx, asking: Asking, ended: Ticket): Promise<void> {
  const parent = await lockLiving(ctx, asking.parentId);
  if (!parent) return;
  const process = await processOf(ctx.db, parent.processId);
  const wish = Object.values(process.transitions).flatMap(({ subtasks }) => subtasks).find(({ key }) => key === asking.parentTask);
  // That it was not possible is no answer: it stands on the task, and no condition takes it for the number of a payment.
  const answered = wish?.answer && ended.resolution && ended.closedAs !== "rejected" ? { fields: { ...parent.fields, [wish.answer]: ended.resolution } } : {};
  const after = await updateTicketRow(ctx.db, parent, { ...answered, updatedAt: ctx.now() });
  if (!after) throw conflict("changed_meanwhile");
  await emit(ctx, { type: "ticket.subtask_ended", subject: { kind: "ticket", id: parent.id }, data: { number: parent.number, projectKey: parent.projectKey, subtaskId: asking.id, subtaskNumber: asking.number, key: asking.parentTask, stage: ended.stage, text: ended.resolution ?? "" }, touches: touched(after) });
  await remind(ctx, after, parent.ownerId);
  await follow(ctx, after);
}

/** The ticket, or the one it has become: what is told to a ticket that was merged away is heard by the one that was kept. */
async function lockLiving(ctx: TxCtx, id: string): Promise<Ticket | undefined> {
  const ticket = await selectTicketForUpdate(ctx.db, id);
  return ticket?.mergedInto ? lockLiving(ctx, ticket.mergedInto) : ticket;
}

/** So many automatic steps in a row; a process that wants more is stopped where it is, and its log says so. */
const MOST_STEPS = 10;

/** Takes automatic transitions as long as one is due. Called after every change of a ticket that conditions may read. */
export async function follow(ctx: TxCtx, ticket: Ticket): Promise<Ticket> {
  if (ticket.mergedInto) return ticket;
  const process = await processOf(ctx.db, ticket.processId);
  let now = ticket;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (!goesOnBySelf(process, now.stage)) return now;
    const it = await living(ctx, now, {});
    const system: Doer = { by: { id: null, roles: ["system"] }, actor: { kind: "system", name: "process" }, roles: ["system"] };
    const world = await worldOf(ctx, it, system);
    const next = world && automatic(it.process, it.engine, { ...it.moment, world });
    if (!next) return now;
    now = await store({ ...ctx, actor: system.actor }, it, { outcome: next, transition: next.key, given: {}, byClient: false });
  }
  ctx.log.warn({ ticket: ticket.id, stage: now.stage }, "a ticket's automatic transitions do not come to rest");
  return now;
}

/** Something that conditions may read has changed beside the ticket (a form, an approval): it goes on by itself if it can. */
export async function reviewTicket(ctx: Ctx, id: string): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const ticket = await selectTicketForUpdate(ctx.db, id);
    if (ticket) await follow(ctx, ticket);
  });
}

/** What stands in the fields this step was given: before and after, for the history. */
const filledOf = ({ fields }: Ticket, given: FieldValues): { fields?: Record<string, unknown> } => (Object.keys(given).length === 0 ? {} : { fields: Object.fromEntries(Object.keys(given).map((key) => [key, fields[key] ?? null])) });

/** What the notice of this transition quotes: the question asked, or the reason given. */
const spoken = (given: FieldValues): string => String(given.question ?? given.reason ?? given.text ?? "");
const summary = (ticket: Ticket) => ({ stage: ticket.stage, status: ticket.status, priority: ticket.priority, ownerId: ticket.ownerId, department: ticket.department, dueAt: ticket.dueAt, closedAs: ticket.closedAs, score: ticket.score });
