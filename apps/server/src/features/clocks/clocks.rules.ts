import type { Clock, ClockState, ClockView, Interval, WorkingTime } from "./clocks.contract.ts";

/** Real time: every millisecond counts. */
export const wallTime: WorkingTime = {
  add: (from, ms) => new Date(from.getTime() + Math.max(0, ms)),
  between: (from, to) => Math.max(0, to.getTime() - from.getTime()),
};

export type NewClock = Pick<Clock, "name" | "allowedMs" | "counts" | "thresholds">;

/** A clock that begins at `at`; with `runs` false it begins standing still. Starting one anew forgets what it had counted and fired. */
export function startClock({ name, allowedMs, counts, thresholds }: NewClock, at: Date, runs = true): Clock {
  return { name, allowedMs, counts, thresholds: [...new Set(thresholds)].sort((a, b) => a - b), fired: [], intervals: [{ from: at.toISOString(), to: null, runs }] };
}

/** Others are awaited. A clock that stands already, or has stopped, is left as it is. */
export const pauseClock = (clock: Clock, at: Date): Clock => (stateOf(clock) === "running" ? turn(clock, at, false) : clock);

/** Goes on, after a pause or a stop; the time between does not count. */
export const resumeClock = (clock: Clock, at: Date): Clock => (stateOf(clock) === "running" ? clock : turn(clock, at, true));

/** Its work is done. It keeps what it counted and may be resumed. */
export const stopClock = (clock: Clock, at: Date): Clock => (stateOf(clock) === "stopped" ? clock : { ...clock, intervals: closed(clock.intervals, at) });

export function stateOf({ intervals }: Clock): ClockState {
  const last = intervals.at(-1);
  if (last?.to !== null) return "stopped";
  return last.runs ? "running" : "paused";
}

/** Counted time until `at`, in milliseconds. */
export function elapsedMs(clock: Clock, at: Date, working: WorkingTime): number {
  const time = timeOf(clock, working);
  return clock.intervals.reduce((sum, { from, to, runs }) => {
    if (!runs) return sum;
    const end = to === null || Date.parse(to) > at.getTime() ? at : new Date(to);
    return sum + time.between(new Date(from), end);
  }, 0);
}

/** Counted time as a share of the time allowed; no time allowed at all is over at once. */
export const shareAt = (clock: Clock, at: Date, working: WorkingTime): number =>
  (clock.allowedMs === 0 ? 1 : elapsedMs(clock, at, working) / clock.allowedMs);

/** The first instant at which `ms` had been or will have been counted; null when the clock stands before that, or the calendar never gets there. */
export function momentOf(clock: Clock, ms: number, working: WorkingTime): Date | null {
  const time = timeOf(clock, working);
  let left = ms;
  for (const { from, to, runs } of clock.intervals) {
    if (!runs) continue;
    const begin = new Date(from);
    if (to === null) return time.add(begin, left);
    const counted = time.between(begin, new Date(to));
    if (counted >= left) return time.add(begin, left);
    left -= counted;
  }
  return null;
}

/** When the time allowed is or was over; null while the clock stands before that. */
export const dueAt = (clock: Clock, working: WorkingTime): Date | null => momentOf(clock, clock.allowedMs, working);

/** `dueAt` as it would be if a standing clock went on at `at`: what to show meanwhile. */
export const dueIfResumed = (clock: Clock, at: Date, working: WorkingTime): Date | null => dueAt(resumeClock(clock, at), working);

export interface Threshold { percent: number; at: Date }

/** The threshold to deal with next, perhaps of the past; null while the clock does not run or all have fired. */
export function nextMoment(clock: Clock, working: WorkingTime): Threshold | null {
  if (stateOf(clock) !== "running") return null;
  const percent = clock.thresholds.find((each) => !clock.fired.includes(each));
  const at = percent === undefined ? null : thresholdAt(clock, percent, working);
  return at && percent !== undefined ? { percent, at } : null;
}

export const markFired = <T extends Clock>(clock: T, percent: number): T =>
  (clock.fired.includes(percent) ? clock : { ...clock, fired: [...clock.fired, percent].sort((a, b) => a - b) });

/** More or less time from now on (the priority was changed): what has been counted stays counted, thresholds that lie ahead again will be met again. */
export const changeAllowed = <T extends Clock>(clock: T, allowedMs: number, at: Date, working: WorkingTime): T => rearm({ ...clock, allowedMs }, at, working);

/** After the calendar was changed: a threshold dealt with whose moment is now still to come will be met again, or nobody would hear of the new one. */
export function rearm<T extends Clock>(clock: T, at: Date, working: WorkingTime): T {
  const counted = elapsedMs(clock, at, working);
  const fired = clock.fired.filter((percent) => counted >= thresholdMs(clock, percent));
  return fired.length === clock.fired.length ? clock : { ...clock, fired };
}

export function viewClock(clock: Clock, at: Date, working: WorkingTime): ClockView {
  const counted = elapsedMs(clock, at, working);
  const { name, counts, allowedMs } = clock;
  const state = stateOf(clock);
  const due = dueAt(clock, working);
  const dueIfResumedAt = state === "paused" ? dueIfResumed(clock, at, working) : due;
  return {
    name, counts, allowedMs, state, elapsedMs: counted, leftMs: allowedMs - counted, share: allowedMs === 0 ? 1 : counted / allowedMs,
    dueAt: due?.toISOString() ?? null, dueIfResumedAt: dueIfResumedAt?.toISOString() ?? null, isLate: counted >= allowedMs,
  };
}

const timeOf = ({ counts }: Clock, working: WorkingTime): WorkingTime => (counts === "always" ? wallTime : working);
const thresholdMs = ({ allowedMs }: Clock, percent: number): number => Math.round((allowedMs * percent) / 100);
const thresholdAt = (clock: Clock, percent: number, working: WorkingTime) => momentOf(clock, thresholdMs(clock, percent), working);

function turn(clock: Clock, at: Date, runs: boolean): Clock {
  const before = closed(clock.intervals, at);
  const last = before.at(-1);
  const from = momentAfter(clock.intervals, at);
  // A pause of no length leaves one interval, not two.
  if (last?.runs === runs && last.to === from) return { ...clock, intervals: [...before.slice(0, -1), { ...last, to: null }] };
  return { ...clock, intervals: [...before, { from, to: null, runs }] };
}

function closed(intervals: Interval[], at: Date): Interval[] {
  const last = intervals.at(-1);
  if (last?.to !== null) return intervals;
  const to = momentAfter(intervals, at);
  return to === last.from ? intervals.slice(0, -1) : [...intervals.slice(0, -1), { ...last, to }];
}

/** Clocks of two nodes may differ by a little: what comes later begins no earlier than what came before. */
function momentAfter(intervals: Interval[], at: Date): string {
  const last = intervals.at(-1);
  const floor = last ? Date.parse(last.to ?? last.from) : at.getTime();
  return new Date(Math.max(floor, at.getTime())).toISOString();
}
