import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Language } from "../api.contract.ts";

export interface HookAt { projectKey: string; hookKey: string }

export const selectSecret = (db: Db, at: HookAt) => sql<{ secret: Buffer }>`select secret from hook_secrets where project_key = ${at.projectKey} and hook_key = ${at.hookKey}`.execute(db).then((result) => result.rows[0]?.secret);
export const upsertSecret = (db: Db, at: HookAt, row: { secret: Buffer; at: Date; by: string }) => sql`insert into hook_secrets (project_key, hook_key, secret, made_at, made_by) values (${at.projectKey}, ${at.hookKey}, ${row.secret}, ${row.at}, ${row.by})
  on conflict (project_key, hook_key) do update set secret = excluded.secret, made_at = excluded.made_at, made_by = excluded.made_by`.execute(db);
export const deleteSecret = (db: Db, at: HookAt) => sql`delete from hook_secrets where project_key = ${at.projectKey} and hook_key = ${at.hookKey}`.execute(db).then((result) => Number(result.numAffectedRows ?? 0n) > 0);

export interface HookState { hookKey: string; madeAt: Date | null; madeBy: string | null; lastAt: Date | null }
export const selectStates = (db: Db, projectKey: string) => sql<HookState>`select hook_key, s.made_at, s.made_by, l.last_at from hook_secrets s
  full join (select hook_key, max(last_at) as last_at from hook_alarms where project_key = ${projectKey} group by hook_key) l using (hook_key) where s.project_key = ${projectKey} or s.project_key is null`.execute(db).then((result) => result.rows);

/** False when the same was sent before; one in the same moment is waited for. */
export const insertCall = (db: Db, at: HookAt & { signature: Buffer; at: Date }) => sql`insert into hook_calls (signature, project_key, hook_key, at) values (${at.signature}, ${at.projectKey}, ${at.hookKey}, ${at.at}) on conflict do nothing`
  .execute(db).then((result) => Number(result.numAffectedRows ?? 0n) > 0);
export const updateCall = (db: Db, signature: Buffer, ticketId: string) => sql`update hook_calls set ticket_id = ${ticketId} where signature = ${signature}`.execute(db);

export interface OnTicket { id: string; number: string; status: string; version: number; priority: number; ownerId: string | null; subject: string }
const ON_TICKET = sql`t.id, t.number, t.status, t.version, t.priority, t.owner_id, t.subject`;
export const selectCalled = (db: Db, signature: Buffer) => sql<OnTicket>`select ${ON_TICKET} from hook_calls c join tickets t on t.id = c.ticket_id where c.signature = ${signature}`.execute(db).then((result) => result.rows[0]);

export interface Alarm { ticketId: string | null; times: number; notedAt: Date | null; worst: number | null; /** Whether its last word was that it is on. */ isOn: boolean; /** When a change of that was last written down. */ flippedAt: Date | null; /** Changes that were not, and what was last said. */ flips: number; held: Word | null }
/** What the hook named so says of a report; a ticket keeps it as the project's language has it, and in all. */
export interface Word { by: string; language: Language; texts: Record<Language, string> }
const ALARM = sql`ticket_id, times, noted_at, worst, is_on, flipped_at, flips, held`;
/** Counts what came; its row is locked until the end of the transaction. */
export const countAlarm = (db: Db, at: HookAt & { alarm: string; at: Date }) => sql<Alarm>`insert into hook_alarms (project_key, hook_key, alarm, last_at) values (${at.projectKey}, ${at.hookKey}, ${at.alarm}, ${at.at})
  on conflict (project_key, hook_key, alarm) do update set times = hook_alarms.times + 1, last_at = excluded.last_at returning ${ALARM}`.execute(db).then((result) => result.rows[0]!);
export const updateAlarm = (db: Db, at: HookAt & { alarm: string }, change: { ticketId: string; notedAt: Date | null; worst: number; isOn: boolean; flippedAt: Date | null; flips: number; held: Word | null; times?: number }) => sql`update hook_alarms set flipped_at = ${change.flippedAt}, flips = ${change.flips}, held = ${change.held === null ? null : JSON.stringify(change.held)}::jsonb, ticket_id = ${change.ticketId}, noted_at = ${change.notedAt}, worst = ${change.worst}, is_on = ${change.isOn}, times = coalesce(${change.times ?? null}::int, times)
  where project_key = ${at.projectKey} and hook_key = ${at.hookKey} and alarm = ${at.alarm}`.execute(db);

/** Alarms whose changes of state have waited long enough to be told. */
export const selectHeld = (db: Db, before: Date) => sql<HookAt & { alarm: string; by: string }>`select project_key, hook_key, alarm, coalesce(held->>'by', hook_key) as by from hook_alarms where flips > 0 and flipped_at <= ${before} order by flipped_at limit 100`.execute(db).then((result) => result.rows);
export const lockHeld = (db: Db, at: HookAt & { alarm: string }, before: Date) => sql<Alarm>`select ${ALARM} from hook_alarms where project_key = ${at.projectKey} and hook_key = ${at.hookKey} and alarm = ${at.alarm} and flips > 0 and flipped_at <= ${before} for update skip locked`.execute(db).then((result) => result.rows[0]);

/** The ticket an alarm is on, or the one that was merged into. */
export const selectOnTicket = (db: Db, id: string) => sql<OnTicket>`select ${ON_TICKET} from tickets m join tickets t on t.id = coalesce(m.merged_into, m.id) where m.id = ${id}`.execute(db).then((result) => result.rows[0]);

/** Signatures that are good no more; alarms nobody has heard of for a quarter of a year; what was refused a month ago. */
export const deleteOldCalls = (db: Db, now: Date) => sql`with calls as (delete from hook_calls where at < ${now}::timestamptz - interval '15 minutes'), refusals as (delete from hook_refusals where last_at < ${now}::timestamptz - interval '30 days')
  delete from hook_alarms where last_at < ${now}::timestamptz - interval '90 days'`.execute(db);
