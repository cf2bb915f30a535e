import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { saveClocks, startClock, startClocks, type ClockHandler } from "../../apps/server/src/features/clocks/index.ts";
import { makeThings, type Things } from "../../apps/server/src/features/clocks/clocks.factory.ts";
import { projectOf } from "../../apps/server/src/features/tickets/index.ts";
import { priorities } from "../../apps/server/src/features/projects/index.ts";
import { buildTicket } from "../../apps/server/src/features/tickets/tickets.factory.ts";
import { audit } from "../../apps/server/src/platform/audit.ts";
import { inTx, openDatabase, type Ctx, type Database } from "../../apps/server/src/platform/db.ts";
import { emit } from "../../apps/server/src/platform/events.ts";
import { newId } from "../../apps/server/src/platform/ids.ts";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { startPostgres } from "../../apps/server/src/platform/postgres.ts";
import { clocksDeps } from "../../apps/server/src/subscriptions.ts";
import { root } from "../steps.ts";
import { cpuMs, load, percentile, round, startServer } from "./child.ts";

/** A million clocks run on a calendar in a real PostgreSQL; what idling costs, and how late thresholds are dealt with by the loop of production. */
const RUNNING = 1_000_000;
const IDLE_S = 20;
const SETTLE_S = 10;
const STEADY = { perS: 100, s: 10 };
const BURST = 10_000;
/** What is due is written so long before, that the loop must find it by looking. */
const AHEAD_MS = 6_000;
const PROJECT = "internet";
const TYPE = "complaint";

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  const { database, url, pid, stop } = await open(say);
  try {
    const server = await idleServer(url, pid);
    const ctx: Ctx = { db: database.db, actor: { kind: "system", name: "bench" }, now: () => new Date(), depth: 0, requestId: newId(), log: createLog("error", "") };
    const late: Late = { from: Infinity, ms: [] };
    const { timeOf, handlers: handlersOfProduction } = clocksDeps();
    const time = await timeOf(ctx, PROJECT);
    const things = await makeThings(ctx, { timeOf: () => time, met: async ({ ctx, subject }) => {
      // As much as the least that comes of a deadline: an alarm for the floor and a line of the audit trail.
      await emit(ctx, { type: "alert.raised", subject, data: { key: "alert_ticket_late" } });
      await audit(ctx, { action: "clock.reached", object: subject });
    } });
    const handlers = [...handlersOfProduction, ...things.deps.handlers].map((handler) => measured(handler, late));
    const loop = startClocks(ctx, { handlers, timeOf });
    try {
      const idle = await idleLoop(pid);
      say(`idle: a process that keeps clocks ${idle.process} %, its database ${idle.database} % of a core over ${IDLE_S} s; a whole server ${server.process} %, its database ${server.database} % (${load()})`);
      const steady = await measure(ctx, late, { count: STEADY.perS * STEADY.s, withinMs: STEADY.s * 1_000, makingMs: 15, make: makeTickets });
      say(`steady: ${STEADY.perS} tickets a second, ${steady} (${load()})`);
      const figures = { late_p99_ms: percentile(late.ms, 0.99), late_p50_ms: percentile(late.ms, 0.5) };
      const burst = await measure(ctx, late, { count: BURST, withinMs: 1_000, makingMs: 3, make: (ctx, moments) => makeClocks(ctx, things, moments) });
      say(`burst: ${BURST} clocks within a second, ${burst} (${load()})`);
      return { ...figures, burst_late_p99_ms: percentile(late.ms, 0.99), idle_cpu_pct: round(idle.process + idle.database, 2), idle_server_cpu_pct: round(server.process + server.database, 2) };
    } finally {
      await loop.stop();
    }
  } finally {
    await stop();
  }
}

/** How late thresholds were that are due from that moment on; a ticket that is made as an old one is late with its first answer from the beginning. */
interface Late { from: number; ms: number[] }

/** The handler, with how late each threshold was when what it asked for had been committed. */
const measured = (handler: ClockHandler, late: Late): ClockHandler => ({
  ...handler,
  met: async (met) => {
    await handler.met(met);
    for (const { ctx, at } of met) if (at.getTime() >= late.from) ctx.afterCommit.push(() => late.ms.push(Date.now() - at.getTime()));
  },
});

interface Due { count: number; withinMs: number; /** What making one may take. */ makingMs: number; make(ctx: Ctx, moments: Date[]): Promise<void> }

/** Thresholds that are met evenly within that time; resolves when all have been dealt with. */
async function measure(ctx: Ctx, late: Late, { count, withinMs, makingMs, make }: Due): Promise<string> {
  const from = Date.now() + AHEAD_MS + count * makingMs;
  Object.assign(late, { from, ms: [] });
  await make(ctx, Array.from({ length: count }, (_, n) => new Date(from + Math.floor((n * withinMs) / count))));
  if (Date.now() > from) throw new Error("writing the clocks took longer than was left until they were due");
  const until = from + withinMs + 60_000;
  while (late.ms.length < count && Date.now() < until) await pause(50);
  if (late.ms.length !== count) throw new Error(`${late.ms.length} of ${count} thresholds were dealt with`);
  return `late p50 ${percentile(late.ms, 0.5)} ms, p99 ${percentile(late.ms, 0.99)} ms, at most ${Math.max(...late.ms)} ms`;
}

const HOUR_MS = 3_600_000;

