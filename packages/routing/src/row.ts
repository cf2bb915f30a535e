import type { Bucket } from "./state.ts";

/** Numbers kept for each bucket: rank and enqueuing time of its head, and its code. */
const STRIDE = 3;

/**
 * A queue's buckets in the order of their heads. What a search reads of each lies in one flat array: looking through
 * hundreds of buckets touches a few cache lines instead of hundreds of objects.
 */
export class BucketRow {
  readonly items: Bucket[] = [];
  #keys = new Float64Array(8 * STRIDE);
  /** By channel: how many buckets. */
  readonly #channels = [0, 0, 0, 0];
  /** Bit c is set when channel c has any. */
  channelMask = 0;

  add(bucket: Bucket): void {
    const end = this.items.length;
    if ((end + 1) * STRIDE > this.#keys.length) this.#grow();
    const i = this.#indexOf(bucket);
    if (i === end) {
      this.items.push(bucket);
    } else {
      this.items.splice(i, 0, bucket);
      this.#keys.copyWithin((i + 1) * STRIDE, i * STRIDE, end * STRIDE);
    }
    this.#write(bucket, i);
    const channel = bucket.code & 3;
    this.#channels[channel]!++;
    this.channelMask |= 1 << channel;
  }

  /** The bucket's head must be the one it was added with. */
  delete(bucket: Bucket): void {
    const i = this.#indexOf(bucket);
    const end = this.items.length;
    if (i === 0) this.items.shift();
    else this.items.splice(i, 1);
    this.#keys.copyWithin(i * STRIDE, (i + 1) * STRIDE, end * STRIDE);
    const channel = bucket.code & 3;
    if (--this.#channels[channel]! === 0) this.channelMask &= ~(1 << channel);
  }

  /** After ranks of all buckets changed. */
  sort(): void {
    const buckets = this.items.splice(0);
    this.#channels.fill(0);
    for (const bucket of buckets) this.add(bucket);
  }

  rank(i: number): number {
    return this.#keys[i * STRIDE]!;
  }

  enqueuedAtMs(i: number): number {
    return this.#keys[i * STRIDE + 1]!;
  }

  /** Requirement × 8 + channel × 2 + whether somebody is barred from the head (or was: they may be forgiven since). */
  code(i: number): number {
    return this.#keys[i * STRIDE + 2]!;
  }

  #write(bucket: Bucket, i: number): void {
    const at = i * STRIDE;
    this.#keys[at] = bucket.headRank;
    this.#keys[at + 1] = bucket.head.enqueuedAtMs;
    const { head } = bucket;
    const barred = head.excluded.length > 0 || head.refusedBy.length > 0;
    this.#keys[at + 2] = bucket.code * 2 + (barred ? 1 : 0);
  }

  #grow(): void {
    const longer = new Float64Array(this.#keys.length * 2);
    longer.set(this.#keys);
    this.#keys = longer;
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

  /** The total order, touching the other bucket only to compare ids. */
  #isBefore(i: number, bucket: Bucket): boolean {
    const rank = this.rank(i);
    if (rank !== bucket.headRank) return rank > bucket.headRank;
    const time = this.enqueuedAtMs(i);
    const { head } = bucket;
    return time === head.enqueuedAtMs ? this.items[i]!.head.id < head.id : time < head.enqueuedAtMs;
  }
}
