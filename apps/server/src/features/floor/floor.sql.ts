import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface QueueDay { queueId: string; waiting: number; longestSince: Date | null; offered: number; answered: number; abandoned: number; inTarget: number; averageWaitS: number | null }

/**
 * Service level (with abandons): of all whose wait ended today, those answered within the target. The target of each
 * queue comes as data. One scan of today's part of the index on (queue_id, queued_at).
 */
export const selectQueueDay = async (db: Db, queues: { id: string; withinS: number }[], dayStart: Date): Promise<QueueDay[]> => (await sql<QueueDay>`
  select q.id as queue_id,
    count(*) filter (where i.state in ('waiting', 'offered'))::int as waiting,
    min(i.queued_at) filter (where i.state in ('waiting', 'offered')) as longest_since,
    count(i.id)::int as offered,
    count(i.answered_at)::int as answered,
    count(*) filter (where i.outcome = 'abandoned')::int as abandoned,
    count(*) filter (where i.answered_at <= i.queued_at + make_interval(secs => q.within_s))::int as in_target,
    avg(extract(epoch from coalesce(i.answered_at, i.ended_at) - i.queued_at)) filter (where coalesce(i.answered_at, i.ended_at) is not null)::float8 as average_wait_s
  from json_to_recordset(${JSON.stringify(queues.map((queue) => ({ id: queue.id, within_s: queue.withinS })))}::json) as q(id text, within_s int)
  left join interactions i on i.queue_id = q.id and i.queued_at >= ${dayStart} and i.channel = 'voice'
  group by q.id`.execute(db)).rows;

export interface Tile { id: string; name: string; state: string | null; reason: string | null; since: Date | null; device: string; projects: string[]; languages: string[]; callId: string | null; clientName: string; number: string; queueId: string | null; answeredToday: number }
export const selectTiles = async (db: Db, projects: string[] | null, dayStart: Date): Promise<Tile[]> => (await sql<Tile>`
  select u.id, u.name, s.state, s.reason, s.since, o.device, u.projects, o.languages, s.interaction_id as call_id,
    coalesce(nullif(c.name, ''), i.caller_name, '') as client_name, coalesce(case i.direction when 'in' then i.from_number else i.to_number end, '') as number, i.queue_id,
    (select count(*) from interactions t where t.operator_id = u.id and t.started_at >= ${dayStart} and t.answered_at is not null)::int as answered_today
  from operators o join users u on u.id = o.user_id and u.disabled_at is null and 'operator' = any(u.roles)
  left join operator_states s on s.operator_id = u.id
  left join interactions i on i.id = s.interaction_id left join clients c on c.id = i.client_id
  where ${projects}::text[] is null or u.projects && ${projects}::text[]
  order by u.name limit 500`.execute(db)).rows;

export interface Waiting { id: string; queueId: string; fromNumber: string; clientName: string; language: string | null; queuedAt: Date; state: string }
export const selectWaiting = async (db: Db, queueIds: string[]): Promise<Waiting[]> => (await sql<Waiting>`
  select i.id, i.queue_id, i.from_number, i.language, i.queued_at, i.state,
    coalesce(nullif(c.name, ''), i.caller_name, '') as client_name
  from interactions i left join clients c on c.id = i.client_id
  where i.state in ('waiting', 'offered') and i.queue_id = any(${queueIds}) order by i.queued_at, i.id limit 100`.execute(db)).rows;

export interface Alert { id: string; at: Date; subjectKind: string; subjectId: string; data: { key?: string; params?: Record<string, string> } }
export const selectAlerts = async (db: Db, { projects, readerId, since }: { projects: string[] | null; readerId: string | null; since: Date }): Promise<Alert[]> => (await sql<Alert>`
  select id, at, subject_kind, subject_id, data from events where type = 'alert.raised' and at >= ${since} and (data->>'projectKey' is not null or data->>'userId' is null) and (${projects}::text[] is null or data->>'projectKey' = any(${projects}::text[]))
    -- What was wrong with a ticket is over once it is completed or closed.
    and not (subject_kind = 'ticket' and data->>'key' in ('alert_ticket_reopened', 'alert_ticket_late', 'alert_ticket_circle', 'alert_ticket_left_behind', 'alert_ticket', 'alert_handover_returned', 'alert_handover_refused_back')
      and exists (select 1 from tickets t where t.id = case when subject_kind = 'ticket' then subject_id::uuid end and t.status in ('done', 'closed')))
    and not (data->>'key' = 'alert_promise_late' and exists (select 1 from promises p where p.id = case when data->>'key' = 'alert_promise_late' then (data->>'promiseId')::uuid end and p.state <> 'open'))
    -- What is about a colleague is not told to that colleague.
    and (${readerId}::uuid is null or not (subject_kind = 'ticket' and exists (select 1 from tickets t where t.id = case when subject_kind = 'ticket' then subject_id::uuid end and ${readerId}::uuid = any(t.about_user_ids))))
    and not (data->>'key' = 'alert_approval_wanted' and not exists (select 1 from ticket_approvals a where a.ticket_id = case when subject_kind = 'ticket' then subject_id::uuid end and a.state = 'pending'))
  order by at desc, id desc limit 30`.execute(db)).rows;

export const selectHours = async (db: Db, queueIds: string[], dayStart: Date): Promise<{ hour: number; offered: number; answered: number }[]> => (await sql<{ hour: number; offered: number; answered: number }>`
  select floor(extract(epoch from queued_at - ${dayStart}) / 3600)::int as hour, count(*)::int as offered, count(answered_at)::int as answered
  from interactions where queue_id = any(${queueIds}) and queued_at >= ${dayStart} group by 1 order by 1`.execute(db)).rows;

/** Whoever a ticket is about does not find it in a number either (R129). */
export const selectTicketFigures = async (db: Db, { projects, readerId }: { projects: string[] | null; readerId: string }, now: Date): Promise<{ openTickets: number; unconfirmed: number }> => (await sql<{ openTickets: number; unconfirmed: number }>`
  select (select count(*) from tickets where status in ('open', 'waiting') and (${projects}::text[] is null or project_key = any(${projects}::text[])) and (${readerId}::uuid = any(about_user_ids)) is not true)::int as open_tickets,
    (select count(*) from tickets where status = 'closed' and closed_as = 'unconfirmed' and updated_at >= ${new Date(now.getTime() - 30 * 86_400_000)} and (${projects}::text[] is null or project_key = any(${projects}::text[])) and (${readerId}::uuid = any(about_user_ids)) is not true)::int as unconfirmed`.execute(db)).rows[0]!;
