import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { fillClients } from "../../apps/server/src/features/clients/clients.bulk.sql.ts";
import { openDatabase, type Database } from "../../apps/server/src/platform/db.ts";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { startPostgres } from "../../apps/server/src/platform/postgres.ts";
import { root } from "../steps.ts";
import { startServer } from "./child.ts";

export interface FilledSize { clients: number; interactions: number; tickets: number }
const SIZE: FilledSize = { clients: 100_000, interactions: 1_000_000, tickets: 200_000 };
/** What the rows are made by: with any change the cluster is filled anew. */
const SOURCES = ["apps/server/migrations", "apps/server/src/features/clients/clients.bulk.sql.ts", "apps/server/src/features/clients/clients.search.rules.ts"];

export interface Filled { database: Database; /** For `DATABASE_URL`. */ url: string; pid: number; stop(): Promise<void> }

/** A company of three years: the demo's people and declarations with 100,000 clients and 1,000,000 conversations, kept in `.cache` between runs. */
export async function openFilled(say: (line: string) => void, size = SIZE): Promise<Filled> {
  const folder = join(root, ".cache", `bench-filled-${nameOf(size)}-${hash()}`);
  if (!existsSync(join(folder, "filled"))) await fill(folder, size, say);
  const opened = await open(folder);
  await forgetRuns(opened.database, new Date(readFileSync(join(folder, "filled"), "utf8")));
  return opened;
}

const nameOf = ({ clients, interactions, tickets }: FilledSize): string => [clients, interactions, tickets].join("-");

async function fill(folder: string, size: FilledSize, say: (line: string) => void): Promise<void> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  for (const name of readdirSync(join(root, ".cache")).filter((name) => name.startsWith(`bench-filled-${nameOf(size)}-`))) rmSync(join(root, ".cache", name), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say(`Filling ${size.clients} clients, ${size.interactions} conversations, ${size.tickets} tickets (once) …`);
  const began = performance.now();
  const server = await startServer({ folder, page: "/api/health" });
  await server.ready();
  await server.stop();
  const { database, stop } = await open(folder);
  await fillClients(database.db, size);
  await database.pool.query("checkpoint");
  await stop();
  writeFileSync(join(folder, "filled"), new Date().toISOString());
  say(`Filled in ${((performance.now() - began) / 1000).toFixed(0)} s.`);
}

async function open(folder: string): Promise<Filled> {
  const log = createLog("error", join(folder, "bench.log"));
  const server = await startPostgres(folder, log);
  const database = openDatabase({ ...server.connection, max: 2 }, log);
  const { host, user, database: name } = server.connection;
  return { database, url: `postgres://${user}@${encodeURIComponent(host!)}/${name}`, pid: server.pid()!, stop: async () => { await database.close(); await server.stop(); } };
}

/** Takes away what earlier runs made, so that every run finds the same tables. The audit trail may only grow. */
async function forgetRuns({ db }: Database, filledAt: Date): Promise<void> {
  await sql`delete from deliveries`.execute(db);
  await sql`delete from graphile_worker._private_jobs`.execute(db);
  await sql`delete from notices where created_at > ${filledAt}`.execute(db);
  await sql`delete from tickets where created_at > ${filledAt}`.execute(db);
  await sql`delete from events where at > ${filledAt}`.execute(db);
  await sql`vacuum (analyze) tickets, ticket_search, notices, events, deliveries`.execute(db);
}

function hash(): string {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    const path = join(root, source);
    const files = source.endsWith(".ts") ? [path] : readdirSync(path).sort().map((name) => join(path, name));
    for (const file of files) hash.update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}
