import { expect, test } from "vitest";
import type { Ctx } from "../../platform/db.ts";
import { pauseClock, startClock, type Clock } from "../clocks/index.ts";
import { partsOf, type Shown } from "./tickets.parts.ts";
import { CLAIM, readProcess } from "./tickets.process.testing.ts";

const noon = new Date("2026-03-02T12:00:00Z");
const after = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);
const process = readProcess(CLAIM.replace("  escalations:", "  timers: { forgotten: { stage: in_work, after_hours: 10, transition: finish } }\n  escalations:"));
const shown = { process, language: "ru", ticket: {}, project: { calendar: { weekly: {}, holidays: [] }, project: { time_zone: "Europe/Ljubljana" } } } as unknown as Shown;
const viewed = async (clock: Clock, at: Date) => (await partsOf({ now: () => at } as Ctx, shown, { parent: null, subtasks: [], approvals: [], checks: [], clockRows: [clock] })).clocks[0]!;
const of = (name: string) => startClock({ name, allowedMs: 8 * 3_600_000, counts: "always", thresholds: [100] }, noon);

test("a clock on its ticket tells when people are warned, and a timer of the process what it does by itself in the reader's language", async () => {
  expect(await viewed(of("solution"), after(1))).toMatchObject({ does: null, pausedAt: null, warnAt: after(6).toISOString(), dueAt: after(8).toISOString() });
  expect(await viewed(of("timer.forgotten"), after(1))).toMatchObject({ does: "Finish (ru)" });
});

test("a clock that stands still tells since when, and when people were warned if that was before", async () => {
  expect(await viewed(pauseClock(of("solution"), after(2)), after(5))).toMatchObject({ state: "paused", pausedAt: after(2).toISOString(), warnAt: null, dueAt: null });
  expect(await viewed(pauseClock(of("solution"), after(7)), after(9))).toMatchObject({ pausedAt: after(7).toISOString(), warnAt: after(6).toISOString() });
});
