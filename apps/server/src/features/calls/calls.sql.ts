import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface Orphan {
  id: string; nodeId: string; direction: "in" | "out"; projectKey: string | null; queueId: string | null; clientId: string | null; operatorId: string | null; ticketId: string | null;
  fromNumber: string; language: string | null; answeredAt: Date | null;
}

/** Calls in a live state whose node is not among the living (the dead are buried first), or is this one. */
export const selectOrphans = async (db: Db, nodeId: string): Promise<Orphan[]> => (await sql<Orphan>`
  select id, node_id, direction, project_key, queue_id, client_id, operator_id, ticket_id, from_number, language, answered_at from interactions
  where channel = 'voice' and state not in ('ended', 'wrap_up') and node_id is not null
    and (node_id = ${nodeId} or not exists (select 1 from nodes n where n.id = interactions.node_id))
  order by started_at`.execute(db)).rows;

/** False when another node was first. */
export const endInterrupted = async (db: Db, id: string, at: Date, hadOperator: boolean): Promise<boolean> => (await sql`update interactions
  set state = ${hadOperator ? "wrap_up" : "ended"}, outcome = 'interrupted', ended_at = ${at}, version = version + 1 where id = ${id} and state not in ('ended', 'wrap_up')`.execute(db)).numAffectedRows === 1n;

export const closeOffersOf = (db: Db, interactionId: string, at: Date) => sql`update offers set state = 'failed', ended_at = ${at} where interaction_id = ${interactionId} and state in ('ringing', 'accepted')`.execute(db);

/** Recordings not finished though their call is over, of this node or of nodes that are gone: their files are here if anywhere. */
export const selectOpenRecordings = async (db: Db, nodeId: string): Promise<{ id: string; path: string }[]> => (await sql<{ id: string; path: string }>`
  select r.id, r.path from recordings r join interactions i on i.id = r.interaction_id
  where r.ended_at is null and i.state in ('ended', 'wrap_up') and (i.node_id = ${nodeId} or not exists (select 1 from nodes n where n.id = i.node_id))`.execute(db)).rows;

/** Offers still ringing or in hand of calls that are over. */
export const closeStaleOffers = async (db: Db, at: Date): Promise<number> => Number((await sql`update offers o set state = case when o.state = 'accepted' then 'done' else 'failed' end, ended_at = ${at}
  from interactions i where o.state in ('ringing', 'accepted') and i.id = o.interaction_id and i.state in ('ended', 'wrap_up')`.execute(db)).numAffectedRows ?? 0);

export const finishRecording = (db: Db, id: string, file: { durationMs: number; bytes: number }, at: Date) => sql`update recordings set ended_at = ${at}, duration_ms = ${Math.round(file.durationMs)}, bytes = ${file.bytes}, repaired = true where id = ${id}`.execute(db);

export interface LiveCall { id: string; state: string; nodeId: string | null; operatorId: string | null; projectKey: string | null; direction: "in" | "out"; ticketId: string | null; clientId: string | null; answeredAt: Date | null; wrappedAt: Date | null; endedAt: Date | null }
export const selectCall = async (db: Db, id: string): Promise<LiveCall | undefined> => (await sql<LiveCall>`
  select id, state, node_id, operator_id, project_key, direction, ticket_id, client_id, answered_at, wrapped_at, ended_at from interactions where id = ${id}`.execute(db)).rows[0];

export const selectOfferOf = async (db: Db, offerId: string): Promise<{ id: string; interactionId: string; operatorId: string; nodeId: string; state: string } | undefined> => (await sql<{ id: string; interactionId: string; operatorId: string; nodeId: string; state: string }>`
  select o.id, o.interaction_id, o.operator_id, o.state, i.node_id from offers o join interactions i on i.id = o.interaction_id where o.id = ${offerId}`.execute(db)).rows[0];

export const updateWrapUp = async (db: Db, id: string, wrap: { disposition: string; notes: string; at: Date }): Promise<boolean> => (await sql`update interactions
  set disposition = ${wrap.disposition}, notes = ${wrap.notes}, wrapped_at = ${wrap.at}, state = 'ended', version = version + 1 where id = ${id} and wrapped_at is null and state = 'wrap_up'`.execute(db)).numAffectedRows === 1n;

/** Whether what came of the call is written already, and is this. */
export const isWrappedAs = async (db: Db, id: string, wrap: { disposition: string; notes: string }): Promise<boolean> => (await sql<{ same: boolean }>`
  select exists(select from interactions where id = ${id} and wrapped_at is not null and disposition = ${wrap.disposition} and notes = ${wrap.notes}) as same`.execute(db)).rows[0]!.same;

/** The callback a call was promised. */
export const selectPromised = async (db: Db, id: string): Promise<{ dueAt: Date | null } | undefined> => (await sql<{ dueAt: Date | null }>`
  select t.due_at from interactions i join tickets t on t.id = i.callback_id where i.id = ${id}`.execute(db)).rows[0];

export const updateCallClient = (db: Db, id: string, clientId: string) => sql`update interactions set client_id = ${clientId}, version = version + 1 where id = ${id}`.execute(db);

export const countTicketsOf = async (db: Db, interactionId: string): Promise<number> => (await sql<{ n: number }>`
  select (select count(*) from tickets where interaction_id = ${interactionId} and type <> 'callback')::int + (select count(*) from interactions where id = ${interactionId} and ticket_id is not null)::int as n`.execute(db)).rows[0]!.n;

export interface RecordingFile { id: string; interactionId: string; path: string; durationMs: number | null; startedAt: Date; endedAt: Date | null; peaks: { left: number[]; right: number[] } | null; operatorId: string | null; projectKey: string | null }
export const selectRecording = async (db: Db, id: string): Promise<RecordingFile | undefined> => (await sql<RecordingFile>`
  select r.id, r.interaction_id, r.path, r.duration_ms, r.started_at, r.ended_at, r.peaks, i.operator_id, i.project_key from recordings r join interactions i on i.id = r.interaction_id where r.id = ${id}`.execute(db)).rows[0];

export const updatePeaks = (db: Db, id: string, peaks: unknown) => sql`update recordings set peaks = ${JSON.stringify(peaks)}::jsonb where id = ${id}`.execute(db);

/** A card with the number of a caller. */
export interface Caller { id: string; language: "en" | "ru" | "sl" | null; projects: string[] }
/** Whose cards have this number, of whatever project, the last changed first; no more than anybody would look at. */
export const selectCallers = async (db: Db, number: string): Promise<Caller[]> => (await sql<Caller>`
  select c.id, c.language, c.projects from client_phones p join clients c on c.id = p.client_id where p.e164 = ${number} and c.archived_at is null order by c.updated_at desc, c.id limit 20`.execute(db)).rows;
