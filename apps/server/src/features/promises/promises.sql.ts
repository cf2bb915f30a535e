import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { TicketTexts } from "../tickets/index.ts";

export interface Promised {
  id: string; projectKey: string; text: string; dueAt: Date; state: "open" | "kept" | "broken"; reason: string | null; version: number; createdAt: Date; promisedBy: string | null; byName: string;
  closedAt: Date | null; closedBy: string | null; closedByName: string; ticketId: string | null; number: string; subject: string; texts: TicketTexts | null; ownerId: string | null; department: string | null; aboutUserIds: string[] | null; clientId: string | null; clientName: string;
}
const COLUMNS = sql`p.id, p.project_key, p.text, p.due_at, p.state, p.reason, p.version, p.created_at, p.promised_by, coalesce(u.name, '') as by_name, p.closed_at, p.closed_by, coalesce(x.name, '') as closed_by_name,
  p.ticket_id, coalesce(t.number, '') as number, coalesce(t.subject, '') as subject, t.texts, t.owner_id, t.department, t.about_user_ids, p.client_id, coalesce(c.name, '') as client_name`;
const JOINED = sql`left join users u on u.id = p.promised_by left join users x on x.id = p.closed_by left join tickets t on t.id = p.ticket_id left join clients c on c.id = p.client_id`;
const full = (inner: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql<Promised>`select ${COLUMNS} from (${inner}) p ${JOINED} order by ${order}`;
const OPEN_FIRST = sql`p.state <> 'open', p.due_at, p.id`;

/** What was promised about a ticket that is about the reader is neither listed nor counted for them (R129). */
const notAbout = (readerId: string) => sql`not exists (select from tickets t where t.id = p.ticket_id and ${readerId}::uuid = any(t.about_user_ids))`;

type After = [string, string] | null;
const beyond = (after: After) => (after ? sql`and (p.due_at, p.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``);

export const selectMine = (db: Db, userId: string, page: { after: After; limit: number }) =>
  full(sql`select * from promises p where p.state = 'open' and p.promised_by = ${userId} and ${notAbout(userId)} ${beyond(page.after)} order by p.due_at, p.id limit ${page.limit}`, sql`p.due_at, p.id`).execute(db).then((result) => result.rows);

/** Projects one leads, and who looks. */
export interface Reading { projects: string[]; readerId: string }
/** The head of each project by its index, then the first of them all. */
export const selectOpen = (db: Db, { projects, readerId }: Reading, page: { after: After; limit: number }) =>
  full(sql`select q.* from unnest(${projects}::text[]) k(key) cross join lateral (select * from promises p where p.state = 'open' and p.project_key = k.key and ${notAbout(readerId)} ${beyond(page.after)} order by p.due_at, p.id limit ${page.limit}) q
    order by q.due_at, q.id limit ${page.limit}`, sql`p.due_at, p.id`).execute(db).then((result) => result.rows);

const MOST = sql.lit(100);
export const selectOfTicket = (db: Db, ticketId: string) => full(sql`select * from promises where ticket_id = ${ticketId} order by due_at desc, id desc limit ${MOST}`, OPEN_FIRST).execute(db).then((result) => result.rows);
export const selectOfClient = (db: Db, clientId: string, projects: string[] | null) =>
  full(sql`select * from promises where client_id = ${clientId} ${projects ? sql`and project_key = any(${projects}::text[])` : sql``} order by due_at desc, id desc limit ${MOST}`, OPEN_FIRST).execute(db).then((result) => result.rows);
export const selectPromise = (db: Db, id: string) => full(sql`select * from promises where id = ${id}`, sql`p.id`).execute(db).then((result) => result.rows[0]);

export interface NewPromise { id: string; projectKey: string; ticketId: string | null; clientId: string | null; text: string; dueAt: Date; promisedBy: string | null; createdAt: Date }
/** False when there is one of this id. */
export const insertPromise = (db: Db, row: NewPromise): Promise<boolean> => sql`insert into promises (id, project_key, ticket_id, client_id, text, due_at, promised_by, created_at)
  values (${row.id}, ${row.projectKey}, ${row.ticketId}, ${row.clientId}, ${row.text}, ${row.dueAt}, ${row.promisedBy}, ${row.createdAt}) on conflict (id) do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);

/** Closes only the version that was seen, and only once. */
export const closePromiseRow = (db: Db, id: string, version: number, change: { state: "kept" | "broken"; reason: string | null; closedBy: string | null; at: Date }) =>
  sql`update promises set state = ${change.state}, reason = ${change.reason}, closed_by = ${change.closedBy}, closed_at = ${change.at}, version = version + 1
    where id = ${id} and version = ${version} and state = 'open'`.execute(db).then((result) => result.numAffectedRows === 1n);

export interface Overdue { id: string; projectKey: string; ticketId: string | null; clientId: string | null; promisedBy: string | null; text: string; dueAt: Date; number: string; clientName: string }
/** Takes those whose time has passed and nobody was told of; another node that looks at the same moment takes others. */
export const isAnyOverdue = (db: Db, now: Date) => sql<{ due: boolean }>`select exists (select 1 from promises where state = 'open' and told_at is null and due_at <= ${now}) as due`.execute(db).then((result) => result.rows[0]!.due);
export const takeOverdue = (db: Db, now: Date, most: number) => sql<Overdue>`with due as (select id from promises where state = 'open' and told_at is null and due_at <= ${now} order by due_at, id limit ${most} for update skip locked),
    told as (update promises p set told_at = ${now} from due where p.id = due.id returning p.*)
  select p.id, p.project_key, p.ticket_id, p.client_id, p.promised_by, p.text, p.due_at, coalesce(t.number, '') as number, coalesce(c.name, '') as client_name
  from told p left join tickets t on t.id = p.ticket_id left join clients c on c.id = p.client_id order by p.due_at, p.id`.execute(db).then((result) => result.rows);

export interface Kept { userId: string | null; name: string; open: number; overdue: number; kept: number; keptLate: number; broken: number }
export const selectFigures = (db: Db, { projects, readerId }: Reading, range: { now: Date; since: Date }) => sql<Kept>`select p.promised_by as user_id, coalesce(max(u.name), '') as name, count(*) filter (where p.state = 'open')::int as open,
    count(*) filter (where p.state = 'open' and p.due_at <= ${range.now})::int as overdue, count(*) filter (where p.state = 'kept' and p.closed_at <= p.due_at)::int as kept,
    count(*) filter (where p.state = 'kept' and p.closed_at > p.due_at)::int as kept_late, count(*) filter (where p.state = 'broken')::int as broken
  from (select promised_by, state, due_at, closed_at from promises p where state = 'open' and project_key = any(${projects}::text[]) and ${notAbout(readerId)}
    union all select promised_by, state, due_at, closed_at from promises p where state <> 'open' and project_key = any(${projects}::text[]) and closed_at >= ${range.since} and ${notAbout(readerId)}) p
  left join users u on u.id = p.promised_by group by p.promised_by order by 4 desc, 3 desc, name limit 500`.execute(db).then((result) => result.rows);
