import { sql, type Generated, type RawBuilder } from "kysely";
import type { Language } from "../api.contract.ts";
import type { Db } from "../../platform/db.ts";
import { ofDepartment } from "../tickets/index.ts";
import type { ClientData } from "./clients.rules.ts";
import type { SearchTerms } from "./clients.search.rules.ts";

export interface ClientsTable {
  id: string; kind: Generated<"person" | "organisation">; familyName: string; givenName: string; middleName: string; organisation: string; language: Language | null; pinnedNote: string; flags: string[];
  projects: string[]; address: unknown; search: string; dataConfirmedAt: Date | null; archivedAt: Date | null; mergedInto: string | null; version: Generated<number>; createdAt: Date; updatedAt: Date;
}
declare module "../../platform/db.ts" { interface Tables { clients: ClientsTable } }

export interface ClientCard extends ClientData { id: string; name: string; dataConfirmedAt: Date | null; archivedAt: Date | null; mergedInto: string | null; version: number; createdAt: Date; updatedAt: Date }

/** Columns of a card with its numbers and mails, in one query; `c` is the client. */
const CARD = sql`c.id, c.kind, c.family_name, c.given_name, c.middle_name, c.organisation, c.name, c.language, c.pinned_note, c.flags, c.projects, c.address, c.data_confirmed_at, c.archived_at,
  c.merged_into, c.version, c.created_at, c.updated_at,
  array(select p.e164 from client_phones p where p.client_id = c.id order by p.position, p.e164) as phones,
  array(select m.address from client_emails m where m.client_id = c.id order by m.position, m.address) as emails`;

export const selectClient = (db: Db, id: string) => sql<ClientCard>`select ${CARD} from clients c where c.id = ${id}`.execute(db).then((result) => result.rows[0]);

/** Locks the cards in the order of their ids, so that two merges crossing each other wait and do not deadlock. */
export const lockClients = (db: Db, ids: string[]) =>
  sql<ClientCard>`select ${CARD} from clients c where c.id = any(${ids}::uuid[]) order by c.id for update of c`.execute(db).then((result) => result.rows);

/** Two cards with one new number wait for each other here, so that the second sees the first. Freed with the transaction. */
export const lockNumbers = async (db: Db, numbers: string[]): Promise<void> => {
  for (const number of [...numbers].sort()) await sql`select pg_advisory_xact_lock(hashtextextended(${number}, 82))`.execute(db);
};

const mine = (projects: string[] | null) => (projects ? sql` and (c.projects && ${projects}::text[] or c.projects = '{}')` : sql``);

export interface DoubleRow { id: string; name: string; number: string }
export const selectDoubles = (db: Db, numbers: string[], projects: string[] | null) =>
  sql<DoubleRow>`select c.id, c.name, p.e164 as number from client_phones p join clients c on c.id = p.client_id
    where p.e164 = any(${numbers}::text[]) and c.archived_at is null${mine(projects)} order by c.updated_at desc limit 10`.execute(db).then((result) => result.rows);

/** Numbers that these projects show when they call: they tell the country. */
export const selectCallerIds = (db: Db, projects: string[]) =>
  sql<{ number: string | null }>`select coalesce(definition->'project'->>'caller_id', definition->>'callerId', definition->>'caller_id') as number from projects
    where key = any(${projects}::text[]) order by array_position(${projects}::text[], key)`.execute(db).then((result) => result.rows.flatMap((row) => row.number ?? []));

type Within = { department: string | null };
export interface ClientSearch {
  /** Null: whatever the text is. */
  terms: SearchTerms | null;
  /** Of the reader; null for the system. */
  projects: string[] | null;
  /** Of the reader, whom no count tells of a ticket about themselves; null for the system. */
  readerId: string | null;
  /** A worker of a department is told how many of a client's tickets are open of those the worker reads. */
  only: Within | null;
  /** The reader sees contacts in part, and finds by none. */
  inPart?: boolean;
  project: string | null;
  /** Where the page before ended. */
  after: { rank: number; updatedAt: string; id: string } | null;
  limit: number;
}
export interface ListRow { id: string; name: string; language: Language | null; city: string; flags: string[]; updatedAt: Date; phones: string[]; emails: string[]; openTickets: number }
export interface RankedRow extends ListRow { rank: number }

