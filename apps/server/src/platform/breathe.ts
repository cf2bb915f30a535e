import { setImmediate } from "node:timers/promises";

/** Longer than this nobody else on the node should wait for one piece of work. */
const TURN_MS = 20;

/**
 * For work that goes through many things without waiting for anything: called between two of them, it lets everything
 * else on this node have its turn when the last turn is some time ago.
 */
export function breather(): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < TURN_MS) return;
    await setImmediate();
    sinceMs = performance.now();
  };
}
