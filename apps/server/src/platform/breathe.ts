import { setTimeout } from "node:timers/promises";

/** Longer than this nobody else on the node should wait for one piece of work. */
const TURN_MS = 20;
/** Whoever waited has several things to do one after another, each a turn of its own. */
const MOST_PAUSE_MS = 50;

/**
 * For work that goes through many things without waiting for anything: called between two of them, it lets everything
 * else on this node have its turn when the last turn is some time ago, for a quarter of that time.
 */
export function breather(): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    const workedMs = performance.now() - sinceMs;
    if (workedMs < TURN_MS) return;
    await setTimeout(Math.min(workedMs / 4, MOST_PAUSE_MS));
    sinceMs = performance.now();
  };
}
