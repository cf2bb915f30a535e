import { expect, test } from "vitest";
import { lookOf, shownClocks, spanOf, tellsDeadline, type TicketClock } from "./clocks.ts";

const hour = 3_600_000;
const noon = Date.parse("2026-03-02T12:00:00Z");
const at = (hours: number) => new Date(noon + hours * hour).toISOString();
const clock = (over: Partial<TicketClock> = {}): TicketClock => ({
  name: "solution", state: "running", counts: "always", allowedMs: 8 * hour, elapsedMs: 2 * hour, leftMs: 6 * hour, share: 0.25, dueAt: at(6), dueIfResumedAt: at(6), isLate: false, does: null, pausedAt: null, warnAt: at(4), ...over,
});

test("a ticket shows the clocks that run or stand, its own first, and none once it was merged into another", () => {
  const clocks = ["timer.unconfirmed", "again.solution", "rule.call", "stage", "solution", "first_answer"].map((name) => clock({ name }));
  expect(shownClocks({ clocks, mergedInto: null }).map(({ name }) => name)).toEqual(["first_answer", "solution", "stage", "timer.unconfirmed", "rule.call"]);
  expect(shownClocks({ clocks: [clock({ state: "stopped" })], mergedInto: null })).toEqual([]);
  expect(shownClocks({ clocks, mergedInto: "x" })).toEqual([]);
});

test("the deadline among the facts gives way to the clock that tells it, and stays where there is none", () => {
  expect(tellsDeadline({ clocks: [clock()], mergedInto: null })).toBe(true);
  expect(tellsDeadline({ clocks: [clock({ state: "stopped" }), clock({ name: "stage" })], mergedInto: null })).toBe(false);
});

test.each([[0, "calm", 0.25], [3.5, "calm", 0.6875], [4, "soon", 0.75], [5, "soon", 0.875], [6, "late", 1], [30, "late", 1]] as const)("a clock of eight hours read at noon with six left is, %s hours later, %s", (later, tone, share) => {
  const look = lookOf(clock(), noon + later * hour, noon);
  expect(look).toMatchObject({ tone, leftMs: (6 - later) * hour });
  expect(look.share).toBeCloseTo(share, 2);
});

test("a night between neither hurries the mark of working time nor puts it off", () => {
  // Read with three of eight hours counted; the mark is tomorrow at ten, the end at noon.
  const overnight = clock({ counts: "working", elapsedMs: 3 * hour, leftMs: 5 * hour, share: 0.375, warnAt: at(22), dueAt: at(24) });
  expect(lookOf(overnight, noon + 21.9 * hour, noon).tone).toBe("calm");
  expect(lookOf(overnight, noon + 22 * hour, noon)).toMatchObject({ tone: "soon", share: 0.75 });
  expect(lookOf(overnight, noon + 24 * hour, noon)).toMatchObject({ tone: "late", leftMs: 0 });
});

test("a clock that stands still keeps what is left of it however long it stands", () => {
  const standing = clock({ state: "paused", dueAt: null, warnAt: null, share: 0.8, leftMs: 1.6 * hour });
  expect(lookOf(standing, noon + 100 * hour, noon)).toEqual({ tone: "soon", share: 0.8, leftMs: 1.6 * hour });
  expect(lookOf({ ...standing, share: 1.2, leftMs: -1.6 * hour }, noon, noon)).toEqual({ tone: "late", share: 1, leftMs: -1.6 * hour });
});

test("a calendar that never opens again leaves the clock without a time, not with a wrong one", () => {
  expect(lookOf(clock({ counts: "working", dueAt: null, warnAt: null }), noon, noon)).toEqual({ tone: "calm", share: 0.25, leftMs: null });
});

test.each([
  [20_000, "1 minute"], [-20_000, "1 minute"], [59 * 60_000, "59 minute"], [2.25 * hour, "2 hour 15 minute"], [-3 * hour, "3 hour"], [47 * hour, "47 hour"], [76 * hour, "3 day 4 hour"], [48 * hour, "2 day"],
])("%s ms are told as %s", (ms, told) => {
  expect(spanOf(ms).map(({ value, unit }) => `${value} ${unit}`).join(" ")).toBe(told);
});

test("working time is told in hours: a working day is not a day", () => {
  expect(spanOf(76 * hour, true)).toEqual([{ unit: "hour", value: 76 }]);
});
