import type { Problem } from "@linija/rules";
import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Language } from "../api.contract.ts";
import type { Trigger, Waking } from "./automation.contract.ts";

/** A rule in use, as the runner needs it. */
export interface RuleInUse { projectKey: string; key: string; versionId: string; version: number; text: string; name: Record<string, string>; events: string[]; schedule: string | null; clock: string | null; atPercent: number | null; position: number }

export const selectRulesInUse = (db: Db) => sql<RuleInUse>`select r.project_key, r.key, r.version_id, v.number as version, v.text, r.name, r.events, r.schedule, r.clock, r.at_percent, r.position
  from automation_rules r join automation_versions v on v.id = r.version_id where r.enabled order by r.project_key, r.position, r.key`.execute(db).then((result) => result.rows);

/** A version is never changed; the same text saved again is the version it was. */
export const insertVersion = (db: Db, row: { id: string; projectKey: string; key: string; text: string; at: Date }) => sql`insert into automation_versions (id, project_key, key, number, text, made_at)
  values (${row.id}, ${row.projectKey}, ${row.key}, (select coalesce(max(number), 0) + 1 from automation_versions where project_key = ${row.projectKey} and key = ${row.key}), ${row.text}, ${row.at}) on conflict (id) do nothing`.execute(db);

export interface RuleRowInput { projectKey: string; key: string; versionId: string; name: Record<string, string>; trigger: Trigger }

/** A schedule that stays as it was keeps its next moment; a new one gets it from the loop, which knows the project's zone. */
export function upsertRule(db: Db, { projectKey, key, versionId, name, trigger }: RuleRowInput) {
  const { events, schedule, clock, percent } = columnsOf(trigger.on);
  return sql`insert into automation_rules (project_key, key, version_id, name, events, schedule, clock, at_percent, position, enabled)
    values (${projectKey}, ${key}, ${versionId}, ${JSON.stringify(name)}::jsonb, ${events}, ${schedule}, ${clock}, ${percent}, ${trigger.order}, ${trigger.enabled})
    on conflict (project_key, key) do update set version_id = excluded.version_id, name = excluded.name, events = excluded.events, schedule = excluded.schedule, clock = excluded.clock, at_percent = excluded.at_percent,
      position = excluded.position, enabled = excluded.enabled,
      next_at = case when automation_rules.schedule is not distinct from excluded.schedule and automation_rules.enabled and excluded.enabled then automation_rules.next_at end`.execute(db);
}

const columnsOf = (on: Waking) => ({ events: "event" in on ? on.event : [], schedule: "schedule" in on ? on.schedule : null, clock: "clock" in on ? on.clock : null, percent: "clock" in on ? on.at_percent : null });

export const deleteOtherRules = (db: Db, projectKey: string, keys: string[]) => sql`delete from automation_rules where project_key = ${projectKey} and not (key = any(${keys}::text[]))`.execute(db);

/** What a rule may call: they are set up in the project, not declared with it. */
export const selectWebhookKeys = (db: Db, projectKey: string) => sql<{ key: string }>`select key from webhooks where project_key = ${projectKey} order by key`.execute(db).then((result) => result.rows.map(({ key }) => key));

/** Who can be told or given work by their sign-in name (`selectPerson`). */
export const selectLogins = (db: Db, projectKey: string) => sql<{ login: string }>`select login from users where disabled_at is null and ${projectKey} = any(projects) order by login`.execute(db).then((result) => result.rows.map(({ login }) => login));

export const selectProjectsOf = (db: Db, ticketIds: string[]) =>
  sql<{ id: string; projectKey: string }>`select id, project_key from tickets where id = any(${ticketIds}::uuid[])`.execute(db).then((result) => new Map(result.rows.map((row) => [row.id, row.projectKey])));

export const selectVersionOf = (db: Db, ticketId: string) => sql<{ version: number }>`select version from tickets where id = ${ticketId}`.execute(db).then((result) => result.rows[0]!.version);

export interface RunOf { cause: string; ruleKey: string; ticketId: string }
/** Which of these runs have been kept already. Asked for one by one: all tickets of a scheduled moment have the same cause. */
export const selectDone = (db: Db, runs: RunOf[]) => sql<RunOf>`select r.cause, r.rule_key, r.ticket_id
  from unnest(${runs.map(({ cause }) => cause)}::text[], ${runs.map(({ ruleKey }) => ruleKey)}::text[], ${runs.map(({ ticketId }) => ticketId)}::uuid[]) as a(cause, rule_key, ticket_id) join automation_runs r using (cause, rule_key, ticket_id)`
  .execute(db).then((result) => new Set(result.rows.map((row) => `${row.cause} ${row.ruleKey} ${row.ticketId}`)));

