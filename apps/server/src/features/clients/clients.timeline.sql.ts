import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";
import { ofDepartment } from "../tickets/index.ts";

export interface TimelineRow { id: string; at: Date; kind: "interaction" | "ticket" | "event" | "note" | "notice"; type: string; by: string | null; data: Record<string, unknown> }
export interface TimelineQuery { /** The client and the cards merged into it. */ ids: string[]; projects: string[] | null; /** Tickets about this colleague are not told to them. */ readerId?: string | null; /** For what declarations call tickets. */ language?: string; /** A worker of a department is told of its tickets and their own only, and of the talks of these. */ only?: { department: string | null } | null; cursor: Cursor | null; limit: number }

/**
 * One query: each branch reads at most a page's worth from its own index, newest first, and the page is the newest of
 * all branches. Branches that hang on tickets look, on the first page, only into the tickets changed last: whatever is
 * written to a ticket also changes it, so the newest lines stand there.
 */
export function timelineQuery(query: TimelineQuery): RawBuilder<TimelineRow> {
  const { ids, cursor, projects, only } = query;
  const given = (where: RawBuilder<unknown>) => (only && query.readerId ? ofDepartment(where, query.readerId, only.department) : where);
  // One id as plain equality: then the index also gives the order.
  const among = (column: string) => (ids.length === 1 ? sql`${sql.ref(column)} = ${ids[0]}` : sql`${sql.ref(column)} = any(${ids})`);
  const limit = sql.lit(query.limit + 1);
  const before = (at: string, id: string) => (cursor ? sql` and (${sql.ref(at)}, ${sql.ref(id)}) < (${cursor[0]}::timestamptz, ${cursor[1]}::uuid)` : sql``);
  const mine = (column: string) => (projects ? sql` and (${sql.ref(column)} is null or ${sql.ref(column)} = any(${projects}::text[]))` : sql``);
  // A relation, a merge, a task or a solution tells of another ticket: where the reader may not see that one, they are not told.
  const told = query.readerId ? sql` and not exists (select from unnest(array[e.data->>'otherId', e.data->>'goneId', e.data->>'keptId', e.data->>'subtaskId', e.data->>'fromTicketId']) other join tickets t on t.id = other::uuid
          where ${query.readerId}::uuid = any(t.about_user_ids)${projects ? sql` or not t.project_key = any(${projects}::text[])` : sql``}${only ? sql` or (${given(sql`true`)}) is not true` : sql``})` : sql``;
  // That it was about somebody for a while is not for whom it was: a ticket may be theirs again (a merge was undone, a form corrected).
  const aboutMe = query.readerId ? sql` and not (e.type in ('ticket.changed', 'ticket.assigned') and coalesce(e.data->'changed' @> '["aboutUserIds"]' and (e.type = 'ticket.changed' or ${query.readerId} in (coalesce(e.data->>'from', ''), coalesce(e.data->>'to', ''))), false))` : sql``;
  return sql<TimelineRow>`
  with t as materialized (select t.id, t.number, coalesce(t.texts #>> array['subject', ${query.language ?? null}::text], t.subject) as subject, t.type, t.status, t.stage, t.created_at, t.owner_id, t.created_by, t.process_id, t.project_key, t.interaction_id from tickets t
    where ${given(among("t.client_id"))}${mine("t.project_key")}${query.readerId ? sql` and (t.about_user_ids is null or not ${query.readerId}::uuid = any(t.about_user_ids))` : sql``}${cursor ? sql` and t.created_at <= ${cursor[0]}::timestamptz` : sql``}
    order by t.updated_at desc${cursor ? sql`` : sql` limit ${limit}`}),
  x as (
    (select i.id, i.started_at as at, 'interaction' as kind, i.channel as type, u.name as by,
      jsonb_build_object('direction', i.direction, 'state', i.state, 'outcome', i.outcome, 'projectKey', i.project_key, 'fromNumber', i.from_number, 'toNumber', i.to_number, 'answeredAt', i.answered_at,
        'endedAt', i.ended_at, 'disposition', i.disposition, 'notes', i.notes, 'recordingId', i.recording_id, 'operatorId', i.operator_id) as data
      from interactions i left join users u on u.id = i.operator_id where ${among("i.client_id")}${mine("i.project_key")}${only ? sql` and exists (select from t where t.interaction_id = i.id or t.id = i.ticket_id)` : sql``}${before("i.started_at", "i.id")}
      order by i.started_at desc, i.id desc limit ${limit})
    union all
    (select t.id, t.created_at, 'ticket', t.type, u.name, jsonb_build_object('number', t.number, 'subject', t.subject, 'status', t.status, 'stage', t.stage)
      from t left join users u on u.id = t.created_by where true${before("t.created_at", "t.id")} order by t.created_at desc, t.id desc limit ${limit})
    union all
    (select e.id, e.at, 'event', e.type, e.actor->>'name', e.data || jsonb_build_object('ticketId', t.id, 'number', t.number, 'subject', t.subject, 'processId', t.process_id, 'projectKey', t.project_key)
      from t cross join lateral (select e.* from events e where e.subject_id = t.id::text and e.subject_kind = 'ticket' and e.type like 'ticket.%'
        and e.type <> 'ticket.registered' and e.type not like 'ticket.not%'${told}${aboutMe}${before("e.at", "e.id")} order by e.at desc, e.id desc limit ${limit}) e order by e.at desc, e.id desc limit ${limit})
    union all
    (select e.id, e.at, 'event', e.type, e.actor->>'name', e.data from events e where ${among("e.subject_id")} and e.subject_kind = 'client' and e.type like 'client.%'${before("e.at", "e.id")}
      order by e.at desc, e.id desc limit ${limit})
    union all
    (select n.id, n.at, 'note', 'note', n.name, jsonb_build_object('ticketId', t.id, 'number', t.number, 'text', n.text)
      from t cross join lateral (select n.id, n.at, coalesce(n.texts->>${query.language ?? null}::text, n.text) as text, u.name from ticket_notes n left join users u on u.id = n.author_id where n.ticket_id = t.id${before("n.at", "n.id")}
        order by n.at desc, n.id desc limit ${limit}) n order by n.at desc, n.id desc limit ${limit})
    union all
    (select m.id, m.created_at, 'notice', m.key, '', jsonb_build_object('ticketId', t.id, 'number', t.number, 'subject', m.subject, 'state', m.state, 'recipient', m.recipient)
      from t cross join lateral (select m.* from notices m where m.ticket_id = t.id${before("m.created_at", "m.id")} order by m.created_at desc, m.id desc limit ${limit}) m
      order by m.created_at desc, m.id desc limit ${limit}))
  select id, at, kind, type, by, data from x order by at desc, id desc limit ${limit}`;
}
export const selectTimeline = (db: Db, query: TimelineQuery) => timelineQuery(query).execute(db).then((result) => result.rows);

export interface HistoryRow { id: number; at: Date; by: string; action: string; before: unknown; after: unknown }
export const selectHistory = (db: Db, ids: string[], cursor: Cursor | null, limit: number) =>
  sql<HistoryRow>`select id, at, actor_name as by, action, before, after from audit_log where object_kind = 'client' and object_id = any(${ids}::text[])${cursor ? sql` and id < ${cursor[1]}::bigint` : sql``}
    order by id desc limit ${limit + 1}`.execute(db).then((result) => result.rows);
