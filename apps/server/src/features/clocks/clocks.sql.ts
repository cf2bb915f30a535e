import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import { kept } from "../../platform/kept.ts";
import type { Clock, ClockState } from "./clocks.contract.ts";

/** A clock with whose it is and what has been computed from it. */
export interface ClockRow extends Clock {
  subjectKind: string; subjectId: string; projectKey: string;
  state: ClockState; dueAt: Date | null; nextAt: Date | null; nextThreshold: number | null;
  /** Mark of the calendar it was computed by; empty for real time. */
  calendar: string;
  attempts: number;
}

const COLUMNS = sql`subject_kind, subject_id, name, project_key, allowed_ms, counts, thresholds, fired, intervals, state, due_at, next_at, next_threshold, calendar, attempts`;

const GIVEN = sql`as r(subject_kind text, subject_id uuid, name text, project_key text, allowed_ms bigint, counts text, thresholds int[], fired int[], intervals jsonb,
  state text, due_at timestamptz, next_at timestamptz, next_threshold int, calendar text, attempts int, error text, updated_at timestamptz)`;

const given = (rows: readonly ClockRow[], now: Date, error: string | null = null) => JSON.stringify(rows.map((row) => ({
  subject_kind: row.subjectKind, subject_id: row.subjectId, name: row.name, project_key: row.projectKey, allowed_ms: row.allowedMs, counts: row.counts, thresholds: row.thresholds, fired: row.fired,
  intervals: row.intervals, state: row.state, due_at: row.dueAt, next_at: row.nextAt, next_threshold: row.nextThreshold, calendar: row.calendar, attempts: row.attempts, error, updated_at: now,
})));

/** Puts clocks in place of those of their names; whoever writes them anew starts with a clean slate of tries. */
export const upsertStatement = (rows: readonly ClockRow[], now: Date) => sql`
  insert into clocks (${COLUMNS}, error, updated_at) select ${COLUMNS}, error, updated_at from json_to_recordset(${given(rows, now)}::json) ${GIVEN}
  on conflict (subject_kind, subject_id, name) do update set project_key = excluded.project_key, allowed_ms = excluded.allowed_ms, counts = excluded.counts, thresholds = excluded.thresholds,
    fired = excluded.fired, intervals = excluded.intervals, state = excluded.state, due_at = excluded.due_at, next_at = excluded.next_at, next_threshold = excluded.next_threshold,
    calendar = excluded.calendar, attempts = excluded.attempts, error = excluded.error, updated_at = excluded.updated_at`;
export const upsertClocks = (db: Db, rows: readonly ClockRow[], now: Date) => kept(upsertStatement(rows, now)).execute(db);

/** Writes what was computed anew of rows that this transaction has locked. */
export const updateComputed = (db: Db, rows: readonly ClockRow[], now: Date, error: string | null = null) => kept(sql`
  update clocks c set fired = r.fired, due_at = r.due_at, next_at = r.next_at, next_threshold = r.next_threshold, calendar = r.calendar, attempts = r.attempts, error = r.error, updated_at = r.updated_at
  from json_to_recordset(${given(rows, now, error)}::json) ${GIVEN} where c.subject_kind = r.subject_kind and c.subject_id = r.subject_id and c.name = r.name`).execute(db);

export const selectClocks = (db: Db, kind: string, ids: readonly string[]) => kept(sql<ClockRow>`
  select ${COLUMNS} from clocks where subject_kind = ${kind} and subject_id = any(${ids}::uuid[]) order by subject_id, name`).execute(db).then((result) => result.rows);

/** All of the subject, or those of these names. */
export const deleteStatement = (kind: string, id: string, names: readonly string[] | null) => sql`
  delete from clocks where subject_kind = ${kind} and subject_id = ${id} and (${names}::text[] is null or name = any(${names}::text[]))`;
export const deleteClocks = (db: Db, kind: string, id: string, names: readonly string[] | null) => kept(deleteStatement(kind, id, names)).execute(db);

/** The nearest moment of each kind: the heads of an index, whatever the number of clocks. */
export const selectNearest = (db: Db, kinds: readonly string[]) => kept(sql<{ kind: string; nextAt: Date }>`
  select k.kind, n.next_at from unnest(${kinds}::text[]) k (kind)
  cross join lateral (select c.next_at from clocks c where c.subject_kind = k.kind and c.next_at is not null order by c.next_at limit 1) n`).execute(db).then((result) => result.rows);

/** The clocks of a kind that are due, oldest first; those another node has in hand are passed by. */
export const lockDue = (db: Db, kind: string, now: Date, most: number) => kept(sql<ClockRow>`
  select ${COLUMNS} from clocks where subject_kind = ${kind} and next_at <= ${now} order by next_at limit ${most} for update skip locked`).execute(db).then((result) => result.rows);

/** What was computed by another calendar than the marked one. */
export interface Marked { projectKey: string; mark: string; kind: string }

/**
 * Running clocks computed by another calendar: those of the first other mark there is. The ends of the index tell it, so
 * that a million up to date are never read; "not equal" would read them all.
 */
export const lockOutdated = (db: Db, { projectKey, mark, kind }: Marked, skip: readonly string[], most: number) => kept(sql<ClockRow>`
  with marks as (select min(calendar) as low, max(calendar) as high from clocks where project_key = ${projectKey} and subject_kind = ${kind} and state = 'running' and counts = 'working')
  select ${COLUMNS} from clocks where project_key = ${projectKey} and subject_kind = ${kind} and state = 'running' and counts = 'working'
    and calendar = (select case when low <> ${mark} then low when high <> ${mark} then high end from marks) and subject_id <> all(${skip}::uuid[]) limit ${most} for update skip locked`).execute(db).then((result) => result.rows);

/** The projects that have a running clock computed by another calendar. */
export const selectOutdatedProjects = (db: Db, marks: readonly Marked[]) => kept(sql<{ projectKey: string }>`
  select distinct p.project_key from unnest(${marks.map(({ projectKey }) => projectKey)}::text[], ${marks.map(({ mark }) => mark)}::text[], ${marks.map(({ kind }) => kind)}::text[]) p (project_key, mark, kind)
  cross join lateral (select min(c.calendar) as low, max(c.calendar) as high from clocks c where c.project_key = p.project_key and c.subject_kind = p.kind and c.state = 'running' and c.counts = 'working') m
  where m.low <> p.mark or m.high <> p.mark`).execute(db).then((result) => result.rows.map(({ projectKey }) => projectKey));

export const selectProjectKeys = (db: Db) => kept(sql<{ key: string }>`select key from projects`).execute(db).then((result) => result.rows.map(({ key }) => key));

/** Tries the clock again later, unless somebody has changed it since it was seen. */
export const putOff = (db: Db, row: ClockRow, nextAt: Date, error: string) => kept(sql`
  update clocks set attempts = attempts + 1, next_at = ${nextAt}, error = ${error} where subject_kind = ${row.subjectKind} and subject_id = ${row.subjectId} and name = ${row.name}
    and next_at = ${row.nextAt} and attempts = ${row.attempts}`).execute(db);

export interface ClocksState { /** How long the oldest due clock has waited. */ lateS: number; /** Clocks whose handling fails again and again. */ failing: number }

export const selectState = (db: Db, now: Date, attempts: number) => sql<ClocksState>`select
  coalesce(greatest(0, extract(epoch from ${now}::timestamptz - (select min(next_at) from clocks where next_at is not null))), 0)::int as late_s,
  (select count(*)::int from (select 1 from clocks where attempts >= ${attempts} and attempts > 0 limit 1000) f) as failing`.execute(db).then((result) => result.rows[0]!);
