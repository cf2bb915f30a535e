import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { ListedTicket } from "../tickets/index.ts";
import { ofDepartment, notAbout } from "../tickets/index.ts";
import type { SavedView, TicketFilter, ViewSort } from "./views.contract.ts";
import { weekStart, type Anchor, type Plan } from "./views.rules.ts";

type Condition = RawBuilder<unknown>;
export type FoundTicket = ListedTicket & { channel: string };
export interface Reader { id: string; projects: string[]; /** Sees only what was given to the department, or to any; or to them. */ only: { department: string | null } | null }
export interface Reading { filter: TicketFilter; sort: ViewSort; reader: Reader; now: Date; after: [string, string] | null; /** Rows of the index read at most. */ most: number; limit: number }
/** What fits of a piece of an index, how much was read, and where it ended. */
export interface Piece { rows: FoundTicket[]; read: number; end: [string, string] | null }

const COLUMNS = sql`t.id, t.number, t.project_key, t.type, t.process_id, t.stage, t.status, t.subject, t.client_id, t.owner_id, t.department, t.priority, t.due_at, t.reopened, t.contact_phone, t.calls, t.last_call_at, t.created_at, t.updated_at,
  t.interaction_id, t.channel, t.parent_id, t.paused_at, t.closed_as, t.fields, t.about_user_ids`;

const ORDERS = { changed: ["updated_at", "desc"], untouched: ["updated_at", "asc"], due: ["due_at", "asc"], newest: ["created_at", "desc"], oldest: ["created_at", "asc"] } as const;
export const sortColumn = (sort: ViewSort): "updatedAt" | "dueAt" | "createdAt" => ({ updated_at: "updatedAt", due_at: "dueAt", created_at: "createdAt" } as const)[ORDERS[sort][0]];

const ordered = (sort: ViewSort, turned = false) => {
  const [column, way] = ORDERS[sort];
  const direction = sql.raw((way === "desc") === turned ? "asc" : "desc");
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
export const selectWalk = (db: Db, anchors: Anchor[], reading: Reading) => walkQuery(anchors, reading).execute(db).then((result) => piece(result.rows, reading));
export function walkQuery(anchors: Anchor[], reading: Reading) {
  const heads = sql.join(anchors.map((anchor) => head(anchor, reading)), sql` union all `);
  return kept(sql`select t.* from (${heads}) t order by ${ordered(reading.sort)} limit ${reading.most}`, reading);
}

/** The same by words: `weeks` bounds what is read however common the words are; null is all that is older than the cursor. */
export const selectWords = (db: Db, plan: Extract<Plan, { by: "words" }>, weeks: number[] | null, reading: Reading) => wordsQuery(plan, weeks, reading).execute(db).then((result) => piece(result.rows, reading));
export function wordsQuery({ words, number }: Extract<Plan, { by: "words" }>, weeks: number[] | null, reading: Reading) {
  const { after, most, reader } = reading;
  const asked = number ? sql`(${`'${number}':*`})::tsquery` : sql.join(words.map((word) => sql`to_tsquery('ticket_text', unaccent(${word}) || ':*')`), sql` && `);
  const any = (lexemes: string[]) => sql`(${lexemes.map((lexeme) => `'${lexeme.replaceAll("'", "''")}'`).join("|")})::tsquery`;
  const within = weeks ? sql`&& ${any(weeks.map((week) => `@w${week}`))}` : sql``;
  const past = after ? sql`and (s.created_at, s.ticket_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``;
  return kept(sql`select ${COLUMNS} from (select s.ticket_id, s.created_at from ticket_search s where s.words @@ (${asked} && ${any(reader.projects.map((key) => `@p${key}`))} ${within}) and numnode(${asked}) > 0 ${past}
    order by s.created_at desc, s.ticket_id desc limit ${most}) s join tickets t on t.id = s.ticket_id`, reading);
}

/** How much was read and where it ended stand on every row, and on one without a ticket when nothing fits. */
function kept(read: Condition, reading: Reading) {
  const { sort, limit } = reading;
  const column = sql.ref(`t.${ORDERS[sort][0]}`);
  return sql<Partial<FoundTicket> & { read: number; endAt: Date | null; endId: string | null }>`with piece as materialized (${read}),
      edge as (select ${column} as end_at, t.id as end_id from piece t order by ${ordered(sort, true)} limit 1)
    select (select count(*)::int from piece) as read, e.end_at, e.end_id, t.*, coalesce(c.name, case when t.client_id is null and t.type = 'callback' then (select i.caller_name from interactions i where i.id = t.interaction_id) end, '') as client_name, coalesce(u.name, '') as owner_name
    from (select 1) one left join edge e on true left join lateral (select t.* from piece t where ${fits(reading)} order by ${ordered(sort)} limit ${limit}) t on true
      left join clients c on c.id = t.client_id left join users u on u.id = t.owner_id order by ${ordered(sort)}`;
}

function piece(rows: (Partial<FoundTicket> & { read: number; endAt: Date | null; endId: string | null })[], _reading: Reading): Piece {
  const first = rows[0];
  return { rows: rows.filter((row) => row.id !== null) as unknown as FoundTicket[], read: first?.read ?? 0, end: first?.endAt && first.endId ? [first.endAt.toISOString(), first.endId] : null };
}

/** Every part of the filter and the reader's rights, for one row. */
function fits(reading: Reading): Condition {
  const { filter, reader, now } = reading;
  const parts = [...lists(filter), ...times(filter, now), ...(filter.fields ?? []).map(field)];
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

/** A value is compared as what it is: a number as a number, text without regard to case. */
function field({ field, is, value = "" }: NonNullable<TicketFilter["fields"]>[number]): Condition {
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
  return sql`(select coalesce(${test}, false) from (select ${found} as v) x)`;
}

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
 * it is told now; another node that looks at the same moment takes others.
 */
export const takeForgotten = (db: Db, projectKey: string, { before, now, most }: { before: Date; now: Date; most: number }) => sql<Forgotten>`with forgotten as (
    select t.id from tickets t where t.project_key = ${projectKey} and t.status in ('open', 'waiting') and t.updated_at <= ${before} and t.owner_id is not null
      and not exists (select 1 from ticket_reminders r where r.ticket_id = t.id and r.at > ${before}) order by t.updated_at, t.id limit ${most} for update skip locked),
    noted as (insert into ticket_reminders (ticket_id, at) select id, ${now} from forgotten on conflict (ticket_id) do update set at = excluded.at)
  select t.id, t.number, t.project_key, t.owner_id, t.client_id, t.updated_at from tickets t join forgotten f on f.id = t.id order by t.updated_at, t.id`.execute(db).then((result) => result.rows);
export const selectProjectKeys = (db: Db) => sql<{ key: string }>`select key from projects order by key`.execute(db).then((result) => result.rows.map(({ key }) => key));
