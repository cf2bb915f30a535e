import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalidField, notFound, type AppError } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { isSame } from "../../platform/once.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE } from "../../platform/page.ts";
import { may, toldTo } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import type { Held, Process } from "../processes/index.ts";
import { contactsOf, type ContactsOf } from "./tickets.contacts.service.ts";
import type { TicketView } from "./tickets.contract.ts";
import { processOf, projectOf, type ProjectInUse } from "./tickets.definitions.ts";
import { alert, touched } from "./tickets.effects.ts";
import { guarded, loadTicket } from "./tickets.load.ts";
import { AskedForMore, follow, move } from "./tickets.move.service.ts";
import { mayDecide, toApproval } from "./tickets.parts.ts";
import type * as contracts from "./tickets.process.contract.ts";
import { selectApproval, selectMover, selectNames, selectMoverBetween, selectOpenApprovals, updateApproval, updateAsked, type Approval, type OpenApproval } from "./tickets.process.sql.ts";
import { engineRoles } from "./tickets.rules.ts";
import { updateTicketRow, type Ticket } from "./tickets.sql.ts";
import { subjectFor } from "./tickets.texts.ts";
import { toView } from "./tickets.view.ts";
import { writeField, writeInput, type Writing } from "./tickets.why.rules.ts";
import type { Doer } from "./tickets.world.ts";

type Page = z.input<typeof contracts.listApprovals.reply>;
/** So many held transitions are looked through for one page; who may decide few of many goes on by the cursor. */
const MOST_READ = 400;

/** Held transitions of one's projects that one has the authority to decide, oldest first. */
export async function listApprovals(ctx: Ctx, query: z.output<typeof contracts.listApprovals.query>): Promise<Page> {
  const { actor } = ctx;
  if (actor.kind !== "user" || !may(ctx, "tickets.approve")) throw forbidden();
  const limit = query.limit ?? PAGE_SIZE;
  const rows = await selectOpenApprovals(ctx.db, actor.projects, decodeCursor(query.after), MOST_READ + 1);
  const contacts = await contactsOf(ctx, rows.map(({ ticketId }) => ticketId));
  const items: Page["items"] = [];
  for (const [index, row] of rows.slice(0, MOST_READ).entries()) {
    const item = await toOpen(ctx, row, contacts);
    if (item) items.push(item);
    const isMore = index + 1 < rows.length;
    if (items.length === limit && isMore) return { items, next: encodeCursor(row.requestedAt, row.id) };
  }
  const last = rows[MOST_READ - 1];
  return { items, next: rows.length > MOST_READ && last ? encodeCursor(last.requestedAt, last.id) : null };
}

async function toOpen(ctx: Ctx, row: OpenApproval, contacts: ContactsOf): Promise<Page["items"][number] | null> {
  const project = await projectOf(ctx.db, row.projectKey);
  if (!may(ctx, "tickets.read", guarded(row)) || !mayDecide(ctx, project, row, row)) return null;
  const process = await processOf(ctx.db, row.processId);
  const language = readerLanguage(ctx);
  const approval = toApproval(ctx, {
    id: row.id, transition: row.transition, deed: row.deed, amount: row.amount, state: row.state, requestedBy: row.requestedByName, requestedById: row.requestedBy, requestedAt: row.requestedAt.toISOString(), decidedBy: "", decidedAt: null, note: null, ticket: row,
  }, { process, project, language });
  return toldTo(ctx, { ...approval, ticketId: row.ticketId, number: row.number, subject: subjectFor(ctx, row), projectKey: row.projectKey, input: await filledIn(ctx, { process, project, language }, row.input) }, contacts(row.ticketId));
}

/** What was filled in with the step, as people of the reader's language write it. */
async function filledIn(ctx: Ctx, { process, project, language }: { process: Process; project: ProjectInUse; language: Language }, input: Record<string, unknown>) {
  const given = Object.entries(input).filter(([key, value]) => process.fields[key] && value !== "");
  const named = given.flatMap(([key, value]) => (process.fields[key]!.kind === "employee" ? [String(value)] : []));
  const writing: Writing = { language, timeZone: project.project.time_zone, people: await selectNames(ctx.db, named), vocabulary: { variables: {} } };
  return given.map(([key, value]) => {
    const field = process.fields[key]!;
    return { name: field.name[language], value: writeField(field, value, writing) ?? project.departments[String(value)]?.[language] ?? writeInput(value, undefined, writing) };
  });
}

interface Place { id: string; approvalId: string }
const STATES = { approve: "approved", refuse: "refused" } as const;

/** Approved, the transition is taken with what was filled in, in the name of who asked; every other condition is asked again. Whoever decided and sends the same again has the ticket as it is. */
export async function decideApproval(ctx: Ctx, at: Place, input: Decision): Promise<TicketView> {
  try {
    return await decide(ctx, at, input);
  } catch (error) {
    if (!(error instanceof AskedForMore)) throw error;
    throw conflict(error.reason, await askAnew(ctx, at, error.held));
  }
}

type Decision = z.output<typeof contracts.decideApproval.body>;
const userOf = ({ actor }: Ctx): string | null => (actor.kind === "user" ? actor.id : null);

function decide(ctx: Ctx, at: Place, { decision, note }: Decision): Promise<TicketView> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, at.id, "tickets.approve", { lock: true });
    const approval = await selectApproval(ctx.db, ticket.id, at.approvalId);
    if (!approval) throw notFound("approval", at.approvalId);
    const by = userOf(ctx);
    if (isSame(approval, { state: STATES[decision], decidedBy: by, note: note || null })) return toView(ctx, ticket);
    await refuseDecision(ctx, ticket, approval, { decision, note });
    const isFirst = await updateApproval(ctx.db, approval.id, { state: STATES[decision], by, at: ctx.now(), note: note || null });
    if (!isFirst) throw conflict("approval_decided");
    await announce(ctx, ticket, approval, { decision, note });
    return toView(ctx, decision === "approve" ? await takeHeld(ctx, ticket, approval) : await refuseHeld(ctx, ticket, approval));
  });
}

