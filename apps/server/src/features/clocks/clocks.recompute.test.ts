import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { startJobs } from "../../platform/jobs.ts";
import { createLog } from "../../platform/log.ts";
import { calendarSchema } from "../projects/projects.contract.ts";
import { calendarTime } from "./clocks.calendar.rules.ts";
import { dealWithDue } from "./clocks.due.ts";
import { makeThings } from "./clocks.factory.ts";
import type { Moved } from "./clocks.handlers.ts";
import { clockJobs, lookForOutdated } from "./clocks.recompute.ts";
import { pauseClock, startClock, stopClock } from "./clocks.rules.ts";
import { saveClocks } from "./clocks.service.ts";
import type { Clock } from "./clocks.contract.ts";

const database = await testDatabase();
const hour = 3_600_000;
const hours = ["08:00-16:00"];
const name = { en: "Company day", ru: "День компании", sl: "Dan podjetja" };
const declared = (holidays: unknown[]) => calendarTime(calendarSchema.parse({ weekly: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] }, holidays }), "Europe/Ljubljana");
const before = declared([]);
const after = declared([{ date: "2026-06-02", name }]);

/** The calendar in use. */
let office = before;
let onMoved: (moved: Moved) => Promise<void> = () => Promise.resolve();
const { deps, add, told } = await makeThings(database.ctx(), { timeOf: () => office, moved: (moved) => onMoved(moved) });

const at = (time: string): Ctx => database.ctx(undefined, () => new Date(time));
const clock = (more: Partial<Clock> = {}): Clock => ({ ...startClock({ name: "solution", allowedMs: 12 * hour, counts: "working", thresholds: [75, 100] }, new Date("2026-06-01T06:00Z")), ...more });
async function given(...clocks: Clock[]): Promise<string> {
  const [id] = await add();
  office = before;
  await inTx(at("2026-06-01T06:00Z"), (ctx) => saveClocks(ctx, { kind: "thing", id: id!, projectKey: "shop" }, clocks, office));
  return id!;
}
beforeEach(async () => { await sql`delete from clocks`.execute(database.db); });
const row = async (id: string) => (await sql<{ nextAt: Date | null; nextThreshold: number; dueAt: Date | null; fired: number[] }>`select next_at, next_threshold, due_at, fired from clocks where subject_id = ${id}`.execute(database.db)).rows[0]!;
const recompute = (time: string) => clockJobs(at(time), deps)["clocks.recompute"]!({ projectKey: "shop" });
const asked = async () => (await sql<{ key: string }>`select key from graphile_worker.jobs where key like 'clocks.%'`.execute(database.db)).rows.map(({ key }) => key);

test("a holiday declared afterwards moves deadlines and tells whose", async () => {
  const id = await given(clock());
  const others = await given(clock({ counts: "always" }), { ...pauseClock(clock(), new Date("2026-06-01T07:00Z")), name: "paused" }, { ...stopClock(clock(), new Date("2026-06-01T07:00Z")), name: "stopped" });
  expect(await row(id)).toMatchObject({ dueAt: new Date("2026-06-02T10:00Z"), nextAt: new Date("2026-06-02T07:00Z") });
  office = after;
  await recompute("2026-06-01T12:00Z");
  expect(await row(id)).toMatchObject({ dueAt: new Date("2026-06-03T10:00Z"), nextAt: new Date("2026-06-03T07:00Z") });
  expect([await told(id), await told(others)]).toEqual([["solution moved"], []]);
  await recompute("2026-06-01T12:00Z");
  expect(await told(id), "told once").toEqual(["solution moved"]);
});

test("the look finds a changed calendar and asks for one job a project; nothing is asked when all is computed", async () => {
  await given(clock());
  await lookForOutdated(at("2026-06-01T12:00Z"), deps, 0)();
  expect(await asked()).toEqual([]);
  office = after;
  await lookForOutdated(at("2026-06-01T12:00Z"), deps, 0)();
  await lookForOutdated(at("2026-06-01T12:00Z"), deps, 0)();
  expect(await asked()).toEqual(["clocks.recompute:shop"]);
  await recompute("2026-06-01T12:00Z");
  await sql`delete from graphile_worker._private_jobs`.execute(database.db);
  await lookForOutdated(at("2026-06-01T12:00Z"), deps, 0)();
  expect(await asked()).toEqual([]);
});

test("the job runs among the others and leaves nothing behind", async () => {
  const id = await given(clock());
  office = after;
  await lookForOutdated(at("2026-06-01T12:00Z"), deps, 0)();
  const jobs = await startJobs(database.pool, clockJobs(at("2026-06-01T12:00Z"), deps), createLog("error", ""));
  try {
    await expect.poll(() => told(id), { interval: 20, timeout: 5_000 }).toEqual(["solution moved"]);
    await expect.poll(asked, { interval: 20, timeout: 5_000 }).toEqual([]);
  } finally { await jobs.stop(); }
});

test("nothing comes at a moment of the old calendar, even before the job has run", async () => {
  const id = await given(clock());
  office = after;
  while (await dealWithDue(at("2026-06-02T10:00Z"), deps.handlers[0]!, deps.timeOf)) { /* until nothing is due */ }
  expect(await told(id)).toEqual(["solution moved"]);
  expect(await row(id)).toMatchObject({ nextAt: new Date("2026-06-03T07:00Z"), nextThreshold: 75, fired: [] });
});

test("what was late and is so no longer can become late again", async () => {
  const id = await given(clock());
  while (await dealWithDue(at("2026-06-02T11:00Z"), deps.handlers[0]!, deps.timeOf)) { /* until nothing is due */ }
  expect(await told(id)).toEqual(["solution 75", "solution 100"]);
  office = after;
  await recompute("2026-06-02T12:00Z");
  expect(await row(id)).toMatchObject({ nextAt: new Date("2026-06-03T07:00Z"), nextThreshold: 75, fired: [] });
});

test("a clock whose subject somebody works on, or whose handler fails, is left for the next time and holds nobody up", async () => {
  const [busy, bad, good] = [await given(clock()), await given(clock()), await given(clock())];
  office = after;
  onMoved = ({ subject }) => (subject.id === bad ? Promise.reject(new Error("no")) : Promise.resolve());
  await inTx(database.ctx(), async (ctx) => {
    await sql`select 1 from things where id = ${busy} for update`.execute(ctx.db);
    await recompute("2026-06-01T12:00Z");
  });
  expect([await told(busy), await told(bad), await told(good)]).toEqual([[], [], ["solution moved"]]);
  onMoved = () => Promise.resolve();
  await recompute("2026-06-01T12:00Z");
  expect([await told(busy), await told(bad), await told(good)]).toEqual([["solution moved"], ["solution moved"], ["solution moved"]]);
});

test("more clocks than a batch holds are all computed", async () => {
  const ids = await add(1_203);
  office = before;
  await inTx(at("2026-06-01T06:00Z"), async (ctx) => { for (const id of ids) await saveClocks(ctx, { kind: "thing", id, projectKey: "shop" }, [clock()], office); });
  office = after;
  await recompute("2026-06-01T12:00Z");
  expect((await sql<{ n: number }>`select count(*)::int as n from clocks where due_at = '2026-06-03T10:00Z' and subject_id = any(${ids}::uuid[])`.execute(database.db)).rows[0]!.n).toBe(1_203);
});

test("another name for a holiday is no other calendar", () => {
  expect(declared([{ date: "2026-06-02", name: { ...name, en: "Founders' day" } }]).mark).toBe(after.mark);
  expect(declared([{ date: "2026-06-02", name, hours: ["08:00-12:00"] }]).mark).not.toBe(after.mark);
});
