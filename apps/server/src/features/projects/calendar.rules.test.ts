import { describe, expect, test } from "vitest";
import { addWorkingTime, isOpen, nextOpening, workingTimeBetween } from "./calendar.rules.ts";
import { type Calendar, calendarSchema } from "./projects.contract.ts";

const hour = 3_600_000;
const week = (hours: string[], weekend: string[] = hours) =>
  ({ mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: weekend, sun: weekend });
const calendar = (weekly: Record<string, string[]>, holidays: unknown[] = []): Calendar => calendarSchema.parse({ weekly, holidays });
const name = { en: "x", ru: "x", sl: "x" };

const always = calendar(week(["00:00-24:00"]));
const split = calendar(week(["08:00-12:00", "14:00-18:00"], []), [{ date: "12-25", name }, { date: "2026-04-06", name, hours: ["10:00-11:00"] }]);
const nights = calendar(week(["00:00-04:00", "22:00-24:00"]));
const ljubljana = "Europe/Ljubljana";

describe("whether the doors are open", () => {
  test.each([
    ["Monday morning in summer", split, "2026-06-01T06:00:00Z", true],
    ["one millisecond before opening", split, "2026-06-01T05:59:59.999Z", false],
    ["the minute of closing for lunch", split, "2026-06-01T10:00:00Z", false],
    ["after lunch", split, "2026-06-01T12:00:00Z", true],
    ["Saturday", split, "2026-06-06T08:00:00Z", false],
    ["a holiday of every year", split, "2026-12-25T09:00:00Z", false],
    ["a holiday with short hours, within them", split, "2026-04-06T08:30:00Z", true],
    ["a holiday with short hours, outside them", split, "2026-04-06T07:30:00Z", false],
    ["midnight of a day round the clock", always, "2026-06-01T22:00:00Z", true],
    ["the hour that spring leaves out does not exist, the next one does", nights, "2026-03-29T01:30:00Z", true],
    ["autumn: 02:30 the first time", nights, "2026-10-25T00:30:00Z", true],
    ["autumn: 02:30 the second time", nights, "2026-10-25T01:30:00Z", true],
    ["autumn: 04:00 closes an hour later by the sun", nights, "2026-10-25T03:00:00Z", false],
  ])("%s", (_title, hours, at, open) => {
    expect(isOpen(hours, ljubljana, new Date(at))).toBe(open);
  });
});

describe("when the doors open next", () => {
  test.each([
    ["now, when they are open", split, "2026-06-01T06:30:00Z", "2026-06-01T06:30:00.000Z"],
    ["after lunch", split, "2026-06-01T10:30:00Z", "2026-06-01T12:00:00.000Z"],
    ["on Monday after a Friday evening", split, "2026-06-05T18:00:00Z", "2026-06-08T06:00:00.000Z"],
    ["on Monday by winter time, over the night clocks go back", split, "2026-10-23T20:00:00Z", "2026-10-26T07:00:00.000Z"],
    ["on Monday by summer time, over the night clocks go forward", split, "2026-03-27T20:00:00Z", "2026-03-30T06:00:00.000Z"],
  ])("%s", (_title, hours, at, opens) => {
    expect(nextOpening(hours, ljubljana, new Date(at))?.toISOString()).toBe(opens);
  });

  test("never, for a calendar that only has holidays left", () => {
    const shut: Calendar = { weekly: { ...split.weekly, mon: [], tue: [], wed: [], thu: [], fri: [] }, holidays: [] };
    expect(nextOpening(shut, ljubljana, new Date("2026-06-01T06:00:00Z"))).toBeNull();
  });
});

