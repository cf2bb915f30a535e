import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { counter, histogram } from "../../platform/metrics.ts";
import type { CalendarTime } from "./clocks.calendar.rules.ts";
import { lockSubjects, type ClockHandler, type ClocksDeps, type Met } from "./clocks.handlers.ts";
import { computeAnew } from "./clocks.recompute.ts";
import { markFired, nextMoment } from "./clocks.rules.ts";
import { computed, plain } from "./clocks.service.ts";
import { lockDue, putOff, updateComputed, type ClockRow } from "./clocks.sql.ts";

const lateness = histogram("clocks_late_seconds", "From the moment of a threshold to the commit of what it asks for", [], [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30]);
const failures = counter("clocks_failed_total", "Thresholds that could not be dealt with and are tried again");

/** So many share one transaction: its beginning and its flush to disk cost more than one threshold. */
const TOGETHER = 100;
/** Somebody works on the subject at this moment; it is looked for again soon, then ever more seldom. */
const BUSY_MS = 250;
const FAILED_MS = 1_000;
const LONGEST_MS = 300_000;

const asClock = (base: Ctx): Ctx => ({ ...base, actor: { kind: "system", name: "clock" }, requestId: newId() });

/**
 * Deals with thresholds that are due, each exactly once: what they ask for and the mark that it was done are one
 * transaction. When a batch fails its clocks are taken one by one, so that only the culprit is put off. True when there
 * may be more.
 */
export const dealWithDue = (base: Ctx, handler: ClockHandler, timeOf: ClocksDeps["timeOf"]): Promise<boolean> => some(base, { handler, timeOf }, TOGETHER);

type Deps = Pick<ClocksDeps, "timeOf"> & { handler: ClockHandler };

async function some(base: Ctx, deps: Deps, most: number): Promise<boolean> {
  let due: ClockRow[] = [];
  try {
    await inTx(asClock(base), async (ctx) => {
      due = await lockDue(ctx.db, deps.handler.kind, ctx.now(), most);
      if (due.length > 0) await deal(ctx, deps, due);
    });
  } catch (error) {
    const [culprit, ...others] = due;
    if (!culprit || isDatabaseAway(error)) throw error;
    if (others.length > 0) for (let left = due.length; left > 0; left--) await some(base, deps, 1);
    else await giveBack(base, culprit, error);
  }
  return due.length > 0;
}

async function deal(ctx: TxCtx, deps: Deps, due: readonly ClockRow[]): Promise<void> {
  const now = ctx.now();
  const isHeld = await lockSubjects(ctx, deps.handler, due);
  const times = new Map<string, CalendarTime>();
  for (const { projectKey } of due) if (!times.has(projectKey)) times.set(projectKey, await deps.timeOf(ctx, projectKey));
  const isOutdated = (row: ClockRow): boolean => row.counts === "working" && row.calendar !== times.get(row.projectKey)!.mark;
  // By the calendar of now their moment may lie ahead; those for which it does not come again at once.
  await computeAnew(ctx, deps, due.filter((row) => isHeld(row) && isOutdated(row)));
  await fire(ctx, deps, due.filter((row) => isHeld(row) && !isOutdated(row)).map((row) => ({ row, time: times.get(row.projectKey)! })));
  const busy = due.filter((row) => !isHeld(row)).map((row) => ({ ...row, nextAt: later(now, row, BUSY_MS), attempts: row.attempts + 1 }));
  if (busy.length > 0) await updateComputed(ctx.db, busy, now, "the subject is locked or gone");
}

async function fire(ctx: TxCtx, { handler }: Deps, due: readonly { row: ClockRow; time: CalendarTime }[]): Promise<void> {
  if (due.length === 0) return;
  const now = ctx.now();
  const rows: ClockRow[] = [];
  const met: Met[] = [];
  for (const { row, time } of due) {
    const next = nextMoment(row, time);
    const isMet = next !== null && next.at <= now;
    const after = computed(isMet ? markFired(row, next.percent) : row, time);
    rows.push(after);
    if (isMet) met.push({ ctx: { ...ctx, requestId: newId() }, subject: { kind: row.subjectKind, id: row.subjectId }, projectKey: row.projectKey, clock: plain(after), ...next });
  }
  // Marked before it is dealt with: a handler that saves the clock anew has the last word.
  await updateComputed(ctx.db, rows, now);
  if (met.length > 0) await handler.met(met);
  ctx.afterCommit.push(() => { for (const { at } of met) lateness.observe((ctx.now().getTime() - at.getTime()) / 1_000); });
}

async function giveBack(base: Ctx, row: ClockRow, error: unknown): Promise<void> {
  failures.inc();
  base.log.error({ err: error, subject: { kind: row.subjectKind, id: row.subjectId }, clock: row.name, threshold: row.nextThreshold, attempts: row.attempts + 1 }, "a clock's threshold could not be dealt with; it will be tried again");
  await putOff(base.db, row, later(base.now(), row, FAILED_MS), String(error).slice(0, 500));
}

/** Later each time, up to five minutes; it is never given up, because somebody waits for it. */
const later = (now: Date, { attempts }: ClockRow, firstMs: number): Date => new Date(now.getTime() + Math.min(LONGEST_MS, firstMs * 2 ** Math.min(attempts, 20)));
