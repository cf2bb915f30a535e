import type { Bucket } from "./buckets.ts";
import type { Operator } from "./operators.ts";
import { ageingAt, goesBefore, olderThan, queueOf, rankOf } from "./order.ts";
import { isBarred } from "./pool.ts";
import type { Queue, State } from "./state.ts";
import { NONE } from "./table.ts";
import { UNNUMBERED } from "./teams.ts";
import type { Work } from "./works.ts";

/** Waiting work, indexed per queue by what it asks for. */

export function addWaiting(state: State, work: Work): void {
  const { works, buckets } = state;
  const queue = queueOf(state, work);
  queue.waiting++;
  const bucket = buckets.find(queue.number, works.code(work), works.points(work));
  if (bucket === NONE) {
    openBucket(state, queue, work);
    return;
  }
  works.setBucket(work, bucket);
  if (buckets.append(bucket, work)) return;
  const head = buckets.head(bucket);
  if (olderThan(works, work, head)) {
    buckets.addBehind(bucket, head);
    changeHead(state, bucket, work);
  } else {
    buckets.addBehind(bucket, work);
  }
}

export function removeWaiting(state: State, work: Work): void {
  const { works, buckets } = state;
  const bucket = works.bucket(work);
  const queue = queueOf(state, work);
  queue.waiting--;
  works.setBucket(work, NONE);
  if (buckets.head(bucket) !== work) {
    buckets.deleteBehind(bucket, work);
    return;
  }
  const next = buckets.second(bucket);
  if (next === NONE) {
    queue.buckets.delete(bucket);
    buckets.close(bucket);
  } else {
    buckets.deleteBehind(bucket, next);
    changeHead(state, bucket, next);
  }
}

function openBucket({ works, buckets }: State, queue: Queue, work: Work): void {
  const bucket = buckets.open(work);
  buckets.setHead(bucket, work, rankOf(queue, works, work));
  works.setBucket(work, bucket);
  queue.buckets.add(bucket);
}

function changeHead(state: State, bucket: Bucket, head: Work): void {
  const queue = queueOf(state, head);
  queue.buckets.changeHead(bucket, head, rankOf(queue, state.works, head));
}

/** After a change of ageing or of the queue's priority. Inside a bucket the order is by age alone and stays. */
export function reorderBuckets({ works, buckets }: State, queue: Queue): void {
  for (let i = 0; i < queue.buckets.count; i++) {
    const bucket = queue.buckets.bucket(i);
    const head = buckets.head(bucket);
    buckets.setHead(bucket, head, rankOf(queue, works, head));
  }
  queue.buckets.sort();
}

/** The waiting work that goes first among all that this operator may take now, or `NONE`. */
export function firstWorkFor(state: State, operator: Operator, nowMs: number): Work {
  const { best, operators, teams, queueList } = state;
  const team = operators.teamId(operator);
  const open = operators.open(operator);
  best.reset(operator, open, nowMs);
  const start = teams.firstDuty(team);
  const end = start + teams.dutiesOf(team);
  for (let duty = start; duty < end; duty++) {
    const queue = queueList[teams.queue(duty)]!;
    if ((queue.buckets.channelMask & open) !== 0) searchQueue(state, queue, teams.bits(duty));
  }
  return best.work;
}

/** `bits` says which of the queue's numbered requirements the operator meets. */
function searchQueue(state: State, queue: Queue, bits: number): void {
  const { best } = state;
  const { operator, open, nowMs } = best;
  const { buckets } = queue;
  const { count } = buckets;
  const ageing = ageingAt(queue, nowMs);
  for (let i = 0; i < count; i++) {
    const points = buckets.rank(i) + ageing;
    const enqueuedAtMs = buckets.enqueuedAtMs(i);
    if (best.beats(points, enqueuedAtMs)) return;
    const code = buckets.code(i);
    const number = code >> 3;
    if ((open & (1 << ((code >> 1) & 3))) === 0) continue;
    if (number === UNNUMBERED ? !meetsUnnumbered(state, operator, buckets.bucket(i)) : (bits & (1 << number)) === 0) continue;
    const head = state.buckets.head(buckets.bucket(i));
    if ((code & 1) === 0 || !isBarred(state, head, operator)) {
      best.offer(head, points, enqueuedAtMs);
      return;
    }
    const other = state.buckets.findBehind(buckets.bucket(i), (each) => !isBarred(state, each, operator));
    if (other !== NONE) best.offer(other, rankOf(queue, state.works, other) + ageing, state.works.enqueuedAtMs(other));
  }
}

function meetsUnnumbered({ vocabulary, operators, buckets }: State, operator: Operator, bucket: Bucket): boolean {
  return vocabulary.meets(operators.teamId(operator), buckets.code(bucket) >> 2);
}

/** 1-based place of waiting work among all waiting work of its queue. */
export function placeOf(state: State, work: Work): number {
  const { works, buckets } = state;
  const queue = queueOf(state, work);
  const own = [rankOf(queue, works, work), work] as const;
  const isAhead = (each: Work) => goesBefore(works, [rankOf(queue, works, each), each], own);
  let ahead = 0;
  for (let i = 0; i < queue.buckets.count; i++) {
    const bucket = queue.buckets.bucket(i);
    // Heads are in order: no bucket from here on has anything ahead of this work.
    if (!isAhead(buckets.head(bucket))) break;
    ahead += 1 + buckets.countBehindWhile(bucket, isAhead);
  }
  return ahead + 1;
}

export function oldestWaiting(queue: Queue): number | null {
  let oldest: number | null = null;
  for (let i = 0; i < queue.buckets.count; i++) {
    const at = queue.buckets.enqueuedAtMs(i);
    if (oldest === null || at < oldest) oldest = at;
  }
  return oldest;
}
