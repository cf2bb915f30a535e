import type { Bucket, Buckets } from "./buckets.ts";
import type { Works } from "./works.ts";

/** Numbers kept for each bucket: rank and enqueuing time of its head, its code, and the bucket's number. */
const STRIDE = 4;

/**
 * A queue's buckets in the order of their heads. What a search reads of each lies in one flat array: looking through
 * hundreds of buckets touches a few cache lines instead of hundreds of objects.
 */
export class BucketRow {
  count = 0;
  #keys = new Float64Array(8 * STRIDE);
  /** By channel: how many buckets. */
  readonly #channels = [0, 0, 0, 0];
  /** Bit c is set when channel c has any. */
  channelMask = 0;
  readonly #works: Works;
  readonly #buckets: Buckets;

  constructor(works: Works, buckets: Buckets) {
    this.#works = works;
    this.#buckets = buckets;
  }

  add(bucket: Bucket): void {
    const end = this.count++;
    if ((end + 1) * STRIDE > this.#keys.length) this.#grow();
    const channel = this.#buckets.code(bucket) & 3;
    this.#channels[channel]!++;
    this.channelMask |= 1 << channel;
    this.#sink(bucket, end);
  }

  /** The bucket's head must be the one it was added with. */
  delete(bucket: Bucket): void {
    const end = --this.count;
    for (let i = this.#indexOf(bucket); i < end; i++) this.#copy(i + 1, i);
    const channel = this.#buckets.code(bucket) & 3;
    if (--this.#channels[channel]! === 0) this.channelMask &= ~(1 << channel);
  }

  /** Gives the bucket another head and puts it in its new place. */
  changeHead(bucket: Bucket, head: number, headRank: number): void {
    let i = this.#indexOf(bucket);
    this.#buckets.setHead(bucket, head, headRank);
    // As a rule the next in the bucket is later than the last, and the place is a few buckets on.
    for (; i + 1 < this.count && this.#isBefore(i + 1, bucket); i++) this.#copy(i + 1, i);
    this.#sink(bucket, i);
  }

  /** After ranks of all buckets changed. */
  sort(): void {
    const buckets = Array.from({ length: this.count }, (_, i) => this.bucket(i));
    this.count = 0;
    this.#channels.fill(0);
    for (const bucket of buckets) this.add(bucket);
  }

  rank(i: number): number {
    return this.#keys[i * STRIDE]!;
  }

  enqueuedAtMs(i: number): number {
    return this.#keys[i * STRIDE + 1]!;
  }

  /** Number of the requirement in the queue × 8 + channel × 2 + whether somebody is barred from the head (or was: they may be forgiven since). */
  code(i: number): number {
    return this.#keys[i * STRIDE + 2]!;
  }

  bucket(i: number): Bucket {
    return this.#keys[i * STRIDE + 3]!;
  }

  /** Writes the bucket at place i or before, moving those it goes before. */
  #sink(bucket: Bucket, from: number): void {
    let i = from;
    for (; i > 0 && !this.#isBefore(i - 1, bucket); i--) this.#copy(i - 1, i);
    const keys = this.#keys;
    const at = i * STRIDE;
    const head = this.#buckets.head(bucket);
    keys[at] = this.#buckets.headRank(bucket);
    keys[at + 1] = this.#works.enqueuedAtMs(head);
    keys[at + 2] = (this.#works.number(head) * 4 + this.#works.channel(head)) * 2 + (this.#works.isBarring(head) ? 1 : 0);
    keys[at + 3] = bucket;
  }

  /** By hand: for so few numbers the engine's own copying spends longer getting ready. */
  #copy(from: number, to: number): void {
    const keys = this.#keys;
    const a = from * STRIDE;
    const b = to * STRIDE;
    keys[b] = keys[a]!;
    keys[b + 1] = keys[a + 1]!;
    keys[b + 2] = keys[a + 2]!;
    keys[b + 3] = keys[a + 3]!;
  }

  #grow(): void {
    const longer = new Float64Array(this.#keys.length * 2);
    longer.set(this.#keys);
    this.#keys = longer;
  }

  /** Where the bucket is. */
  #indexOf(bucket: Bucket): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.bucket(mid) !== bucket && this.#isBefore(mid, bucket)) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** The total order, touching the other bucket only to compare ids. */
  #isBefore(i: number, bucket: Bucket): boolean {
    const rank = this.rank(i);
    const headRank = this.#buckets.headRank(bucket);
    if (rank !== headRank) return rank > headRank;
    const time = this.enqueuedAtMs(i);
    const head = this.#buckets.head(bucket);
    const at = this.#works.enqueuedAtMs(head);
    return time === at ? this.#works.id(this.#buckets.head(this.bucket(i))) < this.#works.id(head) : time < at;
  }
}
