import { z } from "zod";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { addJob, type JobHandler } from "../../platform/jobs.ts";
import { lockSubjects, type ClockHandler, type ClocksDeps, type Moved } from "./clocks.handlers.ts";
import { rearm } from "./clocks.rules.ts";
import { computed, plain } from "./clocks.service.ts";
import { lockOutdated, selectOutdatedProjects, selectProjectKeys, updateComputed, type ClockRow } from "./clocks.sql.ts";

const JOB = "clocks.recompute";
const TOGETHER = 500;
/** After so long other jobs have their turn. */
const SLICE_MS = 2_000;

const payloadSchema = z.object({ projectKey: z.string() });

const asCalendar = (base: Ctx): Ctx => ({ ...base, actor: { kind: "system", name: "calendar" }, requestId: newId() });

/** For a loop: now and then looks whether running clocks were computed by a calendar that is no longer in use, and has them computed anew. */
export function lookForOutdated(base: Ctx, deps: ClocksDeps, everyMs: number): () => Promise<boolean> {
  let lookedMs = -Infinity;
  return async () => {
    if (performance.now() - lookedMs < everyMs) return false;
    lookedMs = performance.now();
    const marks = [];
    for (const projectKey of await selectProjectKeys(base.db)) {
      const { mark } = await deps.timeOf(base, projectKey);
      marks.push(...deps.handlers.map(({ kind }) => ({ projectKey, mark, kind })));
    }
    for (const projectKey of await selectOutdatedProjects(base.db, marks)) await inTx(asCalendar(base), (ctx) => ask(ctx, projectKey));
    return false;
  };
}

const ask = (ctx: TxCtx, projectKey: string): Promise<void> => addJob(ctx, JOB, { projectKey }, { key: `${JOB}:${projectKey}`, queue: JOB });

/** Jobs of this feature, for `subscriptions.ts`. */
export const clockJobs = (base: Ctx, deps: ClocksDeps): Record<string, JobHandler> => ({
  [JOB]: async (payload) => {
    const { projectKey } = payloadSchema.parse(payload);
    let isLeft = false;
    for (const handler of deps.handlers) isLeft = (await recompute(base, { handler, timeOf: deps.timeOf }, projectKey)) || isLeft;
    if (isLeft) await inTx(asCalendar(base), (ctx) => ask(ctx, projectKey));
  },
});

type Deps = Pick<ClocksDeps, "timeOf"> & { handler: ClockHandler };

/**
 * Computes a project's running clocks of one kind by its calendar of now, in batches, for a slice of time; true when more are left.
 * A clock whose subject somebody works on, or whose handler fails, is left for the next look.
 */
async function recompute(base: Ctx, deps: Deps, projectKey: string): Promise<boolean> {
  const until = performance.now() + SLICE_MS;
  const skip: string[] = [];
  let singly = 0;
  while (performance.now() < until) {
    let rows: ClockRow[] = [];
    try {
      const left = await inTx(asCalendar(base), async (ctx) => {
        const { mark } = await deps.timeOf(ctx, projectKey);
        rows = await lockOutdated(ctx.db, { projectKey, mark, kind: deps.handler.kind }, skip, singly > 0 ? 1 : TOGETHER);
        const isHeld = await lockSubjects(ctx, deps.handler, rows);
        await computeAnew(ctx, deps, rows.filter(isHeld));
        return rows.filter((row) => !isHeld(row)).map(({ subjectId }) => subjectId);
      });
      if (rows.length === 0) return false;
      skip.push(...left);
      singly = Math.max(0, singly - 1);
    } catch (error) {
      const [culprit, ...others] = rows;
      if (!culprit || isDatabaseAway(error)) throw error;
      singly = others.length > 0 ? rows.length : singly - 1;
      if (others.length > 0) continue;
      skip.push(culprit.subjectId);
      base.log.error({ err: error, subject: { kind: culprit.subjectKind, id: culprit.subjectId }, clock: culprit.name }, "a clock could not be computed by the new calendar; it will be tried again");
    }
  }
  return true;
}

/** Computes clocks whose subjects are locked by the calendar of now, and tells whose deadline moved. */
export async function computeAnew(ctx: TxCtx, { handler, timeOf }: Deps, rows: readonly ClockRow[]): Promise<void> {
  if (rows.length === 0) return;
  const after: ClockRow[] = [];
  const moved: Moved[] = [];
  for (const row of rows) {
    const time = await timeOf(ctx, row.projectKey);
    const anew = computed(rearm(row, ctx.now(), time), time);
    after.push(anew);
    if (anew.dueAt?.getTime() !== row.dueAt?.getTime()) moved.push({ ctx: { ...ctx, requestId: newId() }, subject: { kind: row.subjectKind, id: row.subjectId }, projectKey: row.projectKey, clock: plain(anew), dueAt: anew.dueAt });
  }
  await updateComputed(ctx.db, after, ctx.now());
  if (moved.length > 0) await handler.moved?.(moved);
}
