import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** One gives at a time, till its transaction ends: whoever gives next counts what was given before. Taken under the ticket's lock. */
export const lockGiving = (db: Db) => sql`select pg_advisory_xact_lock(hashtext('load'))`.execute(db);

/** People with a line are there when it says so, everybody else while a desk of theirs is open. */
const atWork = (here: string[]) => sql`(coalesce(s.state, 'offline') <> 'offline' or (u.id = any(${here}::uuid[]) and u.roles && array['supervisor', 'department_worker']))`;
/** Work that is theirs and not done. */
const OWNED = sql`t.owner_id = u.id and t.status in ('open', 'waiting') and t.merged_into is null`;

export interface Wanted { ticketId: string; projectKey: string; department: string | null; language: string; skills: Record<string, number>; about: string[] | null; here: string[] }
/**
 * Who is given the ticket: at work, able to do it, not whom it is about; before others who speaks its language, then who has the
 * fewest open tickets (this one not counted), then who was given one the longest ago.
 */
export const selectLeastLoaded = (db: Db, { ticketId, projectKey, department, language, skills, about, here }: Wanted) => sql<{ id: string; name: string }>`
  select u.id, u.name from users u left join operators o on o.user_id = u.id left join operator_states s on s.operator_id = u.id and 'operator' = any(u.roles) left join loads l on l.user_id = u.id
  where u.disabled_at is null and ${projectKey} = any(u.projects) and not u.id = any(${about ?? []}::uuid[]) and ${atWork(here)}
    and ${department === null ? sql`'operator' = any(u.roles)` : sql`'department_worker' = any(u.roles) and (u.department = ${department} or u.department is null)`}
    and not exists (select from jsonb_each_text(${JSON.stringify(department === null ? skills : {})}::jsonb) w where coalesce((o.skills ->> w.key)::int, 0) < w.value::int)
  order by (${language} = any(coalesce(o.languages, '{}'))) desc, (select count(*) from tickets t where ${OWNED} and t.id <> ${ticketId}), l.given_at nulls first, u.name, u.id limit 1`.execute(db).then((result) => result.rows[0]);

export const upsertGiven = (db: Db, userId: string, at: Date) => sql`insert into loads (user_id, given_at) values (${userId}, ${at}) on conflict (user_id) do update set given_at = greatest(loads.given_at, excluded.given_at)`.execute(db);

export const selectQueueOf = (db: Db, interactionId: string) => sql<{ queueId: string | null }>`select queue_id from interactions where id = ${interactionId}`.execute(db).then((result) => result.rows[0]?.queueId ?? null);
export const selectName = (db: Db, userId: string) => sql<{ id: string; name: string }>`select id, name from users where id = ${userId}`.execute(db).then((result) => result.rows[0] ?? null);

/** Somebody who works on tickets: management and administrators only read them. Whom the ticket is about is not told from somebody who is not there. */
export const selectPerson = (db: Db, userId: string, { projectKey, aboutUserIds }: { projectKey: string; aboutUserIds: string[] | null }) => sql<{ id: string; name: string }>`
  select id, name from users where id = ${userId} and disabled_at is null and ${projectKey} = any(projects) and roles && array['operator', 'supervisor', 'department_worker'] and not id = any(${aboutUserIds ?? []}::uuid[])`.execute(db).then((result) => result.rows[0] ?? null);

export interface Load { id: string; name: string; department: string | null; projects: string[]; languages: string[]; skills: Record<string, number>; atWork: boolean; open: number; overdue: number; waiting: number; givenAt: Date | null }
interface Asked { projects: string[]; readerId: string; now: Date; here: string[] }
/** Whoever a ticket is about does not find it in a number either (R129). */
const counted = ({ projects, readerId, now }: Asked) => sql`count(*)::int as open, count(*) filter (where t.status = 'open' and t.paused_at is null and t.due_at < ${now})::int as overdue, count(*) filter (where t.status = 'waiting' or t.paused_at is not null)::int as waiting
  from tickets t where t.status in ('open', 'waiting') and t.merged_into is null and t.project_key = any(${projects}::text[]) and (${readerId}::uuid = any(t.about_user_ids)) is not true`;
export const selectLoads = (db: Db, asked: Asked) => sql<Load>`
  select u.id, u.name, u.department, u.projects, coalesce(o.languages, '{}') as languages, coalesce(o.skills, '{}'::jsonb) as skills, ${atWork(asked.here)} as at_work, c.open, c.overdue, c.waiting, l.given_at
  from users u left join operators o on o.user_id = u.id left join operator_states s on s.operator_id = u.id and 'operator' = any(u.roles) left join loads l on l.user_id = u.id
    cross join lateral (select ${counted(asked)} and t.owner_id = u.id) c
  where u.disabled_at is null and u.projects && ${asked.projects}::text[] and (u.roles && array['operator', 'department_worker'] or c.open > 0)
  order by c.open desc, c.overdue desc, u.name, u.id limit 500`.execute(db).then((result) => result.rows);
export const selectUnowned = (db: Db, asked: Asked) => sql<{ open: number; overdue: number; waiting: number }>`select ${counted(asked)} and t.owner_id is null`.execute(db).then((result) => result.rows[0]!);
