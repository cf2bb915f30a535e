import { sql } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";
import { addJob, startJobs } from "./jobs.ts";
import { createLog } from "./log.ts";

const database = await testDatabase();

test("runs at once a job whose worker was killed in the middle of it", async () => {
  await addJob(database.db, "thing.do", { n: 1 }, { key: "thing" });
  await sql`update graphile_worker._private_jobs set locked_by = 'worker-dead', locked_at = now(), attempts = 1 where key = 'thing'`.execute(database.db);
  let jobs: Awaited<ReturnType<typeof startJobs>> | undefined;
  const payload = await new Promise((resolve, reject) => {
    startJobs(database.pool, { "thing.do": async (given) => { resolve(given); } }, createLog("error", "")).then((started) => { jobs = started; }, reject);
  });
  expect(payload).toEqual({ n: 1 });
  await expect.poll(() => jobs).toBeDefined();
  await jobs!.stop();
});
