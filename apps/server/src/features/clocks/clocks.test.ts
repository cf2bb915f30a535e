import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { calendarSchema } from "../projects/projects.contract.ts";
import { calendarTime } from "./clocks.calendar.rules.ts";
import { dealWithDue } from "./clocks.due.ts";
import { makeThings, type Things } from "./clocks.factory.ts";
import { clocksProbe } from "./clocks.health.ts";
import { changeAllowed, pauseClock, resumeClock, startClock, stopClock } from "./clocks.rules.ts";
import { startClocks } from "./clocks.loop.ts";
import { selectNearest } from "./clocks.sql.ts";
import { clocksOf, removeClocks, saveClocks } from "./clocks.service.ts";
import type { Clock } from "./clocks.contract.ts";
import type { Met } from "./clocks.handlers.ts";

const database = await testDatabase();
const hour = 3_600_000;
const hours = ["08:00-16:00"];
const office = calendarTime(calendarSchema.parse({ weekly: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] } }), "Europe/Ljubljana");

/** What the handler of the test does besides writing down what it was told. */
let onMet: (met: Met) => Promise<void> = () => Promise.resolve();
const things = await makeThings(database.ctx(), { timeOf: () => office, met: (met) => onMet(met) });

const at = (time: string): Ctx => database.ctx(undefined, () => new Date(time));
const solution = (begins: string, allowedH = 8): Clock => startClock({ name: "solution", allowedMs: allowedH * hour, counts: "working", thresholds: [75, 100] }, new Date(begins));
const save = (id: string, ...clocks: Clock[]) => inTx(at("2026-06-01T06:00Z"), (ctx) => saveClocks(ctx, { kind: "thing", id, projectKey: "shop" }, clocks, office));
async function drain(time: string, things: Things): Promise<void> {
  while (await dealWithDue(at(time), things.deps.handlers[0]!, things.deps.timeOf)) { /* until nothing is due */ }
}
const one = async (): Promise<string> => (await things.add())[0]!;
const clockOf = async (id: string): Promise<Clock> => (await clocksOf(at("2026-06-01T06:00Z"), "thing", [id])).get(id)![0]!;
const row = async (id: string) => (await sql<{ nextAt: Date | null; nextThreshold: number | null; dueAt: Date | null; attempts: number; error: string | null; state: string }>`select next_at, next_threshold, due_at, attempts, error, state from clocks where subject_id = ${id}`.execute(database.db)).rows[0]!;

