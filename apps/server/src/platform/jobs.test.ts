import { sql } from "kysely";
import pg from "pg";
import { expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";
import { inTx } from "./db.ts";
import { addJob, removeJob, startJobs } from "./jobs.ts";
import { createLog } from "./log.ts";

const database = await testDatabase();

test("runs at once a job whose worker was killed in the middle of it", async () => {
  await inTx(database.ctx(), (ctx) => addJob(ctx, "thing.do", { n: 1 }, { key: "thing" }));
  await sql`update graphile_worker._private_jobs set locked_by = 'worker-dead', locked_at = now(), attempts = 1 where key = 'thing'`.execute(database.db);
  let jobs: Awaited<ReturnType<typeof startJobs>> | undefined;
  const payload = await new Promise((resolve, reject) => {
    startJobs(database.pool, { "thing.do": async (given) => { resolve(given); } }, createLog("error", "")).then((started) => { jobs = started; }, reject);
  });
  expect(payload).toEqual({ n: 1 });
  await expect.poll(() => jobs).toBeDefined();
  await jobs!.stop();
});

const keys = () => sql<{ key: string; payload: { n: number } }>`select key, payload from graphile_worker._private_jobs where key like 'order.%' order by key`.execute(database.db).then((result) => result.rows);

test("keeps the order of adding and removing under one key within a transaction", async () => {
  await inTx(database.ctx(), async (ctx) => {
    await addJob(ctx, "thing.do", { n: 1 }, { key: "order.kept" });
    await addJob(ctx, "thing.do", { n: 1 }, { key: "order.gone" });
    await removeJob(ctx, "order.gone");
    await removeJob(ctx, "order.again");
    await addJob(ctx, "thing.do", { n: 2 }, { key: "order.again" });
    await addJob(ctx, "thing.do", { n: 4 }, { key: "order.twice" });
    await addJob(ctx, "thing.do", { n: 5 }, { key: "order.twice" });
  });
  expect((await keys()).map(({ key, payload }) => [key, payload.n])).toEqual([["order.again", 2], ["order.kept", 1], ["order.twice", 5]]);
  await inTx(database.ctx(), async (ctx) => { await addJob(ctx, "thing.do", { n: 3 }, { key: "order.kept" }); await removeJob(ctx, "order.kept"); });
  expect((await keys()).map(({ key }) => key)).toEqual(["order.again", "order.twice"]);
});

test("a job that fails while the database is away is tried again when it is back", async () => {
  await inTx(database.ctx(), (ctx) => addJob(ctx, "thing.fail", {}));
  let away = false;
  const pool = new pg.Pool(database.pool.options as pg.PoolConfig).on("error", () => undefined);
  const connect = pool.connect.bind(pool) as (...given: unknown[]) => Promise<pg.PoolClient>;
  pool.connect = ((...given: unknown[]) => {
    if (!away || given.length > 0) return connect(...given);
    away = false;
    return Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
  }) as typeof pool.connect;
  const again = Promise.withResolvers<void>();
  let tries = 0;
  const fail = (): Promise<void> => {
    tries += 1;
    if (tries > 1) { again.resolve(); return Promise.resolve(); }
    away = true;
    return Promise.reject(new Error("away"));
  };
  const jobs = await startJobs(pool, { "thing.fail": fail }, createLog("fatal", ""));
  await again.promise;
  await jobs.stop();
  await pool.end();
});

test("runs what is for every night once a day, and makes up for a night it was off", async () => {
  await sql`insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution) values ('thing.nightly', now() - interval '9 days', now() - interval '2 days')`.execute(database.db);
  const ran = Promise.withResolvers<void>();
  const jobs = await startJobs(database.pool, { "thing.nightly": () => { ran.resolve(); return Promise.resolve(); } }, createLog("error", ""), ["thing.nightly"]);
  await ran.promise;
  await jobs.stop();
});
