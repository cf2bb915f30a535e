import { Temporal } from "temporal-polyfill";
import { type Calendar, weekdays } from "./projects.contract.ts";

const dayLimit = 3_660;
interface Span { from: number; to: number }

/** Whether the project is open at that instant, by the clock on its own wall. */
export function isOpen(calendar: Calendar, timeZone: string, instant: Date): boolean {
  const at = instant.getTime();
  return spansOf(calendar, timeZone, dateAt(timeZone, at)).some((span) => span.from <= at && at < span.to);
}

/** The instant itself when open, else when the doors open next; null if they stay shut for ten years. */
export function nextOpening(calendar: Calendar, timeZone: string, instant: Date): Date | null {
  const at = instant.getTime();
  for (const span of spansFrom(calendar, timeZone, at)) return new Date(Math.max(span.from, at));
  return null;
}

/** The instant by which `ms` of open time have passed. Never before `from`; needs a calendar that opens at all. */
export function addWorkingTime(calendar: Calendar, timeZone: string, from: Date, ms: number): Date {
  const at = from.getTime();
  if (ms <= 0) return from;
  let left = ms;
  for (const span of spansFrom(calendar, timeZone, at)) {
    const begin = Math.max(span.from, at);
    if (span.to - begin >= left) return new Date(begin + left);
    left -= span.to - begin;
  }
  throw new RangeError("the calendar has not enough working time in ten years");
}

/** Open time between two instants, in milliseconds; 0 when `to` is not later. */
export function workingTimeBetween(calendar: Calendar, timeZone: string, from: Date, to: Date): number {
  const [begin, end] = [from.getTime(), to.getTime()];
  let sum = 0;
  for (const span of spansFrom(calendar, timeZone, begin)) {
    if (span.from >= end) break;
    sum += Math.max(0, Math.min(span.to, end) - Math.max(span.from, begin));
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

/** Open spans that end after `at`, in order, until the limit of days. */
function* spansFrom(calendar: Calendar, timeZone: string, at: number): Generator<Span> {
  let date = dateAt(timeZone, at);
  for (let day = 0; day < dayLimit; day += 1) {
    for (const span of spansOf(calendar, timeZone, date)) if (span.to > at) yield span;
    date = date.add({ days: 1 });
  }
}

const dateAt = (timeZone: string, at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();

/** The days of each calendar that were asked for: the same few weeks are asked for with every ticket. */
const known = new WeakMap<Calendar, Map<string, Span[]>>();
const KNOWN_DAYS = 4_000;

function spansOf(calendar: Calendar, timeZone: string, date: Temporal.PlainDate): Span[] {
  const text = date.toString();
  const days = known.get(calendar) ?? new Map<string, Span[]>();
  if (days.size > KNOWN_DAYS) days.clear();
  known.set(calendar, days);
  const day = `${timeZone} ${text}`;
  const spans = days.get(day) ?? reckon(calendar, timeZone, date);
  days.set(day, spans);
  return spans;
}

function reckon(calendar: Calendar, timeZone: string, date: Temporal.PlainDate): Span[] {
  const text = date.toString();
  const holiday = calendar.holidays.find((each) => each.date === text || each.date === text.slice(5));
  const weekday = weekdays[date.dayOfWeek - 1] ?? "mon";
  return (holiday ? holiday.hours : calendar.weekly[weekday])
    .map((span) => ({ from: instantOf(date, span.slice(0, 5), timeZone, "earlier"), to: instantOf(date, span.slice(6), timeZone, "later") }))
    // A span wholly inside the hour that spring leaves out has no time in it.
    .filter((span) => span.from < span.to);
}

/**
 * A wall-clock time of a date as an instant. In autumn's doubled hour we open at its first showing and close at its
 * last; a time that spring leaves out is the moment the clock jumped, so that 02:00-02:30 is empty and 02:30-05:00
 * begins at once.
 */
function instantOf(date: Temporal.PlainDate, time: string, timeZone: string, which: "earlier" | "later"): number {
  if (time === "24:00") return date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
  const wall = date.toPlainDateTime(Temporal.PlainTime.from(time));
  const zoned = wall.toZonedDateTime(timeZone, { disambiguation: which });
  if (zoned.toPlainDateTime().equals(wall)) return zoned.epochMilliseconds;
  const before = wall.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  return before.getTimeZoneTransition("next")?.epochMilliseconds ?? zoned.epochMilliseconds;
}
