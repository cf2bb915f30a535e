import { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, conflict, isDatabaseAway, isOvertaken } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import { quietRequestId } from "../../platform/quiet.ts";
import { withSavepoint } from "../../platform/savepoint.ts";
import { may } from "../access/index.ts";
import { getTicket, loadTicket, moveTicket, updateTicket } from "../tickets/index.ts";
import type { TicketView } from "../tickets/tickets.contract.ts";
import { bulkChange, type BulkChange } from "./bulk.contract.ts";
import { nextStep, JOB } from "./bulk.service.ts";
import { selectAuthor, selectNext, selectRun, updateItem, updateRun, type Item, type Reason, type RunRow } from "./bulk.sql.ts";
import { keepTouched, takeBack } from "./bulk.undo.ts";

/** Few enough that nobody else waits long for a ticket a step has locked; the pause leaves the rest of the time to people. */
const STEP = 20;
const PAUSE_MS = 150;

const payloadSchema = z.object({ id: z.uuid() });
export const bulkJobs = (base: Ctx): Record<string, JobHandler> => ({ [JOB]: (payload) => runStep(base, payloadSchema.parse(payload).id) });

/**
 * One step is one transaction: its tickets, what is noted of them and the next step's job come true together or not at
 * all. A node killed in the middle has done nothing of the step, and the job, which is still there, does it again.
 */
export async function runStep(base: Ctx, id: string): Promise<void> {
  await inTx({ ...base, actor: { kind: "system", name: "bulk" }, requestId: newId() }, async (ctx) => {
    const run = await selectRun(ctx.db, id, true);
    const way = run && { checking: CHECK, running: RUN, undoing: UNDO }[run.state as string];
    if (!run || !way) return;
    const author = await selectAuthor(ctx.db, run.authorId);
    const acting: TxCtx | null = author ? { ...ctx, actor: { kind: "user", ...author } } : null;
    const deedId = run.tellsClients && run.state === "running" ? newId : quietRequestId;
    if (!acting || !may(acting, "tickets.bulk")) return end(ctx, run, "stopped");
    const items = await selectNext(ctx.db, id, { state: way.takes, most: STEP, isBackwards: way === UNDO });
    // Each ticket is a deed of its own: what rules make of it is counted for it alone.
    for (const item of items) await way.work({ ...acting, requestId: deedId() }, run, item);
    if (items.length === STEP) await nextStep(ctx, id, PAUSE_MS);
    else await end(ctx, run, way.ends);
  });
}

async function end(ctx: TxCtx, run: RunRow, state: RunRow["state"]): Promise<void> {
  await updateRun(ctx.db, run.id, { state, tellsClients: run.tellsClients, finishedAt: state === "ready" ? null : ctx.now() });
  await audit(ctx, { action: `bulk.${state}`, object: { kind: "bulk", id: run.id } });
}

interface Way { takes: "unchecked" | "ready" | "changed"; ends: RunRow["state"]; work(ctx: TxCtx, run: RunRow, item: Item): Promise<void> }
const CHECK: Way = { takes: "unchecked", ends: "ready", work: check };
const RUN: Way = { takes: "ready", ends: "done", work: perform };
/** From the end: a ticket two of these have changed is brought back by the later one first. */
const UNDO: Way = { takes: "changed", ends: "undone", work: undo };

/** Thrown to give up what was only tried. */
class Tried extends Error {
  readonly done: Acted;
  constructor(done: Acted) { super("only tried"); this.done = done; }
}

/** Done for real and given up: what would be refused then is refused now, for the same reason. */
async function check(ctx: TxCtx, run: RunRow, item: Item): Promise<void> {
  try {
    await withSavepoint(ctx, async () => { throw new Tried(await act(ctx, run, item.ticketId)); });
  } catch (error) {
    // What has the chosen value already is not counted among what would be changed, and is not written to; a step is always taken.
    if (error instanceof Tried) await updateItem(ctx.db, run.id, item.n, { state: run.action.kind === "change" && error.done.changes.length === 0 ? "kept" : "ready", reason: null, ...error.done });
    else await updateItem(ctx.db, run.id, item.n, { state: "refused", reason: reasonsOf(ctx, error) });
  }
}

async function perform(ctx: TxCtx, run: RunRow, item: Item): Promise<void> {
  try {
    const { changes } = await withSavepoint(ctx, () => keepTouched(ctx, { runId: run.id, ...item }, () => act(ctx, run, item.ticketId)));
    await updateItem(ctx.db, run.id, item.n, { state: "changed", reason: null, changes });
  } catch (error) {
    await updateItem(ctx.db, run.id, item.n, { state: "failed", reason: reasonsOf(ctx, error) });
  }
}

/** A database that is away, or that somebody else was first at, is no ticket's fault: the step is tried again. A fault of ours is this ticket's alone: thrown, it would hold up all others. */
function reasonsOf(ctx: Ctx, error: unknown): Reason[] {
  if (isDatabaseAway(error) || isOvertaken(error) || (error instanceof AppError && error.code === "unavailable")) throw error;
  if (!(error instanceof AppError)) {
    ctx.log.error({ err: error }, "a ticket of a bulk change could not be done");
    return [{ code: "fault_of_ours" }];
  }
  return error.fields.length > 0 ? error.fields.map(({ code, params }) => ({ code, ...(params && { params }) })) : [{ code: error.reason, params: error.params }];
}

interface Acted { tells: boolean; changes: BulkChange[] }
/** The same services as for one ticket, with the author's own rights. */
async function act(ctx: TxCtx, { action }: RunRow, ticketId: string): Promise<Acted> {
  const ticket = await loadTicket(ctx, ticketId, "tickets.write", { lock: true });
  const before = await getTicket(ctx, ticketId);
  if (action.kind === "change") {
    const { kind: _kind, ...change } = action;
    return { tells: false, changes: changesOf(before, await updateTicket(ctx, ticketId, { ...change, version: ticket.version })) };
  }
  const after = await moveTicket(ctx, ticketId, { transition: action.transition, input: action.input, version: ticket.version });
  if (after.approvals.some(({ state, id }) => state === "pending" && !before.approvals.some((known) => known.id === id))) throw conflict("bulk_needs_approval");
  const tells = (before.transitions.find(({ key }) => key === action.transition)?.tellsClient ?? false) && ticket.contactEmail !== null;
  return { tells, changes: changesOf(before, after) };
}

const told = (ticket: TicketView): Record<BulkChange["field"], string | null> =>
  ({ stage: ticket.stageName, owner: ticket.ownerId && ticket.ownerName, department: ticket.department, priority: String(ticket.priority), dueAt: ticket.dueAt });

/** Not only what was asked for: a new priority has a new deadline, a step may give the ticket to somebody. */
function changesOf(before: TicketView, after: TicketView): BulkChange[] {
  const [was, now] = [told(before), told(after)];
  return bulkChange.shape.field.options.filter((field) => was[field] !== now[field]).map((field) => ({ field, was: was[field], now: now[field] }));
}

/** Wholly or not at all: what cannot be brought back with everything that followed from it is left as it is, and says why. */
async function undo(ctx: TxCtx, run: RunRow, item: Item): Promise<void> {
  try {
    await withSavepoint(ctx, () => takeBack(ctx, run, item));
    await updateItem(ctx.db, run.id, item.n, { state: "undone", reason: null });
  } catch (error) {
    await updateItem(ctx.db, run.id, item.n, { state: "kept", reason: reasonsOf(ctx, error) });
  }
}
