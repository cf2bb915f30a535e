import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { RuleInUse } from "./automation.sql.ts";

export interface DueRule { projectKey: string; key: string; versionId: string; schedule: string; nextAt: Date | null }

/** Whether a look is worth a transaction: a rule whose moment has come, or a sweep to go on with. */
export const isAnyDue = (db: Db, now: Date) => sql<{ due: boolean }>`select
  exists (select 1 from automation_rules where schedule is not null and enabled and (next_at is null or next_at <= ${now}))
  or exists (select 1 from automation_sweeps where state = 'running' and try_at <= ${now}) as due`.execute(db).then((result) => result.rows[0]!.due);

/** Scheduled rules whose moment has come, or is not reckoned yet; another node's are skipped. */
export const lockDueRules = (db: Db, now: Date) => sql<DueRule>`select project_key, key, version_id, schedule, next_at from automation_rules
  where schedule is not null and enabled and (next_at is null or next_at <= ${now}) order by next_at nulls first limit 20 for update skip locked`.execute(db).then((result) => result.rows);

export const updateNext = (db: Db, rule: { projectKey: string; key: string }, nextAt: Date) => sql`update automation_rules set next_at = ${nextAt} where project_key = ${rule.projectKey} and key = ${rule.key}`.execute(db);

export const insertSweep = (db: Db, row: { id: string; projectKey: string; key: string; versionId: string; dueAt: Date }) => sql`insert into automation_sweeps (id, project_key, rule_key, version_id, due_at, try_at)
  values (${row.id}, ${row.projectKey}, ${row.key}, ${row.versionId}, ${row.dueAt}, ${row.dueAt}) on conflict do nothing`.execute(db);

export interface Sweep extends Pick<RuleInUse, "projectKey" | "versionId" | "version" | "text" | "name"> { id: string; ruleKey: string; dueAt: Date; after: string | null; attempts: number }

/** One that is running and held by no other node. */
export const lockSweep = (db: Db, now: Date) => sql<Sweep>`select s.id, s.project_key, s.rule_key, s.version_id, v.number as version, v.text, coalesce((select name from automation_rules r where r.project_key = s.project_key and r.key = s.rule_key), '{}'::jsonb) as name, s.due_at, s.after, s.attempts
  from automation_sweeps s join automation_versions v on v.id = s.version_id where s.state = 'running' and s.try_at <= ${now} order by s.try_at limit 1 for update of s skip locked`.execute(db).then((result) => result.rows[0]);

/** Tickets that were there at the due moment and are not closed; by the index of live ones. */
export const selectLive = (db: Db, sweep: Pick<Sweep, "projectKey" | "after" | "dueAt">, limit: number) => sql<{ id: string }>`select id from tickets where project_key = ${sweep.projectKey} and status <> 'closed'
  ${sweep.after ? sql`and id > ${sweep.after}::uuid` : sql``} and created_at <= ${sweep.dueAt} order by id limit ${limit}`.execute(db).then((result) => result.rows.map((row) => row.id));

export interface Progress { after: string | null; looked: number; fired: number; failed: number; isDone: boolean; at: Date }

export const updateSweep = (db: Db, id: string, { after, looked, fired, failed, isDone, at }: Progress) => sql`update automation_sweeps set after = coalesce(${after}::uuid, after), looked_at = looked_at + ${looked}, fired = fired + ${fired}, failed = failed + ${failed},
  attempts = 0, try_at = least(try_at, ${at}), state = case when ${isDone}::boolean then 'done' else state end, finished_at = case when ${isDone}::boolean then ${at}::timestamptz end where id = ${id}`.execute(db);

/** As it was when it was taken: no other node has gone on with it since its batch was given up. */
const asTaken = ({ id, after, attempts }: Pick<Sweep, "id" | "after" | "attempts">) => sql`id = ${id} and state = 'running' and attempts = ${attempts} and after is not distinct from ${after}::uuid`;
export const lockAsTaken = (db: Db, sweep: Sweep): Promise<boolean> => sql`select from automation_sweeps where ${asTaken(sweep)} for update`.execute(db).then(({ rows }) => rows.length > 0);

/** A batch that cannot be done is tried later and later, by half of it each time. Sweeps of before that were given up after a dozen tries stay `stopped`. */
export const putOffSweep = (db: Db, sweep: Sweep, now: Date): Promise<boolean> => sql`update automation_sweeps set attempts = attempts + 1, try_at = ${now}::timestamptz + least(300, power(2, least(attempts, 9))) * interval '1 second' where ${asTaken(sweep)}`.execute(db).then(({ numAffectedRows }) => numAffectedRows === 1n);

export const deleteOldSweeps = (db: Db, now: Date) => sql`delete from automation_sweeps where state <> 'running' and due_at < ${now}::timestamptz - interval '180 days'`.execute(db);
