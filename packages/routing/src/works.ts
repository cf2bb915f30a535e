import { Ids } from "./ids.ts";
import { FLOATS, INTS, NONE, Table } from "./table.ts";
import type { Requirement, Vocabulary } from "./ability.ts";
import type { Reason, WorkState } from "./types.ts";

/** Row of a piece of work. */
export type Work = number;

/** What most work does not have. */
export interface Particulars {
  preferredOperatorId: string | null;
  excluded: readonly string[];
  /** Operators who refused it and have not been forgiven. */
  refusedBy: readonly string[];
  /** Some ready operator who qualifies and has not refused: while there is one, those who did are not asked again. */
  witness: number;
}

export interface NewWork {
  id: string;
  queue: number;
  number: number;
  channel: number;
  requirement: Requirement;
  priority: number;
  points: number;
  enqueuedAtMs: number;
  preferredOperatorId: string | null;
  excluded: readonly string[];
}

/** Nobody excluded, nobody refused: shared, as it is so for most work. */
export const NOBODY: readonly string[] = [];
const PLAIN: Readonly<Particulars> = { preferredOperatorId: null, excluded: NOBODY, refusedBy: NOBODY, witness: NONE };

const STATES: readonly WorkState[] = ["waiting", "offered", "active"];
export const WAITING = 0;
export const OFFERED = 1;
export const ACTIVE = 2;

// Floats of a row. What searching needs comes first: large memory begins 16 bytes into a cache line, and so the last 16
// bytes of each row are in the next line.
const ENQUEUED = 0;
const POINTS = 1;
const ACCEPTED = 6;
const PRIORITY = 7;
// Whole numbers of a row.
/** Queue × 32 + number of the requirement in it. */
const QUEUE = 4;
const CODE = 5;
const STATE = 6;
const OPERATOR = 7;
const NEXT_IN_HAND = 8;
const BUCKET = 9;
/** Whether it has particulars, and whether these bar anybody. */
const SPECIAL = 10;
const BARRING = 11;

/** Numbers kept of each reason: a table of its own, as it is written with every offer and read when people ask. */
const REASON = 6;
const BY = ["none", "order", "preferred"] as const;

/** All work in the engine. */
export class Works extends Table {
  readonly #ids = new Ids();
  readonly #particulars: Particulars[] = [];
  #reasons = new Float64Array(64 * REASON);
  readonly #vocabulary: Vocabulary;

  constructor(vocabulary: Vocabulary) {
    super();
    this.#vocabulary = vocabulary;
  }

  /** The row of this id, or `NONE`. */
  find(id: string): Work {
    return this.#ids.row(id);
  }

  /** In no order. */
  all(): Work[] {
    return this.#ids.rows();
  }

