import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "./log.ts";

/** Whether the database answers. */
export interface Pulse { readonly isAway: boolean; stop(): void }

const EVERY_MS = 500;
/** A database that hangs breaks no connection and answers nothing: after so long it counts as away. */
const HANGS_MS = 2_000;

/**
 * Feels the database on a connection of its own, so that neither a full pool nor a slow report looks like absence, and a
 * hung server looks like one. Who has to say "try again later" asks here instead of hanging with the request.
 */
export function startPulse(connection: pg.PoolConfig, log: Log): Pulse {
  let isAway = false;
  let stopped = false;
  let client: pg.Client | null = null;
  const note = (away: boolean): void => {
    if (away !== isAway) log.warn(away ? "the database does not answer" : "the database answers again");
    isAway = away;
  };
  const beat = async (): Promise<void> => {
    client ??= await open(connection);
    await client.query({ text: "select 1", query_timeout: HANGS_MS } as pg.QueryConfig);
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      await beat().then(() => note(false), () => { drop(client); client = null; if (!stopped) note(true); });
      await pause(EVERY_MS, undefined, { ref: false });
    }
  };
  void run();
  return { get isAway() { return isAway; }, stop: () => { stopped = true; drop(client); client = null; } };
}

async function open({ host, user, database, connectionString }: pg.PoolConfig): Promise<pg.Client> {
  const given = { host, user, database, connectionString };
  const client = new pg.Client({ ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), connectionTimeoutMillis: HANGS_MS });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** Ending politely would wait for a server that may be gone. */
function drop(client: pg.Client | null): void {
  client?.end().catch(() => undefined);
}
