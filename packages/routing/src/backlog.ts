import type { Vocabulary } from "./ability.ts";
import { ageingAt, goesBefore, olderThan, rankOf } from "./order.ts";
import { isBarred } from "./pool.ts";
import { SortedList } from "./sorted.ts";
import type { Bucket, Operator, Queue, State, Work } from "./state.ts";

/** Waiting work, indexed per queue by what it asks for. */

export function addWaiting(work: Work): void {
  const { queue } = work;
  queue.waiting++;
  const bucket = findBucket(work) ?? openBucket(work);
  work.bucket = bucket;
  if (bucket.head === work) return;
  if (work.enqueuedAtMs > bucket.newestMs) {
    bucket.newestMs = work.enqueuedAtMs;
    bucket.works.append(work);
    return;
  }
  bucket.works.add(work);
  if (olderThan(work, bucket.head)) changeHead(queue, bucket, work);
}

export function removeWaiting(work: Work): void {
  const { queue, bucket } = work;
  queue.waiting--;
  work.bucket = null;
  bucket!.works.delete(work);
  if (bucket!.head !== work) return;
  const head = bucket!.works.first();
  if (head) changeHead(queue, bucket!, head);
  else closeBucket(queue, bucket!);
}

function codeOf({ requirement, channel }: Work): number {
  return requirement.id * 4 + channel;
}

function findBucket(work: Work): Bucket | undefined {
  return work.queue.bucketsByCode.get(codeOf(work))?.find((bucket) => bucket.points === work.points);
}

function openBucket(work: Work): Bucket {
  const { queue, points } = work;
  const works = new SortedList<Work>(olderThan, work);
  const bucket: Bucket = { code: codeOf(work), points, works, head: work, headRank: rankOf(work), newestMs: work.enqueuedAtMs };
  const others = queue.bucketsByCode.get(bucket.code);
  if (others) others.push(bucket);
  else queue.bucketsByCode.set(bucket.code, [bucket]);
  queue.buckets.add(bucket);
  return bucket;
}

function closeBucket(queue: Queue, bucket: Bucket): void {
  queue.buckets.delete(bucket);
  const others = queue.bucketsByCode.get(bucket.code)!;
  if (others.length === 1) queue.bucketsByCode.delete(bucket.code);
  else others.splice(others.indexOf(bucket), 1);
}

function changeHead(queue: Queue, bucket: Bucket, head: Work): void {
  queue.buckets.delete(bucket);
  bucket.head = head;
  bucket.headRank = rankOf(head);
  queue.buckets.add(bucket);
}

/** After a change of ageing or of the queue's priority. Inside a bucket the order is by age alone and stays. */
export function reorderBuckets(queue: Queue): void {
  for (const bucket of queue.buckets.items) bucket.headRank = rankOf(bucket.head);
  queue.buckets.sort();
}

/** The waiting work that goes first among all that this operator may take now. */
export function firstWorkFor({ vocabulary }: State, operator: Operator, nowMs: number): Work | null {
  const best = new Best();
  for (const queue of operator.team!.queues) {
    if ((queue.buckets.channelMask & operator.open) !== 0) searchQueue(queue, operator, { vocabulary, nowMs, best });
  }
  return best.work();
}

/** The first work found so far: numbers are at hand, the work itself is touched only to break a tie by id. */
class Best {
  #bucket: Bucket | null = null;
  /** When the operator is barred from the bucket's head. */
  #other: Work | null = null;
  #points = 0;
  #enqueuedAtMs = 0;

  work(): Work | null {
    return this.#other ?? this.#bucket?.head ?? null;
  }

  /** Whether nothing of these points and time, or further on, can be better. */
  beats(points: number, enqueuedAtMs: number): boolean {
    if (!this.#bucket || points > this.#points) return false;
    return points < this.#points || enqueuedAtMs > this.#enqueuedAtMs;
  }

  offer(bucket: Bucket, other: Work | null, points: number): void {
    const work = other ?? bucket.head;
    if (this.beats(points, work.enqueuedAtMs)) return;
    const isTie = points === this.#points && work.enqueuedAtMs === this.#enqueuedAtMs;
    if (this.#bucket && isTie && this.work()!.id < work.id) return;
    this.#bucket = bucket;
    this.#other = other;
    this.#points = points;
    this.#enqueuedAtMs = work.enqueuedAtMs;
  }
}

interface Search {
  vocabulary: Vocabulary;
  nowMs: number;
  best: Best;
}

function searchQueue(queue: Queue, operator: Operator, { vocabulary, nowMs, best }: Search): void {
  const { buckets } = queue;
  const { open } = operator;
  const abilityId = operator.team!.ability.id;
  const count = buckets.items.length;
  const ageing = ageingAt(queue, nowMs);
  for (let i = 0; i < count; i++) {
    const points = buckets.rank(i) + ageing;
    if (best.beats(points, buckets.enqueuedAtMs(i))) return;
    const code = buckets.code(i);
    if ((open & (1 << ((code >> 1) & 3))) === 0 || !vocabulary.meets(abilityId, code >> 3)) continue;
    const bucket = buckets.items[i]!;
    if ((code & 1) === 0) {
      best.offer(bucket, null, points);
      return;
    }
    const other = bucket.works.find((each) => !isBarred(each, operator));
    if (other) best.offer(bucket, other, rankOf(other) + ageing);
  }
}

/** 1-based place of waiting work among all waiting work of its queue. */
export function placeOf(work: Work): number {
  const rank = rankOf(work);
  let ahead = 0;
  for (const bucket of work.queue.buckets.items) {
    // Heads are in order: no bucket from here on has anything ahead of this work.
    if (!goesBefore(bucket.headRank, bucket.head, rank, work)) break;
    ahead += bucket.works.countWhile((each) => goesBefore(rankOf(each), each, rank, work));
  }
  return ahead + 1;
}

export function oldestWaiting(queue: Queue): number | null {
  let oldest: number | null = null;
  for (const { head } of queue.buckets.items) {
    if (oldest === null || head.enqueuedAtMs < oldest) oldest = head.enqueuedAtMs;
  }
  return oldest;
}
