import type { Requirement, Vocabulary } from "./ability.ts";
import { LACKING } from "./ability.ts";
import type { Fit } from "./types.ts";
import type { Operator, Team } from "./state.ts";

/** Numbers kept for each team: ability, and load and idle time of the member who is first. */
const STRIDE = 3;

/**
 * The teams of one queue with somebody free for one channel, in no order: a search looks at all of them, but only at
 * numbers in one flat array. A team's place in the row is kept by the team.
 */
export class FreeRow {
  readonly teams: Team[] = [];
  /** Which of the team's places points back here. */
  readonly #backs: number[] = [];
  readonly #channel: number;
  #keys = new Float64Array(8 * STRIDE);

  constructor(channel: number) {
    this.#channel = channel;
  }

  add(team: Team, back: number): void {
    const i = this.teams.length;
    this.teams.push(team);
    this.#backs.push(back);
    team.places[back] = i;
    if ((i + 1) * STRIDE > this.#keys.length) {
      const longer = new Float64Array(this.#keys.length * 2);
      longer.set(this.#keys);
      this.#keys = longer;
    }
    this.refresh(team, i);
  }

  /** Moves the last team into the gap. */
  delete(i: number): void {
    const last = this.teams.length - 1;
    const team = this.teams.pop()!;
    const back = this.#backs.pop()!;
    if (i === last) return;
    this.teams[i] = team;
    this.#backs[i] = back;
    team.places[back] = i;
    this.#keys.copyWithin(i * STRIDE, last * STRIDE, (last + 1) * STRIDE);
  }

  /** After another member became first. */
  refresh(team: Team, i: number): void {
    const first = team.free[this.#channel]!.first()!;
    const at = i * STRIDE;
    this.#keys[at] = team.ability.id;
    this.#keys[at + 1] = first.load;
    this.#keys[at + 2] = first.idleSinceMs;
  }

  /** The first in the documented order among the teams' first members. */
  best(vocabulary: Vocabulary, requirement: Requirement, fit: Fit): Operator | null {
    const keys = this.#keys;
    const count = this.teams.length;
    let best = -1;
    let bestScore = 0;
    for (let i = 0; i < count; i++) {
      const score = vocabulary.score(keys[i * STRIDE]!, requirement, fit);
      if (score === LACKING || (best >= 0 && (score < bestScore || (score === bestScore && !this.#isBefore(i, best))))) continue;
      best = i;
      bestScore = score;
    }
    return best < 0 ? null : this.#first(best);
  }

  #isBefore(i: number, j: number): boolean {
    const keys = this.#keys;
    const byLoad = keys[i * STRIDE + 1]! - keys[j * STRIDE + 1]!;
    if (byLoad !== 0) return byLoad < 0;
    const byIdle = keys[i * STRIDE + 2]! - keys[j * STRIDE + 2]!;
    return byIdle === 0 ? this.#first(i).id < this.#first(j).id : byIdle < 0;
  }

  #first(i: number): Operator {
    return this.teams[i]!.free[this.#channel]!.first()!;
  }
}
