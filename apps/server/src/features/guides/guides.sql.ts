import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Guide } from "./guides.declaration.contract.ts";
import type { Passed } from "./guides.rules.ts";

export const insertGuideVersion = (db: Db, row: { id: string; projectKey: string; key: string; definition: Guide }) =>
  sql`insert into guide_versions (id, project_key, key, definition) values (${row.id}, ${row.projectKey}, ${row.key}, ${JSON.stringify(row.definition)}::json) on conflict do nothing`.execute(db);
export const selectGuides = (db: Db, ids: string[]) =>
  sql<{ id: string; definition: Guide }>`select id, definition from guide_versions where id = any(${ids}::text[])`.execute(db).then((result) => result.rows);

/** Whether a talk with somebody is tied to it. */
export const hasTalk = (db: Db, ticketId: string) => sql<{ is: boolean }>`select exists(select from interactions where ticket_id = ${ticketId}) as is`.execute(db).then((result) => result.rows[0]!.is);

export interface Run { id: string; ticketId: string; guideId: string; path: Passed[]; state: "running" | "ended" | "left"; outcome: "solved" | "not_solved" | "handed_over" | "stopped" | null; by: string; startedAt: Date; endedAt: Date | null; version: number }
const COLUMNS = sql`r.id, r.ticket_id, r.guide_id, r.path, r.state, r.outcome, coalesce(u.name, '') as by, r.started_at, r.ended_at, r.version from guide_runs r left join users u on u.id = r.started_by`;
export const selectRuns = (db: Db, ticketId: string) => sql<Run>`select ${COLUMNS} where r.ticket_id = ${ticketId} order by r.started_at desc, r.id desc limit 20`.execute(db).then((result) => result.rows);
export const selectRun = (db: Db, id: string) => sql<Run>`select ${COLUMNS} where r.id = ${id}`.execute(db).then((result) => result.rows[0]);

/** Nothing happens where a talk is under way already. */
export const insertRun = (db: Db, row: { id: string; ticketId: string; guideId: string; startedBy: string | null; startedAt: Date }) => sql`insert into guide_runs (id, ticket_id, guide_id, started_by, started_at)
  values (${row.id}, ${row.ticketId}, ${row.guideId}, ${row.startedBy}, ${row.startedAt}) on conflict do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);

export interface RunChange { path: Passed[]; state: Run["state"]; outcome: Run["outcome"]; endedBy: string | null; endedAt: Date | null }
/** Only the version that was seen, and only while it runs. */
export const updateRun = (db: Db, id: string, version: number, change: RunChange) => sql`update guide_runs set path = ${JSON.stringify(change.path)}::jsonb, state = ${change.state}, outcome = ${change.outcome},
  ended_by = ${change.endedBy}, ended_at = ${change.endedAt}, version = version + 1 where id = ${id} and version = ${version} and state = 'running'`.execute(db).then((result) => result.numAffectedRows === 1n);
