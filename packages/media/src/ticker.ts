import { frameMs } from "./rtp.ts";

/** Beyond this many missed frames we skip: a burst of old audio helps nobody. */
const mostCatchUp = 10;

const smoothing = 0.1;
const worstCountedMs = 500;

/**
 * The one 20 ms clock of a media process. Deadlines are multiples of 20 ms from the start, so it does not drift, and
 * missed ticks are made up for. How late it runs is the measure of how busy the process is.
 */
export class Ticker {
  readonly #tick: (count: number) => void;
  readonly #startMs = performance.now();
  #count = 0;
  #timer: NodeJS.Timeout;
  /** Smoothed lateness in ms. One stall, however long, is the machine's hiccup; a run of them is overload. */
  latenessMs = 0;

  constructor(tick: (count: number) => void) {
    this.#tick = tick;
    this.#timer = setTimeout(this.#run, frameMs);
  }

  readonly #run = (): void => {
    const dueMs = this.#startMs + (this.#count + 1) * frameMs;
    const lateMs = performance.now() - dueMs;
    this.latenessMs += (Math.min(Math.max(0, lateMs), worstCountedMs) - this.latenessMs) * smoothing;
    const missed = Math.floor(lateMs / frameMs) + 1;
    if (missed > mostCatchUp) this.#count += missed - mostCatchUp;
    for (let i = Math.min(missed, mostCatchUp); i > 0; i--) this.#tick(++this.#count);
    const nextMs = this.#startMs + (this.#count + 1) * frameMs - performance.now();
    this.#timer = setTimeout(this.#run, Math.max(0, Math.ceil(nextMs)));
  };

  stop(): void {
    clearTimeout(this.#timer);
  }
}
