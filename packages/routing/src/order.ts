import type { Queue, State } from "./state.ts";
import type { Operator, Operators } from "./operators.ts";
import type { Work, Works } from "./works.ts";

/*
 * Effective priority is counted in whole millionths of a point. Integers make the order exact: adding the same ageing
 * to two ranks can neither create nor break a tie, so comparing ranks inside a queue and effective priorities across
 * queues is one and the same total order.
 */
const MILLION = 1_000_000;

export function queueOf({ queueList, works }: State, work: Work): Queue {
  return queueList[works.queue(work)]!;
}

export function toPoints(priority: number): number {
  return Math.round(priority * MILLION);
}

/** Millionths of a point gained per millisecond. */
export function ageingPerMs(ageingPerMinute: number): number {
  return (ageingPerMinute * MILLION) / 60_000;
}

/** What ageing has given to work of the queue enqueued at time 0. */
export function ageingAt(queue: Queue, nowMs: number): number {
  return Math.round(queue.ageing * nowMs);
}

/** Effective priority less `ageingAt(now)`: the same at any time, so waiting work never has to be sorted again. */
export function rankOf(queue: Queue, works: Works, work: Work): number {
  return works.points(work) + queue.base - Math.round(queue.ageing * works.enqueuedAtMs(work));
}

export function effectivePoints(state: State, work: Work, nowMs: number): number {
  const queue = queueOf(state, work);
  return rankOf(queue, state.works, work) + ageingAt(queue, nowMs);
}

export function effectivePriority(state: State, work: Work, nowMs: number): number {
  return effectivePoints(state, work, nowMs) / MILLION;
}

/** Longest waiting first, then the id in code-unit order. */
export function olderThan(works: Works, a: Work, b: Work): boolean {
  const byAge = works.enqueuedAtMs(a) - works.enqueuedAtMs(b);
  return byAge === 0 ? works.id(a) < works.id(b) : byAge < 0;
}

/** Whether work `a` of effective priority `x` goes before work `b` of `y`; ranks will do inside a queue. */
export function goesBefore(works: Works, [x, a]: readonly [number, Work], [y, b]: readonly [number, Work]): boolean {
  return x === y ? olderThan(works, a, b) : x > y;
}

/** Among operators of equal fit: least in hand, then longest idle, then the id in code-unit order. */
export function operatorBefore(operators: Operators, a: Operator, b: Operator): boolean {
  const byLoad = operators.load(a) - operators.load(b);
  if (byLoad !== 0) return byLoad < 0;
  const byIdle = operators.idleSinceMs(a) - operators.idleSinceMs(b);
  return byIdle === 0 ? operators.id(a) < operators.id(b) : byIdle < 0;
}
