import { describe, expect, test } from "vitest";
import { type Calendar, workingTime } from "../projects/index.ts";
import { calendarSchema } from "../projects/projects.contract.ts";
import { type Clock, clockSchema, type WorkingTime } from "./clocks.contract.ts";
import { changeAllowed, dueAt, dueIfResumed, elapsedMs, markFired, momentOf, nextMoment, pauseClock, rearm, resumeClock, shareAt, startClock, stateOf, stopClock, viewClock, wallTime } from "./clocks.rules.ts";

const hour = 3_600_000;
const name = { en: "x", ru: "x", sl: "x" };
const week = (hours: string[], weekend: string[] = hours) => ({ mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: weekend, sun: weekend });
const calendar = (weekly: Record<string, string[]>, holidays: unknown[] = []): Calendar => calendarSchema.parse({ weekly, holidays });
const inZone = (hours: Calendar, zone: string): WorkingTime => workingTime(hours, zone);

const office = calendar(week(["08:00-16:00"], []), [{ date: "2026-05-01", name }, { date: "12-25", name }, { date: "2026-12-24", name, hours: ["08:00-12:00"] }]);
const split = calendar(week(["08:00-12:00", "14:00-18:00"], []));
const nights = calendar(week(["00:00-06:00", "22:00-24:00"]));
const always = calendar(week(["00:00-24:00"]));
const calendars = { office, split, nights, always };
const zones = { L: "Europe/Ljubljana", M: "Europe/Moscow" };

interface Case {
  title: string; hours: keyof typeof calendars | "wall"; zone: keyof typeof zones; allowed: number;
  /** When it started, then each turn: `-` pauses, `+` resumes, `.` stops. */
  story: string[];
  /** Hours counted at the instant. */
  at: string; elapsed: number;
  /** Null: it stands before its time is over. */
  due: string | null;
}

