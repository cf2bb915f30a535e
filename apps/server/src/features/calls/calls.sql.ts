import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface Orphan { id: string; direction: "in" | "out"; projectKey: string | null; queueId: string | null; clientId: string | null; operatorId: string | null; fromNumber: string; language: string | null }

/** Calls in a live state whose node is not among the living. */
export const selectOrphans = async (db: Db): Promise<Orphan[]> => (await sql<Orphan>`
  select id, direction, project_key, queue_id, client_id, operator_id, from_number, language from interactions
  where channel = 'voice' and state not in ('ended', 'wrap_up') and node_id is not null
    and not exists (select 1 from nodes n where n.id = interactions.node_id and n.seen_at > now() - interval '10 seconds')
  order by started_at`.execute(db)).rows;

export const endInterrupted = (db: Db, id: string, at: Date, hadOperator: boolean) => sql`update interactions
  set state = ${hadOperator ? "wrap_up" : "ended"}, outcome = 'interrupted', ended_at = ${at}, version = version + 1 where id = ${id} and state not in ('ended', 'wrap_up')`.execute(db);

export const closeOffersOf = (db: Db, interactionId: string, at: Date) => sql`update offers set state = 'failed', ended_at = ${at} where interaction_id = ${interactionId} and state in ('ringing', 'accepted')`.execute(db);

/** Operators held by an interaction that has ended. */
export const selectStaleStates = async (db: Db): Promise<{ operatorId: string; interactionId: string; state: string }[]> => (await sql<{ operatorId: string; interactionId: string; state: string }>`
  select s.operator_id, s.interaction_id, s.state from operator_states s left join interactions i on i.id = s.interaction_id
  where s.state in ('offered', 'talking') and s.interaction_id is not null and (i.id is null or i.state in ('ended', 'wrap_up'))`.execute(db)).rows;

export const selectOpenRecordings = async (db: Db): Promise<{ id: string; path: string }[]> => (await sql<{ id: string; path: string }>`
  select r.id, r.path from recordings r join interactions i on i.id = r.interaction_id where r.ended_at is null and i.state in ('ended', 'wrap_up')`.execute(db)).rows;

export const finishRecording = (db: Db, id: string, file: { durationMs: number; bytes: number }, at: Date) => sql`update recordings set ended_at = ${at}, duration_ms = ${Math.round(file.durationMs)}, bytes = ${file.bytes}, repaired = true where id = ${id}`.execute(db);

export interface LiveCall { id: string; state: string; nodeId: string | null; operatorId: string | null; projectKey: string | null; direction: "in" | "out"; ticketId: string | null; clientId: string | null; wrappedAt: Date | null; endedAt: Date | null }
export const selectCall = async (db: Db, id: string): Promise<LiveCall | undefined> => (await sql<LiveCall>`
  select id, state, node_id, operator_id, project_key, direction, ticket_id, client_id, wrapped_at, ended_at from interactions where id = ${id}`.execute(db)).rows[0];

export const selectOfferOf = async (db: Db, offerId: string): Promise<{ id: string; interactionId: string; operatorId: string; nodeId: string; state: string } | undefined> => (await sql<{ id: string; interactionId: string; operatorId: string; nodeId: string; state: string }>`
  select o.id, o.interaction_id, o.operator_id, o.state, i.node_id from offers o join interactions i on i.id = o.interaction_id where o.id = ${offerId}`.execute(db)).rows[0];

export const updateWrapUp = async (db: Db, id: string, wrap: { disposition: string; notes: string; at: Date }): Promise<boolean> => (await sql`update interactions
  set disposition = ${wrap.disposition}, notes = ${wrap.notes}, wrapped_at = ${wrap.at}, state = 'ended', version = version + 1 where id = ${id} and wrapped_at is null and state = 'wrap_up'`.execute(db)).numAffectedRows === 1n;

export const updateCallClient = (db: Db, id: string, clientId: string) => sql`update interactions set client_id = ${clientId}, version = version + 1 where id = ${id}`.execute(db);

export const countTicketsOf = async (db: Db, interactionId: string): Promise<number> => (await sql<{ n: number }>`
  select (select count(*) from tickets where interaction_id = ${interactionId} and type <> 'callback')::int + (select count(*) from interactions where id = ${interactionId} and ticket_id is not null)::int as n`.execute(db)).rows[0]!.n;

export interface RecordingFile { id: string; interactionId: string; path: string; durationMs: number | null; startedAt: Date; endedAt: Date | null; peaks: { left: number[]; right: number[] } | null; operatorId: string | null; projectKey: string | null }
export const selectRecording = async (db: Db, id: string): Promise<RecordingFile | undefined> => (await sql<RecordingFile>`
  select r.id, r.interaction_id, r.path, r.duration_ms, r.started_at, r.ended_at, r.peaks, i.operator_id, i.project_key from recordings r join interactions i on i.id = r.interaction_id where r.id = ${id}`.execute(db)).rows[0];

export const updatePeaks = (db: Db, id: string, peaks: unknown) => sql`update recordings set peaks = ${JSON.stringify(peaks)}::jsonb where id = ${id}`.execute(db);

/** Who calls: the client with this number, of the project dialled first, then the last changed. */
export const selectCaller = async (db: Db, number: string): Promise<{ id: string; language: "en" | "ru" | "sl" | null } | null> => (await sql<{ id: string; language: "en" | "ru" | "sl" | null }>`
  select c.id, c.language from client_phones p join clients c on c.id = p.client_id where p.e164 = ${number} and c.archived_at is null order by c.updated_at desc, c.id limit 1`.execute(db)).rows[0] ?? null;
