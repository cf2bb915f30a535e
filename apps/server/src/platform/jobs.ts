import { parseCronItems, run, runMigrations, type Runner, type Task, type TaskList } from "graphile-worker";
import type pg from "pg";
import type { TxCtx } from "./db.ts";
import type { Log } from "./log.ts";

/** A job's name and payload; handlers are given in `subscriptions.ts`. Payloads are small and parsed by their handler. */
export type JobHandler = (payload: unknown) => Promise<void>;

export const migrateJobs = (pool: pg.Pool): Promise<void> => runMigrations({ pgPool: pool });

export interface JobOptions { runAt?: Date; /** A later job with the same key replaces the earlier one. */ key?: string; maxAttempts?: number; queue?: string }

/** Adds a job in the caller's transaction: it exists exactly if the transaction commits. */
export function addJob(ctx: TxCtx, name: string, payload: unknown, options: JobOptions = {}): Promise<void> {
  const { key } = options;
  // Two of one key cannot be added by one statement; the later one counts.
  if (key) ctx.facts.jobs = ctx.facts.jobs.filter((job) => job.key !== key);
  ctx.facts.jobs.push({ name, payload, queue: options.queue ?? null, run_at: options.runAt?.toISOString() ?? null, max_attempts: options.maxAttempts ?? 25, key: key ?? null });
  return Promise.resolve();
}

/** Also one that was added in this very transaction. */
export function removeJob(ctx: TxCtx, key: string): Promise<void> {
  ctx.facts.jobs = ctx.facts.jobs.filter((job) => job.key !== key);
  ctx.facts.removedJobs.push(key);
  return Promise.resolve();
}

/**
 * Fetched and finished several at a time: with one statement a job for each, fetching would cost as much as doing. When
 * nothing was due, the next look comes a tenth of a second later however many timers of later days are set meanwhile.
 * Failures are told in batches for the sake of what becomes of a batch that cannot be told, as while the database is
 * away: it ends the runner, whose next start frees the job. A lone one is an unhandled rejection, its job locked for hours.
 */
const SETTINGS = { concurrentJobs: 4, pollInterval: 1_000, localQueue: { size: 8, refetchDelay: { durationMs: 100, maxAbortThreshold: Infinity } }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };

/** UTC; when little is going on in the countries of the projects. */
const NIGHT = "23 1 * * *";
const DAY_MS = 86_400_000;

export interface JobRunner { stop(): Promise<void> }

/** Runs jobs on this node, those of `nightly` once a day; restarts itself when the database went away and came back. */
export async function startJobs(pool: pg.Pool, handlers: Record<string, JobHandler>, log: Log, nightly: readonly string[] = []): Promise<JobRunner> {
  // One node adds them, whichever is first; of an installation that is off at that hour it is made up for at the next start.
  const parsedCronItems = parseCronItems(nightly.map((task) => ({ task, match: NIGHT, options: { backfillPeriod: DAY_MS, maxAttempts: 5 } })));
  const taskList: TaskList = Object.fromEntries(Object.entries(handlers).map(([name, handler]): [string, Task] => [name, (payload) => handler(payload)]));
  let runner: Runner | null = null;
  let stopped = false;
  const start = async (): Promise<void> => {
    try {
      await freeLost(pool);
      runner = await run({ pgPool: pool, taskList, parsedCronItems, noHandleSignals: true, preset: { worker: { ...SETTINGS, logger: quiet(log) as never } } });
      void runner.promise.then(restart, restart);
    } catch (error) {
      log.warn({ error: String(error) }, "jobs cannot start yet");
      restart();
    }
  };
  const restart = () => { if (!stopped) setTimeout(() => void start(), 1_000).unref(); };
  await start();
  return { stop: async () => { stopped = true; await runner?.stop().catch(() => undefined); } };
}

/**
 * A worker killed in mid-job leaves its lock, which would stand for four hours. Every lock found at a start is opened:
 * a job that another node runs at this moment may then run twice, which handlers bear because delivery is at least once.
 */
const freeLost = (pool: pg.Pool): Promise<unknown> =>
  pool.query("select graphile_worker.force_unlock_workers(array(select distinct locked_by from graphile_worker.jobs where locked_by is not null))");

function quiet(log: Log) {
  const scope = { error: (m: string) => log.error({ job: m }, "job failed"), warn: (m: string) => log.warn({ job: m }, "job"), info: () => undefined, debug: () => undefined };
  return { ...scope, scope: () => quiet(log) };
}
