import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";
import { kept } from "../../platform/kept.ts";
import type { Clock } from "../clocks/index.ts";
import type { Amount, Reason } from "../processes/index.ts";
import type { Ticket } from "./tickets.sql.ts";

/** What the engine asks of a ticket beside its row: ticked items and what is still awaited. */
export interface Around { subtasks: number; openSubtasks: number; /** Of each task the last time it was asked for: how many ended as not possible or no longer needed. */ undoneSubtasks: number; openApprovals: number; checks: { checklist: string; item: string }[] }
/** A task (`s`) that was merged away unanswered waits in the ticket it was merged into; one merged into what asked for it does not. */
const WAS_OPEN = sql`exists (select from ticket_merges m where m.gone_id = s.id and m.undone_at is null and m.carried #>> '{gone,status}' in ('open', 'waiting'))`;
const IS_AWAITED = sql`case when s.merged_into is null then s.status in ('open', 'waiting')
  else s.merged_into <> s.parent_id and exists (select from tickets k where k.id = s.merged_into and k.status in ('open', 'waiting')) and ${WAS_OPEN} end`;
/** Whether another ticket was merged into it. */
export const hasTakenOver = (db: Db, ticketId: string) => sql<{ has: boolean }>`select exists (select from tickets where merged_into = ${ticketId}) as has`.execute(db).then((result) => result.rows[0]!.has);
export const clocksColumn = (ticketId: string) => sql`coalesce((select json_agg(json_build_object('name', c.name, 'allowedMs', c.allowed_ms, 'counts', c.counts, 'thresholds', c.thresholds, 'fired', c.fired, 'intervals', c.intervals) order by c.name)
  from clocks c where c.subject_kind = 'ticket' and c.subject_id = ${ticketId}), '[]')`;
/** With its clocks. */
export const selectAround = (db: Db, ticketId: string) => kept(sql<Around & { clocks: Clock[] }>`select ${clocksColumn(ticketId)} as clocks,
    (select count(*)::int from tickets where parent_id = ${ticketId}) as subtasks,
    (select count(*)::int from tickets s where s.parent_id = ${ticketId} and s.parent_waits and ${IS_AWAITED}) as open_subtasks,
    (select count(*)::int from (select distinct on (parent_task) closed_as from tickets where parent_id = ${ticketId} and parent_waits order by parent_task, created_at desc, id desc) l where l.closed_as in ('rejected', 'cancelled')) as undone_subtasks,
    (select count(*)::int from ticket_approvals where ticket_id = ${ticketId} and state = 'pending') as open_approvals,
    coalesce((select json_agg(json_build_object('checklist', checklist, 'item', item)) from ticket_checks where ticket_id = ${ticketId}), '[]') as checks`)
  .execute(db).then((result) => result.rows[0]!);

export const selectOpenSubtasks = (db: Db, parentId: string) =>
  sql<{ id: string }>`select id from tickets where parent_id = ${parentId} and status in ('open', 'waiting') order by created_at, id`.execute(db).then((result) => result.rows.map(({ id }) => id));

export interface Asking { id: string; number: string; parentId: string; parentTask: string | null }
/** Tasks that were merged into this ticket before they were answered: its answer is theirs. */
export const selectMergedTasks = (db: Db, id: string) =>
  kept(sql<Asking>`select s.id, s.number, s.parent_id, s.parent_task from tickets s where s.merged_into = ${id} and s.parent_id <> ${id} and ${WAS_OPEN} order by s.id`).execute(db).then((result) => result.rows);

export interface NewReason extends Reason { id: string; ticketId: string; at: Date; version: string }
/** A part of the statement that ends the transaction. */
export const insertReasons = (rows: NewReason[]) => sql`insert into ticket_reasons (id, ticket_id, at, what, value, kind, version, path, text, inputs)
  select r.id, r.ticket_id, r.at, r.what, r.value, r.kind, r.version, r.path, r.text, r.inputs from json_to_recordset(${JSON.stringify(rows.map(({ because, ticketId, ...row }) => ({ ...row, ...because, ticket_id: ticketId })))}::json)
    as r(id uuid, ticket_id uuid, at timestamptz, what text, value jsonb, kind text, version text, path text, text text, inputs jsonb)`;