/** Columns of a row of lists, requests counted without the tasks they brought (a department has nothing but its tasks); numbers and open tickets by small indexed look-ups for the rows of the page only. */
const listColumns = ({ projects, readerId, only }: Pick<ClientSearch, "projects" | "readerId" | "only">) => sql`p.id, p.name, p.language, coalesce(p.address->>'city', '') as city, p.flags, p.updated_at,
  array(select n.e164 from client_phones n where n.client_id = p.id order by n.position, n.e164) as phones,
  array(select m.address from client_emails m where m.client_id = p.id order by m.position, m.address) as emails,
  (select count(*)::int from tickets t where ${only && readerId ? ofDepartment(sql`t.client_id = p.id`, readerId, only.department) : sql`t.client_id = p.id and t.parent_id is null`} and t.status in ('open', 'waiting')${projects ? sql` and t.project_key = any(${projects}::text[])` : sql``}${readerId ? sql` and (t.about_user_ids is null or not ${readerId}::uuid = any(t.about_user_ids))` : sql``}) as open_tickets`;

/** How near a client is to what was typed; lists put the nearest first, and the last changed first among equals. */
const RANK = { number: 0, familyName: 1, name: 2, rest: 3 };
const NAMES = sql`split_part(c.search, '|', 1)`;
const like = (text: RawBuilder<unknown>, patterns: string[]) => sql`(${sql.join(patterns.map((pattern) => sql`${text} like ${pattern}`), sql` or `)})`;
const begins = ({ starts }: SearchTerms) => ({ family: like(sql`c.search`, starts.map((word) => ` ${word}%`)), name: like(NAMES, starts.map((word) => `% ${word}%`)) });
const allOf = ({ patterns }: SearchTerms, text = sql`c.search`) => sql.join(patterns.map((pattern) => sql`${text} like ${pattern}`), sql` and `);
/** Names and places alone: numbers and mails stand behind them. */
const WITHOUT_CONTACTS = sql`regexp_replace(c.search, ' (\\d{7,}( .*)?|[^ ]*@.*)$', '')`;

/** Clients of a part of a list, each with a rank that is the same for all of them or reckoned for each. */
interface Part { ranks: readonly number[]; rank: RawBuilder<unknown>; where: RawBuilder<unknown> }
const partOf = (rank: number, where: RawBuilder<unknown>): Part => ({ ranks: [rank], rank: sql.lit(rank), where });

/** Several words, or a number in full, find so few that all of them can be ranked and sorted. */
const isSelective = ({ patterns, numbers }: SearchTerms) => numbers.length > 0 || patterns.filter((pattern) => !pattern.startsWith("% ")).length > 1;

function partsOf(terms: SearchTerms | null): Part[] {
  if (!terms) return [partOf(RANK.rest, sql`true`)];
  if (isSelective(terms)) return [ranked(terms)];
  if (terms.starts.length === 0) return [partOf(RANK.rest, allOf(terms))];
  const { family, name } = begins(terms);
  // What follows from the rest of a condition is left out: the planner would think that less is found.
  const others = terms.patterns.length > 1 ? sql` and ${allOf(terms)}` : sql``;
  return [partOf(RANK.familyName, sql`${family}${others}`), partOf(RANK.name, sql`${name} and not ${family}${others}`), partOf(RANK.rest, sql`${allOf(terms)} and not ${name}`)];
}

function ranked(terms: SearchTerms): Part {
  const number = terms.numbers.map((digits) => sql`when c.search || ' ' like ${`%${digits} %`} then ${sql.lit(RANK.number)}`);
  const { family, name } = begins(terms);
  const names = terms.starts.length > 0 ? [sql`when ${family} then ${sql.lit(RANK.familyName)}`, sql`when ${name} then ${sql.lit(RANK.name)}`] : [];
  const cases = [...number, ...names];
  return { ranks: Object.values(RANK), rank: cases.length === 0 ? sql.lit(RANK.rest) : sql`case ${sql.join(cases, sql` `)} else ${sql.lit(RANK.rest)} end`, where: allOf(terms) };
}

