import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export const selectDatabase = (db: Db) =>
  sql<{ readOnly: boolean; version: string }>`select pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' as read_only, current_setting('server_version') as version`.execute(db).then((result) => result.rows[0]!);

export interface JobsState { /** How long the oldest due job or delivery has waited. */ lateS: number; /** Jobs that have used up their tries. */ failed: number; /** Deliveries given up. */ undelivered: number }

/** Small indexed looks; nothing here counts a table. */
export const selectJobs = (db: Db) => sql<JobsState>`select
    greatest(0, extract(epoch from now() - least(
      (select min(run_at) from graphile_worker.jobs where locked_at is null and attempts < max_attempts and run_at < now()),
      (select min(next_at) from deliveries where failed is null and next_at < now()))))::int as late_s,
    (select count(*)::int from (select 1 from graphile_worker.jobs where attempts >= max_attempts limit 1000) f) as failed,
    (select count(*)::int from (select 1 from deliveries where failed is not null limit 1000) u) as undelivered`.execute(db).then((result) => ({ ...result.rows[0]!, lateS: result.rows[0]!.lateS ?? 0 }));

export const selectSetting = (db: Db, key: string) => sql<{ value: unknown }>`select value from settings where key = ${key}`.execute(db).then((result) => result.rows[0]?.value);
