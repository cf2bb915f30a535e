import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import { kept } from "../../platform/kept.ts";
import type { Clock } from "../clocks/index.ts";
import type { Amount } from "../processes/index.ts";
import type { Language } from "../api.contract.ts";
import { clocksColumn } from "./tickets.process.sql.ts";
import type { Ticket } from "./tickets.sql.ts";

/** A line of a list, as the database gives it. */
export type ListedTicket = Pick<Ticket, "id" | "number" | "projectKey" | "type" | "processId" | "stage" | "status" | "subject" | "clientId" | "ownerId" | "department" | "priority" | "dueAt" | "reopened" | "contactPhone" | "calls" | "lastCallAt" | "createdAt" | "updatedAt" | "pausedAt" | "texts" | "parentId">
  & { clientName: string; ownerName: string };

const columns = sql`t.id, t.number, t.project_key, t.type, t.process_id, t.stage, t.status, t.subject, t.client_id, t.owner_id, t.department, t.priority, t.due_at, t.reopened, t.contact_phone, t.calls, t.last_call_at, t.created_at, t.updated_at, t.interaction_id, t.paused_at, t.texts, t.parent_id`;
const named = (inner: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql<ListedTicket>`select t.*, coalesce(c.name, case when t.client_id is null and t.type = 'callback' then (select i.caller_name from interactions i where i.id = t.interaction_id) end, '') as client_name, coalesce(u.name, '') as owner_name
  from (${inner}) t left join clients c on c.id = t.client_id left join users u on u.id = t.owner_id order by ${order}`;

export type Condition = RawBuilder<unknown>;
export interface ListFilter {
  /** Condition of the view, with `t` as the ticket; each has its index in the migration. */
  where: Condition;
  sort: "updated_at" | "due_at";
  projects: string[];
  after: [string, string] | null;
  limit: number;
}

/**
 * A view over several projects: the head of each project by its index, then the first of them all. A plain
 * `project_key = any(…)` would read and sort every ticket of the projects, or walk other projects' tickets.
 */
export const selectTickets = (db: Db, filter: ListFilter) => ticketsQuery(filter).execute(db).then((result) => result.rows);

export function ticketsQuery({ where, sort, projects, after, limit }: ListFilter) {
  const order = ordered(sort);
  return named(sql`select t.* from unnest(${projects}::text[]) p(key) cross join lateral (
    select ${columns} from tickets t where t.project_key = p.key and ${where} ${beyond(sort, after)} order by ${order} limit ${limit}) t order by ${order} limit ${limit}`, order);
}

/** Views that an index of their own serves over all projects: mine and a client's. */
export const selectTicketsAcross = (db: Db, filter: ListFilter) => ticketsAcrossQuery(filter).execute(db).then((result) => result.rows);

export function ticketsAcrossQuery({ where, sort, projects, after, limit }: ListFilter) {
  const order = ordered(sort);
  return named(sql`select ${columns} from tickets t where ${where} and t.project_key = any(${projects}::text[]) ${beyond(sort, after)} order by ${order} limit ${limit}`, order);
}

const ordered = (sort: ListFilter["sort"]) => (sort === "due_at" ? sql`t.due_at, t.id` : sql`t.updated_at desc, t.id desc`);
const beyond = (sort: ListFilter["sort"], after: ListFilter["after"]) => {
  if (!after) return sql``;
  return sort === "due_at" ? sql`and (t.due_at, t.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql`and (t.updated_at, t.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`;
};

/** Conditions of the views, in the words of the partial indexes. */
export const views = {
  open: () => sql`t.status in ('open', 'waiting')`,
  unassigned: () => sql`t.status in ('open', 'waiting') and t.owner_id is null`,
  waiting: () => sql`t.status = 'waiting'`,
  done: () => sql`t.status = 'done'`,
  unconfirmed: () => sql`t.closed_as = 'unconfirmed'`,
  callbacks: () => sql`t.type = 'callback' and t.status in ('open', 'waiting')`,
  callbacksTo: (phone: string) => sql`t.type = 'callback' and t.status in ('open', 'waiting') and t.contact_phone = ${phone}`,
  breaching: (now: Date) => sql`t.status = 'open' and t.paused_at is null and t.due_at < ${now}`,
  /** For a department one job is one line: a ticket that only waits for this department's own task is that task. */
  department: (department: string | null) => sql`t.status in ('open', 'waiting') and t.department is not null ${department === null ? sql`` : sql`and t.department = ${department}
    and not exists (select from tickets s where s.parent_id = t.id and s.parent_waits and s.department = t.department and s.status in ('open', 'waiting'))`}`,
  mine: (userId: string) => sql`t.owner_id = ${userId} and t.status in ('open', 'waiting', 'done')`,
  client: (clientId: string) => sql`t.client_id = ${clientId}`,
  /** What a client came with; tasks that departments do for it stand on it. */
  requests: (clientId: string) => sql`t.client_id = ${clientId} and t.parent_id is null`,
  /** The number of a merged ticket leads to the one it became. */
  digits: (digits: string) => sql`t.id in (select coalesce(g.merged_into, g.id) from tickets g where right(g.number, 13) = ${digits})`,
  all: () => sql`true`,
};

/**
 * Callbacks as they are to be called: those due about now, then what has been left for longer, then what is not due for
 * long. Each rank is a range of the index of callbacks, so a page is read rank by rank.
 */
export const callbackRanks = (now: Date): Condition[] => {
  const [since, until] = [new Date(now.getTime() - ABOUT_NOW.sinceMs), new Date(now.getTime() + ABOUT_NOW.untilMs)];
  return [sql`t.due_at >= ${since} and t.due_at < ${until}`, sql`t.due_at < ${since}`, sql`t.due_at >= ${until}`, sql`t.due_at is null`].map((range) => sql`${views.callbacks()} and ${range}`);
};
const ABOUT_NOW = { sinceMs: 24 * 3_600_000, untilMs: 12 * 3_600_000 };

/** How many callbacks the list of them has; null for all projects. */
export const countCallbacks = async (db: Db, { projects, readerId }: { projects: string[] | null; readerId: string }): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n from tickets t where ${notAbout(views.callbacks(), readerId)} ${projects ? sql`and t.project_key = any(${projects}::text[])` : sql``}`.execute(db)).rows[0]!.n;

/** What is about a colleague does not exist for that colleague. */
export const notAbout = (where: RawBuilder<unknown>, userId: string) => sql`${where} and (t.about_user_ids is null or not ${userId}::uuid = any(t.about_user_ids))`;

/** A worker reads only what was given to the department or to the worker. */
export const ofDepartment = (where: RawBuilder<unknown>, userId: string, department: string | null) =>
  sql`${where} and (t.owner_id = ${userId} or ${department === null ? sql`t.department is not null` : sql`t.department = ${department}`})`;

export interface Written extends WrittenBeside {
  clientName: string; ownerName: string;
  notes: { id: string; text: string; by: string; at: string }[];
  notices: { id: string; key: string; language: Ticket["language"]; recipient: string; subject: string; body: string; state: "queued" | "sent" | "failed" | "no_address"; at: string }[];
  attachments: { id: string; name: string; mediaType: string; bytes: number; by: string; at: string }[];
}

export interface WrittenBeside {
  parent: ({ id: string; number: string; subject: string } & Pick<Ticket, "projectKey" | "ownerId" | "department" | "aboutUserIds" | "texts" | "processId" | "fields" | "description" | "contactPhone" | "contactEmail"> & { files: Written["attachments"] }) | null;
  subtasks: { id: string; number: string; key: string; type: string; processId: string; subject: string; texts: Ticket["texts"]; department: string | null; stage: string; status: Ticket["status"]; dueAt: string | null; waits: boolean; answer: string | null; ownerName: string; hidden: boolean }[];
  approvals: { id: string; transition: string; deed: string; amount: Amount | null; state: "pending" | "approved" | "refused" | "lapsed"; requestedBy: string; requestedById: string | null; requestedAt: string; decidedBy: string; decidedAt: string | null; note: string | null }[];
  checks: { checklist: string; item: string; by: string; at: string }[];
  clockRows: Clock[];
}
export const NOTHING_BESIDE: WrittenBeside = { parent: null, subtasks: [], approvals: [], checks: [], clockRows: [] };

const iso = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const filesOf = (id: RawBuilder<unknown>) => sql`coalesce((select json_agg(json_build_object('id', a.id, 'name', a.name, 'mediaType', a.media_type, 'bytes', a.bytes, 'by', coalesce(u.name, ''), 'at', ${iso("a.at")}) order by a.at, a.id) from attachments a left join users u on u.id = a.uploaded_by where a.ticket_id = ${id}), '[]')`;

const beside = (ticket: { id: string; parentId: string | null }, readerId: string | null) => sql`
    (select json_build_object('id', id, 'number', number, 'subject', subject, 'texts', texts, 'projectKey', project_key, 'ownerId', owner_id, 'department', department, 'aboutUserIds', about_user_ids, 'processId', process_id, 'fields', fields,
      'description', description, 'contactPhone', contact_phone, 'contactEmail', contact_email, 'files', ${filesOf(sql`${ticket.parentId}::uuid`)}) from tickets where id = ${ticket.parentId}::uuid) as parent,
    coalesce((select json_agg(json_build_object('id', s.id, 'number', s.number, 'key', s.parent_task, 'type', s.type, 'processId', l.process_id, 'subject', s.subject, 'texts', s.texts, 'department', s.department, 'stage', l.stage, 'status', l.status,
      'dueAt', ${iso("s.due_at")}, 'waits', s.parent_waits, 'answer', coalesce(s.resolution, l.resolution), 'ownerName', coalesce(u.name, ''), 'hidden', coalesce(${readerId}::uuid = any(s.about_user_ids || l.about_user_ids), false)) order by s.created_at, s.id)
      from tickets s join tickets l on l.id = coalesce(s.merged_into, s.id) left join users u on u.id = l.owner_id where s.parent_id = ${ticket.id}), '[]') as subtasks,
    coalesce((select json_agg(json_build_object('id', a.id, 'transition', a.transition, 'deed', a.deed, 'amount', a.amount, 'state', a.state, 'requestedBy', coalesce(r.name, ''), 'requestedById', a.requested_by, 'requestedAt', ${iso("a.requested_at")},
      'decidedBy', coalesce(d.name, ''), 'decidedAt', ${iso("a.decided_at")}, 'note', a.note) order by a.requested_at, a.id)
      from ticket_approvals a left join users r on r.id = a.requested_by left join users d on d.id = a.decided_by where a.ticket_id = ${ticket.id}), '[]') as approvals,
    coalesce((select json_agg(json_build_object('checklist', k.checklist, 'item', k.item, 'by', coalesce(u.name, ''), 'at', ${iso("k.at")})) from ticket_checks k left join users u on u.id = k.user_id where k.ticket_id = ${ticket.id}), '[]') as checks,
    ${clocksColumn(ticket.id)} as clock_rows`;

/**
 * A notice as staff read it: whoever has the client's link can say the client's yes, so it goes to the client's mail and
 * nowhere else. Its secret is 43 characters (`tickets.keys.ts`).
 */
const withoutLink = (column: string) => sql`regexp_replace(${sql.ref(column)}, '\\S*/s/[A-Za-z0-9_-]{16,}\\S*', '…', 'g')`;

/** Names and everything written on a ticket in one statement; notices are the notices feature's to write, the ticket only shows them. */
export const selectWritten = (db: Db, ticket: { id: string; type: string; interactionId: string | null; clientId: string | null; ownerId: string | null; parentId: string | null }, { readerId, language }: { readerId: string | null; language: Language }) => kept(sql<Written>`select
    coalesce((select name from clients where id = ${ticket.clientId}::uuid), (select caller_name from interactions where id = ${ticket.type === "callback" && !ticket.clientId ? ticket.interactionId : null}::uuid), '') as client_name, coalesce((select name from users where id = ${ticket.ownerId}::uuid), '') as owner_name,
    coalesce((select json_agg(json_build_object('id', n.id, 'text', coalesce(n.texts->>${language}, n.text), 'by', coalesce(u.name, ''), 'at', ${iso("n.at")}) order by n.at, n.id) from ticket_notes n left join users u on u.id = n.author_id where n.ticket_id = ${ticket.id}), '[]') as notes,
    coalesce((select json_agg(json_build_object('id', id, 'key', key, 'language', language, 'recipient', recipient, 'subject', ${withoutLink("subject")}, 'body', ${withoutLink("body_text")}, 'state', state, 'at', ${iso("created_at")}) order by created_at, id) from notices where ticket_id = ${ticket.id}), '[]') as notices,
    ${filesOf(sql`${ticket.id}`)} as attachments, ${beside(ticket, readerId)}`)
  .execute(db).then((result) => result.rows[0]!);

export interface StoredAttachment { id: string; ticketId: string | null; name: string; mediaType: string; bytes: number; sha256: string; path: string; by: string; uploadedBy: string | null; at: Date }
const attachmentColumns = sql`a.id, a.ticket_id, a.name, a.media_type, a.bytes, a.sha256, a.path, coalesce(u.name, '') as by, a.uploaded_by, a.at from attachments a left join users u on u.id = a.uploaded_by`;
export const selectAttachment = (db: Db, ticketId: string, id: string) =>
  sql<StoredAttachment>`select ${attachmentColumns} where a.ticket_id = ${ticketId} and a.id = ${id}`.execute(db).then((result) => result.rows[0]);
/** Whatever ticket it lies on. */
export const selectAnyAttachment = (db: Db, id: string) => sql<StoredAttachment>`select ${attachmentColumns} where a.id = ${id}`.execute(db).then((result) => result.rows[0]);
/** False when there is one of this id. */
export const insertAttachment = (db: Db, row: { id: string; ticketId: string; name: string; mediaType: string; bytes: number; sha256: string; path: string; uploadedBy: string | null; at: Date }): Promise<boolean> =>
  sql`insert into attachments (id, ticket_id, name, media_type, bytes, sha256, path, uploaded_by, at)
    values (${row.id}, ${row.ticketId}, ${row.name}, ${row.mediaType}, ${row.bytes}, ${row.sha256}, ${row.path}, ${row.uploadedBy}, ${row.at}) on conflict (id) do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);
export const countAttachments = (db: Db, ticketId: string) =>
  sql<{ n: number; bytes: number }>`select count(*)::int as n, coalesce(sum(bytes), 0)::bigint as bytes from attachments where ticket_id = ${ticketId}`.execute(db).then((result) => result.rows[0]!);
export const isOfMessage = (db: Db, id: string) => sql<{ found: boolean }>`select exists (select from ticket_message_files where attachment_id = ${id}) as found`.execute(db).then((result) => result.rows[0]!.found);
export const deleteAttachment = (db: Db, ticketId: string, id: string) => sql`delete from attachments where ticket_id = ${ticketId} and id = ${id}`.execute(db);
