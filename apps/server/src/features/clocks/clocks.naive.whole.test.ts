import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Calendar, workingTime } from "../projects/index.ts";
import { calendarSchema } from "../projects/projects.contract.ts";
import { type Clock, clockSchema } from "./clocks.contract.ts";
import { dueAt, elapsedMs, markFired, nextMoment, pauseClock, rearm, resumeClock, startClock, stateOf, stopClock } from "./clocks.rules.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const minute = 60_000;
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Twelve days around each night on which Europe changes its clocks, minute by minute, as the zone's wall shows them. */
const LENGTH = 12 * 1_440;
const windows = ["2026-03-24T00:00Z", "2026-10-20T00:00Z"].flatMap((from) => ["Europe/Ljubljana", "Europe/Moscow"].map((zone) => ({ zone, from: Date.parse(from), wall: wallOf(zone, Date.parse(from)) })));

interface Wall { date: string; weekday: number; minuteOfDay: number }

/** Asked of the platform's own calendar, not of the library that the rules use. */
function wallOf(zone: string, from: number): Wall[] {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  return Array.from({ length: LENGTH }, (_, index) => {
    const text = format.format(new Date(from + index * minute));
    const date = text.slice(0, 10);
    return { date, weekday: (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7, minuteOfDay: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)) };
  });
}

/** Hours begin and end outside the hour that is doubled or left out; what happens inside it stands in the table of cases. */
const bound = fc.integer({ min: 0, max: 96 }).map((quarter) => quarter * 15).filter((at) => at < 120 || at >= 180);
const spans = fc.uniqueArray(bound, { maxLength: 6 }).map((bounds) => {
  const sorted = bounds.sort((a, b) => a - b);
  return Array.from({ length: sorted.length >> 1 }, (_, index) => [sorted[index * 2]!, sorted[index * 2 + 1]!] as const);
});
type Spans = (readonly [number, number])[];
const text = (at: number) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
const texts = (of: Spans) => of.map(([from, to]) => `${text(from)}-${text(to)}`);

interface Hours { weekly: Spans[]; holidays: { day: number; hours: Spans }[] }
const hours: fc.Arbitrary<Hours> = fc.record({
  weekly: fc.array(spans, { minLength: 7, maxLength: 7 }).filter((week) => week.some((day) => day.length > 0)),
  holidays: fc.array(fc.record({ day: fc.integer({ min: 0, max: 11 }), hours: fc.oneof(fc.constant<Spans>([]), spans) }), { maxLength: 3 }),
});
const dateOf = (from: number, day: number) => new Date(from + day * 1_440 * minute).toISOString().slice(0, 10);
const declared = ({ weekly, holidays }: Hours, from: number): Calendar => calendarSchema.parse({
  weekly: Object.fromEntries(days.map((day, index) => [day, texts(weekly[index]!)])),
  holidays: holidays.map(({ day, hours }) => ({ date: dateOf(from, day), name: { en: "x", ru: "x", sl: "x" }, hours: texts(hours) })),
});

/** What turns at which minute: the last third of the window is left for the time to run out in. */
const story = fc.array(fc.record({ at: fc.integer({ min: 0, max: (LENGTH * 2) / 3 }), deed: fc.constantFrom("pause", "resume", "stop") }), { maxLength: 12 })
  .map((turns) => turns.sort((a, b) => a.at - b.at));
const deeds = { pause: pauseClock, resume: resumeClock, stop: stopClock } as const;

const scene = fc.record({
  window: fc.constantFrom(...windows), hours, story, begins: fc.integer({ min: 0, max: 3_000 }),
  allowed: fc.integer({ min: 1, max: 6_000 }), counts: fc.constantFrom("working" as const, "always" as const), threshold: fc.constantFrom(50, 75, 100, 150),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** Counts minute by minute, by looking at the wall each minute and remembering whether the clock was last told to run. */
function count({ window, hours, story, begins, counts }: Scene): number[] {
  const holidays = new Map(hours.holidays.toReversed().map(({ day, hours }) => [dateOf(window.from, day), hours]));
  const sums = [0];
  let state: "running" | "paused" | "stopped" = "running";
  for (let index = 0; index < LENGTH; index++) {
    for (const { at, deed } of story) if (Math.max(at, begins) === index) state = deed === "resume" ? "running" : deed === "stop" ? "stopped" : state === "running" ? "paused" : state;
    const { date, weekday, minuteOfDay } = window.wall[index]!;
    const isOpen = counts === "always" || (holidays.get(date) ?? hours.weekly[weekday]!).some(([from, to]) => from <= minuteOfDay && minuteOfDay < to);
    sums.push(sums[index]! + (index >= begins && state === "running" && isOpen ? 1 : 0));
  }
  return sums;
}

function clockOf({ window, story, begins, allowed, counts, threshold }: Scene): Clock {
  const instant = (at: number) => new Date(window.from + at * minute);
  const started = startClock({ name: "solution", allowedMs: allowed * minute, counts, thresholds: [threshold] }, instant(begins));
  return story.reduce((clock, { at, deed }) => deeds[deed](clock, instant(Math.max(at, begins))), started);
}

/** The minute at whose end so much had been counted; null when the window ends before. */
const reached = (sums: number[], minutes: number): number | null => { const at = sums.findIndex((sum) => sum >= minutes); return at < 0 ? null : at; };

describe(`against a counter that looks at the wall each minute (seed ${seed})`, () => {
  const check = (property: (given: Scene, sums: number[]) => void) => fc.assert(fc.property(scene, (given) => property(given, count(given))), { seed, numRuns: 400 });

  test("R114 counted time is the same at every hour of the window", () => {
    check((given, sums) => {
      const clock = clockSchema.parse(clockOf(given));
      const time = workingTime(declared(given.hours, given.window.from), given.window.zone);
      for (let at = given.begins; at <= LENGTH; at += 607) expect(elapsedMs(clock, new Date(given.window.from + at * minute), time) / minute).toBe(sums[at]! - sums[given.begins]!);
    });
  });

  test("R114 the deadline and the thresholds lie at the minute at which the counter gets there", () => {
    check((given, sums) => {
      const clock = clockOf(given);
      const { from, zone } = given.window;
      const time = workingTime(declared(given.hours, from), zone);
      const minuteOf = (at: Date | null) => (at && at.getTime() <= from + LENGTH * minute ? (at.getTime() - from) / minute : null);
      expect(minuteOf(dueAt(clock, time))).toBe(reached(sums, given.allowed));
      const next = nextMoment(clock, time);
      if (stateOf(clock) !== "running") expect(next).toBeNull();
      else if (Number.isInteger((given.allowed * given.threshold) / 100)) expect(minuteOf(next?.at ?? null)).toBe(reached(sums, (given.allowed * given.threshold) / 100));
    });
  });

  test("R115 a threshold that fired stays fired exactly while the counter is past it, whatever the calendar becomes", () => {
    fc.assert(fc.property(scene, hours, fc.integer({ min: 0, max: LENGTH }), (given, other, at) => {
      const changed = { ...given, hours: other };
      const sums = count(changed);
      const time = workingTime(declared(other, given.window.from), given.window.zone);
      const clock = rearm(markFired(clockOf(given), given.threshold), new Date(given.window.from + at * minute), time);
      expect(clock.fired.length === 1).toBe(sums[Math.max(at, given.begins)]! >= (given.allowed * given.threshold) / 100);
    }), { seed, numRuns: 400 });
  });
});
