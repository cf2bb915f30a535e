import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalid, invalidField, type AppError } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { addJob } from "../../platform/jobs.ts";
import { apply, timerFired, type FieldValues, type Process, type ProcessActor, type ProcessOutcome, type ProcessProblem } from "../processes/index.ts";
import type * as contracts from "./tickets.contract.ts";
import type { TicketView } from "./tickets.contract.ts";
import { processOf, projectOf, type ProjectInUse } from "./tickets.definitions.ts";
import { perform, timerKey, touched } from "./tickets.effects.ts";
import { engineRoles, filled, fromEngine, statusOf, strangeInput, toEngine } from "./tickets.rules.ts";
import { loadTicket, moment } from "./tickets.service.ts";
import { selectTicketForUpdate, updateTicketRow, type Ticket } from "./tickets.sql.ts";
import { toView } from "./tickets.view.ts";

export type MoveInput = z.output<typeof contracts.moveTicket.body>;

/** Takes a transition as the signed-in person (or the system). Only the version seen is moved. */
export async function moveTicket(ctx: Ctx, id: string, input: MoveInput): Promise<TicketView> {
  return inTx(ctx, async (ctx) => {
    const before = await loadTicket(ctx, id, "tickets.move", { lock: true });
    if (before.version !== input.version) throw conflict("changed_meanwhile");
    return toView(ctx, await move(ctx, before, { transition: input.transition, input: input.input, by: actorIn(ctx) }));
  });
}

/** Who acts, as processes know them. */
export const actorIn = ({ actor }: Ctx): ProcessActor => (actor.kind === "user" ? { id: actor.id, roles: engineRoles(actor.roles) } : { id: null, roles: ["system"] });

/** The client's own yes, no or answer; who lets the client in (the link, the status page) has checked the secret. */
export async function moveByClient(ctx: Ctx, id: string, seen: { stageSince: string }, input: { transition: string; input: Record<string, unknown> }): Promise<"moved" | "moved_on"> {
  return inTx(ctx, async (ctx) => {
    const before = await selectTicketForUpdate(ctx.db, id);
    // A second press, an old page or a colleague was first: what happened stands, the client is shown how it is now.
    if (!before || before.stageSince.toISOString() !== seen.stageSince) return "moved_on";
    const process = await processOf(ctx.db, before.processId);
    if (!process.transitions[input.transition]?.from.includes(before.stage)) return "moved_on";
    await move(ctx, before, { ...input, by: { id: null, roles: ["client"] } });
    return "moved";
  });
}

export interface Move { transition: string; input: Record<string, unknown>; by: ProcessActor }

/** One transition of a locked ticket. */
export async function move(ctx: TxCtx, before: Ticket, { transition, input, by }: Move): Promise<Ticket> {
  const process = await processOf(ctx.db, before.processId);
  const project = await projectOf(ctx.db, before.projectKey);
  const strange = strangeInput(input);
  if (strange.length > 0) throw invalid(strange.map((name) => ({ field: `input.${name}`, code: "field_wrong" })));
  refuseDepartment(process, project, input);
  const given = input as FieldValues;
  const outcome = apply(process, toEngine(before), transition, { actor: by, fields: given, ...moment(ctx, project) });
  if (!outcome.ok) throw refused(outcome.problems);
  return store(ctx, process, before, { outcome, transition, given, byClient: by.roles.includes("client") });
}

function refuseDepartment(process: Process, project: ProjectInUse, input: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(input)) {
    if (process.fields[name]?.kind === "department" && value !== "" && !Object.hasOwn(project.departments, String(value))) throw invalidField(`input.${name}`, "unknown_department");
  }
}

const PROBLEMS: Partial<Record<ProcessProblem["code"], string>> = { required: "required", invalid: "field_wrong", unknown_field: "field_unknown", too_long: "field_too_long", out_of_range: "field_out_of_range" };

