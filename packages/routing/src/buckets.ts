import { HashIndex, hashOfNumbers } from "./hashindex.ts";
import { olderThan } from "./order.ts";
import { SortedList } from "./sorted.ts";
import { FLOATS, INTS, NONE, Table } from "./table.ts";
import type { Work, Works } from "./works.ts";

/** Row of a bucket: waiting work of one queue that differs only in age, of the same channel, requirement and priority. */
export type Bucket = number;

// Floats of a row.
const POINTS = 0;
const HEAD_RANK = 1;
const NEWEST = 2;
// Whole numbers of a row.
const QUEUE = 8;
const CODE = 9;
const HEAD = 10;
const OTHERS = 11;

/** All buckets, the oldest work of each apart from the others. */
export class Buckets extends Table {
  readonly #works: Works;
  readonly #index = new HashIndex();
  /** All but the head, oldest first. A list stays with its row for the next bucket there. */
  readonly #others: SortedList<Work>[] = [];

  constructor(works: Works) {
    super();
    this.#works = works;
  }

  /** The bucket for such work, or `NONE`. */
  find(queue: number, code: number, points: number): Bucket {
    const hash = hashOfNumbers(queue, code, points);
    for (let slot = this.#index.first(hash); slot !== NONE; slot = this.#index.next(slot, hash)) {
      const bucket = this.#index.row(slot);
      if (this.queue(bucket) === queue && this.code(bucket) === code && this.points(bucket) === points) return bucket;
    }
    return NONE;
  }

  /** A new bucket for this work; `setHead` gives it the rank. */
  open(work: Work): Bucket {
    const works = this.#works;
    const bucket = this.takeRow();
    const queue = works.queue(work);
    const code = works.code(work);
    const points = works.points(work);
    this.ints[bucket * INTS + QUEUE] = queue;
    this.ints[bucket * INTS + CODE] = code;
    this.floats[bucket * FLOATS + POINTS] = points;
    this.floats[bucket * FLOATS + NEWEST] = works.enqueuedAtMs(work);
    this.#index.add(hashOfNumbers(queue, code, points), bucket);
    this.#others[bucket] ??= new SortedList<Work>((a, b) => olderThan(works, a, b));
    return bucket;
  }

  /** The last work has left it. */
  close(bucket: Bucket): void {
    this.#index.delete(hashOfNumbers(this.queue(bucket), this.code(bucket), this.points(bucket)), bucket);
    this.giveRow(bucket);
  }

  queue(bucket: Bucket): number {
    return this.ints[bucket * INTS + QUEUE]!;
  }

  /** Requirement × 4 + channel. */
  code(bucket: Bucket): number {
    return this.ints[bucket * INTS + CODE]!;
  }

  points(bucket: Bucket): number {
    return this.floats[bucket * FLOATS + POINTS]!;
  }

  head(bucket: Bucket): Work {
    return this.ints[bucket * INTS + HEAD]!;
  }

  /** Of the head: the sort key among the queue's buckets. */
  headRank(bucket: Bucket): number {
    return this.floats[bucket * FLOATS + HEAD_RANK]!;
  }

  setHead(bucket: Bucket, head: Work, rank: number): void {
    this.ints[bucket * INTS + HEAD] = head;
    this.floats[bucket * FLOATS + HEAD_RANK] = rank;
  }

  /** Adds work that came later than all in the bucket, as nearly always, without a look at them; or returns false. */
  append(bucket: Bucket, work: Work): boolean {
    const at = bucket * FLOATS + NEWEST;
    const enqueuedAtMs = this.#works.enqueuedAtMs(work);
    if (enqueuedAtMs <= this.floats[at]!) return false;
    this.floats[at] = enqueuedAtMs;
    this.ints[bucket * INTS + OTHERS]!++;
    this.#others[bucket]!.append(work);
    return true;
  }

  /** Adds work that does not go before the head. */
  addBehind(bucket: Bucket, work: Work): void {
    this.ints[bucket * INTS + OTHERS]!++;
    this.#others[bucket]!.add(work);
  }

  /** Takes out work that is not the head. */
  deleteBehind(bucket: Bucket, work: Work): void {
    this.ints[bucket * INTS + OTHERS]!--;
    this.#others[bucket]!.delete(work);
  }

  /** The oldest behind the head, or `NONE`. */
  second(bucket: Bucket): Work {
    return this.ints[bucket * INTS + OTHERS] === 0 ? NONE : this.#others[bucket]!.first()!;
  }

  /** The oldest behind the head for which `accepts` holds, or `NONE`. */
  findBehind(bucket: Bucket, accepts: (work: Work) => boolean): Work {
    return this.#others[bucket]!.find(accepts) ?? NONE;
  }

  /** How many behind the head `holds` is true for, when it holds for the oldest and for none after those. */
  countBehindWhile(bucket: Bucket, holds: (work: Work) => boolean): number {
    return this.#others[bucket]!.countWhile(holds);
  }
}
