import { fitOf } from "./ability.ts";
import { ageingAt, bucketBefore, effectivePoints, goesBefore, olderThan, rankOf } from "./order.ts";
import { hasRoom, isBarred } from "./pool.ts";
import { SortedList, insertAt, removeAt } from "./sorted.ts";
import type { Bucket, Operator, Queue, Work } from "./state.ts";

/** Waiting work, indexed per queue by what it asks for. */

export function addWaiting(work: Work): void {
  const { queue } = work;
  const key = `${work.channel} ${work.requirement.id} ${work.points}`;
  queue.waiting++;
  const bucket = queue.bucketByKey.get(key);
  if (!bucket) {
    openBucket(key, work);
    return;
  }
  bucket.works.add(work);
  if (olderThan(work, bucket.head)) moveBucket(queue, bucket, work);
}

export function removeWaiting(work: Work): void {
  const { queue } = work;
  const key = `${work.channel} ${work.requirement.id} ${work.points}`;
  const bucket = queue.bucketByKey.get(key)!;
  queue.waiting--;
  bucket.works.delete(work);
  if (bucket.head !== work) return;
  const head = bucket.works.first();
  if (head) {
    moveBucket(queue, bucket, head);
    return;
  }
  removeAt(queue.buckets, indexOfBucket(queue.buckets, bucket));
  queue.bucketByKey.delete(key);
}

function openBucket(key: string, work: Work): void {
  const { queue, channel, requirement } = work;
  const works = new SortedList<Work>(olderThan);
  works.add(work);
  const bucket: Bucket = { key, channel, requirement, works, head: work, headRank: rankOf(work) };
  queue.bucketByKey.set(key, bucket);
  insertAt(queue.buckets, indexOfBucket(queue.buckets, bucket), bucket);
}

/** Where the bucket is, or belongs when it is not there yet. */
function indexOfBucket(buckets: Bucket[], bucket: Bucket): number {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (bucketBefore(buckets[mid]!, bucket)) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** Gives the bucket its new head and shifts it to its new place. */
function moveBucket(queue: Queue, bucket: Bucket, head: Work): void {
  const { buckets } = queue;
  let i = indexOfBucket(buckets, bucket);
  bucket.head = head;
  bucket.headRank = rankOf(head);
  while (i > 0 && bucketBefore(bucket, buckets[i - 1]!)) {
    buckets[i] = buckets[i - 1]!;
    i--;
  }
  while (i < buckets.length - 1 && bucketBefore(buckets[i + 1]!, bucket)) {
    buckets[i] = buckets[i + 1]!;
    i++;
  }
  buckets[i] = bucket;
}

/** After a change of ageing or of the queue's priority. Inside a bucket the order is by age alone and stays. */
export function reorderBuckets(queue: Queue): void {
  for (const bucket of queue.buckets) bucket.headRank = rankOf(bucket.head);
  queue.buckets.sort((a, b) => (bucketBefore(a, b) ? -1 : 1));
}

/** The waiting work that goes first among all that this operator may take now. */
export function firstWorkFor(operator: Operator, nowMs: number): Work | null {
  const { team } = operator;
  if (!team) return null;
  let best: Work | null = null;
  let bestPoints = 0;
  for (const queue of team.queues) {
    if (queue.buckets.length === 0) continue;
    const found = firstInQueue(queue, operator, nowMs, best);
    if (!found) continue;
    const points = effectivePoints(found, nowMs);
    if (best && !goesBefore(points, found, bestPoints, best)) continue;
    best = found;
    bestPoints = points;
  }
  return best;
}

/** The same in one queue; may give up (null) once nothing further on can go before `limit`. */
function firstInQueue(queue: Queue, operator: Operator, nowMs: number, limit: Work | null): Work | null {
  const { ability } = operator.team!;
  const ageing = ageingAt(queue, nowMs);
  let best = limit;
  let bestPoints = limit ? effectivePoints(limit, nowMs) : 0;
  for (const bucket of queue.buckets) {
    if (best && !goesBefore(bucket.headRank + ageing, bucket.head, bestPoints, best)) break;
    if (fitOf(ability, bucket.requirement) < 0 || !hasRoom(operator, bucket.channel)) continue;
    const work = isBarred(bucket.head, operator) ? bucket.works.find((each) => !isBarred(each, operator)) : bucket.head;
    if (!work) continue;
    const points = effectivePoints(work, nowMs);
    if (best && !goesBefore(points, work, bestPoints, best)) continue;
    best = work;
    bestPoints = points;
  }
  return best === limit ? null : best;
}

/** 1-based place of waiting work among all waiting work of its queue. */
export function placeOf(work: Work): number {
  const rank = rankOf(work);
  let ahead = 0;
  for (const bucket of work.queue.buckets) {
    // Heads are in order: no bucket from here on has anything ahead of this work.
    if (!goesBefore(bucket.headRank, bucket.head, rank, work)) break;
    ahead += bucket.works.countWhile((each) => goesBefore(rankOf(each), each, rank, work));
  }
  return ahead + 1;
}

export function oldestWaiting(queue: Queue): number | null {
  let oldest: number | null = null;
  for (const { head } of queue.buckets) {
    if (oldest === null || head.enqueuedAtMs < oldest) oldest = head.enqueuedAtMs;
  }
  return oldest;
}
