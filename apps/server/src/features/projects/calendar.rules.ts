import { Temporal } from "temporal-polyfill";
import { type Calendar, weekdays } from "./projects.contract.ts";

/** How far ahead one looks: a calendar that opens an hour a week never reaches the end of a year of work. */
const MONTHS_AHEAD = 122;
const dayMs = 86_400_000;

/** Whether the project is open at that instant, by the clock on its own wall. */
export function isOpen(calendar: Calendar, timeZone: string, instant: Date): boolean {
  const at = instant.getTime();
  const first = firstMonth(at);
  return [first, first + 1].some((index) => {
    const month = monthOf(calendar, timeZone, index);
    const span = begunBefore(month, at + 1) - 1;
    return span >= 0 && at < month.to[span]!;
  });
}

/** The instant itself when open, else when the doors open next; null if they stay shut for ten years. */
export function nextOpening(calendar: Calendar, timeZone: string, instant: Date): Date | null {
  const at = instant.getTime();
  for (let index = firstMonth(at), last = index + MONTHS_AHEAD; index < last; index += 1) {
    const { from, to } = monthOf(calendar, timeZone, index);
    const span = to.findIndex((end) => end > at);
    if (span >= 0) return new Date(Math.max(from[span]!, at));
  }
  return null;
}

/** The first instant by which `ms` of open time have passed. Never before `from`; needs a calendar that opens at all. */
export function addWorkingTime(calendar: Calendar, timeZone: string, from: Date, ms: number): Date {
  const at = reach(calendar, timeZone, from, ms);
  if (!at) throw new RangeError("the calendar has not enough working time in ten years");
  return at;
}

/** Open time between two instants, in milliseconds; 0 when `to` is not later. */
export function workingTimeBetween(calendar: Calendar, timeZone: string, from: Date, to: Date): number {
  const [begin, end] = [from.getTime(), to.getTime()];
  if (end <= begin) return 0;
  let sum = 0;
  for (let index = firstMonth(begin), last = firstMonth(end) + 1; index <= last; index += 1) {
    const month = monthOf(calendar, timeZone, index);
    sum += openBefore(month, end) - openBefore(month, begin);
  }
  return sum;
}

/** A calendar as the process engine wants it. */
export function workingClock(calendar: Calendar, timeZone: string) {
  return {
    add: (from: Date, ms: number) => addWorkingTime(calendar, timeZone, from, ms),
    between: (from: Date, to: Date) => workingTimeBetween(calendar, timeZone, from, to),
  };
}

/** A calendar as clocks want it: what lies beyond ten years is null. */
export function workingTime(calendar: Calendar, timeZone: string) {
  return {
    add: (from: Date, ms: number) => reach(calendar, timeZone, from, ms),
    between: (from: Date, to: Date) => workingTimeBetween(calendar, timeZone, from, to),
  };
}

function reach(calendar: Calendar, timeZone: string, from: Date, ms: number): Date | null {
  if (ms <= 0) return from;
  const at = from.getTime();
  let left = ms;
  for (let index = firstMonth(at), last = index + MONTHS_AHEAD; index < last; index += 1) {
    const month = monthOf(calendar, timeZone, index);
    const gone = openBefore(month, at);
    if (month.open - gone >= left) {
      const span = bisect(month.before, gone + left) - 1;
      return new Date(month.from[span]! + gone + left - month.before[span]!);
    }
    left -= month.open - gone;
  }
  return null;
}

/** The open spans of one month on the project's wall, in order; `before` is the open time of the month before each span. */
interface Month { from: number[]; to: number[]; before: number[]; open: number }