export interface StoredReason extends Reason { id: string; at: Date; version: string }
type FlatReason = Omit<StoredReason, "because"> & Reason["because"];
export const selectReasons = (db: Db, ticketId: string, after: [string, string] | null, limit: number) => sql<FlatReason>`
  select id, at, what, value, kind, version, path, text, inputs from ticket_reasons where ticket_id = ${ticketId} ${after ? sql`and (at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``}
  order by at desc, id desc limit ${limit}`.execute(db).then((result) => result.rows);

export const selectNames = async (db: Db, ids: string[]): Promise<Map<string, string>> => new Map(ids.length === 0 ? []
  : (await sql<{ id: string; name: string }>`select id, name from users where id = any(${ids}::uuid[])`.execute(db)).rows.map(({ id, name }) => [id, name]));
/** The how-manieth version of its process each is. */
export const selectVersionNumbers = async (db: Db, ids: string[]): Promise<Map<string, number>> => new Map((await sql<{ id: string; n: number }>`
  select v.id, (select count(*)::int from process_versions o where o.project_key = v.project_key and o.key = v.key and (o.loaded_at, o.id) <= (v.loaded_at, v.id)) as n from process_versions v where v.id = any(${ids}::text[])`.execute(db)).rows.map(({ id, n }) => [id, n]));

export interface Approval {
  id: string; ticketId: string; projectKey: string; transition: string; stage: string; input: Record<string, unknown>; deed: string; amount: Amount | null;
  requestedBy: string | null; requestedAt: Date; state: "pending" | "approved" | "refused" | "lapsed"; decidedAt: Date | null; decidedBy: string | null; note: string | null;
}
/** Undefined when another one is pending already. */
export const insertApproval = (db: Db, row: Omit<Approval, "state" | "decidedAt" | "decidedBy" | "note">) => sql<{ id: string }>`insert into ticket_approvals (id, ticket_id, project_key, transition, stage, input, deed, amount, requested_by, requested_at)
  values (${row.id}, ${row.ticketId}, ${row.projectKey}, ${row.transition}, ${row.stage}, ${JSON.stringify(row.input)}::jsonb, ${row.deed}, ${row.amount === null ? null : JSON.stringify(row.amount)}::jsonb, ${row.requestedBy}, ${row.requestedAt})
  on conflict do nothing returning id`.execute(db).then((result) => result.rows[0]?.id);

export const selectApproval = (db: Db, ticketId: string, id: string) => sql<Approval>`select id, ticket_id, project_key, transition, stage, input, deed, amount, requested_by, requested_at, state, decided_at, decided_by, note
  from ticket_approvals where ticket_id = ${ticketId} and id = ${id} for update`.execute(db).then((result) => result.rows[0]);

/** Undefined when somebody has decided it before. */
export const updateApproval = (db: Db, id: string, decision: { state: "approved" | "refused"; by: string | null; at: Date; note: string | null }) => sql<{ id: string }>`
  update ticket_approvals set state = ${decision.state}, decided_by = ${decision.by}, decided_at = ${decision.at}, note = ${decision.note} where id = ${id} and state = 'pending' returning id`.execute(db).then((result) => result.rows[0]?.id);

/** What is asked for is another deed or amount by now. */
export const updateAsked = (db: Db, id: string, { deed, amount }: Pick<Approval, "deed" | "amount">) =>
  sql`update ticket_approvals set deed = ${deed}, amount = ${amount === null ? null : JSON.stringify(amount)}::jsonb where id = ${id} and state = 'pending'`.execute(db);

/** Who took the ticket's last step between those two moments. */
export const selectMoverBetween = (db: Db, ticketId: string, { since, until }: { since: Date; until: Date }) => sql<{ name: string }>`select u.name from (select kind, text from ticket_reasons where ticket_id = ${ticketId} and what = 'stage' and at between ${since} and ${until} order by at desc, id desc limit 1) r
  join users u on r.kind = 'person' and u.id::text = r.text`.execute(db).then((result) => result.rows[0]?.name);

/** The ticket went another way: nobody has to decide any more. */
export const lapseApprovals = (db: Db, ticketId: string, stage: string, at: Date) =>
  sql`update ticket_approvals set state = 'lapsed', decided_at = ${at} where ticket_id = ${ticketId} and state = 'pending' and stage <> ${stage}`.execute(db);

/** The ticket has become another one, which nobody is asked about; returns what nobody decides any more. */
export const lapseAll = (db: Db, ticketId: string, at: Date) =>
  sql<{ id: string }>`update ticket_approvals set state = 'lapsed', decided_at = ${at} where ticket_id = ${ticketId} and state = 'pending' returning id`.execute(db).then((result) => result.rows.map(({ id }) => id));
/** The ticket stands again where it stood when they lapsed; where another question has been asked since, that one stays. */
export const resumeApprovals = (db: Db, ids: string[]) => sql`update ticket_approvals a set state = 'pending', decided_at = null from tickets t where a.id = any(${ids}::uuid[]) and a.state = 'lapsed'
  and t.id = a.ticket_id and t.stage = a.stage and not exists (select from ticket_approvals o where o.ticket_id = a.ticket_id and o.state = 'pending')`.execute(db);

/** By the version a ticket lives by now these alone can be decided; returns what nobody decides any more. */
export const lapseUnknown = (db: Db, { ticketId, transitions, at }: { ticketId: string; transitions: string[]; at: Date }) =>
  sql<{ id: string }>`update ticket_approvals set state = 'lapsed', decided_at = ${at} where ticket_id = ${ticketId} and state = 'pending' and not (transition = any(${transitions}::text[])) returning id`.execute(db).then((result) => result.rows.map(({ id }) => id));

export interface OpenApproval extends Approval {
  number: string; subject: string; processId: string; requestedByName: string; requesterRoles: string[];
  ownerId: Ticket["ownerId"]; department: Ticket["department"]; aboutUserIds: string[] | null; texts: Ticket["texts"];
}
/** Oldest first: who waits longest is decided first. */
export const selectOpenApprovals = (db: Db, projects: string[], after: [string, string] | null, limit: number) => sql<OpenApproval>`select a.*, t.number, t.subject, t.texts, t.process_id, t.owner_id, t.department, t.about_user_ids, coalesce(u.name, '') as requested_by_name
  from unnest(${projects}::text[]) p(key) cross join lateral (select a.id, a.ticket_id, a.project_key, a.transition, a.stage, a.input, a.deed, a.amount, a.requested_by, a.requested_at, a.state from ticket_approvals a
    where a.project_key = p.key and a.state = 'pending' ${after ? sql`and (a.requested_at, a.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``} order by a.requested_at, a.id limit ${limit}) a
  join tickets t on t.id = a.ticket_id left join users u on u.id = a.requested_by order by a.requested_at, a.id limit ${limit}`.execute(db).then((result) => result.rows);

export const insertCheck = (db: Db, row: { ticketId: string; checklist: string; item: string; userId: string | null; at: Date }) =>
  sql`insert into ticket_checks (ticket_id, checklist, item, user_id, at) values (${row.ticketId}, ${row.checklist}, ${row.item}, ${row.userId}, ${row.at}) on conflict do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);
export const deleteCheck = (db: Db, row: { ticketId: string; checklist: string; item: string }) =>
  sql`delete from ticket_checks where ticket_id = ${row.ticketId} and checklist = ${row.checklist} and item = ${row.item}`.execute(db).then((result) => result.numAffectedRows === 1n);

export interface Mover { id: string; name: string; roles: string[]; projects: string[]; language: string; department: string | null; disabledAt: Date | null }
export const selectMover = (db: Db, id: string) => sql<Mover>`select u.id, u.name, u.roles, u.projects, u.language, u.department, u.disabled_at from users u where u.id = ${id}`.execute(db).then((result) => result.rows[0]);

/** Who could decide in the project, by their roles and department. */
export const selectWorkers = (db: Db, projectKey: string) =>
  sql<{ id: string; name: string; roles: string[]; department: string | null }>`select id, name, roles, department from users where disabled_at is null and ${projectKey} = any(projects)`.execute(db).then((result) => result.rows);

/** Of these ids those who are colleagues of the project. */
export const selectColleagues = (db: Db, ids: string[], projectKey: string) =>
  sql<{ id: string }>`select id from users where id = any(${ids}::uuid[]) and disabled_at is null and ${projectKey} = any(projects)`.execute(db).then((result) => result.rows.map(({ id }) => id));

/** Those of them that nobody holds at this moment. */
export const lockTickets = (db: Db, ids: string[]) => kept(sql<{ id: string }>`select id from tickets where id = any(${ids}::uuid[]) for update skip locked`).execute(db).then((result) => result.rows.map(({ id }) => id));
export const updateDue = (db: Db, id: string, dueAt: Date | null) => sql`update tickets set due_at = ${dueAt} where id = ${id}`.execute(db);

/** For choosing a colleague; bounded, because a list for the eye is. */
export const selectPeople = (db: Db, projectKey: string) => kept(sql<{ key: string; name: string }>`select id as key, name from users where disabled_at is null and ${projectKey} = any(projects) order by name limit 500`).execute(db).then((result) => result.rows);