describe("a threshold", () => {
  test("R115 is dealt with when its moment has come, each once, in order", async () => {
    const id = await one();
    await save(id, solution("2026-06-01T06:00Z"));
    await drain("2026-06-01T11:59:59.999Z", things);
    expect(await things.told(id)).toEqual([]);
    await drain("2026-06-01T12:00Z", things);
    await drain("2026-06-01T12:00:01Z", things);
    expect(await things.told(id)).toEqual(["solution 75"]);
    expect(await row(id)).toMatchObject({ nextAt: new Date("2026-06-01T14:00Z"), nextThreshold: 100 });
    await drain("2026-06-02T12:00Z", things);
    expect(await things.told(id)).toEqual(["solution 75", "solution 100"]);
    expect(await row(id)).toMatchObject({ nextAt: null, nextThreshold: null, dueAt: new Date("2026-06-01T14:00Z") });
  });

  test("that came while every node was down is dealt with at the next start, the earlier first", async () => {
    const id = await one();
    await save(id, solution("2026-06-01T06:00Z"));
    await drain("2026-07-01T00:00Z", things);
    expect(await things.told(id)).toEqual(["solution 75", "solution 100"]);
  });

  test("is dealt with once by many nodes at once", async () => {
    const ids = await things.add(400);
    await inTx(at("2026-06-01T06:00Z"), async (ctx) => { for (const id of ids) await saveClocks(ctx, { kind: "thing", id, projectKey: "shop" }, [solution("2026-06-01T06:00Z")], office); });
    // Each passes by what another has in hand, so all must have had a last look.
    await Promise.all([1, 2, 3, 4].map(() => drain("2026-06-03T12:00Z", things)));
    const { rows } = await sql<{ id: string; count: number }>`select id, count(*)::int as count from told where id = any(${ids}::uuid[]) group by id`.execute(database.db);
    expect(rows.filter(({ count }) => count === 2)).toHaveLength(400);
  });

  test("does not come while others are awaited", async () => {
    const id = await one();
    await save(id, pauseClock(solution("2026-06-01T06:00Z"), new Date("2026-06-01T08:00Z")));
    await drain("2026-06-20T12:00Z", things);
    expect(await things.told(id)).toEqual([]);
    expect(await row(id)).toMatchObject({ nextAt: null, dueAt: null, state: "paused" });
    await save(id, resumeClock(await clockOf(id), new Date("2026-06-22T06:00Z")));
    expect(await row(id)).toMatchObject({ nextAt: new Date("2026-06-22T10:00Z"), dueAt: new Date("2026-06-22T12:00Z"), state: "running" });
  });

  test("may stop its own clock: the handler has the last word", async () => {
    const id = await one();
    await save(id, solution("2026-06-01T06:00Z"));
    onMet = ({ ctx, subject, projectKey, clock }) => saveClocks(ctx, { ...subject, projectKey }, [stopClock(clock, ctx.now())], office);
    await drain("2026-06-01T12:30Z", things);
    onMet = () => Promise.resolve();
    await drain("2026-06-09T12:30Z", things);
    expect(await things.told(id)).toEqual(["solution 75"]);
    expect((await clockOf(id)).intervals).toEqual([{ from: "2026-06-01T06:00:00.000Z", to: "2026-06-01T12:30:00.000Z", runs: true }]);
  });

  test("that shortens its own clock (the priority is raised) brings the next one at once", async () => {
    const id = await one();
    await save(id, solution("2026-06-01T06:00Z"));
    onMet = ({ ctx, subject, projectKey, clock, percent }) => (percent === 75 ? saveClocks(ctx, { ...subject, projectKey }, [changeAllowed(clock, 4 * hour, ctx.now(), office)], office) : Promise.resolve());
    await drain("2026-06-01T12:00Z", things);
    onMet = () => Promise.resolve();
    expect(await things.told(id)).toEqual(["solution 75", "solution 100"]);
  });

  test("of a subject whose clocks were removed does not come", async () => {
    const id = await one();
    await save(id, solution("2026-06-01T06:00Z"), { ...solution("2026-06-01T06:00Z"), name: "stage.work" });
    await inTx(at("2026-06-01T06:00Z"), (ctx) => removeClocks(ctx, { kind: "thing", id }, ["solution"]));
    await drain("2026-06-02T12:00Z", things);
    expect(await things.told(id)).toEqual(["stage.work 75", "stage.work 100"]);
  });
});

describe("a threshold that cannot be dealt with", () => {
  test("undoes what its handler did, holds nobody up and is tried again, ever later", async () => {
    const [good, bad, other] = await things.add(3) as [string, string, string];
    for (const id of [good, bad, other]) await save(id, solution("2026-06-01T06:00Z"));
    let fails = true;
    onMet = ({ subject }) => (subject.id === bad && fails ? Promise.reject(new Error("the printer is out of paper")) : Promise.resolve());
    await drain("2026-06-01T12:00Z", things);
    expect([await things.told(good), await things.told(bad), await things.told(other)]).toEqual([["solution 75"], [], ["solution 75"]]);
    expect(await row(bad)).toMatchObject({ nextAt: new Date("2026-06-01T12:00:01Z"), attempts: 1, error: "Error: the printer is out of paper" });
    await drain("2026-06-01T12:00:01Z", things);
    expect(await row(bad)).toMatchObject({ nextAt: new Date("2026-06-01T12:00:03Z"), attempts: 2 });
    fails = false;
    await drain("2026-06-01T12:00:03Z", things);
    onMet = () => Promise.resolve();
    expect(await things.told(bad)).toEqual(["solution 75"]);
    expect(await row(bad)).toMatchObject({ attempts: 0, error: null, nextThreshold: 100 });
  });

  test("because the database went away in the middle is dealt with once when it is back", async () => {
    const id = await one();
    await save(id, solution("2026-06-01T06:00Z"));
    onMet = async ({ ctx }) => { await sql`select pg_terminate_backend(pg_backend_pid())`.execute(ctx.db); };
    await expect(drain("2026-06-01T12:00Z", things)).rejects.toThrow();
    onMet = () => Promise.resolve();
    expect([await things.told(id), await row(id)]).toMatchObject([[], { attempts: 0, nextAt: new Date("2026-06-01T12:00Z") }]);
    await drain("2026-06-01T12:00Z", things);
    expect(await things.told(id)).toEqual(["solution 75"]);
  });

  test("again and again shows on the health page", async () => {
    const probe = clocksProbe(at("2026-06-01T12:00Z"));
    await sql`delete from clocks`.execute(database.db);
    expect(await probe.look()).toEqual({ state: "ok", detail: "late 0 s, failing 0" });
    const id = await one();
    await save(id, solution("2026-06-01T06:00Z"));
    expect(await clocksProbe(at("2026-06-01T12:01Z")).look()).toEqual({ state: "degraded", detail: "late 60 s, failing 0" });
    await sql`update clocks set attempts = 6, next_at = '2026-06-01T12:05Z' where subject_id = ${id}`.execute(database.db);
    expect(await probe.look()).toEqual({ state: "degraded", detail: "late 0 s, failing 1" });
  });

  test("because somebody works on its subject waits for no lock, and comes when the subject is free", async () => {
    const [busy, free] = await things.add(2) as [string, string];
    for (const id of [busy, free]) await save(id, solution("2026-06-01T06:00Z"));
    await inTx(database.ctx(), async (ctx) => {
      await sql`select 1 from things where id = ${busy} for update`.execute(ctx.db);
      await drain("2026-06-01T12:00Z", things);
      expect([await things.told(busy), await things.told(free)]).toEqual([[], ["solution 75"]]);
      // Who holds the subject is not held up either.
      await saveClocks(ctx, { kind: "thing", id: busy, projectKey: "shop" }, [pauseClock(await clockOf(busy), new Date("2026-06-01T11:59Z"))], office);
    });
    await drain("2026-06-01T13:00Z", things);
    expect(await things.told(busy), "the pause came first").toEqual([]);
  });
});

