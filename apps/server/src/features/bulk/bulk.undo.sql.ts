import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** What a change or a step can have written on a ticket; what people write by hand is not among it, and whom a ticket is about is never brought back (R129). */
const RESTORED = sql.raw(["stage", "status", "owner_id", "department", "priority", "due_at", "stage_since", "clock_from", "paused_at", "deadline_hours", "fields", "reopened", "score", "client_comment", "resolution", "closed_at", "closed_as"].join(", "));
export interface Before { ticket: Record<string, unknown>; clocks: Record<string, unknown>[]; at: string }

/** The ticket, what it is a task of and its own tasks, and those they were merged with, however far: whatever a step can reach. Locked in the order of their ids, so that two steps of one family do not wait for each other. */
export const lockFamily = (db: Db, ticketId: string) => sql<{ id: string }>`with recursive family as (select id, parent_id, merged_into from tickets where id = ${ticketId} union select near.* from family f cross join lateral (
    select id, parent_id, merged_into from tickets where id = f.parent_id union all select id, parent_id, merged_into from tickets where id = f.merged_into
    union all select id, parent_id, merged_into from tickets where parent_id = f.id union all select id, parent_id, merged_into from tickets where merged_into = f.id) near)
  select id from tickets where id in (select id from family) order by id for update`.execute(db).then((result) => result.rows.map(({ id }) => id));

export interface State { id: string; version: number; before: Before; pending: string[] }
/** As they are now; read after the lock. */
export const selectStates = (db: Db, ids: string[], now: Date) => sql<State>`select t.id, t.version, jsonb_build_object('at', ${now.toISOString()}::text, 'ticket', (select to_jsonb(x) from (select ${RESTORED} from tickets where id = t.id) x),
    'clocks', coalesce((select jsonb_agg(to_jsonb(c)) from clocks c where c.subject_kind = 'ticket' and c.subject_id = t.id), '[]')) as before,
    array(select a.id from ticket_approvals a where a.ticket_id = t.id and a.state = 'pending') as pending
  from tickets t where t.id = any(${ids}::uuid[])`.execute(db).then((result) => result.rows);

/** Keeps what of these has changed since: how it was, the version it has now, and approvals that nobody decides any more. */
export const insertTouched = (db: Db, { runId, n }: { runId: string; n: number }, states: State[]) => sql`insert into bulk_touched (run_id, n, ticket_id, version_before, version_after, before, lapsed)
  select ${runId}, ${n}, t.id, s.version, t.version, s.before, array(select a.id from ticket_approvals a where a.id in (select jsonb_array_elements_text(s.pending)::uuid) and a.state = 'lapsed')
  from jsonb_to_recordset(${JSON.stringify(states)}::jsonb) as s(id uuid, version int, before jsonb, pending jsonb) join tickets t on t.id = s.id where t.version <> s.version`.execute(db);

export interface Touched { ticketId: string; versionBefore: number | null; versionAfter: number; before: Before; lapsed: string[] }
export const selectTouched = (db: Db, { runId, n }: { runId: string; n: number }) => sql<Touched>`select ticket_id, version_before, version_after, before, lapsed from bulk_touched where run_id = ${runId} and n = ${n} order by ticket_id`.execute(db).then((result) => result.rows);

/** What others have begun or ended since, which no version tells of. */
export const selectSince = (db: Db, ticketId: string, since: string) => sql<{ hasTasks: boolean; hasHandovers: boolean }>`select exists (select from tickets where parent_id = ${ticketId} and created_at >= ${since}::timestamptz) as has_tasks,
  exists (select from handovers where ticket_id = ${ticketId} and (created_at >= ${since}::timestamptz or ended_at >= ${since}::timestamptz)) as has_handovers`.execute(db).then((result) => result.rows[0]!);

/** May still be whose a ticket was: there, in its project, and not whom it is about. */
export const mayOwnAgain = (db: Db, ticketId: string, userId: string) => sql<{ may: boolean }>`select exists (select from tickets t join users u on u.id = ${userId}::uuid
  where t.id = ${ticketId} and (t.owner_id = u.id or (u.disabled_at is null and t.project_key = any(u.projects) and (u.id = any(t.about_user_ids)) is not true))) as may`.execute(db).then((result) => result.rows[0]!.may);

/** Puts the columns and clocks back as they were. What an earlier run, or an earlier ticket of this one, left at that version stands again as it left it. */
export async function restoreTicket(db: Db, { ticketId, versionBefore, before }: Touched, now: Date): Promise<void> {
  const { version } = (await sql<{ version: number }>`update tickets t set (${RESTORED}) = (select ${RESTORED} from jsonb_populate_record(null::tickets, ${JSON.stringify(before.ticket)}::jsonb)), version = version + 1, updated_at = ${now}
    where t.id = ${ticketId} returning version`.execute(db)).rows[0]!;
  await sql`delete from clocks where subject_kind = 'ticket' and subject_id = ${ticketId}`.execute(db);
  await sql`insert into clocks select * from jsonb_populate_recordset(null::clocks, ${JSON.stringify(before.clocks)}::jsonb)`.execute(db);
  await sql`update bulk_touched set version_after = ${version} where ticket_id = ${ticketId} and version_after = ${versionBefore}`.execute(db);
}
