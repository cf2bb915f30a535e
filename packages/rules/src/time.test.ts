import fc from "fast-check";
import { expect, test } from "vitest";
import { addDays, addMonths, formatDuration, formatMoment, isZone, momentAt, offsetMs, parseDate, parseDuration, parseMoment, startOfDay, wallClock } from "./time.ts";

const LJ = "Europe/Ljubljana";
const at = (text: string): number => parseMoment(text)!;

test("a moment needs a zone and a day that exists", () => {
  expect(formatMoment(at("2026-03-29T10:00:00.5+02:00"))).toBe("2026-03-29T08:00:00.500Z");
  for (const text of ["2026-03-29", "2026-03-29T10:00:00", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "0000-01-01T00:00:00Z", "nonsense"]) expect(parseMoment(text), text).toBeNull();
});

test("the form of JSON and all others are read alike", () => {
  fc.assert(fc.property(fc.date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }), (date) => {
    const json = date.toJSON();
    expect(parseMoment(json)).toBe(date.getTime());
    expect(parseMoment(json.replace("Z", "+00:00"))).toBe(date.getTime());
    expect(parseMoment(json.replace(/\.\d+Z/, "Z"))).toBe(Math.floor(date.getTime() / 1000) * 1000);
  }));
  for (const text of ["2025-02-29T00:00:00Z", "1900-02-29T00:00:00.000Z", "2026-04-31T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T00:60:00Z", "2026-1a-01T00:00:00Z"]) expect(parseMoment(text), text).toBeNull();
  expect(parseMoment("2024-02-29T00:00:00Z")).toBe(Date.UTC(2024, 1, 29));
});

test("the wall clock follows the zone across both clock changes", () => {
  expect(wallClock(at("2026-03-29T00:59:59Z"), LJ)).toMatchObject({ hour: 1, minute: 59, weekday: 7 });
  expect(wallClock(at("2026-03-29T01:00:00Z"), LJ)).toMatchObject({ hour: 3, day: 29, month: 3 });
  expect(wallClock(at("2026-10-25T01:00:00Z"), LJ)).toMatchObject({ hour: 2 });
  expect(wallClock(at("2026-10-25T00:00:00Z"), LJ)).toMatchObject({ hour: 2 });
});

test("a skipped hour moves forward, a repeated hour is the first of the two", () => {
  const local = (text: string): number => Date.parse(`${text}Z`);
  expect(formatMoment(momentAt(local("2026-03-29T02:30:00"), LJ))).toBe("2026-03-29T01:30:00.000Z");
  expect(formatMoment(momentAt(local("2026-10-25T02:30:00"), LJ))).toBe("2026-10-25T00:30:00.000Z");
});

test("a calendar day later is 23 hours on the night the clock goes forward", () => {
  const noon = at("2026-03-28T11:00:00Z");
  expect(addDays(noon, 1, LJ) - noon).toBe(23 * 3_600_000);
  expect(startOfDay(at("2026-03-29T10:00:00Z"), LJ)).toBe(at("2026-03-28T23:00:00Z"));
  expect(parseDate("2026-07-01", LJ)).toBe(at("2026-06-30T22:00:00Z"));
});

test("a month after 31 January is the last day of February", () => {
  expect(formatMoment(addMonths(at("2026-01-31T12:00:00Z"), 1, "UTC"))).toBe("2026-02-28T12:00:00.000Z");
  expect(formatMoment(addMonths(at("2024-03-31T12:00:00Z"), -1, "UTC"))).toBe("2024-02-29T12:00:00.000Z");
});

test("durations are read in both forms and written in one", () => {
  expect(parseDuration("1h30m")).toBe(5_400_000);
  expect(parseDuration("-1.5h")).toBe(-5_400_000);
  expect(parseDuration("P1DT2H")).toBe(26 * 3_600_000);
  expect(formatDuration(5_400_000)).toBe("PT1H30M");
  expect(formatDuration(0)).toBe("PT0S");
  for (const text of ["", "P", "PT", "5", "h", "1y", "P1Y", "1h 30m"]) expect(parseDuration(text), text).toBeNull();
  fc.assert(fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => parseDuration(formatDuration(ms)) === ms));
});

test("zones are those of the register", () => {
  expect(isZone(LJ)).toBe(true);
  expect(isZone("UTC")).toBe(true);
  expect(isZone("Mars/Olympus")).toBe(false);
  expect(isZone("x".repeat(1e6))).toBe(false);
});

test("every moment is found again from its wall clock, or the repeated hour's first", () => {
  const zone = fc.constantFrom(LJ, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Yekaterinburg");
  fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), zone, (ms, name) => {
    const again = momentAt(ms + offsetMs(ms, name), name);
    expect(again === ms || (again < ms && ms - again <= 7_200_000)).toBe(true);
  }), { numRuns: 300 });
});
