import { LACKING } from "./ability.ts";
import type { Requirement, Vocabulary } from "./ability.ts";
import type { FreeMembers } from "./freemembers.ts";
import type { Operator, Operators } from "./operators.ts";
import { operatorBefore } from "./order.ts";
import { NONE } from "./table.ts";
import type { Fit } from "./types.ts";

export interface Wanted {
  requirement: Requirement;
  fit: Fit;
  /** Whether this operator may have it; null when all who are able may. */
  accepts: ((operator: Operator) => boolean) | null;
}

/** The teams of one queue with somebody free for one channel, in no order: a search looks at all of them. */
export class FreeRow {
  #teams = new Int32Array(8);
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

  add(team: number): void {
    if (this.#count === this.#teams.length) {
      const longer = new Int32Array(this.#count * 2);
      longer.set(this.#teams);
      this.#teams = longer;
    }
    this.#teams[this.#count++] = team;
  }

  /** Looking through the row for it costs less than every team remembering its places in all rows. */
  delete(team: number): void {
    const teams = this.#teams;
    let i = 0;
    while (teams[i] !== team) i++;
    teams[i] = teams[--this.#count]!;
  }

  /** The first in the documented order among the free, or `NONE`. */
  best(vocabulary: Vocabulary, { requirement, fit, accepts }: Wanted): Operator {
    const teams = this.#teams;
    const count = this.#count;
    let best = NONE;
    let bestScore = 0;
    for (let i = 0; i < count; i++) {
      const team = teams[i]!;
      const score = vocabulary.score(team, requirement, fit);
      if (score === LACKING || (best !== NONE && score < bestScore)) continue;
      const found = accepts ? this.#free.find(team, this.#channel, accepts) : this.#free.first(team, this.#channel);
      if (found === NONE) continue;
      if (best !== NONE && score === bestScore && !operatorBefore(this.#operators, found, best)) continue;
      best = found;
      bestScore = score;
    }
    return best;
  }
}