  add(input: NewWork): Work {
    const work = this.takeRow();
    this.#ids.add(input.id, work);
    const { floats, ints } = this;
    floats[work * FLOATS + ENQUEUED] = input.enqueuedAtMs;
    floats[work * FLOATS + POINTS] = input.points;
    floats[work * FLOATS + ACCEPTED] = Number.NaN;
    floats[work * FLOATS + PRIORITY] = input.priority;
    ints[work * INTS + QUEUE] = input.queue * 32 + input.number;
    ints[work * INTS + CODE] = input.requirement.id * 4 + input.channel;
    ints[work * INTS + OPERATOR] = NONE;
    ints[work * INTS + NEXT_IN_HAND] = NONE;
    ints[work * INTS + BUCKET] = NONE;
    const { preferredOperatorId, excluded } = input;
    if (preferredOperatorId !== null || excluded.length > 0) {
      this.#particulars[work] = { preferredOperatorId, excluded, refusedBy: NOBODY, witness: NONE };
      ints[work * INTS + SPECIAL] = 1;
      if (excluded.length > 0) ints[work * INTS + BARRING] = 1;
    }
    if ((work + 1) * REASON > this.#reasons.length) {
      const longer = new Float64Array(this.#reasons.length * 2);
      longer.set(this.#reasons);
      this.#reasons = longer;
    }
    this.clearReason(work);
    return work;
  }

  delete(work: Work): void {
    this.#ids.delete(work);
    this.giveRow(work);
  }

  id(work: Work): string {
    return this.#ids.id(work);
  }

  /** Number of its queue. */
  queue(work: Work): number {
    return this.ints[work * INTS + QUEUE]! >> 5;
  }

  /** Number of its requirement in its queue, or `UNNUMBERED`. */
  number(work: Work): number {
    return this.ints[work * INTS + QUEUE]! & 31;
  }

  /** Requirement × 4 + channel. */
  code(work: Work): number {
    return this.ints[work * INTS + CODE]!;
  }

  channel(work: Work): number {
    return this.ints[work * INTS + CODE]! & 3;
  }

  /** Number of its requirement. */
  requirementId(work: Work): number {
    return this.ints[work * INTS + CODE]! >> 2;
  }

  requirement(work: Work): Requirement {
    return this.#vocabulary.requirementOf(this.requirementId(work));
  }

  priority(work: Work): number {
    return this.floats[work * FLOATS + PRIORITY]!;
  }

  /** Priority in millionths of a point. */
  points(work: Work): number {
    return this.floats[work * FLOATS + POINTS]!;
  }

  enqueuedAtMs(work: Work): number {
    return this.floats[work * FLOATS + ENQUEUED]!;
  }

  state(work: Work): number {
    return this.ints[work * INTS + STATE]!;
  }

  stateName(work: Work): WorkState {
    return STATES[this.state(work)]!;
  }

  setState(work: Work, state: number): void {
    this.ints[work * INTS + STATE] = state;
  }

  acceptedAtMs(work: Work): number | null {
    const at = this.floats[work * FLOATS + ACCEPTED]!;
    return Number.isNaN(at) ? null : at;
  }

  activate(work: Work, acceptedAtMs: number): void {
    this.setState(work, ACTIVE);
    this.floats[work * FLOATS + ACCEPTED] = acceptedAtMs;
  }

  /** Row of whom it is offered to or who has it. */
  operator(work: Work): number {
    return this.ints[work * INTS + OPERATOR]!;
  }

  setOperator(work: Work, operator: number): void {
    this.ints[work * INTS + OPERATOR] = operator;
  }

  /** Work with one operator is a chain. */
  nextInHand(work: Work): Work {
    return this.ints[work * INTS + NEXT_IN_HAND]!;
  }

  setNextInHand(work: Work, next: Work): void {
    this.ints[work * INTS + NEXT_IN_HAND] = next;
  }

  /** Number of its bucket while it waits in one. */
  bucket(work: Work): number {
    return this.ints[work * INTS + BUCKET]!;
  }

  setBucket(work: Work, bucket: number): void {
    this.ints[work * INTS + BUCKET] = bucket;
  }

  /** To look at. */
  particulars(work: Work): Readonly<Particulars> {
    return this.ints[work * INTS + SPECIAL] === 0 ? PLAIN : this.#particulars[work]!;
  }

  /** Whether anybody who qualifies may not have it. */
  isBarring(work: Work): boolean {
    return this.ints[work * INTS + BARRING] !== 0;
  }

  setRefusedBy(work: Work, operatorIds: readonly string[]): void {
    const own = this.#ownParticulars(work);
    own.refusedBy = operatorIds;
    this.ints[work * INTS + BARRING] = operatorIds.length > 0 || own.excluded.length > 0 ? 1 : 0;
  }

  setWitness(work: Work, operator: number): void {
    this.#ownParticulars(work).witness = operator;
  }

  reason(work: Work, operatorId: string): Reason | null {
    const at = work * REASON;
    const [decidedAtMs, effectivePriority, skillSum, load, idleSinceMs, how] = this.#reasons.subarray(at, at + REASON);
    const by = BY[how!]!;
    if (by === "none") return null;
    return { decidedAtMs: decidedAtMs!, operatorId, effectivePriority: effectivePriority!, by, skillSum: skillSum!, load: load!, idleSinceMs: idleSinceMs! };
  }

  setReason(work: Work, reason: Omit<Reason, "operatorId">): void {
    const reasons = this.#reasons;
    const at = work * REASON;
    reasons[at] = reason.decidedAtMs;
    reasons[at + 1] = reason.effectivePriority;
    reasons[at + 2] = reason.skillSum;
    reasons[at + 3] = reason.load;
    reasons[at + 4] = reason.idleSinceMs;
    reasons[at + 5] = reason.by === "preferred" ? 2 : 1;
  }

  clearReason(work: Work): void {
    this.#reasons[work * REASON + REASON - 1] = 0;
  }

  #ownParticulars(work: Work): Particulars {
    const at = work * INTS + SPECIAL;
    if (this.ints[at] === 0) {
      this.ints[at] = 1;
      this.#particulars[work] = { ...PLAIN };
    }
    return this.#particulars[work]!;
  }
}