describe("working time added", () => {
  test.each([
    ["within a shift", split, "2026-06-01T06:00:00Z", 2, "2026-06-01T08:00:00.000Z"],
    ["exactly to the end of a shift", split, "2026-06-01T06:00:00Z", 4, "2026-06-01T10:00:00.000Z"],
    ["over lunch", split, "2026-06-01T09:00:00Z", 2, "2026-06-01T13:00:00.000Z"],
    ["begun at lunch", split, "2026-06-01T11:00:00Z", 1, "2026-06-01T13:00:00.000Z"],
    ["over the weekend", split, "2026-06-05T15:00:00Z", 2, "2026-06-08T07:00:00.000Z"],
    ["nothing, even when closed", split, "2026-06-06T10:00:00Z", 0, "2026-06-06T10:00:00.000Z"],
    ["round the clock over the spring night: 24 real hours", always, "2026-03-28T12:00:00Z", 24, "2026-03-29T12:00:00.000Z"],
    ["round the clock over the autumn night: 24 real hours", always, "2026-10-24T12:00:00Z", 24, "2026-10-25T12:00:00.000Z"],
    ["a night shift of spring is an hour shorter", nights, "2026-03-28T23:00:00Z", 4, "2026-03-29T21:00:00.000Z"],
    ["a night shift of autumn is an hour longer", nights, "2026-10-24T22:00:00Z", 5, "2026-10-25T03:00:00.000Z"],
    ["over New Year's and Christmas days", calendar(week(["08:00-16:00"]), [{ date: "12-25", name }]), "2026-12-24T14:00:00Z", 2, "2026-12-26T08:00:00.000Z"],
  ])("%s", (_title, hours, from, ...[add, due]) => {
    expect(addWorkingTime(hours, ljubljana, new Date(from), add * hour).toISOString()).toBe(due);
  });

  test("measured between two instants is what was added", () => {
    for (let step = 0; step < 300; step += 1) {
      const from = new Date(Date.UTC(2026, 2, 20) + step * 5.37 * hour);
      const ms = (step % 37) * hour + step * 1_000 + 1;
      const due = addWorkingTime(split, ljubljana, from, ms);
      expect(workingTimeBetween(split, ljubljana, from, due)).toBe(ms);
    }
  });

  test("is nothing when the end is not later than the beginning", () => {
    expect(workingTimeBetween(always, ljubljana, new Date("2026-06-02T00:00:00Z"), new Date("2026-06-01T00:00:00Z"))).toBe(0);
  });
});

describe("odd hours of the spring night", () => {
  const empty = calendar({ ...week([]), mon: ["08:00-09:00"], sun: ["02:00-02:30", "02:45-05:00"] });
  test("a shift wholly inside the missing hour does not happen", () => {
    expect(workingTimeBetween(empty, ljubljana, new Date("2026-03-28T23:00:00Z"), new Date("2026-03-29T22:00:00Z"))).toBe(2 * hour);
  });
  test("a shift begun inside the missing hour begins when the clock has jumped", () => {
    expect(nextOpening(empty, ljubljana, new Date("2026-03-28T23:00:00Z"))?.toISOString()).toBe("2026-03-29T01:00:00.000Z");
  });
  test("a zone without summer time has no such night", () => {
    expect(addWorkingTime(nights, "Europe/Moscow", new Date("2026-03-28T21:00:00Z"), 4 * hour).toISOString()).toBe("2026-03-29T01:00:00.000Z");
  });
});

test("in autumn's doubled hour two shifts that follow each other count it once", () => {
  const shifts = calendar({ ...week([]), mon: ["08:00-09:00"], sun: ["01:00-02:30", "02:45-05:00"] });
  // 01:00 of summer to 05:00 of winter: five real hours, without a gap because 02:45 shows before 02:30 has passed for the last time.
  expect(workingTimeBetween(shifts, ljubljana, new Date("2026-10-24T22:00:00Z"), new Date("2026-10-25T23:00:00Z"))).toBe(5 * hour);
  expect(addWorkingTime(shifts, ljubljana, new Date("2026-10-24T22:00:00Z"), 5 * hour).toISOString()).toBe("2026-10-25T04:00:00.000Z");
});

test.each([["Pacific/Kiritimati"], ["Etc/GMT+12"], ["America/Havana"], ["Australia/Lord_Howe"], ["Africa/Casablanca"], ["Asia/Kathmandu"]])("a year round the clock is a year of real time in %s", (zone) => {
  const [from, to] = [new Date("2026-01-01T05:17:00Z"), new Date("2027-01-01T05:17:00Z")];
  expect(workingTimeBetween(always, zone, from, to)).toBe(to.getTime() - from.getTime());
  for (let at = from.getTime(); at < to.getTime(); at += 7.3 * hour) expect(isOpen(always, zone, new Date(at))).toBe(true);
});

test("refuses hours that overlap, run backwards or never open", () => {
  for (const hours of [["08:00-12:00", "11:00-13:00"], ["12:00-08:00"], ["8:00-12:00"], ["08:00-24:30"]]) {
    expect(calendarSchema.safeParse({ weekly: week(hours) }).success).toBe(false);
  }
  expect(calendarSchema.safeParse({ weekly: week([]) }).success).toBe(false);
});
