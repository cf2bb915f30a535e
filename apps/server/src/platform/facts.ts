import { sql, type QueryExecutorProvider, type RawBuilder } from "kysely";
import { kept } from "./kept.ts";

/** What a transaction leaves behind beside its own rows; written at its end in one statement, so that telling costs one round trip. */
export interface Facts { events: object[]; deliveries: object[]; audits: object[]; jobs: { key: string | null; [column: string]: unknown }[]; removedJobs: string[]; /** Inserts of features that nobody reads back before the commit. */ inserts: RawBuilder<unknown>[] }

export const newFacts = (): Facts => ({ events: [], deliveries: [], audits: [], jobs: [], removedJobs: [], inserts: [] });

const EVENTS = sql`insert into events (id, at, type, subject_kind, subject_id, actor, data, depth, request_id)
  select r.id, r.at, r.type, r.subject_kind, r.subject_id, r.actor, r.data, r.depth, r.request_id from json_to_recordset(`;
const EVENT = sql`) as r(id uuid, at timestamptz, type text, subject_kind text, subject_id text, actor jsonb, data jsonb, depth int, request_id text)`;
const DELIVERIES = sql`insert into deliveries (event_id, listener, subject_id) select r.event_id, r.listener, r.subject_id from json_to_recordset(`;
const DELIVERY = sql`) as r(event_id uuid, listener text, subject_id text)`;
const AUDITS = sql`insert into audit_log (at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after, reason, request_id)
  select r.at, r.actor_kind, r.actor_id, r.actor_name, r.action, r.object_kind, r.object_id, r.before, r.after, r.reason, r.request_id from json_to_recordset(`;
const AUDIT = sql`) as r(at timestamptz, actor_kind text, actor_id text, actor_name text, action text, object_kind text, object_id text, before jsonb, after jsonb, reason text, request_id text)`;
// All at once: one call and one notification, however many timers a ticket has.
const JOBS = sql`select count(*) from graphile_worker.add_jobs((select array_agg((r.name, r.payload, r.queue, r.run_at, r.max_attempts, r.key, null, null)::graphile_worker.job_spec) from json_to_recordset(`;
const JOB = sql`) as r(name text, payload json, queue text, run_at timestamptz, max_attempts int, key text)))`;

const rows = (head: RawBuilder<unknown>, values: object[], tail: RawBuilder<unknown>) => sql`${head}${JSON.stringify(values)}::json${tail}`;

/** Nothing to tell costs nothing. Foreign keys are checked at the end of the statement, so deliveries may stand beside their events. */
export async function writeFacts(db: QueryExecutorProvider, facts: Facts): Promise<void> {
  // First what is taken away: a job set again under its key is set after.
  if (facts.removedJobs.length > 0) await sql`select graphile_worker.remove_job(k) from unnest(${facts.removedJobs}::text[]) k`.execute(db);
  const parts = [
    facts.events.length > 0 ? sql`e as (${rows(EVENTS, facts.events, EVENT)})` : null,
    facts.deliveries.length > 0 ? sql`d as (${rows(DELIVERIES, facts.deliveries, DELIVERY)})` : null,
    facts.audits.length > 0 ? sql`a as (${rows(AUDITS, facts.audits, AUDIT)})` : null,
    ...facts.inserts.map((insert, index) => sql`${sql.raw(`i${index}`)} as (${insert})`),
  ].filter((part) => part !== null);
  if (parts.length + facts.jobs.length === 0) return;
  const written = parts.length > 0 ? sql`with ${sql.join(parts)} ` : sql``;
  await kept(sql`${written}${facts.jobs.length > 0 ? rows(JOBS, facts.jobs, JOB) : sql`select 1`}`).execute(db);
}
