import type { Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { giveDuties } from "./duties.service.ts";

/** Soon enough for what comes up by the minute. */
const EVERY_MS = 10_000;

/** Gives duties as they come up; what came up while nothing ran is given at the first look. */
export function startDuties(ctx: Ctx): Loop {
  let lookedAt = -Infinity;
  return startLoop(async () => {
    if (performance.now() - lookedAt < EVERY_MS) return false;
    lookedAt = performance.now();
    await giveDuties(ctx);
    return false;
  }, (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "duties could not be given"); });
}
