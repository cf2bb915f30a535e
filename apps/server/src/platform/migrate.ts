import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";

const folder = new URL("../../migrations/", import.meta.url);

/** Applies the numbered SQL files not yet applied, each in a transaction, one node at a time. Returns their names. */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock(726101)");
    await client.query("create table if not exists migrations (name text primary key, at timestamptz not null default now())");
    const done = new Set((await client.query<{ name: string }>("select name from migrations")).rows.map((row) => row.name));
    const pending = readdirSync(folder).filter((name) => /^\d{4}_\w+\.sql$/.test(name) && !done.has(name)).sort();
    for (const name of pending) await applyOne(client, name);
    return pending;
  } finally {
    await client.query("select pg_advisory_unlock(726101)").catch(() => undefined);
    client.release();
  }
}

async function applyOne(client: pg.PoolClient, name: string): Promise<void> {
  await client.query("begin");
  try {
    await client.query(readFileSync(new URL(name, folder), "utf8"));
    await client.query("insert into migrations (name) values ($1)", [name]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