async function refuseDecision(ctx: Ctx, ticket: Ticket, approval: Approval, { decision, note }: Decision): Promise<void> {
  if (approval.state === "lapsed") throw await lapsed(ctx, ticket, approval);
  if (approval.state !== "pending") throw conflict("approval_decided");
  if (!mayDecide(ctx, await projectOf(ctx.db, ticket.projectKey), ticket, approval)) throw forbidden(userOf(ctx) === approval.requestedBy ? "approval_own" : "approval_above_authority");
  if (decision === "refuse" && note === "") throw invalidField("note", "required");
}

async function announce(ctx: TxCtx, ticket: Ticket, { id, transition, deed, amount, requestedBy }: Approval, { decision, note }: { decision: string; note: string }): Promise<void> {
  const by = requestedBy ? [{ kind: "operator", id: requestedBy }] : [];
  await emit(ctx, { type: "ticket.approval_decided", subject: { kind: "ticket", id: ticket.id }, data: { approvalId: id, number: ticket.number, projectKey: ticket.projectKey, transition, deed, amount, decision, note }, touches: [...touched(ticket), ...by, { kind: "approvals", id: ticket.projectKey }] });
  await audit(ctx, { action: "ticket.approval_decided", object: { kind: "ticket", id: ticket.id }, before: { approvalId: id, state: "pending" }, after: { state: decision, deed, amount }, ...(note && { reason: note }) });
}

/** Nobody has to decide any more, and this is why. */
async function lapsed(ctx: Ctx, ticket: Ticket, { transition, requestedAt, decidedAt }: Approval): Promise<AppError> {
  const { stages, transitions } = await processOf(ctx.db, ticket.processId);
  if (!transitions[transition]?.approval) return conflict("approval_lapsed_version");
  const stage = stages[ticket.stage]?.name[readerLanguage(ctx)] ?? ticket.stage;
  const name = decidedAt && await selectMoverBetween(ctx.db, ticket.id, { since: requestedAt, until: decidedAt });
  return name ? conflict("approval_lapsed_by", { name, stage }) : conflict("approval_lapsed", { stage });
}

/** What was looked at is not what would be done: the question stands with what it is now. */
async function askAnew(ctx: Ctx, at: Place, held: Held): Promise<{ was: string; now: string }> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, at.id, "tickets.approve", { lock: true });
    const approval = await selectApproval(ctx.db, ticket.id, at.approvalId);
    if (approval?.state !== "pending") throw conflict("approval_decided");
    await updateAsked(ctx.db, approval.id, held);
    await alert(ctx, ticket, "approval");
    await emit(ctx, { type: "ticket.approval_wanted", subject: { kind: "ticket", id: ticket.id }, data: { approvalId: approval.id, number: ticket.number, projectKey: ticket.projectKey, transition: approval.transition, deed: held.deed, amount: held.amount }, touches: [...touched(ticket), { kind: "approvals", id: ticket.projectKey }] });
    await audit(ctx, { action: "ticket.approval_changed", object: { kind: "ticket", id: ticket.id }, before: { approvalId: approval.id, deed: approval.deed, amount: approval.amount }, after: { approvalId: approval.id, deed: held.deed, amount: held.amount } });
    const { project } = await projectOf(ctx.db, ticket.projectKey);
    const written = (amount: Approval["amount"]) => writeInput(amount, undefined, { language: readerLanguage(ctx), timeZone: project.time_zone, people: new Map(), vocabulary: { variables: {} } });
    return { was: written(approval.amount), now: written(held.amount) };
  });
}

async function takeHeld(ctx: TxCtx, ticket: Ticket, approval: Approval): Promise<Ticket> {
  const doer = await askedBy(ctx, ticket, approval.requestedBy);
  const said = { deed: approval.deed, amount: approval.amount, askedBy: approval.requestedBy, decidedBy: ctx.actor.kind === "user" ? ctx.actor.id : null };
  return move(ctx, ticket, { transition: approval.transition, input: approval.input, by: doer.by, approved: { ...doer, ...said } });
}

/** Who asked, as they are now: a role taken away meanwhile is not brought back by an approval; who was blocked, left the project, or is whom the ticket is about now, does nothing in it any more. */
async function askedBy(ctx: TxCtx, { projectKey, aboutUserIds }: Ticket, id: string | null): Promise<Doer> {
  const mover = id ? await selectMover(ctx.db, id) : undefined;
  if (!mover) return { by: { id: null, roles: ["system"] }, actor: { kind: "system", name: "process" }, roles: ["system"] };
  if (mover.disabledAt || !mover.projects.includes(projectKey) || aboutUserIds?.includes(mover.id)) throw conflict("approval_asker_gone", { name: mover.name });
  return { by: { id: mover.id, roles: engineRoles(mover.roles), department: mover.department }, actor: { kind: "user", ...mover }, roles: mover.roles };
}

async function refuseHeld(ctx: TxCtx, ticket: Ticket, approval: Approval): Promise<Ticket> {
  const process = await processOf(ctx.db, ticket.processId);
  const refused = process.transitions[approval.transition]?.approval?.refused;
  if (refused && process.transitions[refused]?.from.includes(ticket.stage)) return move(ctx, ticket, { transition: refused, input: {}, by: { id: null, roles: ["system"] } });
  const after = await updateTicketRow(ctx.db, ticket, { updatedAt: ctx.now() });
  if (!after) throw conflict("changed_meanwhile");
  return follow(ctx, after);
}