describe("the loop", () => {
  const soon = (ms: number): Clock => startClock({ name: "soon", allowedMs: ms, counts: "always", thresholds: [100] }, new Date());
  const lateMs = async (id: string) => (await sql<{ ms: number }>`select extract(epoch from at - moment)::float * 1000 as ms from told where id = ${id}`.execute(database.db)).rows[0]?.ms;

  test("wakes for a clock written on its own node, also for one nearer than it slept until", async () => {
    const loop = startClocks(database.ctx(), things.deps);
    try {
      const [far, near] = await things.add(2) as [string, string];
      for (const [id, ms] of [[far, 900], [near, 150]] as const) await inTx(database.ctx(), (ctx) => saveClocks(ctx, { kind: "thing", id, projectKey: "shop" }, [soon(ms)], office));
      await expect.poll(() => lateMs(near), { interval: 20 }).toBeDefined();
      expect(await lateMs(far)).toBeUndefined();
      await expect.poll(() => lateMs(far), { interval: 20, timeout: 3_000 }).toBeDefined();
      for (const id of [far, near]) expect(await lateMs(id)).toBeGreaterThanOrEqual(0);
    } finally { await loop.stop(); }
  });

  test("finds what another node has written", async () => {
    const id = await one();
    await inTx(database.ctx(), async (ctx) => {
      await saveClocks(ctx, { kind: "thing", id, projectKey: "shop" }, [soon(0)], office);
      // Nobody here hears of it.
      ctx.afterCommit.length = 0;
    });
    const loop = startClocks(database.ctx(), things.deps);
    try {
      await expect.poll(() => things.told(id), { interval: 20, timeout: 3_000 }).toEqual(["soon 100"]);
    } finally { await loop.stop(); }
  });

  test("forgets a clock whose transaction was rolled back", async () => {
    const id = await one();
    await expect(inTx(database.ctx(), async (ctx) => {
      await saveClocks(ctx, { kind: "thing", id, projectKey: "shop" }, [soon(0)], office);
      throw new Error("no");
    })).rejects.toThrow("no");
    expect(await clocksOf(database.ctx(), "thing", [id])).toEqual(new Map());
  });
});

test("looks at the head of an index, however many clocks there are", async () => {
  await sql`insert into clocks (subject_kind, subject_id, name, project_key, allowed_ms, counts, thresholds, intervals, state, next_at, next_threshold, updated_at)
    select 'thing', gen_random_uuid(), 'solution', 'shop', 1, 'always', '{100}', '[]', 'running', now() + n * interval '1 minute', 100, now() from generate_series(1, 30000) n`.execute(database.db);
  await sql`analyze clocks`.execute(database.db);
  const plan = async (query: string) => (await sql<Record<string, string>>`explain ${sql.raw(query)}`.execute(database.db)).rows.map((line) => Object.values(line)[0]).join("\n");
  expect(await plan("select next_at from clocks where subject_kind = 'thing' and next_at is not null order by next_at limit 1")).toContain("using clocks_due");
  expect(await plan("select name from clocks where subject_kind = 'thing' and next_at <= now() order by next_at limit 100 for update skip locked")).toContain("Index Scan using clocks_due");
  await sql`update clocks set subject_kind = 'unknown', next_at = now() - interval '1 day' where subject_kind = 'thing'`.execute(database.db);
  expect(await selectNearest(database.db, ["thing"])).toEqual([]);
});