/** Complaints registered so long ago that three quarters of their time are over at these moments. */
async function makeTickets(ctx: Ctx, moments: Date[]): Promise<void> {
  const { types } = await projectOf(ctx.db, PROJECT);
  const hours = types.find(({ key }) => key === TYPE)!.deadline_hours!.normal;
  for (const moment of moments) await buildTicket({ ...ctx, now: () => new Date(moment.getTime() - hours * 0.75 * HOUR_MS) }, { projectKey: PROJECT, type: TYPE, priority: priorities.indexOf("normal") });
}

async function makeClocks(ctx: Ctx, things: Things, moments: Date[]): Promise<void> {
  const ids = await things.add(moments.length);
  const time = await things.deps.timeOf(ctx, PROJECT);
  await inTx(ctx, async (ctx) => {
    for (const [n, id] of ids.entries()) {
      const clock = startClock({ name: "solution", allowedMs: 4 * HOUR_MS, counts: "working", thresholds: [75, 100] }, new Date(moments[n]!.getTime() - 3 * HOUR_MS));
      await saveClocks(ctx, { kind: "thing", id, projectKey: PROJECT }, [clock], time);
    }
  });
}

interface Idle { process: number; database: number }

const percentOf = (ms: number): number => round(ms / (IDLE_S * 10), 2);

/** This process, which runs the loop and nothing else. */
async function idleLoop(databasePid: number): Promise<Idle> {
  await pause(SETTLE_S * 1_000);
  const [own, database] = [process.cpuUsage(), cpuMs(databasePid)];
  await pause(IDLE_S * 1_000);
  const { user, system } = process.cpuUsage(own);
  return { process: percentOf((user + system) / 1_000), database: percentOf(cpuMs(databasePid) - database) };
}

/** A whole server that nobody uses: telephone, sound, web and all that looks once a second whether something is to be done. */
async function idleServer(url: string, databasePid: number): Promise<Idle> {
  const folder = mkdtempSync(join(tmpdir(), "linija-bench-clocks-"));
  const server = await startServer({ folder, page: "/api/health", env: { DATABASE_URL: url, LINIJA_DEMO: "0" } });
  try {
    await server.ready();
    await pause(SETTLE_S * 1_000);
    const before = [cpuMs(server.pid), cpuMs(databasePid)] as const;
    await pause(IDLE_S * 1_000);
    return { process: percentOf(cpuMs(server.pid) - before[0]), database: percentOf(cpuMs(databasePid) - before[1]) };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Opened { database: Database; url: string; pid: number; stop(): Promise<void> }

/** Kept in `.cache` between runs; the moments of the million lie years ahead. */
async function open(say: (line: string) => void): Promise<Opened> {
  const folder = join(root, ".cache", `bench-clocks-${hash()}`);
  if (!existsSync(join(folder, "filled"))) await fill(folder, say);
  const opened = await connect(folder);
  await forgetRuns(opened.database);
  return opened;
}

/** What an earlier run left would fall due in this one. */
async function forgetRuns({ db }: Database): Promise<void> {
  await sql`delete from clocks where due_at < now() + interval '1 year'`.execute(db);
  await sql`vacuum (analyze) clocks`.execute(db);
}

async function connect(folder: string): Promise<Opened> {
  const log = createLog("error", join(folder, "bench.log"));
  const server = await startPostgres(folder, log);
  const database = openDatabase({ ...server.connection, max: 4 }, log);
  const { host, user, database: name } = server.connection;
  return { database, url: `postgres://${user}@${encodeURIComponent(host!)}/${name}`, pid: server.pid()!, stop: async () => { await database.close(); await server.stop(); } };
}

async function fill(folder: string, say: (line: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(join(root, ".cache")).filter((name) => name.startsWith("bench-clocks-"))) rmSync(join(root, ".cache", name), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say(`Filling ${RUNNING} running clocks (once) …`);
  const began = performance.now();
  // The server makes the tables and stores the projects.
  const server = await startServer({ folder, page: "/api/health", env: { LINIJA_DEMO: "0" } });
  await server.ready();
  await server.stop();
  const { database, stop } = await connect(folder);
  const ctx: Ctx = { db: database.db, actor: { kind: "system", name: "bench" }, now: () => new Date(), depth: 0, requestId: newId(), log: createLog("error", "") };
  const { mark } = await clocksDeps().timeOf(ctx, PROJECT);
  await sql`insert into clocks (subject_kind, subject_id, name, project_key, allowed_ms, counts, thresholds, intervals, state, due_at, next_at, next_threshold, calendar, updated_at)
    select 'ticket', gen_random_uuid(), 'solution', ${PROJECT}, 8 * 31536000000, 'working', '{75,100}', jsonb_build_array(jsonb_build_object('from', t, 'to', null, 'runs', true)), 'running',
      t + interval '2920 days', t + interval '2190 days', 75, ${mark}, t from (select date_trunc('milliseconds', now() - random() * interval '2 years') as t from generate_series(1, ${RUNNING}::int)) s`.execute(database.db);
  await sql`vacuum (analyze) clocks`.execute(database.db);
  await database.pool.query("checkpoint");
  await stop();
  writeFileSync(join(folder, "filled"), new Date().toISOString());
  say(`Filled in ${((performance.now() - began) / 1000).toFixed(0)} s.`);
}

/** With any change of what the rows are made of the cluster is filled anew. */
function hash(): string {
  const folder = join(root, "apps/server/migrations");
  const hash = createHash("sha256").update(String(RUNNING)).update(readFileSync(join(root, "projects", PROJECT, "calendar.yaml")));
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}
