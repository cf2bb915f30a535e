import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { bringFiles } from "../../apps/server/src/features/declarations/index.ts";
import { readFolder } from "../../apps/server/src/features/projects/index.ts";
import { buildTicket } from "../../apps/server/src/features/tickets/tickets.factory.ts";
import { textKinds } from "../../apps/server/src/kinds.ts";
import { openDatabase, type Ctx } from "../../apps/server/src/platform/db.ts";
import { startDeliveries, type DurableListener } from "../../apps/server/src/platform/deliveries.ts";
import { newId } from "../../apps/server/src/platform/ids.ts";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { migrate } from "../../apps/server/src/platform/migrate.ts";
import { startPostgres } from "../../apps/server/src/platform/postgres.ts";
import { durableListeners } from "../../apps/server/src/subscriptions.ts";
import { root } from "../steps.ts";
import { load, percentile, round } from "./child.ts";

/**
 * Facts of tickets through the rules of a project, with all durable listeners of production beside them: tickets are registered in
 * this very process, one in ten of them in words that make a rule fire (it raises the priority and tells the supervisors).
 */
const STEADY = { perS: 100, s: 15 };
const WARM_S = 3;
const BACKLOG = 1_500;
const FIRES_ONE_IN = 10;
const WITHIN_S = 60;
const PROJECT = "internet";

interface Hearing { late: number[]; heard: number }

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  const folder = join(root, ".cache/bench-automation");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const log = createLog("error", "");
  const postgres = await startPostgres(folder, log);
  const database = openDatabase({ ...postgres.connection, max: 8 }, log);
  try {
    await migrate(database.pool);
    const ctx: Ctx = { db: database.db, actor: { kind: "system", name: "bench" }, now: () => new Date(), depth: 0, requestId: newId(), log };
    await bringFiles(ctx, { kinds: textKinds }, await readFolder(join(root, "projects")));
    return await measure(ctx, say);
  } finally {
    await database.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(ctx: Ctx, say: (line: string) => void): Promise<Record<string, number>> {
  const hearing: Hearing = { late: [], heard: 0 };
  const listeners = durableListeners({ publicUrl: () => "http://127.0.0.1", skillsOf: () => ({}), queueSkills: () => ({}), here: () => Promise.resolve(new Set<string>()), reload: () => Promise.resolve() }).map((listener) => (listener.name === "automation" ? measured(listener, hearing) : listener));
  let deliveries = startDeliveries(ctx, listeners);
  try {
    await register(ctx, WARM_S * STEADY.perS, STEADY.perS);
    await drained(ctx);
    Object.assign(hearing, { late: [], heard: 0 });
    await register(ctx, STEADY.s * STEADY.perS, STEADY.perS);
    await drained(ctx);
    const { late } = hearing;
    say(`steady: ${STEADY.perS} tickets a second for ${STEADY.s} s, ${hearing.heard} facts heard; late p50 ${percentile(late, 0.5)} ms, p95 ${percentile(late, 0.95)} ms, at most ${late.reduce((most, each) => Math.max(most, each), 0)} ms (${load()})`);
    const figures = { late_p50_ms: percentile(late, 0.5), late_p95_ms: percentile(late, 0.95) };
    // Facts go on being written for listeners that stand still: a node that was away finds this.
    await deliveries.stop();
    await register(ctx, BACKLOG, 400);
    hearing.heard = 0;
    const began = performance.now();
    deliveries = startDeliveries(ctx, listeners);
    await drained(ctx);
    const seconds = (performance.now() - began) / 1_000;
    say(`backlog: ${BACKLOG} tickets, ${hearing.heard} facts heard in ${round(seconds, 1)} s (${load()})`);
    const { rows } = await sql<{ fired: number; failed: number }>`select count(*) filter (where state = 'fired')::int as fired, count(*) filter (where state not in ('fired', 'not_fired'))::int as failed from automation_runs`.execute(ctx.db);
    return { events_per_s: Math.round(hearing.heard / seconds), ...figures, fired: rows[0]!.fired, failed: rows[0]!.failed };
  } finally {
    await deliveries.stop();
  }
}

/** From the moment of the fact to the commit of all its rules did. */
const measured = (listener: DurableListener, hearing: Hearing): DurableListener => ({
  ...listener,
  hear: async (heard) => {
    await listener.hear(heard);
    for (const { ctx, event } of heard) ctx.afterCommit.push(() => { hearing.heard += 1; hearing.late.push(Date.now() - event.at.getTime()); });
  },
});

/** Evenly, whether those before are done or not: clients do not wait for each other. */
async function register(ctx: Ctx, count: number, perS: number): Promise<void> {
  const began = performance.now();
  const made: Promise<unknown>[] = [];
  for (let n = 0; n < count; n += 1) {
    const aheadMs = (n * 1_000) / perS - (performance.now() - began);
    if (aheadMs > 1) await pause(aheadMs);
    made.push(buildTicket(ctx, { projectKey: PROJECT, subject: n % FIRES_ONE_IN === 0 ? "Smoke from the modem" : `The connection is slow (${n})` }));
  }
  await Promise.all(made);
}

async function drained(ctx: Ctx): Promise<void> {
  const until = performance.now() + WITHIN_S * 1_000;
  while ((await sql<{ left: boolean }>`select exists (select 1 from deliveries where listener = 'automation' and failed is null) as left`.execute(ctx.db)).rows[0]!.left) {
    if (performance.now() > until) throw new Error(`the rules had more than ${WITHIN_S} s to do`);
    await pause(20);
  }
}
