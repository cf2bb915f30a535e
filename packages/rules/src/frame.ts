import { Halt } from "./problems.ts";

/** What an evaluation reads and spends. Made anew for each, so that one compiled expression serves many at once. */
export interface Frame {
  /** Catalogue variables by key, as the host gave them. Never written to. */
  vars: Readonly<Record<string, unknown>>;
  /** Values of `let`, of loop variables and of names in `exists`, `map` and the like; each has its slot. */
  locals: unknown[];
  readonly meter: Meter;
}

/** A compiled piece of an expression. */
export type Run = (frame: Frame) => unknown;

/** How much a run may cost. */
export interface Budget {
  /** Steps: statements, and elements of lists visited. */
  steps?: number;
  /** Milliseconds by `clock`; without a clock only steps are counted. */
  ms?: number;
  /** A clock of the host, in milliseconds from any beginning: `() => performance.now()`. */
  clock?: () => number;
}

const NOWHERE = { from: 0, to: 0 };
/** The clock is asked once in so many steps spent: asking costs more than a step. */
const STEPS_BETWEEN_LOOKS = 64;

/** Counts what a run spends, and halts it. */
export class Meter {
  private left: number;
  private untilLook = STEPS_BETWEEN_LOOKS;
  private readonly limit: number;
  private readonly clock: (() => number) | null;
  private readonly ms: number;
  readonly startedMs: number;

  constructor(limit: number, budget?: Budget) {
    this.limit = budget?.steps ?? limit;
    this.left = this.limit;
    this.clock = budget?.clock ?? null;
    this.ms = budget?.ms ?? Infinity;
    this.startedMs = this.clock ? this.clock() : 0;
  }

  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new Halt({ code: "budget_steps", params: { limit: this.limit }, ...NOWHERE }, true);
    if (this.clock === null) return;
    this.untilLook -= steps;
    if (this.untilLook <= 0) this.look();
  }

  /** Milliseconds since the run began; null without a clock. */
  elapsedMs(): number | null {
    return this.clock && this.clock() - this.startedMs;
  }

  /** Asks the clock now: after something whose length no step says. */
  look(): void {
    this.untilLook = STEPS_BETWEEN_LOOKS;
    if (this.clock !== null && this.elapsedMs()! > this.ms) throw new Halt({ code: "budget_time", params: { limit: this.ms }, ...NOWHERE }, true);
  }
}

/** What linear work in the engine costs: a step for every started 128 elements or 1024 characters beyond the first. */
export const listCost = (length: number): number => length >> 7;
export const textCost = (length: number): number => length >> 10;