// Ljubljana is UTC+1 in winter and UTC+2 in summer; Moscow is always UTC+3. The clocks of Europe change on 2026-03-29 and 2026-10-25 at 01:00 UTC.
const cases: Case[] = [
  { title: "within a shift", hours: "office", zone: "L", allowed: 4, story: ["2026-06-01T06:00Z"], at: "2026-06-01T08:00Z", elapsed: 2, due: "2026-06-01T10:00Z" },
  { title: "exactly to the end of a shift, not to the next morning", hours: "office", zone: "L", allowed: 8, story: ["2026-06-01T06:00Z"], at: "2026-06-01T20:00Z", elapsed: 8, due: "2026-06-01T14:00Z" },
  { title: "one millisecond more waits for the morning", hours: "office", zone: "L", allowed: 8 + 1 / hour, story: ["2026-06-01T06:00Z"], at: "2026-06-01T20:00Z", elapsed: 8, due: "2026-06-02T06:00:00.001Z" },
  { title: "over a weekend", hours: "office", zone: "L", allowed: 4, story: ["2026-06-05T12:00Z"], at: "2026-06-07T12:00Z", elapsed: 2, due: "2026-06-08T08:00Z" },
  { title: "over a holiday in the middle of a week", hours: "office", zone: "L", allowed: 10, story: ["2026-04-30T06:00Z"], at: "2026-05-03T06:00Z", elapsed: 8, due: "2026-05-04T08:00Z" },
  { title: "over a short day and a holiday of every year", hours: "office", zone: "L", allowed: 6, story: ["2026-12-24T07:00Z"], at: "2026-12-27T07:00Z", elapsed: 4, due: "2026-12-28T09:00Z" },
  { title: "over a split shift's noon", hours: "split", zone: "L", allowed: 6, story: ["2026-06-01T06:00Z"], at: "2026-06-01T11:00Z", elapsed: 4, due: "2026-06-01T14:00Z" },
  { title: "begun at noon, when the doors are shut", hours: "split", zone: "L", allowed: 1, story: ["2026-06-01T10:30Z"], at: "2026-06-01T12:30Z", elapsed: 0.5, due: "2026-06-01T13:00Z" },
  { title: "a night shift over midnight", hours: "nights", zone: "L", allowed: 5, story: ["2026-06-01T20:00Z"], at: "2026-06-01T23:00Z", elapsed: 3, due: "2026-06-02T01:00Z" },
  { title: "a night shift begun by day", hours: "nights", zone: "M", allowed: 3, story: ["2026-06-01T09:00Z"], at: "2026-06-01T18:00Z", elapsed: 0, due: "2026-06-01T22:00Z" },
  { title: "paused over a weekend", hours: "office", zone: "L", allowed: 8, story: ["2026-06-05T06:00Z", "-2026-06-05T12:00Z", "+2026-06-08T08:00Z"], at: "2026-06-08T09:00Z", elapsed: 7, due: "2026-06-08T10:00Z" },
  { title: "still paused", hours: "office", zone: "L", allowed: 8, story: ["2026-06-05T06:00Z", "-2026-06-05T12:00Z"], at: "2026-06-09T12:00Z", elapsed: 6, due: null },
  { title: "paused when it was late already", hours: "office", zone: "L", allowed: 4, story: ["2026-06-05T06:00Z", "-2026-06-05T12:00Z"], at: "2026-06-09T12:00Z", elapsed: 6, due: "2026-06-05T10:00Z" },
  { title: "paused exactly when it fell due", hours: "office", zone: "L", allowed: 4, story: ["2026-06-05T06:00Z", "-2026-06-05T10:00Z"], at: "2026-06-09T12:00Z", elapsed: 4, due: "2026-06-05T10:00Z" },
  { title: "a pause inside a closed night changes nothing", hours: "office", zone: "L", allowed: 10, story: ["2026-06-01T06:00Z", "-2026-06-01T18:00Z", "+2026-06-01T23:00Z"], at: "2026-06-02T07:00Z", elapsed: 9, due: "2026-06-02T08:00Z" },
  { title: "a pause from a closed night into the morning", hours: "office", zone: "L", allowed: 10, story: ["2026-06-01T06:00Z", "-2026-06-01T18:00Z", "+2026-06-02T07:00Z"], at: "2026-06-02T08:00Z", elapsed: 9, due: "2026-06-02T09:00Z" },
  { title: "three pauses in one day", hours: "office", zone: "L", allowed: 4, story: ["2026-06-01T06:00Z", "-2026-06-01T07:00Z", "+2026-06-01T08:00Z", "-2026-06-01T09:00Z", "+2026-06-01T10:00Z", "-2026-06-01T11:00Z", "+2026-06-01T12:00Z"], at: "2026-06-01T12:30Z", elapsed: 3.5, due: "2026-06-01T13:00Z" },
  { title: "stopped in time", hours: "office", zone: "L", allowed: 4, story: ["2026-06-01T06:00Z", ".2026-06-01T09:00Z"], at: "2026-06-05T06:00Z", elapsed: 3, due: null },
  { title: "stopped, then reopened days later", hours: "office", zone: "L", allowed: 4, story: ["2026-06-01T06:00Z", ".2026-06-01T09:00Z", "+2026-06-04T06:00Z"], at: "2026-06-04T06:30Z", elapsed: 3.5, due: "2026-06-04T07:00Z" },
  { title: "no time allowed at all is due at once, even at night", hours: "office", zone: "L", allowed: 0, story: ["2026-06-06T10:00Z"], at: "2026-06-06T10:00Z", elapsed: 0, due: "2026-06-06T10:00Z" },
  { title: "real time over night and weekend", hours: "wall", zone: "L", allowed: 72, story: ["2026-06-05T12:00Z"], at: "2026-06-06T12:00Z", elapsed: 24, due: "2026-06-08T12:00Z" },
  { title: "real time over the spring night", hours: "wall", zone: "L", allowed: 24, story: ["2026-03-28T12:00Z"], at: "2026-03-29T06:00Z", elapsed: 18, due: "2026-03-29T12:00Z" },
  { title: "round the clock over the spring night", hours: "always", zone: "L", allowed: 24, story: ["2026-03-28T12:00Z"], at: "2026-03-29T06:00Z", elapsed: 18, due: "2026-03-29T12:00Z" },
  { title: "round the clock over the autumn night", hours: "always", zone: "L", allowed: 24, story: ["2026-10-24T12:00Z"], at: "2026-10-25T06:00Z", elapsed: 18, due: "2026-10-25T12:00Z" },
  // 22:00-06:00 in Ljubljana: eight hours on every night but two.
  { title: "the spring night shift is an hour shorter", hours: "nights", zone: "L", allowed: 8, story: ["2026-03-28T20:00Z"], at: "2026-03-29T10:00Z", elapsed: 7, due: "2026-03-29T21:00Z" },
  { title: "the autumn night shift is an hour longer", hours: "nights", zone: "L", allowed: 9, story: ["2026-10-24T18:00Z"], at: "2026-10-25T10:00Z", elapsed: 9, due: "2026-10-25T05:00Z" },
  { title: "Moscow knows no such spring night", hours: "nights", zone: "M", allowed: 8, story: ["2026-03-28T18:00Z"], at: "2026-03-29T10:00Z", elapsed: 8, due: "2026-03-29T03:00Z" },
  { title: "Moscow knows no such autumn night", hours: "nights", zone: "M", allowed: 8, story: ["2026-10-24T18:00Z"], at: "2026-10-25T10:00Z", elapsed: 8, due: "2026-10-25T03:00Z" },
  { title: "office hours over the spring weekend begin an hour earlier by the sun", hours: "office", zone: "L", allowed: 2, story: ["2026-03-27T14:00Z"], at: "2026-03-30T06:30Z", elapsed: 1.5, due: "2026-03-30T07:00Z" },
  { title: "office hours over the autumn weekend begin an hour later by the sun", hours: "office", zone: "L", allowed: 2, story: ["2026-10-23T13:00Z"], at: "2026-10-26T07:30Z", elapsed: 1.5, due: "2026-10-26T08:00Z" },
  { title: "office hours in Moscow over the same weekend", hours: "office", zone: "M", allowed: 2, story: ["2026-03-27T12:00Z"], at: "2026-03-30T05:30Z", elapsed: 1.5, due: "2026-03-30T06:00Z" },
  { title: "paused over the spring jump", hours: "nights", zone: "L", allowed: 6, story: ["2026-03-28T21:00Z", "-2026-03-29T00:30Z", "+2026-03-29T01:30Z"], at: "2026-03-29T02:00Z", elapsed: 4, due: "2026-03-29T04:00Z" },
  { title: "paused in the first showing of autumn's doubled hour, resumed in the second", hours: "nights", zone: "L", allowed: 8, story: ["2026-10-24T20:00Z", "-2026-10-25T00:30Z", "+2026-10-25T01:30Z"], at: "2026-10-25T02:00Z", elapsed: 5, due: "2026-10-25T05:00Z" },
  { title: "a weekend's pause over the spring jump", hours: "office", zone: "L", allowed: 8, story: ["2026-03-27T07:00Z", "-2026-03-27T09:00Z", "+2026-03-30T06:00Z"], at: "2026-03-30T09:00Z", elapsed: 5, due: "2026-03-30T12:00Z" },
  { title: "a weekend's pause over the autumn jump", hours: "office", zone: "L", allowed: 8, story: ["2026-10-23T06:00Z", "-2026-10-23T08:00Z", "+2026-10-26T07:00Z"], at: "2026-10-26T10:00Z", elapsed: 5, due: "2026-10-26T13:00Z" },
  { title: "paused in Moscow over the night Europe changes its clocks", hours: "always", zone: "M", allowed: 10, story: ["2026-10-24T20:00Z", "-2026-10-25T00:00Z", "+2026-10-25T02:00Z"], at: "2026-10-25T03:00Z", elapsed: 5, due: "2026-10-25T08:00Z" },
];

