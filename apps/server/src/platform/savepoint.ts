import { sql } from "kysely";
import type { TxCtx } from "./db.ts";

/**
 * Does a part of a transaction that may be given up alone: when it throws, its rows, events, audit rows and jobs are gone
 * and the rest of the transaction goes on. The error is thrown on.
 */
export async function withSavepoint<T>(ctx: TxCtx, work: () => Promise<T>): Promise<T> {
  const { events, deliveries, audits, jobs, removedJobs, inserts } = ctx.facts;
  const before = { events: [...events], deliveries: [...deliveries], audits: [...audits], jobs: [...jobs], removedJobs: [...removedJobs], inserts: [...inserts] };
  const callbacks = ctx.afterCommit.length;
  await sql`savepoint part`.execute(ctx.db);
  try {
    const result = await work();
    await sql`release savepoint part`.execute(ctx.db);
    return result;
  } catch (error) {
    Object.assign(ctx.facts, before);
    ctx.afterCommit.splice(callbacks);
    await sql`rollback to savepoint part`.execute(ctx.db).catch(() => undefined);
    throw error;
  }
}
