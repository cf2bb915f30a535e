import { z } from "zod";

/** `working`: time of the project's calendar in its zone; `always`: real time, nights and holidays included. */
export const countings = ["working", "always"] as const;
export const clockStates = ["running", "paused", "stopped"] as const;
export type ClockState = (typeof clockStates)[number];

const instant = z.iso.datetime();

/** A stretch in which the clock ran or stood still; `to` is null for the one that lasts. */
export const intervalSchema = z.strictObject({ from: instant, to: instant.nullable(), runs: z.boolean() });
export type Interval = z.infer<typeof intervalSchema>;

/** Shares of the time allowed at which something happens, in per cent; beyond 100 it is late for so long. */
export const thresholdSchema = z.int().min(1).max(1_000);

const TEN_YEARS_MS = 10 * 366 * 86_400_000;

/**
 * A clock is what happened to it, never what is left of it: everything else is computed from the intervals and a
 * calendar, so that pauses, holidays, clock changes and a calendar corrected afterwards all come out right.
 */
export const clockSchema = z.strictObject({
  /** One of its name a subject: `first_answer`, `solution`, `stage.work`, `timer.unconfirmed`. */
  name: z.string().regex(/^[a-z][\w.:-]{0,99}$/),
  allowedMs: z.int().min(0).max(TEN_YEARS_MS),
  counts: z.enum(countings),
  /** Per cent, rising. */
  thresholds: z.array(thresholdSchema),
  /** Thresholds whose moment has come and was dealt with. */
  fired: z.array(thresholdSchema),
  /** In order, not overlapping; only the last may be open. What lies between two of them does not count. */
  intervals: z.array(intervalSchema).refine(inOrder, "intervals must be in order, and only the last may be open"),
});
export type Clock = z.infer<typeof clockSchema>;

function inOrder(intervals: Interval[]): boolean {
  return intervals.every(({ from, to }, index) => {
    const next = intervals[index + 1];
    if (to === null) return !next;
    return Date.parse(from) <= Date.parse(to) && (!next || Date.parse(to) <= Date.parse(next.from));
  });
}

/** A calendar in its zone as clocks need it; `workingTime` of the projects feature makes one, `wallTime` is the plain one. */
export interface WorkingTime {
  /** The first instant at which `ms` of open time have passed since `from`; null when the calendar has not so much within ten years. */
  add(from: Date, ms: number): Date | null;
  /** Open time between two instants in milliseconds; 0 when `to` is not later. */
  between(from: Date, to: Date): number;
}

/** A clock as screens show it at one instant. */
export const clockViewSchema = z.object({
  name: z.string(), state: z.enum(clockStates), counts: z.enum(countings),
  allowedMs: z.int(), elapsedMs: z.int(),
  /** Below zero when late. */
  leftMs: z.int(),
  /** 1 is the whole time allowed. */
  share: z.number(),
  /** When the time allowed is over, or was; null while it stands still before that. */
  dueAt: instant.nullable(),
  /** What `dueAt` would be if the clock went on now; otherwise the same. */
  dueIfResumedAt: instant.nullable(),
  isLate: z.boolean(),
});
export type ClockView = z.infer<typeof clockViewSchema>;