function select({ rank, ranks, where }: Part, { terms, projects, inPart, project, after, limit }: ClientSearch): RawBuilder<unknown> {
  const of = project ? sql` and c.projects @> array[${project}]::text[]` : sql``;
  const told = terms && inPart ? sql` and ${allOf(terms, WITHOUT_CONTACTS)}` : sql``;
  const older = after ? sql`(c.updated_at, c.id) < (${after.updatedAt}::timestamptz, ${after.id}::uuid)` : sql`true`;
  const beyond = !after || !ranks.includes(after.rank) ? sql`` : ranks.length === 1 ? sql` and ${older}` : sql` and (${rank} > ${sql.lit(after.rank)} or ${rank} = ${sql.lit(after.rank)} and ${older})`;
  return sql`select c.id, ${rank} as rank from clients c where c.archived_at is null${mine(projects)}${of} and ${where}${told}${beyond}
    order by ${ranks.length > 1 ? sql`rank, ` : sql``}c.updated_at desc, c.id desc limit ${sql.lit(limit + 1)}`;
}

/**
 * Parts are looked for only while those before have not filled the page. The limit within each is a number, because the
 * planner takes a tenth of everything for one that is reckoned. Exported apart so that the plan test explains exactly
 * what is run.
 */
export function searchQuery(search: ClientSearch): RawBuilder<RankedRow> {
  const { terms, after, limit } = search;
  const parts = partsOf(terms).filter(({ ranks }) => !after || ranks.at(-1)! >= after.rank);
  const name = (index: number) => sql.raw(`found_${index}`);
  const found = parts.map((part, index) => {
    const before = parts.slice(0, index).map((_each, earlier) => sql` - (select count(*) from ${name(earlier)})`);
    const selected = select(part, search);
    return sql`${name(index)} as materialized (${index === 0 ? selected : sql`select * from (${selected}) part limit greatest(0, ${sql.lit(limit + 1)}${sql.join(before, sql``)})`})`;
  });
  return sql<RankedRow>`with ${sql.join(found, sql`, `)}, found as (${sql.join(parts.map((_each, index) => sql`select * from ${name(index)}`), sql` union all `)})
    select f.rank, ${listColumns(search)} from found f join clients p on p.id = f.id order by f.rank, p.updated_at desc, p.id desc`;
}
export const selectClients = (db: Db, search: ClientSearch) => searchQuery(search).execute(db).then((result) => result.rows);

/** Clients with this number: those of the called project first, then the last changed. */
export const selectByPhone = (db: Db, number: string, { first, ...reader }: Pick<ClientSearch, "projects" | "readerId" | "only"> & { first: string | null }) =>
  sql<ListRow>`with p as materialized (
      select c.* from client_phones n join clients c on c.id = n.client_id where n.e164 = ${number} and c.archived_at is null${mine(reader.projects)}
      order by (c.projects @> array[${first ?? ""}]::text[]) desc, c.updated_at desc, c.id desc limit 20)
    select ${listColumns(reader)} from p order by (p.projects @> array[${first ?? ""}]::text[]) desc, p.updated_at desc, p.id desc`.execute(db).then((result) => result.rows);

const row = (data: ClientData, search: string) => ({
  kind: data.kind, familyName: data.familyName, givenName: data.givenName, middleName: data.middleName, organisation: data.organisation, language: data.language, pinnedNote: data.pinnedNote,
  flags: data.flags, projects: data.projects, address: JSON.stringify(data.address), search,
});

export async function insertClient(db: Db, id: string, data: ClientData, more: { search: string; now: Date }): Promise<void> {
  await db.insertInto("clients").values({ id, ...row(data, more.search), createdAt: more.now, updatedAt: more.now, dataConfirmedAt: null, archivedAt: null, mergedInto: null }).execute();
  await replaceContacts(db, id, data);
}

/** Changes only the version the operator saw; false means someone else was first. */
export async function updateClientRow(db: Db, id: string, version: number, change: { data: ClientData; search: string; now: Date }): Promise<boolean> {
  const result = await db.updateTable("clients").set({ ...row(change.data, change.search), updatedAt: change.now }).set((eb) => ({ version: eb("version", "+", 1) }))
    .where("id", "=", id).where("version", "=", version).executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  await replaceContacts(db, id, change.data);
  return true;
}