function tell(clock: Clock, [, ...turns]: string[]): Clock {
  const deeds = { "-": pauseClock, "+": resumeClock, ".": stopClock };
  return turns.reduce((told, turn) => deeds[turn[0] as "-"](told, new Date(turn.slice(1))), clock);
}
const start = (at: string, allowedMs: number, counts: Clock["counts"] = "working") => startClock({ name: "solution", allowedMs, counts, thresholds: [75, 100] }, new Date(at));

test.each(cases)("R114 counts working time: $title", ({ hours, zone, allowed, story, at, elapsed, due }) => {
  const time = hours === "wall" ? inZone(office, zones[zone]) : inZone(calendars[hours], zones[zone]);
  const clock = tell(start(story[0]!, Math.round(allowed * hour), hours === "wall" ? "always" : "working"), story);
  expect(clockSchema.parse(clock)).toEqual(clock);
  expect(elapsedMs(clock, new Date(at), time) / hour).toBe(elapsed);
  expect(dueAt(clock, time)?.toISOString() ?? null).toBe(due && new Date(due).toISOString());
});

describe("thresholds", () => {
  const time = inZone(office, zones.L);
  const isoNext = (clock: Clock, by = time) => { const next = nextMoment(clock, by); return next && [next.percent, next.at.toISOString()]; };

  test("R115 come one after another, each once", () => {
    const clock = start("2026-06-01T06:00Z", 8 * hour);
    expect(isoNext(clock)).toEqual([75, "2026-06-01T12:00:00.000Z"]);
    expect(isoNext(markFired(clock, 75))).toEqual([100, "2026-06-01T14:00:00.000Z"]);
    expect(isoNext(markFired(markFired(clock, 75), 100))).toBeNull();
  });

  test("are met when the doors close, not when they open again", () => {
    expect(isoNext(start("2026-06-05T12:00Z", (2 * hour * 4) / 3))).toEqual([75, "2026-06-05T14:00:00.000Z"]);
  });

  test("wait while the clock stands, and move by the length of the pause", () => {
    const paused = pauseClock(start("2026-06-01T06:00Z", 8 * hour), new Date("2026-06-01T07:00Z"));
    expect(isoNext(paused)).toBeNull();
    expect(isoNext(resumeClock(paused, new Date("2026-06-01T09:00Z")))).toEqual([75, "2026-06-01T14:00:00.000Z"]);
  });

  test("beyond the time allowed tell how late it is", () => {
    const clock = startClock({ name: "solution", allowedMs: 4 * hour, counts: "working", thresholds: [200, 100, 100] }, new Date("2026-06-01T06:00Z"));
    expect(clock.thresholds).toEqual([100, 200]);
    expect(isoNext(markFired(clock, 100))).toEqual([200, "2026-06-01T14:00:00.000Z"]);
  });

  test("R104 a higher priority brings them forward, into the past if need be", () => {
    const clock = markFired(start("2026-06-01T06:00Z", 8 * hour), 75);
    const at = new Date("2026-06-01T12:30Z");
    expect(isoNext(changeAllowed(clock, 4 * hour, at, time))).toEqual([100, "2026-06-01T10:00:00.000Z"]);
  });

  test("a lower priority lets those be met again that now lie ahead, and only those", () => {
    const late = markFired(markFired(start("2026-06-01T06:00Z", 4 * hour), 75), 100);
    const at = new Date("2026-06-01T12:00Z");
    expect(changeAllowed(late, 8 * hour, at, time).fired).toEqual([75]);
    expect(isoNext(changeAllowed(late, 8 * hour, at, time))).toEqual([100, "2026-06-01T14:00:00.000Z"]);
    expect(changeAllowed(late, 40 * hour, at, time).fired).toEqual([]);
  });

  test("a holiday declared afterwards moves what has not come, and takes back what should not have", () => {
    const clock = markFired(start("2026-06-01T06:00Z", 16 * hour), 75);
    const free = inZone(calendar(office.weekly, [{ date: "2026-06-01", name }]), zones.L);
    const at = new Date("2026-06-02T10:00Z");
    expect(isoNext(clock)).toEqual([100, "2026-06-02T14:00:00.000Z"]);
    expect(isoNext(clock, free)).toEqual([100, "2026-06-03T14:00:00.000Z"]);
    expect(isoNext(rearm(clock, at, free), free)).toEqual([75, "2026-06-03T10:00:00.000Z"]);
    expect(rearm(clock, new Date("2026-06-03T10:00Z"), free), "its moment has come by the new calendar, too").toBe(clock);
  });

  test("longer hours declared afterwards bring the deadline forward", () => {
    const clock = start("2026-06-01T06:00Z", 12 * hour);
    expect(dueAt(clock, inZone(always, zones.L))?.toISOString()).toBe("2026-06-01T18:00:00.000Z");
  });

  test("a calendar that never has so much time has no deadline, and nothing hangs", () => {
    const rare = inZone(calendar({ ...week([]), mon: ["08:00-08:01"] }), zones.L);
    const clock = start("2026-06-01T06:00Z", 1_000 * hour);
    expect([dueAt(clock, rare), nextMoment(clock, rare)]).toEqual([null, null]);
  });
});

