import { NONE } from "./table.ts";
import { olderThan } from "./order.ts";
import type { Work, Works } from "./works.ts";

/** A search and the first work it found so far, whose numbers are at hand: its row is touched only to break a tie. */
export class Best {
  work: Work = NONE;
  /** Who is looking, for which channels (bit c for channel c), and when. */
  operator = NONE;
  open = 0;
  nowMs = 0;
  #points = 0;
  #enqueuedAtMs = 0;
  readonly #works: Works;

  constructor(works: Works) {
    this.#works = works;
  }

  reset(operator: number, open: number, nowMs: number): void {
    this.work = NONE;
    this.operator = operator;
    this.open = open;
    this.nowMs = nowMs;
  }

  /** Whether nothing of these points and time, or further on, can be better. */
  beats(points: number, enqueuedAtMs: number): boolean {
    if (this.work === NONE || points > this.#points) return false;
    return points < this.#points || enqueuedAtMs > this.#enqueuedAtMs;
  }

  offer(work: Work, points: number, enqueuedAtMs: number): void {
    if (this.beats(points, enqueuedAtMs)) return;
    if (this.work !== NONE && points === this.#points && olderThan(this.#works, this.work, work)) return;
    this.work = work;
    this.#points = points;
    this.#enqueuedAtMs = enqueuedAtMs;
  }
}
