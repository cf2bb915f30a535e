import type pg from "pg";
import type { deliveryRows, toRow } from "../../platform/events.ts";

/** What call control owns of an interaction; everything else of the row belongs to services. */
export interface CallRow {
  id: string; channel: "voice"; direction: "in" | "out"; project_key: string | null; queue_id: string | null; client_id: string | null; operator_id: string | null; ticket_id: string | null;
  language: string; state: string; outcome: string | null; from_number: string; to_number: string; priority: number; node_id: string;
  started_at: string; queued_at: string | null; answered_at: string | null; ended_at: string | null; recording_id: string | null; media_stats: unknown;
}
export interface OfferRow { id: string; interaction_id: string; operator_id: string; state: string; offered_at: string; answered_at: string | null; ended_at: string | null }
export interface RecordingRow { id: string; interaction_id: string; path: string; started_at: string; ended_at: string | null; duration_ms: number | null; bytes: number | null }
export interface StateRow { operator_id: string; state: string; reason: string | null; since: string; idle_since: string | null; interaction_id: string | null; /** The interval that ended with this change. */ before: { state: string; reason: string | null; interaction_id: string | null; started_at: string } | null }

export interface Batch {
  inserts: CallRow[]; updates: CallRow[]; offers: OfferRow[]; offerUpdates: OfferRow[]; recordings: RecordingRow[]; states: StateRow[];
  events: ReturnType<typeof toRow>[]; deliveries: ReturnType<typeof deliveryRows>;
}

const INSERT_CALLS = { name: "calls_insert", text: `insert into interactions (id, channel, direction, project_key, queue_id, client_id, operator_id, ticket_id, language, state, outcome, from_number, to_number,
    priority, node_id, started_at, queued_at, answered_at, ended_at, recording_id, media_stats)
  select r.id, r.channel, r.direction, r.project_key, r.queue_id, r.client_id, r.operator_id, r.ticket_id, r.language, r.state, r.outcome, r.from_number, r.to_number,
    r.priority, r.node_id, r.started_at, r.queued_at, r.answered_at, r.ended_at, r.recording_id, r.media_stats
  from json_populate_recordset(null::interactions, $1::json) r` };

const UPDATE_CALLS = { name: "calls_update", text: `update interactions i set project_key = r.project_key, queue_id = r.queue_id, operator_id = r.operator_id, language = r.language,
    state = case when i.wrapped_at is not null and r.state = 'wrap_up' then 'ended' else r.state end,
    outcome = r.outcome, queued_at = r.queued_at, answered_at = r.answered_at, ended_at = r.ended_at, recording_id = r.recording_id, media_stats = r.media_stats
  from json_populate_recordset(null::interactions, $1::json) r where i.id = r.id` };

const INSERT_OFFERS = { name: "calls_offers", text: "insert into offers select * from json_populate_recordset(null::offers, $1::json)" };
const UPDATE_OFFERS = { name: "calls_offers_update", text: `update offers o set state = r.state, answered_at = coalesce(r.answered_at, o.answered_at), ended_at = r.ended_at
  from json_populate_recordset(null::offers, $1::json) r where o.id = r.id` };
const UPSERT_RECORDINGS = { name: "calls_recordings", text: `insert into recordings (id, interaction_id, path, started_at, ended_at, duration_ms, bytes)
  select r.id, r.interaction_id, r.path, r.started_at, r.ended_at, r.duration_ms, r.bytes from json_populate_recordset(null::recordings, $1::json) r
  on conflict (id) do update set ended_at = excluded.ended_at, duration_ms = excluded.duration_ms, bytes = excluded.bytes` };
const UPSERT_STATES = { name: "calls_states", text: `insert into operator_states (operator_id, state, reason, since, idle_since, interaction_id)
  select r.operator_id, r.state, r.reason, r.since, coalesce(r.idle_since, r.since), r.interaction_id
  from json_to_recordset($1::json) as r(operator_id uuid, state text, reason text, since timestamptz, idle_since timestamptz, interaction_id uuid)
  on conflict (operator_id) do update set state = excluded.state, reason = excluded.reason, since = excluded.since, idle_since = excluded.idle_since,
    interaction_id = excluded.interaction_id, version = operator_states.version + 1` };
const INSERT_STATE_LOG = { name: "calls_state_log", text: `insert into operator_state_log (operator_id, state, reason, interaction_id, started_at, ended_at)
  select r.operator_id, r.state, r.reason, r.interaction_id, r.started_at, r.ended_at
  from json_to_recordset($1::json) as r(operator_id uuid, state text, reason text, interaction_id uuid, started_at timestamptz, ended_at timestamptz)` };
const INSERT_EVENTS = { name: "calls_events", text: `insert into events (id, at, type, subject_kind, subject_id, actor, data, depth, request_id)
  select r.id, r.at, r.type, r.subject_kind, r.subject_id, r.actor, r.data, r.depth, r.request_id
  from json_to_recordset($1::json) as r(id uuid, at timestamptz, type text, subject_kind text, subject_id text, actor jsonb, data jsonb, depth int, request_id text)` };
const INSERT_DELIVERIES = { name: "calls_deliveries", text: "insert into deliveries (event_id, listener, subject_id) select r.event_id, r.listener, r.subject_id from json_to_recordset($1::json) as r(event_id uuid, listener text, subject_id text)" };

/**
 * One transaction for the changes of many calls: at most nine statements however many calls it carries. Prepared by
 * name and fed JSON, so that a batch of one and of three hundred are the same plan.
 */
export async function writeBatch(client: pg.PoolClient, batch: Batch): Promise<void> {
  const logs = batch.states.flatMap((row) => (row.before ? [{ operator_id: row.operator_id, ...row.before, ended_at: row.since }] : []));
  const work: [{ name: string; text: string }, unknown[]][] = [
    [INSERT_CALLS, batch.inserts], [UPDATE_CALLS, lastOf(batch.updates, (row) => row.id)], [UPDATE_OFFERS, batch.offerUpdates.filter((row) => !batch.offers.some((offer) => offer.id === row.id))],
    [INSERT_OFFERS, merged(batch.offers, batch.offerUpdates)], [UPSERT_RECORDINGS, lastOf(batch.recordings, (row) => row.id)],
    [UPSERT_STATES, lastOf(batch.states, (row) => row.operator_id)], [INSERT_STATE_LOG, logs], [INSERT_EVENTS, batch.events], [INSERT_DELIVERIES, batch.deliveries],
  ];
  await client.query("begin");
  try {
    for (const [statement, rows] of work) if (rows.length > 0) await client.query({ ...statement, values: [JSON.stringify(rows)] });
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

const lastOf = <T>(rows: T[], key: (row: T) => string): T[] => [...new Map(rows.map((row) => [key(row), row])).values()];

/** An offer made and closed within one batch is written once, as it ended. */
const merged = (offers: OfferRow[], updates: OfferRow[]): OfferRow[] => offers.map((offer) => updates.findLast((update) => update.id === offer.id) ?? offer);
