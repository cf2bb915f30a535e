import { CamelCasePlugin, Kysely, PostgresDialect, type KyselyPlugin, type Transaction } from "kysely";
import pg from "pg";
import { newFacts, writeFacts, type Facts } from "./facts.ts";
import { KeepingClient } from "./kept.ts";
import type { Log } from "./log.ts";

/**
 * Rows by table. Each feature adds its own tables beside its queries:
 * `declare module "../../platform/db.ts" { interface Tables { clients: ClientsTable } }`
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface Tables {}

/** Query handle; inside a transaction it is the transaction. Columns read as camelCase. */
export type Db = Kysely<Tables> | Transaction<Tables>;

export type Actor =
  | { kind: "user"; id: string; name: string; roles: string[]; projects: string[]; language: string; /** Of a department worker. */ department?: string | null }
  | { kind: "system"; name: string }
  | { kind: "client"; id: string | null; name: string };

/** What every service gets. `requestId` ties log lines, audit rows and events of one cause together. */
export interface Ctx {
  db: Db;
  actor: Actor;
  now: () => Date;
  /** How many rules deep we are; automation stops at 5. */
  depth: number;
  requestId: string;
  log: Log;
}

/** A context inside a transaction; only this one can emit events and write audit rows. */
export interface TxCtx extends Ctx { inTransaction: true; /** Written just before the commit. */ facts: Facts; afterCommit: (() => void)[] }

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

export interface Database { db: Kysely<Tables>; pool: pg.Pool; close(): Promise<void> }

export function openDatabase(connection: pg.PoolConfig, log: Log): Database {
  const pool = new pg.Pool({ connectionTimeoutMillis: 3_000, idleTimeoutMillis: 30_000, Client: KeepingClient, ...connection });
  pool.on("error", (error) => log.warn({ error: error.message }, "database connection lost"));
  // A client that is checked out when its server dies has no pool to tell; unheard, its error would end the process.
  pool.on("connect", (client) => client.on("error", (error) => log.warn({ error: error.message }, "database connection lost in use")));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })] });
  return { db, pool, close: () => db.destroy() };
}

/** Runs `work` in one transaction; what it returns has been committed, and only then are `afterCommit` callbacks called. */
export async function inTx<T>(ctx: Ctx, work: (ctx: TxCtx) => Promise<T>): Promise<T> {
  if (isInTransaction(ctx)) return work(ctx);
  const afterCommit: (() => void)[] = [];
  const facts = newFacts();
  const result = await (ctx.db as Kysely<Tables>).transaction().execute(async (tx) => {
    const result = await work({ ...ctx, db: tx, inTransaction: true, facts, afterCommit });
    await writeFacts(tx, facts);
    return result;
  });
  for (const callback of afterCommit) callback();
  return result;
}

/** Stops what would be written beside the one statement. */
const readsOnly: KyselyPlugin = {
  transformQuery: ({ node }) => {
    const reads = node.kind === "SelectQueryNode" || (node.kind === "RawNode" && /^\s*(\/\*[^*]*\*\/\s*)?select\b/i.test(node.sqlFragments[0] ?? ""));
    if (!reads) throw new Error("what is written in one statement is written by its facts");
    return node;
  },
  transformResult: ({ result }) => Promise.resolve(result),
};

/**
 * As `inTx`, for work that writes nothing but facts (`ctx.facts.inserts` among them): they are one statement, which needs no
 * beginning and no commit of its own, so that half of the round trips are spared. It may read, but locks nothing by it.
 */
export async function inOneStatement<T>(ctx: Ctx, work: (ctx: TxCtx) => Promise<T>): Promise<T> {
  const afterCommit: (() => void)[] = [];
  const facts = newFacts();
  const result = await work({ ...ctx, db: ctx.db.withPlugin(readsOnly), inTransaction: true, facts, afterCommit });
  await writeFacts(ctx.db, facts);
  for (const callback of afterCommit) callback();
  return result;
}

export const isInTransaction = (ctx: Ctx): ctx is TxCtx => "inTransaction" in ctx;
