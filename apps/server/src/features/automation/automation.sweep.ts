import { nextDue } from "../../platform/cron.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { isDatabaseAway, isOvertaken } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { findProject } from "../tickets/index.ts";
import { wakeAll } from "./automation.listener.ts";
import type { Performing } from "./automation.perform.ts";
import { deleteOldRuns, insertRuns } from "./automation.sql.ts";
import { deleteOldSweeps, insertSweep, isAnyDue, lockAsTaken, lockDueRules, lockSweep, putOffSweep, selectLive, updateNext, updateSweep, type DueRule, type Sweep } from "./automation.sweep.sql.ts";

/** So many tickets share one transaction, fewer when the rule is slow: others wait for the tickets it has changed. */
const BATCH = 50;
const FIRST = 5;
const BATCH_MS = 500;
/** A batch that failed is tried again by half, down to the one ticket at fault, which is passed over: half a minute later nothing else waits for it. */
const mostOf = ({ attempts }: Pick<Sweep, "attempts">): number => Math.max(1, BATCH >> attempts);
const TIDY_MS = 3_600_000;

/** Scheduled rules on this node. Several nodes share the work: each due moment and each batch is taken by one of them. */
export function startAutomation(ctx: Ctx, deps: Performing): Loop {
  const own: Ctx = { ...ctx, actor: { kind: "system", name: "automation" } };
  let tidiedMs = 0;
  return startLoop(async () => {
    if (performance.now() - tidiedMs > TIDY_MS) { tidiedMs = performance.now(); await tidy(own); }
    return (await sweepOnce(own, deps)) === "more";
  }, (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "scheduled rules could not be looked at"); });
}

/** Takes what is due and does one batch; `more` when there may be another. */
export async function sweepOnce(ctx: Ctx, deps: Performing): Promise<"more" | "idle"> {
  if (!(await isAnyDue(ctx.db, ctx.now()))) return "idle";
  const due = await inTx(ctx, async (ctx) => {
    const rules = await lockDueRules(ctx.db, ctx.now());
    for (const rule of rules) await begin(ctx, rule);
    return rules.length;
  });
  return (await batch(ctx, deps)) || due > 0 ? "more" : "idle";
}

/** Moments missed while no node ran are made up for by one sweep, not by one for each. */
async function begin(ctx: Ctx, rule: DueRule): Promise<void> {
  const project = await findProject(ctx.db, rule.projectKey);
  await updateNext(ctx.db, rule, nextDue(rule.schedule, project?.project.time_zone ?? "UTC", ctx.now()));
  if (project && rule.nextAt) await insertSweep(ctx.db, { id: newId(ctx.now().getTime()), projectKey: rule.projectKey, key: rule.key, versionId: rule.versionId, dueAt: rule.nextAt });
}

/** Where a batch ends is written with what it did: after a crash the next one goes on from there. */
async function batch(ctx: Ctx, deps: Performing): Promise<boolean> {
  let taken: Sweep | undefined;
  try {
    await inTx(ctx, async (ctx) => {
      taken = await lockSweep(ctx.db, ctx.now());
      if (!taken) return;
      const sweep = taken;
      const most = mostOf(sweep);
      const ids = await selectLive(ctx.db, sweep, most);
      const did = await lookAt(ctx, { sweep, ids }, deps);
      await updateSweep(ctx.db, sweep.id, { ...did, after: ids[did.looked - 1] ?? null, isDone: did.looked === ids.length && ids.length < most, at: ctx.now() });
    });
  } catch (error) {
    if (!taken || isDatabaseAway(error)) throw error;
    ctx.log.error({ err: error, rule: taken.ruleKey, project: taken.projectKey }, "a batch of a scheduled rule failed; it will be tried again");
    // First of all it makes way for other sweeps. That somebody else was first is no ticket's fault.
    const isOurs = await putOffSweep(ctx.db, taken, ctx.now());
    if (isOurs && mostOf(taken) === 1 && !isOvertaken(error)) await passOver(ctx, { ...taken, attempts: taken.attempts + 1 });
  }
  return taken !== undefined;
}

/** The ticket that cannot be looked at has a failed run to be seen by, and the sweep goes on behind it; unless another node has gone on meanwhile. */
async function passOver(ctx: Ctx, sweep: Sweep): Promise<void> {
  await inTx(ctx, async (ctx) => {
    if (!(await lockAsTaken(ctx.db, sweep))) return;
    const [ticketId] = await selectLive(ctx.db, sweep, 1);
    if (ticketId === undefined) return;
    await insertRuns(ctx.db, [{
      id: newId(ctx.now().getTime()), at: ctx.now(), projectKey: sweep.projectKey, ruleKey: sweep.ruleKey, versionId: sweep.versionId, ticketId, cause: `schedule:${sweep.id}`, wokenBy: "schedule",
      state: "failed", problem: { code: "host", reason: "fault_of_ours", params: {}, fields: [] }, changes: [], actions: [], trace: {}, durationUs: 0, depth: 0, requestId: ctx.requestId,
    }]);
    await updateSweep(ctx.db, sweep.id, { after: ticketId, looked: 1, fired: 0, failed: 1, isDone: false, at: ctx.now() });
  });
}

/** As many of them as there is time for, a few first. Each ticket is a deed of its own: what follows from it is counted for it alone. */
async function lookAt(ctx: TxCtx, { sweep, ids }: { sweep: Sweep; ids: string[] }, deps: Performing): Promise<{ looked: number; fired: number; failed: number }> {
  const did = { looked: 0, fired: 0, failed: 0 };
  const began = performance.now();
  for (let some = FIRST; did.looked < ids.length && performance.now() - began < BATCH_MS; some *= 2) {
    const now = await wakeAll(ctx, ids.slice(did.looked, did.looked + some).map((ticketId) => ({ ctx: { ...ctx, depth: 1, requestId: newId() }, waking: wakingOf(sweep, ticketId) })), deps);
    did.looked += now.looked;
    did.fired += now.fired;
    did.failed += now.failed;
  }
  return did;
}

const wakingOf = (sweep: Sweep, ticketId: string) => ({
  ticketId, projectKey: sweep.projectKey, cause: `schedule:${sweep.id}`, wokenBy: "schedule", depth: 0, event: { type: "schedule", at: sweep.dueAt, by: "automation" },
  rules: [{ projectKey: sweep.projectKey, key: sweep.ruleKey, versionId: sweep.versionId, version: sweep.version, text: sweep.text, name: sweep.name, events: [], schedule: null, clock: null, atPercent: null, position: 0 }],
});

async function tidy(ctx: Ctx): Promise<void> {
  await deleteOldSweeps(ctx.db, ctx.now());
  while ((await deleteOldRuns(ctx.db, ctx.now())) > 0) { /* some at a time */ }
}
