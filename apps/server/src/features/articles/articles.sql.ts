import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Language } from "../api.contract.ts";
import type { Parts } from "./articles.words.rules.ts";

type Texts = Record<Language, string>;
export interface ArticleRecord { key: string; kind: string; title: Texts; body: Texts; words: string[]; folded: string; titleParts: Parts; wordParts: Parts; bodyParts: Parts }

/** Lexemes of a text whose words were sorted by language before. */
const lexemes = ({ russian, english, slovenian }: Parts): RawBuilder<unknown> => sql`(to_tsvector('russian', ${russian}::text) || to_tsvector('english', ${english}::text) || to_tsvector('simple', ${slovenian}::text))`;

export const upsertArticle = (db: Db, projectKey: string, article: ArticleRecord, at: Date) => sql`insert into articles (project_key, key, kind, title, body, words, folded, updated_at, search)
  values (${projectKey}, ${article.key}, ${article.kind}, ${JSON.stringify(article.title)}::jsonb, ${JSON.stringify(article.body)}::jsonb, ${article.words}::text[], ${article.folded}, ${at},
    setweight(${lexemes(article.titleParts)}, 'A') || setweight(${lexemes(article.wordParts)}, 'B') || setweight(${lexemes(article.bodyParts)}, 'D'))
  on conflict (project_key, key) do update set kind = excluded.kind, title = excluded.title, body = excluded.body, words = excluded.words, folded = excluded.folded, search = excluded.search, updated_at = excluded.updated_at
  where (articles.kind, articles.title, articles.body, articles.words) is distinct from (excluded.kind, excluded.title, excluded.body, excluded.words)`.execute(db);
export const deleteOtherArticles = (db: Db, projectKey: string, keys: string[]) => sql`delete from articles where project_key = ${projectKey} and key <> all(${keys}::text[])`.execute(db);

export interface FoundArticle { projectKey: string; key: string; kind: string; title: Texts; body: Texts; used: number; score: number }
const FOUND = sql`project_key, key, kind, title, body, used`;

export interface ArticleSearch { projects: string[]; parts: Parts; folded: string[]; limit: number }
/** Any of the words by its stem, or one spelled nearly so; what has them in its title stands first. Without words, the most used. */
export const selectArticles = (db: Db, { projects, parts, folded, limit }: ArticleSearch) => sql<FoundArticle>`with q as (select ${anyOf(parts)} as query)
  select ${FOUND}, a.rank * 2 + a.near as score from (
    select a.*, ts_rank('{0.1, 0.2, 0.6, 1}', a.search, q.query) as rank, coalesce((select sum(word_similarity(w, a.folded)) from unnest(${folded}::text[]) w where word_similarity(w, a.folded) > 0.55), 0) as near
    from articles a, q where a.project_key = any(${projects}::text[]) and (numnode(q.query) > 0 and a.search @@ q.query or exists (select from unnest(${folded}::text[]) w where word_similarity(w, a.folded) > 0.55)
      or numnode(q.query) = 0 and cardinality(${folded}::text[]) = 0)) a
  order by score desc, a.used desc, a.key limit ${limit}`.execute(db).then((result) => result.rows);

/** The stems of these words with "or" between them; a word may be stemmed by two languages. */
const anyOf = (parts: Parts): RawBuilder<unknown> => sql`coalesce((select string_agg(quote_literal(w), ' | ')::tsquery from unnest(tsvector_to_array(${lexemes(parts)})) w), ''::tsquery)`;

export const selectArticle = (db: Db, projectKey: string, key: string) => sql<FoundArticle>`select ${FOUND}, 1 as score from articles where project_key = ${projectKey} and key = ${key}`.execute(db).then((result) => result.rows[0]);
export const countUse = (db: Db, projectKey: string, key: string, by: 1 | -1) => sql`update articles set used = greatest(used + ${by}, 0) where project_key = ${projectKey} and key = ${key}`.execute(db);

export const selectLexemes = (db: Db, parts: Parts) => sql<{ words: string[] }>`select tsvector_to_array(${lexemes(parts)}) as words`.execute(db).then((result) => result.rows[0]!.words);

export interface Solved { id: string; projectKey: string; subject: string; description: string; language: string; solvedAt: Date }
/** Of these tickets, those that were solved: completed with a solution, not refused, cancelled or merged away. */
export const selectSolved = (db: Db, ids: string[]) => sql<Solved>`select id, project_key, subject, description, language, coalesce(closed_at, updated_at) as solved_at from tickets
  where id = any(${ids}::uuid[]) and status in ('done', 'closed') and coalesce(resolution, '') <> '' and coalesce(closed_as, 'confirmed') in ('confirmed', 'unconfirmed') and merged_into is null`.execute(db).then((result) => result.rows);
