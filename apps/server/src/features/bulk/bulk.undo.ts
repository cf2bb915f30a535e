import { audit } from "../../platform/audit.ts";
import type { TxCtx } from "../../platform/db.ts";
import { AppError, conflict } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { aboutOf, loadTicket, processOf, projectOf, resumeApprovals, type Ticket } from "../tickets/index.ts";
import type { Item, RunRow } from "./bulk.sql.ts";
import { insertTouched, lockFamily, mayOwnAgain, restoreTicket, selectSince, selectStates, selectTouched, type Before, type Touched } from "./bulk.undo.sql.ts";

/** Does the work on a ticket and keeps how everything was that it changed, also on other tickets. */
export async function keepTouched<T>(ctx: TxCtx, item: { runId: string; n: number; ticketId: string }, work: () => Promise<T>): Promise<T> {
  const before = await selectStates(ctx.db, await lockFamily(ctx.db, item.ticketId), ctx.now());
  const done = await work();
  await insertTouched(ctx.db, item, before);
  return done;
}

/** Brings back what was done with one ticket of a run, with the rights its author has now, or throws why it stays. */
export async function takeBack(ctx: TxCtx, run: RunRow, { n, ticketId, tells }: Item): Promise<void> {
  if (tells && run.tellsClients) throw conflict("bulk_client_told");
  const touched = await selectTouched(ctx.db, { runId: run.id, n });
  if (!touched.some((each) => each.ticketId === ticketId)) throw conflict("bulk_changed_since");
  // All are looked at before any is written: they were changed together.
  const now = new Map<string, Ticket>();
  for (const each of touched) now.set(each.ticketId, await stillAsLeft(ctx, run, { touched: each, isOwn: each.ticketId === ticketId }));
  for (const each of touched) await bringBack(ctx, run, { touched: each, now: now.get(each.ticketId)! });
}

async function stillAsLeft(ctx: TxCtx, run: RunRow, { touched, isOwn }: { touched: Touched; isOwn: boolean }): Promise<Ticket> {
  const { ticketId, before, versionAfter } = touched;
  const ticket = await mine(ctx, run, ticketId);
  if (ticket.version !== versionAfter) throw conflict(isOwn ? "bulk_changed_since" : "bulk_others_since");
  if ((await projectOf(ctx.db, ticket.projectKey)).retired) throw conflict("bulk_project_retired");
  const { hasTasks, hasHandovers } = await selectSince(ctx.db, ticketId, before.at);
  if (hasTasks) throw conflict("bulk_has_subtasks");
  if (hasHandovers) throw conflict("bulk_handed_over");
  if (await namesOthers(ctx, ticket, before)) throw conflict("bulk_about_since");
  const ownerId = before.ticket["owner_id"];
  if (typeof ownerId === "string" && !await mayOwnAgain(ctx.db, ticketId, ownerId)) throw conflict("bulk_owner_gone");
  return ticket;
}

/** As for any change of it. What is not the author's any more is not told from what is not there. */
async function mine(ctx: TxCtx, { action }: RunRow, ticketId: string): Promise<Ticket> {
  try {
    return await loadTicket(ctx, ticketId, action.kind === "move" ? "tickets.move" : "tickets.write", { lock: true });
  } catch (error) {
    if (error instanceof AppError && (error.code === "not_found" || error.code === "forbidden")) throw conflict("bulk_not_yours");
    throw error;
  }
}

/** Whom a ticket is about is not taken back with a step that named them (R129). */
async function namesOthers(ctx: TxCtx, ticket: Ticket, { ticket: before }: Before): Promise<boolean> {
  const process = await processOf(ctx.db, ticket.processId);
  const named = (fields: Record<string, unknown>) => [...aboutOf(process, fields) ?? []].sort().join();
  return named(ticket.fields) !== named(before["fields"] as Record<string, unknown>);
}

async function bringBack(ctx: TxCtx, run: RunRow, { touched, now }: { touched: Touched; now: Ticket }): Promise<void> {
  const { ticketId, before, lapsed } = touched;
  const [was] = await selectStates(ctx.db, [ticketId], ctx.now());
  await restoreTicket(ctx.db, touched, ctx.now());
  await resumeApprovals(ctx.db, lapsed);
  await audit(ctx, { action: "ticket.bulk_undone", object: { kind: "ticket", id: ticketId }, before: was!.before.ticket, after: before.ticket });
  const owners = [...new Set([now.ownerId, before.ticket["owner_id"]])].flatMap((id) => (typeof id === "string" ? [{ kind: "operator", id }] : []));
  const approvals = lapsed.length > 0 ? [{ kind: "approvals", id: now.projectKey }] : [];
  await emit(ctx, { type: "ticket.changed", subject: { kind: "ticket", id: ticketId }, data: { changed: ["stage", "ownerId", "priority", "dueAt", "department"], undone: run.id, notices: [] }, touches: [...owners, ...approvals] });
}
