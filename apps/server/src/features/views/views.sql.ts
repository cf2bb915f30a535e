import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { ListedTicket } from "../tickets/index.ts";
import { ofDepartment, notAbout } from "../tickets/index.ts";
import type { SavedView, TicketFilter, ViewSort } from "./views.contract.ts";
import { saysToldWords, toldValue } from "./views.told.sql.ts";
import { weekStart, type Anchor, type Plan } from "./views.rules.ts";

type Condition = RawBuilder<unknown>;
export type FoundTicket = ListedTicket & { channel: string; fields: Record<string, unknown> };
export interface Reader { id: string; projects: string[]; /** Sees only what was given to the department, or to any; or to them. */ only: { department: string | null } | null; /** Sees contacts in part, and finds by no more. */ inPart: boolean }
export interface Reading { /** What was asked of the index of words. */ words?: Words; filter: TicketFilter; sort: ViewSort; reader: Reader; now: Date; after: [string, string] | null; /** Rows of the index read at most. */ most: number; limit: number }
/** What fits of a piece of an index, how much was read, and where it ended. */
export interface Piece { rows: FoundTicket[]; read: number; /** Of what was read, how much says the words. */ hits: number; end: [string, string] | null }

const COLUMNS = sql`t.id, t.number, t.project_key, t.type, t.process_id, t.stage, t.status, t.subject, t.texts, t.client_id, t.owner_id, t.department, t.priority, t.due_at, t.reopened, t.contact_phone, t.calls, t.last_call_at, t.created_at, t.updated_at,
  t.interaction_id, t.channel, t.parent_id, t.paused_at, t.closed_as, t.fields, t.about_user_ids`;

const ORDERS = { changed: ["updated_at", "desc"], untouched: ["updated_at", "asc"], due: ["due_at", "asc"], newest: ["created_at", "desc"], oldest: ["created_at", "asc"] } as const;
export const sortColumn = (sort: ViewSort): "updatedAt" | "dueAt" | "createdAt" => ({ updated_at: "updatedAt", due_at: "dueAt", created_at: "createdAt" } as const)[ORDERS[sort][0]];