export const upsertSolved = (db: Db, solved: Solved, parts: Parts) => sql`insert into solved_tickets (ticket_id, project_key, words, solved_at)
  values (${solved.id}, ${solved.projectKey}, strip(${lexemes(parts)}) || array_to_tsvector(array[${`@${solved.projectKey}`}]), ${solved.solvedAt})
  on conflict (ticket_id) do update set words = excluded.words, solved_at = excluded.solved_at`.execute(db);
export const deleteSolved = (db: Db, ids: string[]) => sql`delete from solved_tickets where ticket_id = any(${ids}::uuid[])`.execute(db);
export const countSolvedUse = (db: Db, id: string, by: 1 | -1) => sql`update solved_tickets set used = greatest(used + ${by}, 0) where ticket_id = ${id}`.execute(db);

/** Completed tickets that are not there yet; for those that were solved before this was kept. */
export const selectMissing = (db: Db, after: string, limit: number) => sql<{ id: string }>`select t.id from tickets t where t.id > ${after} and t.status in ('done', 'closed') and coalesce(t.resolution, '') <> ''
  and not exists (select from solved_tickets s where s.ticket_id = t.id) order by t.id limit ${limit}`.execute(db).then((result) => result.rows.map(({ id }) => id));

export const isNothingKept = (db: Db) => sql<{ is: boolean }>`select not exists(select from solved_tickets) as is`.execute(db).then((result) => result.rows[0]!.is);

export interface Sampled { total: number; words: string[] | null; shares: number[] | null }
/** How common words are, as the last `analyze` has sampled it. The last two of the shares are their least and greatest. */
export const selectFrequency = (db: Db) => sql<Sampled>`select (select greatest(reltuples, 0)::bigint from pg_class where oid = 'solved_tickets'::regclass) as total, s.most_common_elems::text::text[] as words, s.most_common_elem_freqs::float8[] as shares
  from (select 1) one left join pg_stats s on s.schemaname = current_schema() and s.tablename = 'solved_tickets' and s.attname = 'words'`.execute(db).then((result) => result.rows[0]!);

export interface SimilarQuery { projectKey: string; notId: string; any: string[]; all: string[]; weighed: { word: string; weight: number }[]; limit: number }
export interface Similar { id: string; number: string; subject: string; resolution: string; solvedAt: Date; used: number; score: number; projectKey: string; ownerId: string | null; department: string | null; aboutUserIds: string[] | null }

/** So many of the newest are looked through where every word is common. */
const NEWEST = sql.lit(2_000);

/**
 * Candidates by the index of words, weighed by the words they share; a word weighs more the rarer it is. Where every word
 * is common the index would bring half of the table: then the newest are looked through instead.
 */
export const similarQuery = ({ projectKey, notId, any, all, weighed, limit }: SimilarQuery) => {
  const words = any.length > 0 ? any : all;
  const query = sql`(select string_agg(quote_literal(w), ${any.length > 0 ? " | " : " & "})::tsquery from unnest(${words}::text[]) w)`;
  const candidates = any.length > 0 ? sql`select * from solved_tickets where words @@ (${query} && quote_literal(${`@${projectKey}`}::text)::tsquery)`
    : sql`select * from (select * from solved_tickets where project_key = ${projectKey} order by solved_at desc limit ${NEWEST}) newest where words @@ ${query}`;
  return sql<Similar>`with w as materialized (select quote_literal(word)::tsquery as query, weight from unnest(${weighed.map(({ word }) => word)}::text[], ${weighed.map(({ weight }) => weight)}::float8[]) w(word, weight)),
    s as materialized (select c.ticket_id, c.solved_at, c.used, (select coalesce(sum(w.weight), 0) from w where c.words @@ w.query) as score from (${candidates}) c where c.ticket_id <> ${notId}
      order by score desc, c.used desc, c.solved_at desc limit ${limit})
  select t.id, t.number, t.subject, coalesce(t.resolution, '') as resolution, s.solved_at, s.used, s.score, t.project_key, t.owner_id, t.department, t.about_user_ids
  from s join tickets t on t.id = s.ticket_id order by s.score desc, s.used desc, s.solved_at desc`;
};
export const selectSimilar = (db: Db, query: SimilarQuery) => similarQuery(query).execute(db).then((result) => result.rows);
