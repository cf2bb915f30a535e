import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { KeptProblem } from "./automation.sql.ts";

export interface ListedRule {
  projectKey: string; key: string; name: Record<string, string>; version: number; events: string[]; schedule: string | null; clock: string | null; atPercent: number | null; position: number; enabled: boolean; nextAt: Date | null;
  fired: number; failed: number; lastAt: Date | null; lastProblem: KeptProblem | null;
}

/** Counts of the last seven days, up to a thousand; without runs on tickets that are about the reader (R129). */
export const selectRules = (db: Db, { projectKey, readerId, now }: { projectKey: string; readerId: string | null; now: Date }) => sql<ListedRule>`select r.project_key, r.key, r.name, v.number as version, r.events, r.schedule, r.clock, r.at_percent, r.position, r.enabled, r.next_at,
    coalesce(c.fired, 0) as fired, coalesce(c.failed, 0) as failed, c.last_at, c.last_problem
  from automation_rules r join automation_versions v on v.id = r.version_id left join lateral (
    select count(*) filter (where state = 'fired')::int as fired, count(*) filter (where state <> 'fired')::int as failed, max(at) as last_at, (array_agg(problem order by id desc) filter (where state <> 'fired'))[1] as last_problem
    from (select id, state, at, problem, ticket_id from automation_runs u where u.project_key = r.project_key and u.rule_key = r.key and u.state <> 'not_fired' order by id desc limit 1000) u where at > ${now}::timestamptz - interval '7 days'
      and not exists (select from tickets t where t.id = u.ticket_id and ${readerId}::uuid = any(t.about_user_ids))) c on true
  where r.project_key = ${projectKey} order by r.position, r.key`.execute(db).then((result) => result.rows);

export interface VersionRow { number: number; madeAt: Date; inUse: boolean }
/** Of one rule, newest first; none when there is no such rule. */
export const selectVersions = (db: Db, projectKey: string, key: string) => sql<VersionRow>`select v.number, v.made_at, r.version_id is not distinct from v.id as in_use from automation_versions v left join automation_rules r on r.project_key = v.project_key and r.key = v.key
  where v.project_key = ${projectKey} and v.key = ${key} order by v.number desc limit 100`.execute(db).then((result) => result.rows);
export const selectVersionText = (db: Db, projectKey: string, key: string, number: number) =>
  sql<{ text: string }>`select text from automation_versions where project_key = ${projectKey} and key = ${key} and number = ${number}`.execute(db).then((result) => result.rows[0]?.text);

export interface ListedRun {
  id: string; at: Date; projectKey: string; ruleKey: string; ruleName: Record<string, string> | null; version: number; ticketId: string; ticketNumber: string; ownerId: string | null; department: string | null; about: string[] | null; wokenBy: string; versionId: string; /** Of that version; null when it is not kept any more. */ text: string | null;
  state: "fired" | "not_fired" | "failed" | "too_deep"; changes: { target: string; from: unknown; to: unknown }[]; actions: { action: string; params: Record<string, unknown> }[]; durationUs: number; depth: number; problem: KeptProblem | null;
}

const LISTED = sql`u.id, u.at, u.project_key, u.rule_key, r.name as rule_name, coalesce(v.number, 0) as version, u.ticket_id, t.number as ticket_number, t.owner_id, t.department, t.about_user_ids as about, u.woken_by, u.state, u.changes, u.actions, u.duration_us, u.depth, u.problem, u.version_id, v.text`;
const JOINS = sql`join tickets t on t.id = u.ticket_id left join automation_versions v on v.id = u.version_id left join automation_rules r on r.project_key = u.project_key and r.key = u.rule_key`;

export interface RunFilter { ruleKey?: string; projectKey?: string; ticketId?: string; /** Also what had nothing to do. */ all: boolean; after: string | null; limit: number }

export const selectRuns = (db: Db, { ruleKey, projectKey, ticketId, all, after, limit }: RunFilter) => sql<ListedRun>`select ${LISTED} from (select * from automation_runs u where
    ${ticketId === undefined ? sql`u.project_key = ${projectKey} and u.rule_key = ${ruleKey}` : sql`u.ticket_id = ${ticketId}`} ${all ? sql`` : sql`and u.state <> 'not_fired'`} ${after ? sql`and u.id < ${after}::uuid` : sql``}
    order by u.id desc limit ${limit}) u ${JOINS} order by u.id desc`.execute(db).then((result) => result.rows);

export const selectRun = (db: Db, id: string) => sql<ListedRun & { trace: Record<string, unknown> }>`select ${LISTED}, u.trace from automation_runs u ${JOINS} where u.id = ${id}`.execute(db).then((result) => result.rows[0]);

export interface FoundTicket { id: string; number: string; subject: string; ownerId: string | null; department: string | null; about: string[] | null; projectKey: string; updatedAt: Date }
const FOUND = sql`id, number, subject, owner_id, department, about_user_ids as about, project_key, updated_at`;

/** By id or by the digits of its number; the newest when nothing is asked for. */
export const selectTicketFor = (db: Db, projectKey: string, asked: { id: string } | { digits: string } | null) => sql<FoundTicket>`select ${FOUND} from tickets where project_key = ${projectKey}
  ${asked === null ? sql`` : "id" in asked ? sql`and id = ${asked.id}::uuid` : sql`and right(number, 13) = ${asked.digits}`} order by updated_at desc, id desc limit 1`.execute(db).then((result) => result.rows[0]);

/** A page of a project's tickets, last changed first, as the list of all has them. */
export const selectLatest = (db: Db, projectKey: string, after: readonly [string, string] | null, limit: number) => sql<FoundTicket>`select ${FOUND} from tickets where project_key = ${projectKey}
  ${after ? sql`and (updated_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``} order by updated_at desc, id desc limit ${limit}`.execute(db).then((result) => result.rows);

export const selectEditors = (db: Db) => sql<{ id: string; name: string; certifiedAt: Date | null }>`select id, name, rules_certified_at as certified_at from users where 'administrator' = any(roles) and disabled_at is null order by name, id limit 1000`.execute(db).then((result) => result.rows);

export const updateCertificate = (db: Db, id: string, change: { by: string | null; at: Date | null }) => sql<{ id: string }>`update users set rules_certified_at = ${change.at}, rules_certified_by = ${change.by} where id = ${id} returning id`.execute(db).then((result) => result.rows[0]);
