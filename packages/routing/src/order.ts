import type { Bucket, Operator, Queue, Work } from "./state.ts";

/*
 * Effective priority is counted in whole millionths of a point. Integers make the order exact: adding the same ageing
 * to two ranks can neither create nor break a tie, so comparing ranks inside a queue and effective priorities across
 * queues is one and the same total order.
 */
const MILLION = 1_000_000;

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
export function rankOf(work: Work): number {
  return work.points + work.queue.base - Math.round(work.queue.ageing * work.enqueuedAtMs);
}

export function effectivePoints(work: Work, nowMs: number): number {
  return rankOf(work) + ageingAt(work.queue, nowMs);
}

export function effectivePriority(work: Work, nowMs: number): number {
  return effectivePoints(work, nowMs) / MILLION;
}

/** Longest waiting first, then the id in code-unit order. */
export function olderThan(a: Work, b: Work): boolean {
  if (a.enqueuedAtMs !== b.enqueuedAtMs) return a.enqueuedAtMs < b.enqueuedAtMs;
  return a.id < b.id;
}

/** Whether work of effective priority `x` goes before work of `y`. */
export function goesBefore(x: number, a: Work, y: number, b: Work): boolean {
  if (x !== y) return x > y;
  return olderThan(a, b);
}

export function bucketBefore(a: Bucket, b: Bucket): boolean {
  return goesBefore(a.headRank, a.head, b.headRank, b.head);
}

/** Among operators of equal fit: least in hand, then longest idle, then the id in code-unit order. */
export function operatorBefore(a: Operator, b: Operator): boolean {
  if (a.load !== b.load) return a.load < b.load;
  if (a.idleSinceMs !== b.idleSinceMs) return a.idleSinceMs < b.idleSinceMs;
  return a.id < b.id;
}
