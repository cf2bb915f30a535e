import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface VersionCount { id: string; loadedAt: Date; stage: string | null; tickets: number; /** Of them: done, and waited with for the client's yes. */ done: number; approvals: number }
export interface MigrationRow {
  id: string; projectKey: string; processKey: string; toId: string; stages: Record<string, string>; state: "running" | "done" | "stopped" | "undoing" | "undone";
  moved: number; skipped: number; authorName: string | null; at: Date; finishedAt: Date | null;
}

const OPEN = sql`t.status in ('open', 'waiting', 'done')`;

/** Open tickets of every version but the newest, by stage. */
export const selectOldVersions = async (db: Db, projectKey: string, processKey: string, toId: string): Promise<VersionCount[]> =>
  (await sql<VersionCount>`select v.id, v.loaded_at, t.stage, count(*)::int as tickets, count(*) filter (where t.status = 'done')::int as done,
      sum((select count(*) from ticket_approvals a where a.ticket_id = t.id and a.state = 'pending'))::int as approvals from process_versions v join tickets t on t.process_id = v.id and ${OPEN}
    where v.project_key = ${projectKey} and v.key = ${processKey} and v.id <> ${toId} group by v.id, v.loaded_at, t.stage order by v.loaded_at desc, v.id, t.stage`.execute(db)).rows;

const MIGRATION = sql`m.id, m.project_key, m.process_key, m.to_id, m.stages, m.state, m.moved, m.skipped, u.name as author_name, m.at, m.finished_at from process_migrations m left join users u on u.id = m.author_id`;

export const selectMigrations = async (db: Db, projectKey: string, processKey: string): Promise<MigrationRow[]> =>
  (await sql<MigrationRow>`select ${MIGRATION} where m.project_key = ${projectKey} and m.process_key = ${processKey} order by m.at desc limit 10`.execute(db)).rows;

export const selectMigration = async (db: Db, id: string, lock = false): Promise<MigrationRow | undefined> =>
  (await sql<MigrationRow>`select ${MIGRATION} where m.id = ${id}::uuid ${lock ? sql`for update of m` : sql``}`.execute(db)).rows[0];

/** False when one is on its way for this process. */
export const insertMigration = async (db: Db, row: { id: string; projectKey: string; processKey: string; toId: string; stages: Record<string, string>; authorId: string | null; at: Date }): Promise<boolean> => {
  const { numAffectedRows } = await sql`
  insert into process_migrations (id, project_key, process_key, to_id, stages, state, author_id, at)
  values (${row.id}::uuid, ${row.projectKey}, ${row.processKey}, ${row.toId}, ${JSON.stringify(row.stages)}::jsonb, 'running', ${row.authorId}::uuid, ${row.at})
  on conflict (project_key, process_key) where state in ('running', 'undoing') do nothing`.execute(db);
  return numAffectedRows === 1n;
};

export const updateMigration = (db: Db, id: string, change: { state: MigrationRow["state"]; moved: number; skipped: number; finishedAt: Date | null }) => sql`
  update process_migrations set state = ${change.state}, moved = ${change.moved}, skipped = ${change.skipped}, finished_at = ${change.finishedAt} where id = ${id}::uuid`.execute(db);

export interface ToMove { id: string; processId: string; stage: string }

/** The next ones that this migration has not looked at; each is locked until the batch is written. */
export const selectToMove = async (db: Db, migration: MigrationRow, limit: number): Promise<ToMove[]> =>
  (await sql<ToMove>`select t.id, t.process_id, t.stage from tickets t
    where t.process_id in (select id from process_versions where project_key = ${migration.projectKey} and key = ${migration.processKey} and id <> ${migration.toId}) and ${OPEN}
      and not exists (select 1 from process_migration_tickets d where d.migration_id = ${migration.id}::uuid and d.ticket_id = t.id)
    order by t.id limit ${limit} for update of t`.execute(db)).rows;

export const countLeft = async (db: Db, migration: MigrationRow): Promise<number> =>
  (await sql<{ left: number }>`select count(*)::int as left from tickets t
    where t.process_id in (select id from process_versions where project_key = ${migration.projectKey} and key = ${migration.processKey} and id <> ${migration.toId}) and ${OPEN}
      and not exists (select 1 from process_migration_tickets d where d.migration_id = ${migration.id}::uuid and d.ticket_id = t.id)`.execute(db)).rows[0]?.left ?? 0;

export interface Moved { id: string; fromProcessId: string; fromStage: string; toStage: string | null; status: string }

/** Tickets to the new version, and what they were; those without a stage there are only noted. */
export async function moveTickets(db: Db, migration: MigrationRow, rows: Moved[], at: Date): Promise<void> {
  const list = JSON.stringify(rows);
  const records = sql`json_to_recordset(${list}::json) as r(id uuid, "fromProcessId" text, "fromStage" text, "toStage" text, status text)`;
  await sql`insert into process_migration_tickets (migration_id, ticket_id, from_process_id, from_stage, to_stage) select ${migration.id}::uuid, r.id, r."fromProcessId", r."fromStage", r."toStage" from ${records}`.execute(db);
  await sql`update tickets t set process_id = ${migration.toId}, stage = r."toStage", status = r.status, stage_since = case when t.stage = r."toStage" then t.stage_since else ${at} end, version = t.version + 1, updated_at = ${at}
    from ${records} where t.id = r.id and r."toStage" is not null`.execute(db);
}

/** Decisions nobody waits for since; undone, they wait again. */
export const noteLapsed = (db: Db, migration: MigrationRow, ticketId: string, approvals: string[]) =>
  sql`update process_migration_tickets set approvals = ${approvals}::uuid[] where migration_id = ${migration.id}::uuid and ticket_id = ${ticketId}::uuid`.execute(db);

/** What an undo has left where the migration put it, and why: it went on since, or was merged into another. */
export const countKept = async (db: Db, migration: MigrationRow): Promise<{ moved: number; merged: number }> =>
  (await sql<{ moved: number; merged: number }>`select count(*) filter (where t.merged_into is null)::int as moved, count(*) filter (where t.merged_into is not null)::int as merged
    from process_migration_tickets d join tickets t on t.id = d.ticket_id where d.migration_id = ${migration.id}::uuid and not d.undone and d.to_stage is not null`.execute(db)).rows[0] ?? { moved: 0, merged: 0 };

export interface ToUndo { id: string; fromProcessId: string; fromStage: string; toStage: string; approvals: string[] | null }

/** Only tickets that still stand where the migration put them. */
export const selectToUndo = async (db: Db, migration: MigrationRow, limit: number): Promise<ToUndo[]> =>
  (await sql<ToUndo>`select t.id, d.from_process_id, d.from_stage, d.to_stage, d.approvals from process_migration_tickets d join tickets t on t.id = d.ticket_id
    where d.migration_id = ${migration.id}::uuid and not d.undone and d.to_stage is not null and t.process_id = ${migration.toId} and t.stage = d.to_stage and t.merged_into is null order by t.id limit ${limit} for update of t`.execute(db)).rows;

export async function undoTickets(db: Db, migration: MigrationRow, rows: (ToUndo & { status: string })[], at: Date): Promise<void> {
  const records = sql`json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, "fromProcessId" text, "fromStage" text, status text)`;
  await sql`update process_migration_tickets d set undone = true from ${records} where d.migration_id = ${migration.id}::uuid and d.ticket_id = r.id`.execute(db);
  await sql`update tickets t set process_id = r."fromProcessId", stage = r."fromStage", status = r.status, version = t.version + 1, updated_at = ${at} from ${records} where t.id = r.id`.execute(db);
}
