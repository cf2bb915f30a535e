import { repairWav } from "@linija/media";
import { join } from "node:path";
import type { Ctx } from "../../platform/db.ts";
import { inTx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import type { Language } from "../api.contract.ts";
import type { RouterClient } from "../queues/index.ts";
import { closeOffersOf, endInterrupted, finishRecording, selectOpenRecordings, selectOrphans, selectStaleStates } from "./calls.sql.ts";
import type { CallbackWanted } from "./calls.voice.ts";

export interface RecoveryDeps { ctx: Ctx; router: RouterClient; recordings: string; callback(call: CallbackWanted): Promise<void> }

/**
 * Repairs what a node that died left behind: calls end as interrupted, their clients get a callback, offers are closed,
 * operators are let go, recordings get a right header. Safe to repeat; run at start and when a node is found dead.
 */
export async function recover(deps: RecoveryDeps): Promise<{ calls: number; recordings: number }> {
  const { ctx } = deps;
  const orphans = await selectOrphans(ctx.db);
  for (const orphan of orphans) {
    if (orphan.direction === "in" && orphan.projectKey && /^\+?\d{3,15}$/.test(orphan.fromNumber)) {
      await deps.callback({ interactionId: orphan.id, projectKey: orphan.projectKey, queueId: orphan.queueId, clientId: orphan.clientId, phone: orphan.fromNumber, language: (orphan.language ?? "en") as Language, reason: "interrupted" });
    }
    await inTx(ctx, async (ctx) => {
      await endInterrupted(ctx.db, orphan.id, ctx.now(), orphan.operatorId !== null);
      await closeOffersOf(ctx.db, orphan.id, ctx.now());
      await emit(ctx, { type: "call.ended", subject: { kind: "call", id: orphan.id }, data: { outcome: "interrupted" }, touches: [{ kind: "floor", id: "floor" }] });
    });
  }
  for (const stale of await selectStaleStates(ctx.db)) await deps.router.release(stale.operatorId, stale.interactionId, stale.state === "talking");
  return { calls: orphans.length, recordings: await repairRecordings(deps) };
}

async function repairRecordings({ ctx, recordings }: RecoveryDeps): Promise<number> {
  const open = await selectOpenRecordings(ctx.db);
  for (const row of open) {
    const repaired = await repairWav(join(recordings, row.path)).catch(() => null);
    await finishRecording(ctx.db, row.id, repaired ?? { durationMs: 0, bytes: 0 }, ctx.now());
  }
  return open.length;
}
