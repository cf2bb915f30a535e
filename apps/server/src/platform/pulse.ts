import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "./log.ts";

/** Whether the database hangs: it breaks no connection and answers nothing. */
export interface Pulse { readonly isHung: boolean; stop(): void }

const EVERY_MS = 500;
const HANGS_MS = 2_000;

/**
 * Feels the database on a connection of its own, so that neither a full pool nor a slow report looks like a hung server.
 * Who has to say "try again later" asks here instead of hanging with the request. A database that is merely gone is
 * told by each query itself, at once.
 */
export function startPulse(connection: pg.PoolConfig, log: Log): Pulse {
  let isHung = false;
  let stopped = false;
  let client: pg.Client | null = null;
  const note = (hangs: boolean): void => {
    if (hangs !== isHung) log.warn(hangs ? "the database hangs" : "the database hangs no longer");
    isHung = hangs;
  };
  const beat = async (): Promise<void> => {
    client ??= await open(connection);
    await client.query({ text: "select 1", query_timeout: HANGS_MS } as pg.QueryConfig);
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      const began = performance.now();
      await beat().catch(() => { drop(client); client = null; });
      if (!stopped) note(performance.now() - began >= HANGS_MS);
      await pause(EVERY_MS, undefined, { ref: false });
    }
  };
  void run();
  return { get isHung() { return isHung; }, stop: () => { stopped = true; drop(client); client = null; } };
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