function refused(problems: ProcessProblem[]): AppError {
  const first = problems[0]!.code;
  if (first === "wrong_stage") return conflict("transition_wrong_stage");
  if (first === "not_your_role") return forbidden("transition_not_yours");
  if (first === "unknown_transition") return invalidField("transition", "transition_unknown");
  return invalid(problems.map(({ field, code }) => ({ field: `input.${field}`, code: PROBLEMS[code] ?? "field_wrong" })));
}

interface Stored { outcome: Extract<ProcessOutcome, { ok: true }>; transition: string | null; given: FieldValues; byClient: boolean }

/** Stores what the engine decided, performs its effects and announces it. */
async function store(ctx: TxCtx, process: Process, before: Ticket, { outcome, transition, given, byClient }: Stored): Promise<Ticket> {
  const columns = fromEngine(outcome.ticket, before.fields);
  const own = transition ? filled(process, { key: transition, from: before.stage, given, byClient }) : { closedAs: before.closedAs };
  const status = statusOf(process, columns.stage);
  const after = await updateTicketRow(ctx.db, before.id, before.version, { ...columns, ...own, status, closedAt: status === "closed" ? before.closedAt ?? ctx.now() : null, updatedAt: ctx.now() });
  if (!after) throw conflict("changed_meanwhile");
  const notices = await perform(ctx, after, outcome.effects);
  if (transition) {
    const data = { number: after.number, projectKey: after.projectKey, transition, from: before.stage, to: after.stage, status: after.status, closedAs: after.closedAs, ...(after.score !== before.score && { score: after.score }), notices, text: spoken(given) };
    await emit(ctx, { type: "ticket.moved", subject: { kind: "ticket", id: after.id }, data, touches: touched(after, before) });
    await audit(ctx, { action: `ticket.${transition}`, object: { kind: "ticket", id: after.id }, before: summary(before), after: { ...summary(after), given } });
  }
  if (after.reopened > before.reopened) await emit(ctx, { type: "ticket.reopened", subject: { kind: "ticket", id: after.id }, data: { number: after.number, projectKey: after.projectKey, times: after.reopened, reason: given.reason ?? null, ownerId: after.ownerId }, touches: touched(after, before) });
  return after;
}

/** What the notice of this transition quotes: the question asked, or the reason given. */
const spoken = (given: FieldValues): string => String(given.question ?? given.reason ?? given.text ?? "");
const summary = (ticket: Ticket) => ({ stage: ticket.stage, status: ticket.status, priority: ticket.priority, ownerId: ticket.ownerId, department: ticket.department, dueAt: ticket.dueAt, closedAs: ticket.closedAs, score: ticket.score });

/** A timer of a ticket has rung: perhaps late, perhaps twice, perhaps for a stage it has left; the engine knows. */
export async function fireTimer(ctx: Ctx, timer: { ticketId: string; name: string; dueAt: string }): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const before = await selectTicketForUpdate(ctx.db, timer.ticketId);
    if (!before) return;
    if (before.mergedInto) return putOff(ctx, before, timer);
    const process = await processOf(ctx.db, before.processId);
    const project = await projectOf(ctx.db, before.projectKey);
    const outcome = timerFired(process, toEngine(before), timer.name, { dueAt: new Date(timer.dueAt), ...moment(ctx, project) });
    if (!outcome.ok) { ctx.log.warn({ ticket: before.id, timer: timer.name, problems: outcome.problems }, "a ticket's timer could not be obeyed"); return; }
    const moved = outcome.ticket.stage !== before.stage;
    if (!moved && outcome.effects.length === 0) return;
    await store(ctx, process, before, { outcome, transition: moved ? process.clocks.timers[timer.name]?.transition ?? null : null, given: {}, byClient: false });
  });
}

/** A merge can be taken back for a day: what rings meanwhile rings once more after it. */
async function putOff(ctx: TxCtx, { id, updatedAt }: Ticket, timer: { name: string; dueAt: string }): Promise<void> {
  const runAt = new Date(updatedAt.getTime() + MERGE_FINAL_MS);
  if (runAt > ctx.now()) await addJob(ctx, "ticket.timer", { ticketId: id, ...timer }, { runAt, key: timerKey(id, timer.name) });
}
const MERGE_FINAL_MS = 25 * 3_600_000;
