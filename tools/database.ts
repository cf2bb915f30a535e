import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import type { Config } from "../apps/server/src/platform/config.ts";
import type { Log } from "../apps/server/src/platform/log.ts";
import { startPostgres } from "../apps/server/src/platform/postgres.ts";

/** The socket folder of a running embedded server stands in the fifth line of its pid file. */
function runningSocket(folder: string): string | null {
  const pointer = join(folder, "postgres.moved");
  const data = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : join(folder, "postgres");
  const pidFile = join(data, "postmaster.pid");
  if (!existsSync(pidFile)) return null;
  const [pid, , , , socket] = readFileSync(pidFile, "utf8").split("\n");
  return socket && existsSync(`/proc/${pid}`) ? socket : null;
}

/** The database of the settings, or the embedded one, running or not; `stop` ends what was started for this. */
export async function connect(config: Config, log: Log): Promise<{ connection: pg.PoolConfig; stop(): Promise<void> }> {
  if (config.DATABASE_URL) return { connection: { connectionString: config.DATABASE_URL }, stop: async () => undefined };
  const folder = config.LINIJA_DATA;
  const socket = runningSocket(folder);
  if (socket) return { connection: { host: socket, user: "linija", database: "linija" }, stop: async () => undefined };
  if (!existsSync(join(folder, "postgres")) && !existsSync(join(folder, "postgres.moved"))) throw new Error(`there is no database in ${folder}; set LINIJA_DATA or DATABASE_URL`);
  return startPostgres(folder, log);
}
