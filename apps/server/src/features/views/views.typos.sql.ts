import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Near } from "./views.typos.rules.ts";

/** Words of the vocabulary a slip away from each of those typed, other forms of the same left out; and whether one begins with it, so that it is not in doubt. */
export interface Looked { typed: string; word: string; isKnown: boolean; near: Near[] }
export const selectNear = (db: Db, words: string[]) => nearQuery(words).execute(db).then((result) => result.rows);
/** `chr(1114111)` stands behind every letter. */
export const nearQuery = (words: string[]) => sql<Looked>`select w.typed, w.word, k.known is not null as is_known,
    coalesce((select json_agg(json_build_object('word', n.word, 'shown', n.shown, 'likeness', n.likeness)) from (select v.word, v.shown, similarity(v.word, w.word) as likeness from ticket_vocabulary v
      where v.near && w.near order by likeness desc, v.word limit ${MOST_NEAR}) n where to_tsvector('ticket_text', n.word) <> to_tsvector('ticket_text', w.word)), '[]') as near
  from (select t.typed, unaccent(t.typed) as word, ticket_word_near(unaccent(t.typed)) as near from unnest(${words}::text[]) t(typed) offset 0) w
    left join lateral (select v.word as known from ticket_vocabulary v where v.word >= w.word collate "C" and v.word < w.word || chr(1114111) limit 1) k on true`;
const MOST_NEAR = sql.lit(40);

/** How far tickets were read, for who reads on; undefined while another node does. */
export const lockRead = (db: Db) => sql<{ at: string; ticketId: string }>`select created_at::text as at, ticket_id from ticket_vocabulary_read for update skip locked`.execute(db).then((result) => result.rows[0]);
export interface Written { id: string; at: string; text: string }
/** What the next tickets say, in the order of their registration. Those of the last moments may not all be there yet. */
export const selectWritten = (db: Db, after: { at: string; ticketId: string }, until: Date, most: number) => sql<Written>`select s.ticket_id as id, s.created_at::text as at, concat_ws(' ', t.subject, left(t.description, 4000), c.name) as text
  from (select ticket_id, created_at from ticket_search where (created_at, ticket_id) > (${after.at}::timestamptz, ${after.ticketId}::uuid) and created_at < ${until} order by created_at, ticket_id limit ${most}) s
  join tickets t on t.id = s.ticket_id left join clients c on c.id = t.client_id order by s.created_at, s.ticket_id`.execute(db).then((result) => result.rows);
export const insertWords = (db: Db, words: string[]) => sql`insert into ticket_vocabulary (word, shown, near) select n.word, n.shown, ticket_word_near(n.word) from (select distinct on (unaccent(w)) unaccent(w) as word, w as shown from unnest(${words}::text[]) w order by unaccent(w), w) n
  where not exists (select from ticket_vocabulary v where v.word = n.word) on conflict do nothing`.execute(db);
export const updateRead = (db: Db, { at, id }: Written) => sql`update ticket_vocabulary_read set created_at = ${at}::timestamptz, ticket_id = ${id}`.execute(db);
