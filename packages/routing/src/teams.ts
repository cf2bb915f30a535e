import type { Vocabulary } from "./ability.ts";
import { FreeMembers } from "./freemembers.ts";
import type { Operators } from "./operators.ts";
import type { FreeRow } from "./freerow.ts";
import { INTS, NONE } from "./table.ts";

/**
 * A queue numbers the first requirements its work asks for from 0, and a team keeps for each of its queues a bit for
 * each: whether it meets them. Searching compares bits; only for requirements beyond these, all called `UNNUMBERED`,
 * it has to compare levels.
 */
export const UNNUMBERED = 31;

/** A queue as far as its teams are concerned. */
export interface Served {
  readonly number: number;
  /** Requirement to its number in this queue. */
  readonly numbered: Map<number, number>;
  readonly teams: ReadonlySet<{ readonly id: number }>;
  /** By channel: teams with somebody free for it. */
  readonly freeTeams: readonly FreeRow[];
}

// Whole numbers of a row beside those of the free members.
const DUTIES = 6;
const COUNT = 7;

/** What of each team is needed to find it work: who is free, and its duties, which are its queues and what it meets there. */
export class Teams extends FreeMembers {
  /** Two numbers a duty, a team's side by side: queue and bits. */
  #duties = new Int32Array(2 * 64);
  #end = 0;
  /** Places where as many duties were: by how many. */
  readonly #given: number[][] = [];
  readonly #vocabulary: Vocabulary;

  constructor(operators: Operators, vocabulary: Vocabulary) {
    super(operators);
    this.#vocabulary = vocabulary;
  }

  /** Gives a new team its duties. Its number is that of its ability. */
  found(team: number, queues: readonly Served[]): void {
    this.open(team);
    const count = queues.length;
    const start = this.#given[count]?.pop() ?? this.#end;
    if (start === this.#end) this.#end += count;
    while (this.#end * 2 > this.#duties.length) this.#grow();
    this.ints[team * INTS + DUTIES] = start;
    this.ints[team * INTS + COUNT] = count;
    for (const [i, queue] of queues.entries()) {
      let bits = 0;
      for (const [requirement, bit] of queue.numbered) if (this.#vocabulary.meets(team, requirement)) bits |= 1 << bit;
      this.#duties[(start + i) * 2] = queue.number;
      this.#duties[(start + i) * 2 + 1] = bits;
    }
  }

  /** The team has no members any more. */
  dissolve(team: number): void {
    this.close(team);
    const count = this.dutiesOf(team);
    (this.#given[count] ??= []).push(this.firstDuty(team));
  }

  /** How many duties, from the first on. */
  dutiesOf(team: number): number {
    return this.ints[team * INTS + COUNT]!;
  }

  firstDuty(team: number): number {
    return this.ints[team * INTS + DUTIES]!;
  }

  /** The team's duty in the queue of this number, or `NONE`. */
  dutyIn(team: number, queue: number): number {
    const start = this.firstDuty(team);
    for (let duty = start + this.dutiesOf(team) - 1; duty >= start; duty--) if (this.queue(duty) === queue) return duty;
    return NONE;
  }

  /** Number of the duty's queue. */
  queue(duty: number): number {
    return this.#duties[duty * 2]!;
  }

  /** Which of the numbered requirements of the queue the team meets. */
  bits(duty: number): number {
    return this.#duties[duty * 2 + 1]!;
  }

  /** The number of the requirement in this queue, which gets one if there are any left. */
  number(queue: Served, requirement: number): number {
    const known = queue.numbered.get(requirement);
    if (known !== undefined) return known;
    const bit = queue.numbered.size;
    if (bit === UNNUMBERED) return UNNUMBERED;
    queue.numbered.set(requirement, bit);
    for (const { id } of queue.teams) {
      if (!this.#vocabulary.meets(id, requirement)) continue;
      this.#duties[this.dutyIn(id, queue.number) * 2 + 1]! |= 1 << bit;
    }
    for (const row of queue.freeTeams) row.learn(bit, (team) => this.#vocabulary.meets(team, requirement));
    return bit;
  }

  /** Keeps in step the rows of the queues: the team came to have somebody free in the channel, or has nobody any more. */
  show(team: number, channel: number, queues: readonly (Served | undefined)[]): void {
    const isFree = this.first(team, channel) >= 0;
    this.setShown(team, channel, isFree);
    const start = this.firstDuty(team);
    const end = start + this.dutiesOf(team);
    for (let duty = start; duty < end; duty++) {
      const row = queues[this.queue(duty)]!.freeTeams[channel]!;
      if (isFree) row.add(team, this.bits(duty));
      else row.delete(team);
    }
  }

  #grow(): void {
    const longer = new Int32Array(this.#duties.length * 2);
    longer.set(this.#duties);
    this.#duties = longer;
  }
}
