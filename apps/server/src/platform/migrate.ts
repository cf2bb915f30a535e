import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";

const FOLDER = new URL("../../migrations/", import.meta.url);

export interface MigrateOptions {
  folder?: URL;
  /** A statement that waits for a table holds up everybody who comes after it, on all nodes: it waits no longer than this, and lets them pass before it tries again. */
  lockMs?: number;
  tries?: number;
  pauseMs?: number;
  /** Told each time a table could not be had. */
  say?: (text: string) => void;
}
type Given = Required<MigrateOptions>;
const DEFAULTS: Given = { folder: FOLDER, lockMs: 2_000, tries: 10, pauseMs: 5_000, say: () => undefined };

/** Applies the numbered SQL files not yet applied, each in a transaction, one node at a time. Returns their names. */
export async function migrate(pool: pg.Pool, options: MigrateOptions = {}): Promise<string[]> {
  const given = { ...DEFAULTS, ...options };
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock(726101)");
    await client.query("create table if not exists migrations (name text primary key, at timestamptz not null default now())");
    const done = new Set((await client.query<{ name: string }>("select name from migrations")).rows.map((row) => row.name));
    const pending = readdirSync(given.folder).filter((name) => /^\d{4}_\w+\.sql$/.test(name) && !done.has(name)).sort();
    for (const name of pending) await applyPatiently(client, name, given);
    return pending;
  } finally {
    await client.query("select pg_advisory_unlock(726101)").catch(() => undefined);
    client.release();
  }
}

async function applyPatiently(client: pg.PoolClient, name: string, given: Given): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await applyOne(client, name, given);
      return;
    } catch (error) {
      if (!isLocked(error)) throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      const holders = await holdersOf(client);
      if (attempt === given.tries) throw new Error(`migration ${name} was not applied: a table it changes was in use all the time. Nothing has been changed. Wait for what is running or end it, then start again.${holders}`, { cause: error });
      given.say(`Migration ${name} waits for a table that is in use; it lets others pass and tries again (${attempt} of ${given.tries}).${holders}`);
      await new Promise((resolve) => { setTimeout(resolve, given.pauseMs); });
    }
  }
}

async function applyOne(client: pg.PoolClient, name: string, { folder, lockMs }: Given): Promise<void> {
  await client.query("begin");
  try {
    await client.query(`set local lock_timeout = ${lockMs}`);
    await client.query(readFileSync(new URL(name, folder), "utf8"));
    await client.query("insert into migrations (name) values ($1)", [name]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

/** lock_not_available */
const isLocked = (error: unknown): boolean => (error as { code?: string } | null)?.code === "55P03";

/** Who has been at it longest, by the number that ends them; which of them it waited for is known no more. No words of theirs: a statement may hold somebody's name. */
async function holdersOf(client: pg.PoolClient): Promise<string> {
  const { rows } = await client.query<{ pid: number; name: string; seconds: number }>(`select pid, application_name as name, extract(epoch from now() - xact_start)::int as seconds from pg_stat_activity
    where datname = current_database() and xact_start is not null and pid <> pg_backend_pid() order by xact_start limit 3`);
  return rows.length === 0 ? "" : ` Longest at work: ${rows.map(({ pid, name, seconds }) => `process ${pid}${name === "" ? "" : ` (${name})`}, ${seconds} s`).join("; ")}.`;
}