async function replaceContacts(db: Db, id: string, data: ClientData): Promise<void> {
  await sql`delete from client_phones where client_id = ${id} and e164 <> all(${data.phones}::text[])`.execute(db);
  await sql`insert into client_phones (client_id, e164, position) select ${id}, n, i from unnest(${data.phones}::text[]) with ordinality as u(n, i)
    on conflict (client_id, e164) do update set position = excluded.position`.execute(db);
  await sql`delete from client_emails where client_id = ${id} and address <> all(${data.emails}::text[])`.execute(db);
  await sql`insert into client_emails (client_id, address, position) select ${id}, n, i from unnest(${data.emails}::text[]) with ordinality as u(n, i)
    on conflict (client_id, address) do update set position = excluded.position`.execute(db);
}

export const updateMark = async (db: Db, id: string, version: number, set: { archivedAt?: Date | null; dataConfirmedAt?: Date; updatedAt: Date }): Promise<boolean> =>
  (await db.updateTable("clients").set(set).set((eb) => ({ version: eb("version", "+", 1) })).where("id", "=", id).where("version", "=", version).executeTakeFirst()).numUpdatedRows === 1n;

export const addProject = async (db: Db, id: string, projectKey: string): Promise<boolean> =>
  (await sql`update clients set projects = projects || ${projectKey}::text, version = version + 1 where id = ${id} and not projects @> array[${projectKey}]::text[]`.execute(db)).numAffectedRows === 1n;

/**
 * What this caller did while nobody knew them: calls without a client from the number of this call, of the last month,
 * and open callbacks to it, in the project called. Only if the card has that number: who calls from a friend's phone is
 * not the friend. Calls still going on belong to call control.
 */
export const joinUnknown = (db: Db, clientId: string, interactionId: string, now: Date): Promise<{ calls: number; ticketIds: string[] }> => sql<{ calls: number; ticketIds: string[] }>`with
  this as (select i.id, i.project_key, i.from_number as number from interactions i join client_phones n on n.client_id = ${clientId} and n.e164 = i.from_number where i.id = ${interactionId} and i.direction = 'in'),
  calls as (update interactions i set client_id = ${clientId}, version = i.version + 1 from this
    where i.from_number = this.number and i.project_key = this.project_key and i.direction = 'in' and i.client_id is null and i.id <> this.id
      and i.state in ('ended', 'wrap_up') and i.started_at > ${new Date(now.getTime() - JOINED_DAYS * 86_400_000)} returning i.id),
  owed as (update tickets t set client_id = ${clientId}, updated_at = greatest(t.updated_at, ${now}) from this
    where t.type = 'callback' and t.status in ('open', 'waiting') and t.contact_phone = this.number and t.project_key = this.project_key and t.client_id is null returning t.id)
  select (select count(*)::int from calls) as calls, coalesce((select array_agg(id) from owed), '{}') as ticket_ids`.execute(db).then((result) => result.rows[0]!);
/** A number may have been somebody else's before. */
const JOINED_DAYS = 30;

/** Everything of the other card belongs to the kept one; the other is left as a signpost. */
export async function moveToClient(db: Db, keptId: string, otherId: string, now: Date): Promise<void> {
  await sql`update interactions set client_id = ${keptId} where client_id = ${otherId}`.execute(db);
  await sql`update tickets set client_id = ${keptId} where client_id = ${otherId}`.execute(db);
  await sql`update clients set merged_into = ${keptId} where merged_into = ${otherId}`.execute(db);
  await sql`delete from client_phones where client_id = ${otherId}`.execute(db);
  await sql`delete from client_emails where client_id = ${otherId}`.execute(db);
  await sql`update clients set merged_into = ${keptId}, archived_at = ${now}, updated_at = ${now}, version = version + 1, search = '' where id = ${otherId}`.execute(db);
}

/** This card and those that were merged into it. */
export const selectSameClient = (db: Db, id: string) =>
  sql<{ id: string }>`select id from clients where id = ${id} union all select id from clients where merged_into = ${id}`.execute(db).then((result) => result.rows.map((each) => each.id));
