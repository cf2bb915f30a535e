import { LACKING } from "./ability.ts";
import type { Requirement, Vocabulary } from "./ability.ts";
import type { FreeMembers } from "./freemembers.ts";
import type { Operator, Operators } from "./operators.ts";
import { operatorBefore } from "./order.ts";
import { NONE } from "./table.ts";
import { UNNUMBERED } from "./teams.ts";
import type { Fit } from "./types.ts";

export interface Wanted {
  requirement: Requirement;
  /** Of the requirement in this queue, or `UNNUMBERED`. */
  number: number;
  fit: Fit;
  /** Whether this operator may have it; null when all who are able may. */
  accepts: ((operator: Operator) => boolean) | null;
}

/** The teams of one queue with somebody free for one channel, in no order: a search looks at all of them. */
export class FreeRow {
  /** Two numbers each: the team, and which of the queue's numbered requirements it meets. */
  #teams = new Int32Array(2 * 8);
  #count = 0;
  readonly #channel: number;
  readonly #operators: Operators;
  readonly #free: FreeMembers;

  constructor(channel: number, operators: Operators, free: FreeMembers) {
    this.#channel = channel;
    this.#operators = operators;
    this.#free = free;
  }

  isEmpty(): boolean {
    return this.#count === 0;
  }

  add(team: number, bits: number): void {
    const at = this.#count++ * 2;
    if (at === this.#teams.length) {
      const longer = new Int32Array(at * 2);
      longer.set(this.#teams);
      this.#teams = longer;
    }
    this.#teams[at] = team;
    this.#teams[at + 1] = bits;
  }

  /** Looking through the row for it costs less than every team remembering its places in all rows. */
  delete(team: number): void {
    const teams = this.#teams;
    const last = --this.#count * 2;
    let at = 0;
    while (teams[at] !== team) at += 2;
    teams[at] = teams[last]!;
    teams[at + 1] = teams[last + 1]!;
  }

  /** The queue gave a number to another requirement. */
  learn(number: number, meets: (team: number) => boolean): void {
    const teams = this.#teams;
    for (let at = 0; at < this.#count * 2; at += 2) if (meets(teams[at]!)) teams[at + 1]! |= 1 << number;
  }

  /** The first in the documented order among the free, or `NONE`. */
  best(vocabulary: Vocabulary, { requirement, number, fit, accepts }: Wanted): Operator {
    const teams = this.#teams;
    const end = this.#count * 2;
    const bit = number === UNNUMBERED ? 0 : 1 << number;
    let best = NONE;
    let bestScore = 0;
    for (let at = 0; at < end; at += 2) {
      if (bit !== 0 && (teams[at + 1]! & bit) === 0) continue;
      const team = teams[at]!;
      const score = vocabulary.score(team, requirement, fit);
      if (score === LACKING || (best !== NONE && score < bestScore)) continue;
      const found = this.#firstOf(team, accepts);
      if (found === NONE || (score === bestScore && best !== NONE && operatorBefore(this.#operators, best, found))) continue;
      best = found;
      bestScore = score;
    }
    return best;
  }

  #firstOf(team: number, accepts: Wanted["accepts"]): Operator {
    return accepts ? this.#free.find(team, this.#channel, accepts) : this.#free.first(team, this.#channel);
  }
}
