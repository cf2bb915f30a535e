import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { TicketTexts } from "../tickets/index.ts";

/** `readerId`: whoever a ticket is about finds it neither behind a number nor in it (R129). */
export interface Period { project: string; from: Date; to: Date; readerId: string }
export const notAbout = (readerId: string) => sql`(${readerId}::uuid = any(t.about_user_ids)) is not true`;

/**
 * Stays that ended by a transition in the period: since the event before it that put the ticket where it was. One range of
 * `events_moves` and for each move one look into `events_subject`. Versions of a process are counted together, by its key.
 */
const stays = ({ project, from, to, readerId }: Period, process: string) => sql`
  select m.id, m.at, m.subject_id::uuid as ticket_id, m.data->>'from' as stage, m.data->>'to' as next, m.data->>'transition' as transition, extract(epoch from m.at - came.at)::float8 as seconds
  from events m
  join tickets t on t.id = m.subject_id::uuid
  join process_versions v on v.id = t.process_id and v.key = ${process}
  join lateral (
    select b.at from events b where b.subject_id = m.subject_id and (b.at, b.id) < (m.at, m.id) and (b.type in ('ticket.registered', 'ticket.moved')
      -- Brought to another version: a stay goes on, unless the stage changed with it.
      or (b.type = 'ticket.process_changed' and b.data->'stage'->>'from' <> b.data->'stage'->>'to'))
    order by b.at desc, b.id desc limit 1
  ) came on true
  where m.type = 'ticket.moved' and m.data->>'projectKey' = ${project} and m.at >= ${from} and m.at < ${to} and ${notAbout(readerId)}`;

export interface StageRow { stage: string; stays: number; meanS: number; medianS: number; p90S: number }
export const selectStages = (db: Db, period: Period, process: string): Promise<StageRow[]> => sql<StageRow>`
  select stage, count(*)::int as stays, avg(seconds)::float8 as mean_s,
    percentile_cont(0.5) within group (order by seconds) as median_s, percentile_cont(0.9) within group (order by seconds) as p90_s
  from (${stays(period, process)}) s group by stage`.execute(db).then(({ rows }) => rows);

export interface WayRow { transition: string; stage: string; next: string; count: number; meanS: number }
export const selectWays = (db: Db, period: Period, process: string): Promise<WayRow[]> => sql<WayRow>`
  select transition, stage, next, count(*)::int as count, avg(seconds)::float8 as mean_s
  from (${stays(period, process)}) s group by transition, stage, next order by count desc, transition, stage, next`.execute(db).then(({ rows }) => rows);

export interface HereRow { stage: string; here: number; since: Date }
export const selectHere = (db: Db, { project, readerId }: Period, process: string): Promise<HereRow[]> => sql<HereRow>`
  select t.stage, count(*)::int as here, min(t.stage_since) as since from tickets t join process_versions v on v.id = t.process_id and v.key = ${process}
  where t.project_key = ${project} and t.status in ('open', 'waiting', 'done') and ${notAbout(readerId)} group by t.stage`.execute(db).then(({ rows }) => rows);

/** What was registered in the period has been changed in it or later: that is a range of `tickets_all`. */
export const countRegistered = (db: Db, { project, from, to, readerId }: Period, process: string): Promise<number> => sql<{ n: number }>`
  select count(*)::int as n from tickets t join process_versions v on v.id = t.process_id and v.key = ${process}
  where t.project_key = ${project} and t.updated_at >= ${from} and t.created_at >= ${from} and t.created_at < ${to} and ${notAbout(readerId)}`.execute(db).then(({ rows }) => rows[0]!.n);

/** The process that moved most in the period. */
export const selectBusiest = (db: Db, { project, from, to, readerId }: Period): Promise<string | undefined> => sql<{ key: string }>`
  select v.key from events m join tickets t on t.id = m.subject_id::uuid join process_versions v on v.id = t.process_id
  where m.type = 'ticket.moved' and m.data->>'projectKey' = ${project} and m.at >= ${from} and m.at < ${to} and ${notAbout(readerId)}
  group by v.key order by count(*) desc, v.key limit 1`.execute(db).then(({ rows }) => rows[0]?.key);

export interface StayRow { id: string; ticketId: string; number: string; subject: string; texts: TicketTexts | null; seconds: number; ms: string; stage: string; next: string; at: Date }
export interface StayFilter { process: string; stage: string; transition: string | null; next: string | null; after: [string, string] | null; limit: number }
export const selectStays = (db: Db, period: Period, { process, stage, transition, next, after, limit }: StayFilter): Promise<StayRow[]> => sql<StayRow>`
  select s.*, t.number, t.subject, t.texts from (select *, round(seconds * 1000)::bigint as ms from (${stays(period, process)}) all_stays) s join tickets t on t.id = s.ticket_id
  where s.stage = ${stage} and (${transition}::text is null or s.transition = ${transition}) and (${next}::text is null or s.next = ${next})
    and (${after === null}::boolean or (s.ms, s.id) < (${after?.[0] ?? 0}::bigint, ${after?.[1] ?? null}::uuid))
  order by s.ms desc, s.id desc limit ${limit}`.execute(db).then(({ rows }) => rows);
