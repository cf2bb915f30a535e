import { bucketBefore } from "./order.ts";
import type { Bucket } from "./state.ts";

/**
 * A queue's buckets in the order of their heads. What a search reads of each lies in
 * flat arrays: looking through hundreds of buckets touches a few cache lines instead of hundreds of objects.
 */
export class BucketRow {
  readonly items: Bucket[] = [];
  requirements = new Int32Array(8);
  channels = new Uint8Array(8);
  ranks = new Float64Array(8);
  /** When the heads were enqueued. */
  times = new Float64Array(8);

  get size(): number {
    return this.items.length;
  }

  add(bucket: Bucket): void {
    const end = this.items.length;
    if (end === this.ranks.length) this.#grow();
    const i = this.#indexOf(bucket);
    if (i === end) {
      this.items.push(bucket);
    } else {
      this.items.splice(i, 0, bucket);
      this.#shift(i + 1, i, end);
    }
    this.#write(bucket, i);
  }

  /** The bucket's head must be the one it was added with. */
  delete(bucket: Bucket): void {
    const i = this.#indexOf(bucket);
    const end = this.items.length;
    if (i === 0) this.items.shift();
    else this.items.splice(i, 1);
    this.#shift(i, i + 1, end);
  }

  /** After ranks of all buckets changed. */
  sort(): void {
    const sorted = this.items.sort((a, b) => (bucketBefore(a, b) ? -1 : 1));
    sorted.forEach((bucket, i) => this.#write(bucket, i));
  }

  #write(bucket: Bucket, i: number): void {
    this.requirements[i] = bucket.requirement.id;
    this.channels[i] = bucket.channel;
    this.ranks[i] = bucket.headRank;
    this.times[i] = bucket.head.enqueuedAtMs;
  }

  #shift(to: number, from: number, end: number): void {
    this.requirements.copyWithin(to, from, end);
    this.channels.copyWithin(to, from, end);
    this.ranks.copyWithin(to, from, end);
    this.times.copyWithin(to, from, end);
  }

  #grow(): void {
    const { requirements, channels, ranks, times } = this;
    this.requirements = new Int32Array(ranks.length * 2);
    this.channels = new Uint8Array(ranks.length * 2);
    this.ranks = new Float64Array(ranks.length * 2);
    this.times = new Float64Array(ranks.length * 2);
    this.requirements.set(requirements);
    this.channels.set(channels);
    this.ranks.set(ranks);
    this.times.set(times);
  }

  /** Where the bucket is, or belongs when it is not there yet. */
  #indexOf(bucket: Bucket): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.#isBefore(mid, bucket)) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** `bucketBefore` that touches the other bucket only to compare ids. */
  #isBefore(i: number, bucket: Bucket): boolean {
    const rank = this.ranks[i]!;
    if (rank !== bucket.headRank) return rank > bucket.headRank;
    const time = this.times[i]!;
    const { head } = bucket;
    return time === head.enqueuedAtMs ? this.items[i]!.head.id < head.id : time < head.enqueuedAtMs;
  }
}
