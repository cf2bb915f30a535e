import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createLog } from "../platform/log.ts";
import { migrateJobs } from "../platform/jobs.ts";
import { migrate } from "../platform/migrate.ts";
import { startPostgres } from "../platform/postgres.ts";

/** Vitest's global set-up: one real PostgreSQL, one migrated template; each test file clones it in about 30 ms. */
export default async function setup(project: { provide(key: "postgres", value: { host: string }): void }): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "linija-test-"));
  // As root PostgreSQL runs as another user: what it may not enter lies elsewhere, where nobody takes it away afterwards.
  chmodSync(folder, 0o755);
  const server = await startPostgres(folder, createLog("error", ""));
  const pool = new pg.Pool({ ...server.connection, max: 2 });
  pool.on("error", () => undefined);
  await migrate(pool);
  await migrateJobs(pool);
  await pool.end();
  const admin = new pg.Client({ ...server.connection, database: "postgres" });
  admin.on("error", () => undefined);
  await admin.connect();
  await admin.query("alter database linija with is_template true");
  await admin.end();
  project.provide("postgres", { host: server.connection.host! });
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

declare module "vitest" {
  export interface ProvidedContext { postgres: { host: string } }
}