const ordered = (sort: ViewSort) => {
  const [column, way] = ORDERS[sort];
  const direction = sql.raw(way);
  return sql`${sql.ref(`t.${column}`)} ${direction}, t.id ${direction}`;
};
const beyond = ({ sort, after }: Reading) => (after ? sql`and (${sql.ref(`t.${ORDERS[sort][0]}`)}, t.id) ${sql.raw(ORDERS[sort][1] === "desc" ? "<" : ">")} (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``);

const ago = (now: Date, hours: number) => new Date(now.getTime() - hours * 3_600_000);
/** A condition on the very column the index is ordered by cuts the index; others would only make it read on. */
function range({ filter, sort, now }: Reading): Condition {
  const [column] = ORDERS[sort];
  if (column === "updated_at" && filter.untouchedForH !== undefined) return sql`and t.updated_at <= ${ago(now, filter.untouchedForH)}`;
  if (column === "due_at") return filter.dueWithinH === undefined ? sql`and t.due_at is not null` : sql`and t.due_at <= ${ago(now, -filter.dueWithinH)}`;
  return column === "created_at" && filter.olderThanH !== undefined ? sql`and t.created_at <= ${ago(now, filter.olderThanH)}` : sql``;
}

/** In the words of the partial indexes. */
function anchored(anchor: Anchor): Condition {
  switch (anchor.by) {
    case "client": return sql`t.client_id = ${anchor.id}`;
    case "parent": return sql`t.parent_id = ${anchor.id}`;
    case "owner": return sql`t.owner_id = ${anchor.id} and t.status in ('open', 'waiting', 'done')`;
    case "stage": return sql`t.stage = ${anchor.key} and t.status in ('open', 'waiting', 'done')`;
    case "department": return sql`t.status in ('open', 'waiting') and t.department is not null and t.department = ${anchor.key}`;
    case "open": return sql`t.status in ('open', 'waiting')`;
    case "waiting": return sql`t.status = 'waiting'`;
    case "done": return sql`t.status = 'done'`;
    case "unassigned": return sql`t.status in ('open', 'waiting') and t.owner_id is null`;
    case "unconfirmed": return sql`t.closed_as = 'unconfirmed'`;
    case "all": return sql`true`;
  }
}

/** The head of one anchor; of those that are not by project, all the reader's projects at once. */
function head(anchor: Anchor, reading: Reading): Condition {
  const { sort, reader, most } = reading;
  const rest = sql`${anchored(anchor)} ${range(reading)} ${beyond(reading)} order by ${ordered(sort)} limit ${most}`;
  if (["client", "parent", "owner"].includes(anchor.by)) return sql`(select ${COLUMNS} from tickets t where t.project_key = any(${reader.projects}::text[]) and ${rest})`;
  return sql`(select t.* from unnest(${reader.projects}::text[]) p(key) cross join lateral (select ${COLUMNS} from tickets t where t.project_key = p.key and ${rest}) t)`;
}

/** Reads a bounded piece of the anchors' merged order and keeps what fits. */
export const selectWalk = (db: Db, anchors: Anchor[], reading: Reading) => walkQuery(anchors, reading).execute(db).then(({ rows }) => piece(rows));
export function walkQuery(anchors: Anchor[], reading: Reading) {
  const heads = sql.join(anchors.map((anchor) => head(anchor, reading)), sql` union all `);
  const { sort, most } = reading;
  return kept(sql`piece as materialized (select t.* from (${heads}) t order by ${ordered(sort)} limit ${most}), seen as (select ${sql.ref(`t.${ORDERS[sort][0]}`)} as at, t.id from piece t)`, reading);
}

export type Words = Extract<Plan, { by: "words" }>;
/** In quotes: without its accents a letter may be a sign of the query language (U+02BC an apostrophe, ⑴ brackets), and more than one word. */
const asked = ({ words, number }: Words): Condition[] => (number ? [sql`${`'${number}':*`}::tsquery`] : words.map((word) => sql`to_tsquery('ticket_text', '''' || translate(unaccent(${word}), '''\\', '  ') || ''':*')`));
const allOf = (queries: Condition[]): Condition => (queries.length > 0 ? sql`(${sql.join(queries, sql` && `)})` : sql`''::tsquery`);
const quoted = (lexeme: string): string => `'${lexeme.replaceAll("'", "''")}'`;
const anyOf = (lexemes: string[]): Condition => sql`${lexemes.map(quoted).join("|")}::tsquery`;
const inProjects = ({ reader }: Reading): Condition => anyOf(reader.projects.map((key) => `@p${key}`));
const earlier = ({ after }: Reading): Condition => (after ? sql`and (s.created_at, s.ticket_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``);
const FOUND = sql`piece as materialized (select ${COLUMNS} from seen s join tickets t on t.id = s.id where s.hit)`;

/**
 * Looks through tickets one after the other, newest first, `most` of them, whatever they say: what is said often is found at
 * once, and of each word is learned how often it is said. `ts_match_vq` is what `@@` stands for, but never asks an index.
 */
export const selectNewest = (db: Db, words: Words, reading: Reading): Promise<Newest> => newestQuery(words, reading).execute(db).then(({ rows }) => ({ ...piece(rows), said: rows[0]?.said ?? [], oldestAt: rows[0]?.oldestAt ?? null, total: rows[0]?.total ?? null }));
export interface Newest extends Piece { /** Of each word, how many of what was read say it. */ said: number[]; /** When the oldest ticket of all was registered. */ oldestAt: Date | null; /** How many tickets there are, as the database last counted. */ total: number | null }
export function newestQuery(words: Words, reading: Reading) {
  const each = asked(words);
  // Of one word that is what was found.
  const said = each.length > 1 ? sql`array(select ts_match_vq(s.words, q)::int from unnest(a.each) with ordinality e(q, n) order by n)` : sql`array[ts_match_vq(s.words, a.whole)::int]`;
  return kept(sql`asked as materialized (select ${allOf(each)} as whole, ${inProjects(reading)} as projects, array[${sql.join(each)}] as each),
    seen as materialized (select s.ticket_id as id, s.created_at as at, ts_match_vq(s.words, a.whole && a.projects) and numnode(a.whole) > 0 as hit, ${said} as said
      from asked a cross join lateral (select * from ticket_search s where true ${earlier(reading)} order by s.created_at desc, s.ticket_id desc limit ${reading.most}) s), ${FOUND}`, reading,
  sql`array(select sum(said[n])::int from seen, generate_series(1, ${each.length}::int) n group by n order by n) as said, (select s.created_at from ticket_search s order by s.created_at, s.ticket_id limit 1) as oldest_at,
    (select nullif(greatest(c.reltuples, 0), 0)::float8 from pg_class c where c.oid = 'ticket_search'::regclass) as total`);
}

/** The whole words that each word begins; null where it is asked as a beginning: they are too many, or it has digits. */
export const selectBegun = (db: Db, words: string[]) => begunQuery(words).execute(db).then(({ rows }) => rows.map(({ begun }) => (begun && begun.length <= MOST_BEGUN ? begun : null)));
const MOST_BEGUN = 60;
/** `chr(1114111)` stands behind every letter. */
export const begunQuery = (words: string[]) => sql<{ begun: string[] | null }>`select case when cardinality(w.stems) = 1 and w.stems[1] !~ '[0-9]' then
    array(select distinct l.lexeme from ticket_lexemes l where l.lexeme >= w.stems[1] collate "C" and l.lexeme < w.stems[1] || chr(1114111) collate "C" limit ${sql.lit(MOST_BEGUN + 1)}) end as begun
  from (select n, tsvector_to_array(to_tsvector('ticket_text', unaccent(word))) as stems from unnest(${words}::text[]) with ordinality t(word, n)) w order by w.n`;
/** What has digits stands there as far as the first of them. */
const begunBy = (lexemes: string[]): Condition => sql`${lexemes.map((lexeme) => `${quoted(lexeme)}${/\d/.test(lexeme) ? ":*" : ""}`).join("|")}::tsquery`;

/** By the index of the words that are `rare`, within `weeks` or, without them, in all that is older than the cursor; the other words are looked for in what it finds. */
export const selectWords = (db: Db, words: Words, by: ByIndex, reading: Reading) => wordsQuery(words, by, reading).execute(db).then(({ rows }) => piece(rows));
export interface ByIndex { rare: boolean[]; /** Whole words for a beginning, where they are few. */ begun: (string[] | null)[]; weeks: number[] | null }
export function wordsQuery(words: Words, { rare, begun, weeks }: ByIndex, reading: Reading) {
  const each = asked(words).map((query, n) => (begun[n] ? begunBy(begun[n]) : query));
  const common = allOf(each.filter((_, n) => !rare[n]));
  const within = weeks ? [anyOf(weeks.map((week) => `@w${week}`))] : [];
  return kept(sql`seen as materialized (select s.ticket_id as id, s.created_at as at, true as hit from ticket_search s
      where s.words @@ ${allOf([...each.filter((_, n) => rare[n]), inProjects(reading), ...within])} and (numnode(${common}) = 0 or ts_match_vq(s.words, ${common})) and numnode(${allOf(each)}) > 0 ${earlier(reading)}
      order by s.created_at desc, s.ticket_id desc limit ${reading.most}), ${FOUND}`, reading);
}

interface KeptRow extends Partial<FoundTicket> { read: number; hits: number; endAt: Date | null; endId: string | null; said: number[] | null; oldestAt?: Date | null; total?: number | null }
/** Of the rows of `piece` those that fit. How much was `seen` and where it ended stand on every row, and on one without a ticket when nothing fits. */
function kept(read: Condition, reading: Reading, learned: Condition = sql`null as said`) {
  const { sort, limit } = reading;
  const [, way] = ORDERS[sort];
  const last = sql.raw(way === "desc" ? "asc" : "desc");
  return sql<KeptRow>`with ${read}, edge as (select at as end_at, id as end_id from seen order by at ${last}, id ${last} limit 1)
    select (select count(*)::int from seen) as read, (select count(*)::int from piece) as hits, ${learned}, e.end_at, e.end_id, t.*, coalesce(c.name, case when t.client_id is null and t.type = 'callback' then (select i.caller_name from interactions i where i.id = t.interaction_id) end, '') as client_name, coalesce(u.name, '') as owner_name
    from (select 1) one left join edge e on true left join lateral (select t.* from piece t where ${fits(reading)} order by ${ordered(sort)} limit ${limit}) t on true
      left join clients c on c.id = t.client_id left join users u on u.id = t.owner_id order by ${ordered(sort)}`;
}

function piece(rows: KeptRow[]): Piece {
  const { read = 0, hits = 0, endAt = null, endId = null } = rows[0] ?? {};
  return { rows: rows.filter((row) => row.id !== null) as unknown as FoundTicket[], read, hits, end: endAt && endId ? [endAt.toISOString(), endId] : null };
}

/** Every part of the filter and the reader's rights, for one row. */
function fits(reading: Reading): Condition {
  const { filter, reader, now } = reading;
  const parts = [...lists(filter), ...times(filter, now), ...(filter.fields ?? []).filter(isWhole).map((one) => field(one, reader.inPart))];
  if (reading.words && reader.inPart) parts.push(saysToldWords(allOf(asked(reading.words))));
  if (filter.owners) parts.push(owners(filter.owners.map((owner) => (owner === "me" ? reader.id : owner))));
  if (filter.clientId) parts.push(sql`t.client_id = ${filter.clientId}`);
  if (filter.parentId) parts.push(sql`t.parent_id = ${filter.parentId}`);
  if (filter.reopened !== undefined) parts.push(filter.reopened ? sql`t.reopened > 0` : sql`t.reopened = 0`);
  const where = notAbout(parts.length > 0 ? sql.join(parts, sql` and `) : sql`true`, reader.id);
  return reader.only ? ofDepartment(where, reader.id, reader.only.department) : where;
}

const LISTS = { statuses: "status", projects: "project_key", types: "type", stages: "stage", departments: "department", channels: "channel", closedAs: "closed_as" } as const;
const lists = (filter: TicketFilter): Condition[] => [
  ...(Object.keys(LISTS) as (keyof typeof LISTS)[]).flatMap((name) => (filter[name] ? [sql`${sql.ref(`t.${LISTS[name]}`)} = any(${filter[name]}::text[])`] : [])),
  ...(filter.priorities ? [sql`t.priority = any(${filter.priorities}::int[])`] : []),
];
const times = ({ dueWithinH, olderThanH, untouchedForH }: TicketFilter, now: Date): Condition[] => [
  ...(dueWithinH === undefined ? [] : [sql`t.due_at <= ${ago(now, -dueWithinH)} and t.status = 'open' and t.paused_at is null`]),
  ...(olderThanH === undefined ? [] : [sql`t.created_at <= ${ago(now, olderThanH)}`]),
  ...(untouchedForH === undefined ? [] : [sql`t.updated_at <= ${ago(now, untouchedForH)}`]),
];
const owners = (wanted: string[]): Condition => {
  const people = wanted.filter((owner) => owner !== "nobody");
  return wanted.length > people.length ? sql`(t.owner_id is null or t.owner_id = any(${people}::uuid[]))` : sql`t.owner_id = any(${people}::uuid[])`;
};

/** One whose value is not chosen yet does not narrow. */
const isWhole = ({ is, value }: NonNullable<TicketFilter["fields"]>[number]): boolean => value !== undefined || is === "filled" || is === "empty";

/** A value is compared as what it is: a number as a number, text without regard to case. */
function field({ field, is, value = "" }: NonNullable<TicketFilter["fields"]>[number], inPart: boolean): Condition {
  const [where, name = ""] = field.split(".");
  const found = where === "form" ? sql`(select f.reads -> ${name} from form_records f where f.subject_kind = 'ticket' and f.subject_id = t.id and f.state = 'submitted' order by f.created_at desc, f.id desc limit 1)` : sql`t.fields -> ${name}`;
  const text = sql`lower(v #>> '{}')`;
  const number = sql`case jsonb_typeof(v) when 'number' then v::numeric when 'object' then case jsonb_typeof(v -> 'amount') when 'number' then (v ->> 'amount')::numeric else case when v ->> 'amount' ~ '^-?\\d+(\\.\\d+)?$' then (v ->> 'amount')::numeric end end
    when 'string' then case when v #>> '{}' ~ '^-?\\d+(\\.\\d+)?$' then (v #>> '{}')::numeric end end`;
  const same = typeof value === "number" ? sql`coalesce(${number} = ${value}::numeric, false)` : typeof value === "boolean" ? sql`v = to_jsonb(${value}::boolean)` : sql`${text} = lower(${value})`;
  const compared = typeof value === "number" ? [number, sql`${value}::numeric`] as const : [text, sql`lower(${String(value)})`] as const;
  const filled = sql`(v is not null and jsonb_typeof(v) <> 'null' and v <> '""'::jsonb)`;
  const test = { equal: same, not_equal: sql`(v is null or not (${same}))`, less: sql`coalesce(${compared[0]} < ${compared[1]}, false)`, more: sql`coalesce(${compared[0]} > ${compared[1]}, false)`,
    contains: sql`coalesce(position(lower(${String(value)}) in ${text}) > 0, false)`, filled, empty: sql`not ${filled}` }[is];
  return sql`(select coalesce(${test}, false) from (select ${inPart ? toldValue(found, sql`t.contact_phone`) : found} as v) x)`;
}

/** The newest form of each that was submitted: the one a filter looks at too. */
export const selectFormsOf = (db: Db, ticketIds: string[]) => sql<{ ticketId: string; formId: string; data: Record<string, unknown> }>`select distinct on (subject_id) subject_id as ticket_id, form_id, data from form_records
  where subject_kind = 'ticket' and subject_id = any(${ticketIds}::uuid[]) and state = 'submitted' order by subject_id, created_at desc, id desc`.execute(db).then((result) => result.rows);
/** The names of people of a page. */
export const selectNamesOf = (db: Db, ids: string[]) => sql<{ id: string; name: string }>`select id, name from users where id = any(${ids}::uuid[])`.execute(db).then((result) => new Map(result.rows.map(({ id, name }) => [id, name])));

export interface ViewRow { id: string; ownerId: string; ownerName: string; name: string; filter: TicketFilter; sort: ViewSort; columns: SavedView["columns"]; layout: SavedView["layout"]; sharedProject: string | null; sharedRole: string | null; version: number }
const VIEW = sql`v.id, v.owner_id, coalesce(u.name, '') as owner_name, v.name, v.filter, v.sort, v.columns, v.layout, v.shared_project, v.shared_role, v.version from ticket_views v left join users u on u.id = v.owner_id`;
const MOST_VIEWS = sql.lit(200);
export const selectViews = (db: Db, reader: { id: string; projects: string[]; roles: string[] }) => sql<ViewRow>`select ${VIEW} where v.owner_id = ${reader.id}
    or (v.shared_project = any(${reader.projects}::text[]) and (v.shared_role is null or v.shared_role = any(${reader.roles}::text[]))) order by v.owner_id <> ${reader.id}, v.name, v.id limit ${MOST_VIEWS}`.execute(db).then((result) => result.rows);
export const selectView = (db: Db, id: string) => sql<ViewRow>`select ${VIEW} where v.id = ${id}`.execute(db).then((result) => result.rows[0]);
export const countViews = (db: Db, ownerId: string) => sql<{ n: number }>`select count(*)::int as n from ticket_views where owner_id = ${ownerId}`.execute(db).then((result) => result.rows[0]!.n);
export const insertView = (db: Db, row: Omit<ViewRow, "version" | "ownerName">, at: Date) => sql`insert into ticket_views (id, owner_id, name, filter, sort, columns, layout, shared_project, shared_role, created_at, updated_at)
  values (${row.id}, ${row.ownerId}, ${row.name}, ${JSON.stringify(row.filter)}::jsonb, ${row.sort}, ${row.columns}::text[], ${row.layout}, ${row.sharedProject}, ${row.sharedRole}, ${at}, ${at})`.execute(db);
export const updateView = (db: Db, row: Omit<ViewRow, "ownerName">, at: Date) => sql`update ticket_views set name = ${row.name}, filter = ${JSON.stringify(row.filter)}::jsonb, sort = ${row.sort}, columns = ${row.columns}::text[], layout = ${row.layout},
  shared_project = ${row.sharedProject}, shared_role = ${row.sharedRole}, version = version + 1, updated_at = ${at} where id = ${row.id} and version = ${row.version}`.execute(db).then((result) => result.numAffectedRows === 1n);
export const deleteView = (db: Db, id: string) => sql`delete from ticket_views where id = ${id}`.execute(db);

/** First instant of a week, as a place to go on from: everything of that week has been read. */
export const placeOfWeek = (week: number): [string, string] => [weekStart(week).toISOString(), "00000000-0000-0000-0000-000000000000"];

export interface Forgotten { id: string; number: string; projectKey: string; ownerId: string; clientId: string | null; updatedAt: Date }
/**
 * Takes tickets of a project that nobody has touched since `before` and whose owner was not told since then, and notes that
 * it is told now. Another node that looks at the same moment takes others: it may still see a ticket as untold that was
 * told since it began to look, so what was noted decides, not what was seen.
 */
export const takeForgotten = (db: Db, projectKey: string, { before, now, place, most }: { before: Date; now: Date; /** Only those touched after it. */ place: [string, string] | null; most: number }) => sql<Forgotten>`with forgotten as (
    select t.id from tickets t where t.project_key = ${projectKey} and t.status in ('open', 'waiting') and t.updated_at <= ${before} and t.owner_id is not null
      ${place ? sql`and (t.updated_at, t.id) > (${place[0]}::timestamptz, ${place[1]}::uuid)` : sql``} and not exists (select 1 from ticket_reminders r where r.ticket_id = t.id and r.at > ${before}) order by t.updated_at, t.id limit ${most} for update skip locked),
    noted as (insert into ticket_reminders (ticket_id, at) select id, ${now} from forgotten on conflict (ticket_id) do update set at = excluded.at where ticket_reminders.at <= ${before} returning ticket_id)
  select t.id, t.number, t.project_key, t.owner_id, t.client_id, t.updated_at from tickets t join noted n on n.ticket_id = t.id order by t.updated_at, t.id`.execute(db).then((result) => result.rows);
export const selectProjectKeys = (db: Db) => sql<{ key: string }>`select key from projects order by key`.execute(db).then((result) => result.rows.map(({ key }) => key));