describe("turns", () => {
  const from = new Date("2026-06-01T06:00Z");
  const clock = start("2026-06-01T06:00Z", hour);
  test("of no length leave no trace", () => {
    expect(pauseClock(clock, from).intervals).toEqual([{ from: from.toISOString(), to: null, runs: false }]);
    const later = new Date("2026-06-01T07:00Z");
    expect(resumeClock(pauseClock(clock, later), later)).toEqual(clock);
    expect(stopClock(clock, from).intervals).toEqual([]);
    expect([stateOf(stopClock(clock, from)), stateOf(resumeClock(stopClock(clock, from), later))]).toEqual(["stopped", "running"]);
  });
  test("made twice are made once", () => {
    const later = new Date("2026-06-01T07:00Z");
    const paused = pauseClock(clock, later);
    expect(pauseClock(paused, new Date("2026-06-01T08:00Z"))).toBe(paused);
    expect(resumeClock(clock, later)).toBe(clock);
    const stopped = stopClock(clock, later);
    expect([stopClock(stopped, from), pauseClock(stopped, from)]).toEqual([stopped, stopped]);
  });
  test("told by a node whose clock is behind never go back in time", () => {
    const paused = pauseClock(clock, new Date("2026-06-01T07:00Z"));
    const resumed = resumeClock(paused, new Date("2026-06-01T06:59:59.900Z"));
    expect(clockSchema.parse(resumed).intervals).toEqual([{ from: from.toISOString(), to: null, runs: true }]);
    const reopened = resumeClock(stopClock(clock, new Date("2026-06-01T08:00Z")), new Date("2026-06-01T09:00Z"));
    expect(pauseClock(reopened, new Date("2026-06-01T08:59:59.900Z")).intervals).toEqual([{ from: from.toISOString(), to: "2026-06-01T08:00:00.000Z", runs: true }, { from: "2026-06-01T09:00:00.000Z", to: null, runs: false }]);
  });
  test("may begin standing", () => {
    const standing = startClock({ name: "stage.wait", allowedMs: hour, counts: "always", thresholds: [100] }, from, false);
    expect([stateOf(standing), dueAt(standing, wallTime)]).toEqual(["paused", null]);
    expect(dueIfResumed(standing, new Date("2026-06-02T06:00Z"), wallTime)?.toISOString()).toBe("2026-06-02T07:00:00.000Z");
  });
});