/** A month that begins early enough: no zone's date is more than a day behind UTC. */
function firstMonth(at: number): number {
  const date = new Date(at - dayMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** How many spans began before `at`. */
const begunBefore = (month: Month, at: number): number => bisect(month.from, at);

function openBefore(month: Month, at: number): number {
  const span = begunBefore(month, at) - 1;
  return span < 0 ? 0 : month.before[span]! + Math.min(at, month.to[span]!) - month.from[span]!;
}

/** How many of the rising values are less than `value`. */
function bisect(values: number[], value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The months of each calendar that were asked for: the same few are asked for with every ticket. */
const known = new WeakMap<Calendar, Map<string, Map<number, Month>>>();
const KNOWN_MONTHS = 1_500;

function monthOf(calendar: Calendar, timeZone: string, index: number): Month {
  const zones = known.get(calendar) ?? new Map<string, Map<number, Month>>();
  known.set(calendar, zones);
  const months = zones.get(timeZone) ?? new Map<number, Month>();
  zones.set(timeZone, months);
  if (months.size > KNOWN_MONTHS) months.clear();
  const month = months.get(index) ?? reckon(calendar, timeZone, index);
  months.set(index, month);
  return month;
}

function reckon(calendar: Calendar, timeZone: string, index: number): Month {
  const month: Month = { from: [], to: [], before: [], open: 0 };
  let date = new Temporal.PlainDate(Math.floor(index / 12), (index % 12) + 1, 1);
  let midnight = midnightOf(date, timeZone);
  for (let left = date.daysInMonth; left > 0; left -= 1) {
    const next = date.add({ days: 1 });
    const nextMidnight = midnightOf(next, timeZone);
    for (const span of hoursOf(calendar, date)) add(month, spanOf({ date, midnight, nextMidnight, timeZone }, span));
    [date, midnight] = [next, nextMidnight];
  }
  return month;
}

function add(month: Month, span: { from: number; to: number }): void {
  // In autumn's doubled hour a shift may open before the one in front of it has closed for the last time.
  const from = Math.max(span.from, month.to.at(-1) ?? span.from);
  // A span wholly inside the hour that spring leaves out has no time in it.
  if (from >= span.to) return;
  month.from.push(from);
  month.to.push(span.to);
  month.before.push(month.open);
  month.open += span.to - from;
}

const midnightOf = (date: Temporal.PlainDate, timeZone: string): number => date.toZonedDateTime(timeZone).epochMilliseconds;

function hoursOf(calendar: Calendar, date: Temporal.PlainDate): string[] {
  const text = date.toString();
  const holiday = calendar.holidays.find((each) => each.date === text || each.date === text.slice(5));
  return holiday ? holiday.hours : calendar.weekly[weekdays[date.dayOfWeek - 1] ?? "mon"];
}

interface Day { date: Temporal.PlainDate; midnight: number; nextMidnight: number; timeZone: string }

/** On a day of 24 hours the wall's time is counted from midnight; on the two others of a year the zone is asked. */
function spanOf(day: Day, span: string): { from: number; to: number } {
  const [from, to] = [span.slice(0, 5), span.slice(6)];
  if (day.nextMidnight - day.midnight === dayMs) return { from: day.midnight + ofDay(from), to: day.midnight + ofDay(to) };
  return { from: instantOf(day, from, "earlier"), to: to === "24:00" ? day.nextMidnight : instantOf(day, to, "later") };
}

const ofDay = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000;

/**
 * A wall-clock time of a date as an instant. In autumn's doubled hour we open at its first showing and close at its
 * last; a time that spring leaves out is the moment the clock jumped, so that 02:00-02:30 is empty and 02:30-05:00
 * begins at once.
 */
function instantOf({ date, timeZone }: Day, time: string, which: "earlier" | "later"): number {
  const wall = date.toPlainDateTime(Temporal.PlainTime.from(time));
  const zoned = wall.toZonedDateTime(timeZone, { disambiguation: which });
  if (zoned.toPlainDateTime().equals(wall)) return zoned.epochMilliseconds;
  const before = wall.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  return before.getTimeZoneTransition("next")?.epochMilliseconds ?? zoned.epochMilliseconds;
}
