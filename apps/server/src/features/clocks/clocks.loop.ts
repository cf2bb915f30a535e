import type { Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { dealWithDue } from "./clocks.due.ts";
import type { ClocksDeps } from "./clocks.handlers.ts";
import { lookForOutdated } from "./clocks.recompute.ts";
import { onClocksSaved } from "./clocks.service.ts";
import { selectNearest } from "./clocks.sql.ts";

/** How often one looks whether a calendar has changed. Nothing is lost meanwhile: a moment is computed again before it is dealt with. */
const CALENDARS_MS = 5_000;
/** Nearer than this it is waited for; what is further away the look of each second finds, also what other nodes have written. */
const NEAR_MS = 1_100;

/**
 * Deals with thresholds on this node, for as long as it runs. Idle it reads the heads of one index each second, however
 * many clocks there are; it wakes at the nearest moment, and for a nearer one written here.
 */
export function startClocks(base: Ctx, deps: ClocksDeps): Loop {
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Infinity;
  const arm = (at: Date): void => {
    const ms = at.getTime() - base.now().getTime();
    if (ms > NEAR_MS || at.getTime() >= wakesAt) return;
    clearTimeout(timer);
    wakesAt = at.getTime();
    timer = setTimeout(() => { wakesAt = Infinity; loop.wake(); }, Math.max(0, ms));
  };
  const work = async (): Promise<boolean> => {
    let mayBeMore = false;
    for (const { kind, nextAt } of await selectNearest(base.db, deps.handlers.map((handler) => handler.kind))) {
      const handler = deps.handlers.find((each) => each.kind === kind)!;
      if (nextAt > base.now()) arm(nextAt);
      else if (await dealWithDue(base, handler, deps.timeOf)) mayBeMore = true;
    }
    return mayBeMore;
  };
  const failed = (error: unknown): void => { if (!isDatabaseAway(error)) base.log.error({ err: error }, "clocks could not be looked at"); };
  const loop = startLoop(work, failed);
  const unsubscribe = onClocksSaved(arm);
  const calendars = startLoop(lookForOutdated(base, deps, CALENDARS_MS), failed);
  return {
    ...loop,
    stop: async () => {
      unsubscribe();
      clearTimeout(timer);
      await Promise.all([loop.stop(), calendars.stop()]);
      clearTimeout(timer);
    },
  };
}