/** What rules have done because of one deed, on all tickets: each that fired is one, or as many as it made tickets. Not counted further than is of use. */
export const countFired = (db: Db, requestId: string) => sql<{ n: number }>`select coalesce(sum(greatest(1, (select count(*) from jsonb_array_elements(r.actions) a where a ->> 'action' in ('create_task', 'queue_callback')))), 0)::int as n
  from (select actions from automation_runs where request_id = ${requestId} and state in ('fired', 'too_deep') limit 100) r`.execute(db).then((result) => result.rows[0]!.n);

export interface NewRun {
  id: string; at: Date; projectKey: string; ruleKey: string; versionId: string; ticketId: string; cause: string; wokenBy: string; state: "fired" | "not_fired" | "failed" | "too_deep";
  problem: KeptProblem | null; changes: unknown[]; actions: unknown[]; trace: unknown; durationUs: number; depth: number; requestId: string;
}
/** Of the language, with its place; or of the product (`host`), with the key of its message. */
export type KeptProblem = Pick<Problem, "code" | "params" | "line" | "column"> | { code: "host"; reason: string; params: Record<string, string | number>; fields: { field: string; code: string }[] };

export const insertRuns = (db: Db, runs: NewRun[]) => sql`insert into automation_runs (id, at, project_key, rule_key, version_id, ticket_id, cause, woken_by, state, problem, changes, actions, trace, duration_us, depth, request_id)
  select r.id, r.at, r.project_key, r.rule_key, r.version_id, r.ticket_id, r.cause, r.woken_by, r.state, r.problem, r.changes, r.actions, r.trace, r.duration_us, r.depth, r.request_id
  from json_to_recordset(${JSON.stringify(runs.map(toColumns))}::json) as r(id uuid, at timestamptz, project_key text, rule_key text, version_id text, ticket_id uuid, cause text, woken_by text, state text,
    problem jsonb, changes jsonb, actions jsonb, trace jsonb, duration_us int, depth int, request_id text)`.execute(db);

const toColumns = (run: NewRun) => ({
  id: run.id, at: run.at.toISOString(), project_key: run.projectKey, rule_key: run.ruleKey, version_id: run.versionId, ticket_id: run.ticketId, cause: run.cause, woken_by: run.wokenBy, state: run.state,
  problem: run.problem, changes: run.changes, actions: run.actions, trace: run.trace, duration_us: run.durationUs, depth: run.depth, request_id: run.requestId,
});

export interface PersonRow { id: string; name: string; login: string }
/** Of the project, not blocked. */
export const selectPerson = (db: Db, login: string, projectKey: string) =>
  sql<PersonRow>`select id, name, login from users where lower(login) = lower(${login}) and disabled_at is null and ${projectKey} = any(projects)`.execute(db).then((result) => result.rows[0]);
export const selectDepartment = (db: Db, department: string, projectKey: string) =>
  sql<PersonRow>`select id, name, login from users where 'department_worker' = any(roles) and disabled_at is null and ${projectKey} = any(projects) and (department = ${department} or department is null) order by id limit 200`.execute(db).then((result) => result.rows);

const DAY = sql`interval '1 day'`;
/** What fired is kept for half a year, what had nothing to do for a week. Some at a time, so that nothing waits for it. */
export const deleteOldRuns = (db: Db, now: Date) => sql`delete from automation_runs where id in (
  (select id from automation_runs where state = 'not_fired' and at < ${now}::timestamptz - 7 * ${DAY} limit 5000) union all (select id from automation_runs where state <> 'not_fired' and at < ${now}::timestamptz - 180 * ${DAY} limit 5000))`
  .execute(db).then((result) => Number(result.numAffectedRows ?? 0n));

/** How the client of a ticket is reached, for another ticket about the same matter. */
export const selectContact = (db: Db, ticketId: string) =>
  sql<{ clientId: string | null; contactPhone: string | null; contactEmail: string | null; language: Language; about: string[] | null }>`select client_id, contact_phone, contact_email, language, about_user_ids as about from tickets where id = ${ticketId}`.execute(db).then((result) => result.rows[0]!);

/** Rule → version, and whether the project was in use before. */
export const selectInUse = async (db: Db, projectKey: string): Promise<{ isKnown: boolean; rules: Map<string, string> }> => {
  const { rows } = await sql<{ key: string | null; versionId: string | null }>`select r.key, r.version_id from (select key from projects where key = ${projectKey}) p left join automation_rules r on r.project_key = p.key`.execute(db);
  return { isKnown: rows.length > 0, rules: new Map(rows.flatMap((row) => (row.key === null ? [] : [[row.key, row.versionId!]]))) };
};

export const selectCertified = (db: Db, userId: string) => sql<{ is: boolean }>`select rules_certified_at is not null as is from users where id = ${userId}`.execute(db).then((result) => result.rows[0]?.is ?? false);
