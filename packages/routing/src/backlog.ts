import type { Vocabulary } from "./ability.ts";
import { ageingAt, goesBefore, olderThan, rankOf } from "./order.ts";
import { isBarred } from "./pool.ts";
import { SortedList } from "./sorted.ts";
import type { Bucket, Operator, Queue, State, Work } from "./state.ts";

/** Waiting work, indexed per queue by what it asks for. */

export function addWaiting(work: Work): void {
  const { queue } = work;
  queue.waiting++;
  const key = `${work.channel} ${work.requirement.id} ${work.points}`;
  const bucket = queue.bucketByKey.get(key) ?? openBucket(key, work);
  work.bucket = bucket;
  if (bucket.head === work) return;
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
  if (head) {
    changeHead(queue, bucket!, head);
    return;
  }
  queue.buckets.delete(bucket!);
  queue.bucketByKey.delete(bucket!.key);
}

function openBucket(key: string, work: Work): Bucket {
  const { queue, channel, requirement } = work;
  const works = new SortedList<Work>(olderThan);
  works.add(work);
  const bucket: Bucket = { key, channel, requirement, works, head: work, headRank: rankOf(work) };
  queue.bucketByKey.set(key, bucket);
  queue.buckets.add(bucket);
  return bucket;
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
  let best: Best | null = null;
  for (const queue of operator.team!.queues) {
    if ((queue.buckets.channelMask & operator.open) === 0) continue;
    best = firstInQueue(queue, operator, { vocabulary, nowMs, best });
  }
  return best?.work ?? null;
}

interface Search {
  vocabulary: Vocabulary;
  nowMs: number;
  best: Best | null;
}

interface Best {
  work: Work;
  points: number;
}

/** The better of what was found so far and what this queue has; stops where nothing further on can be better. */
function firstInQueue(queue: Queue, operator: Operator, search: Search): Best | null {
  const { vocabulary, nowMs } = search;
  let { best } = search;
  const { buckets } = queue;
  const { open } = operator;
  const abilityId = operator.team!.ability.id;
  const count = buckets.items.length;
  const ageing = ageingAt(queue, nowMs);
  for (let i = 0; i < count; i++) {
    if (best) {
      const points = buckets.rank(i) + ageing;
      if (points < best.points || (points === best.points && buckets.enqueuedAtMs(i) > best.work.enqueuedAtMs)) break;
    }
    const code = buckets.code(i);
    if ((open & (1 << (code & 3))) === 0 || !vocabulary.meets(abilityId, code >> 2)) continue;
    const work = firstInBucket(buckets.items[i]!, operator);
    if (!work) continue;
    const points = rankOf(work) + ageing;
    if (!best || goesBefore(points, work, best.points, best.work)) best = { work, points };
  }
  return best;
}

function firstInBucket({ head, works }: Bucket, operator: Operator): Work | undefined {
  return isBarred(head, operator) ? works.find((each) => !isBarred(each, operator)) : head;
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
