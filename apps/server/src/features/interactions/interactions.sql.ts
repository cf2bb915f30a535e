import { sql, type RawBuilder } from "kysely";
import type { Language } from "../api.contract.ts";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";

export interface InteractionRow {
  id: string; direction: "in" | "out"; state: "ivr" | "waiting" | "offered" | "dialling" | "talking" | "wrap_up" | "ended"; projectKey: string | null; queueId: string | null; queueName: string; language: Language | null;
  fromNumber: string; toNumber: string; clientId: string | null; clientName: string; operatorId: string | null; operatorName: string; ticketId: string | null;
  startedAt: Date; queuedAt: Date | null; answeredAt: Date | null; endedAt: Date | null; wrappedAt: Date | null; outcome: string | null; disposition: string | null; notes: string; recordingId: string | null;
  tickets: { id: string; number: string; subject: string }[];
}

/** Whether these projects' people may know who it was: a call can be told of where the card may not be read. */
const known = (projects: string[] | null) => (projects ? sql`(c.projects && ${projects}::text[] or c.projects = '{}')` : sql`true`);

/** Whose eyes it is for; the system has none of its own. Tickets about the reader are not told. */
interface Reader { language: string; projects: string[] | null; reader: string | null }

/** Names and tickets by small indexed look-ups for the rows of the page; the queue's name in the reader's language. */
const view = ({ language, projects, reader }: Reader) => sql`i.id, i.direction, i.state, i.project_key, i.queue_id, coalesce(q.name->>${language}, q.name->>'en', i.queue_id, '') as queue_name,
  case when i.language in ('en', 'ru', 'sl') then i.language end as language, i.from_number, i.to_number, case when ${known(projects)} then i.client_id end as client_id, coalesce(case when ${known(projects)} then c.name end, i.caller_name) as client_name, i.operator_id, coalesce(u.name, '') as operator_name, i.ticket_id,
  i.started_at, i.queued_at, i.answered_at, i.ended_at, i.wrapped_at, i.outcome, i.disposition, i.notes, i.recording_id,
  coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'number', t.number, 'subject', coalesce(t.texts #>> array['subject', ${language}::text], t.subject)) order by t.created_at) from tickets t
    where (t.interaction_id = i.id or t.id = i.ticket_id) and (t.about_user_ids is null or ${reader}::uuid is null or not ${reader}::uuid = any(t.about_user_ids))), '[]') as tickets`;
const joins = sql`left join queues q on q.id = i.queue_id left join clients c on c.id = i.client_id left join users u on u.id = i.operator_id`;

export const selectInteraction = (db: Db, id: string, reader: Reader) =>
  sql<InteractionRow>`select ${view(reader)} from interactions i ${joins} where i.id = ${id}`.execute(db).then((result) => result.rows[0]);

export interface InteractionSearch {
  /** Of the reader; null for the system. */ projects: string[] | null; reader: string | null; mine: boolean; unfinished: boolean; outcome: string | null; clientId: string | null;
  language: string; cursor: Cursor | null; limit: number;
}

/** Exported apart so that the plan test explains exactly what is run. */
export function interactionsQuery(search: InteractionSearch): RawBuilder<InteractionRow> {
  const { projects, reader } = search;
  const where = [
    sql`true`,
    search.mine ? sql`x.operator_id = ${reader}` : projects ? sql`(x.project_key = any(${projects}::text[]) or x.project_key is null or x.operator_id = ${reader})` : null,
    search.unfinished ? sql`x.state <> 'ended'` : null,
    search.outcome ? sql`x.outcome = ${search.outcome}` : null,
    search.clientId ? sql`x.client_id = ${search.clientId}` : null,
    search.cursor ? sql`(x.started_at, x.id) < (${search.cursor[0]}::timestamptz, ${search.cursor[1]}::uuid)` : null,
  ].filter((condition) => condition !== null);
  return sql<InteractionRow>`with i as materialized (select x.* from interactions x where ${sql.join(where, sql` and `)} order by x.started_at desc, x.id desc limit ${search.limit + 1})
    select ${view(search)} from i ${joins} order by i.started_at desc, i.id desc`;
}
export const selectInteractions = (db: Db, search: InteractionSearch) => interactionsQuery(search).execute(db).then((result) => result.rows);

/** True when the caller was not somebody else already. */
export const updateClientOf = async (db: Db, id: string, clientId: string): Promise<boolean> =>
  (await sql`update interactions set client_id = ${clientId}, version = version + 1 where id = ${id} and (client_id is null or client_id = ${clientId})`.execute(db)).numAffectedRows === 1n;
