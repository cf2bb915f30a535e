import { repairWav } from "@linija/media";
import { join } from "node:path";
import type { Ctx } from "../../platform/db.ts";
import { inTx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { counter } from "../../platform/metrics.ts";
import type { Rpc } from "../../platform/rpc.ts";
import type { Language } from "../api.contract.ts";
import type { LiveWriter } from "../interactions/index.ts";
import type { RouterClient } from "../queues/index.ts";
import { isCallable } from "./calls.numbers.rules.ts";
import { closeOffersOf, closeStaleOffers, endInterrupted, finishRecording, selectOpenRecordings, selectOrphans, type Orphan } from "./calls.sql.ts";
import type { CallbackWanted } from "./calls.voice.ts";

export interface RecoveryDeps {
  ctx: Ctx; rpc: Rpc; writer: LiveWriter; router: RouterClient;
  /** Folder of recordings. */
  recordings: string;
  /** Calls this node runs now. */
  live(): string[];
  callback(call: CallbackWanted): Promise<void>;
  callbackTried(ticketId: string, tried: { result: "reached" | "missed"; operatorId: string }): Promise<void>;
}
export interface Repaired { calls: number; offers: number; recordings: number }

const EVERY_MS = 5_000;
const repaired = counter("repairs_total", "What the sweep of a voice node found broken and mended", ["what"]);

/**
 * Repairs what a node that died, or a change that could not be written, left behind: calls that live only in the table
 * end as interrupted, their clients get a callback, offers are closed, recordings get a right header. Safe to repeat.
 */
export async function recover(deps: RecoveryDeps): Promise<Repaired> {
  const { ctx } = deps;
  await deps.rpc.bury();
  const orphans = await findOrphans(deps);
  for (const orphan of orphans) await endOrphan(deps, orphan);
  const found = { calls: orphans.length, offers: await closeStaleOffers(ctx.db, ctx.now()), recordings: await repairRecordings(deps) };
  for (const [what, count] of Object.entries(found)) repaired.inc({ what }, count);
  if (found.calls + found.offers + found.recordings > 0) ctx.log.warn(found, "repaired what a dead node or a lost change left behind");
  // Operators are the router's: it lets go those whose calls are over now. One that is away looks when it starts.
  if (found.calls > 0) await deps.router.repair().catch((error: unknown) => ctx.log.debug({ error: String(error) }, "no router to repair operators yet"));
  return found;
}

/** The same every few seconds, as long as the node lives. */
export function startRecovery(deps: RecoveryDeps): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= recover(deps).then(() => undefined, (error: unknown) => { if (!isDatabaseAway(error)) deps.ctx.log.error({ err: error }, "the sweep of calls failed"); }).finally(() => { running = null; });
  }, EVERY_MS);
  return { stop: async () => { clearInterval(timer); await running; } };
}

/** A call that ends while we look is in memory before, one that begins is in memory after; what is in neither is lost. */
async function findOrphans({ ctx, rpc, writer, live }: RecoveryDeps): Promise<Orphan[]> {
  const before = live();
  await writer.settled();
  const rows = await selectOrphans(ctx.db, rpc.nodeId);
  const known = new Set([...before, ...live()]);
  return rows.filter(({ id }) => !known.has(id));
}

/** The callback first, so that no crash between the two loses it. One that cannot be made keeps neither this call alive nor the others. */
async function endOrphan(deps: RecoveryDeps, orphan: Orphan): Promise<void> {
  const { ctx } = deps;
  const { id, operatorId } = orphan;
  await keepPromise(deps, orphan).catch((error: unknown) => {
    if (isDatabaseAway(error)) throw error;
    ctx.log.error({ err: error, callId: id }, "a callback could not be registered");
  });
  await inTx(ctx, async (ctx) => {
    if (!(await endInterrupted(ctx.db, id, ctx.now(), operatorId !== null))) return;
    await closeOffersOf(ctx.db, id, ctx.now());
    const lines = operatorId ? [{ kind: "line", id: operatorId }] : [];
    await emit(ctx, { type: "call.ended", subject: { kind: "call", id }, data: { outcome: "interrupted" }, touches: [{ kind: "floor", id: "floor" }, ...lines] });
  });
}

async function keepPromise(deps: RecoveryDeps, orphan: Orphan): Promise<void> {
  const { id, projectKey, queueId, clientId, operatorId, ticketId, fromNumber } = orphan;
  if (orphan.direction === "in" && isCallable(fromNumber)) {
    await deps.callback({ interactionId: id, projectKey, queueId, clientId, phone: fromNumber, language: (orphan.language ?? "en") as Language, reason: "interrupted" });
  }
  // Of one that was answered its operator tells in the wrap-up.
  if (orphan.direction === "out" && ticketId && operatorId && !orphan.answeredAt) await deps.callbackTried(ticketId, { result: "missed", operatorId });
}

async function repairRecordings({ ctx, rpc, recordings }: RecoveryDeps): Promise<number> {
  const open = await selectOpenRecordings(ctx.db, rpc.nodeId);
  for (const row of open) {
    const file = await repairWav(join(recordings, row.path)).catch(() => null);
    await finishRecording(ctx.db, row.id, file ?? { durationMs: 0, bytes: 0 }, ctx.now());
  }
  return open.length;
}
