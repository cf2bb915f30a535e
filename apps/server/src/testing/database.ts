import pg from "pg";
import { afterAll, inject } from "vitest";
import { openDatabase, type Actor, type Ctx, type Database } from "../platform/db.ts";
import { newId } from "../platform/ids.ts";
import { createLog } from "../platform/log.ts";
import { forgetAll } from "../platform/remembered.ts";

export interface TestDatabase extends Database {
  connection: pg.PoolConfig;
  /** A context as the given actor (the system by default); `now` may be moved by the test. */
  ctx(actor?: Partial<Actor> & { kind?: Actor["kind"] }, now?: () => Date): Ctx;
}

/** A fresh database of the test file's own, cloned from the migrated template and dropped at the end. */
export async function testDatabase(): Promise<TestDatabase> {
  forgetAll();
  const { host } = inject("postgres");
  const name = `t_${newId().replaceAll("-", "")}`;
  const admin = { host, user: "linija", database: "postgres" };
  await withClient(admin, (client) => client.query(`create database ${name} template linija`));
  const connection = { host, user: "linija", database: name, max: 10 };
  const log = createLog("error", "");
  const database = openDatabase(connection, log);
  afterAll(async () => {
    await database.close();
    await withClient(admin, (client) => client.query(`drop database ${name} with (force)`));
  });
  const ctx: TestDatabase["ctx"] = (actor, now = () => new Date()) => ({ db: database.db, actor: asActor(actor), now, depth: 0, requestId: newId(), log });
  return { ...database, connection, ctx };
}

function asActor(actor: Partial<Actor> | undefined): Actor {
  if (!actor || actor.kind === "system" || actor.kind === undefined) return { kind: "system", name: "test" };
  if (actor.kind === "client") return { kind: "client", id: null, name: "client", ...actor };
  return { id: newId(), name: "Test Operator", roles: ["operator"], projects: ["internet", "shop", "taxi"], language: "en", ...dropNull(actor), kind: "user" };
}

async function withClient(config: pg.ClientConfig, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(config);
  client.on("error", () => undefined);
  await client.connect();
  try { await work(client); } finally { await client.end(); }
}

/** `Partial<Actor>` mixes the kinds; only a client's id may be null. */
const dropNull = (actor: Partial<Actor>) => { const { id, ...rest } = actor as { id?: string | null }; return { ...rest, ...(id ? { id } : {}) }; };