test("what a screen shows while a clock stands is what would be if it went on now", () => {
  const time = inZone(office, zones.L);
  const paused = pauseClock(start("2026-06-05T06:00Z", 8 * hour), new Date("2026-06-05T12:00Z"));
  expect(viewClock(paused, new Date("2026-06-08T07:00Z"), time)).toEqual({
    name: "solution", state: "paused", counts: "working", allowedMs: 8 * hour, elapsedMs: 6 * hour, leftMs: 2 * hour, share: 0.75,
    dueAt: null, dueIfResumedAt: "2026-06-08T09:00:00.000Z", isLate: false,
  });
  expect(viewClock(stopClock(paused, new Date("2026-06-08T07:00Z")), new Date("2026-06-09T07:00Z"), time)).toMatchObject({ state: "stopped", dueAt: null, dueIfResumedAt: null });
});

test("share and moments agree", () => {
  const time = inZone(split, zones.L);
  const clock = start("2026-06-01T06:00Z", 10 * hour);
  for (const percent of [1, 25, 50, 75, 100, 333]) expect(shareAt(clock, momentOf(clock, (clock.allowedMs * percent) / 100, time)!, time)).toBeCloseTo(percent / 100, 9);
});

test("refuses intervals out of order, overlapping or with an open one in the middle", () => {
  const clock = start("2026-06-01T06:00Z", hour);
  const [a, b, c] = ["2026-06-01T06:00:00Z", "2026-06-01T07:00:00Z", "2026-06-01T08:00:00Z"];
  const parse = (...intervals: unknown[]) => clockSchema.safeParse({ ...clock, intervals }).success;
  expect(parse({ from: a, to: b, runs: true }, { from: b, to: null, runs: false })).toBe(true);
  expect(parse({ from: b, to: a, runs: true })).toBe(false);
  expect(parse({ from: a, to: c, runs: true }, { from: b, to: null, runs: false })).toBe(false);
  expect(parse({ from: a, to: null, runs: true }, { from: b, to: c, runs: false })).toBe(false);
});
