import { sql, type RawBuilder } from "kysely";
import type { Language } from "../api.contract.ts";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";
import type { TicketTexts } from "../tickets/index.ts";
import type { Circle } from "./handovers.contract.ts";
import type { Candidate } from "./handovers.rules.ts";

type End = "by_hand" | "closed" | "merged" | "owner_changed" | "nobody" | "all_refused";
interface Asked { userId: string; name: string; state: "offered" | "taken" | "refused" | "missed" | "withdrawn"; reason: string | null; offeredAt: string; answerBy: string; answeredAt: string | null }
export interface Handover {
  id: string; kind: "handover" | "consult"; projectKey: string; ticketId: string; interactionId: string | null; givenBy: string | null; askedBy: string | null; ownerId: string | null; circle: Circle; department: string | null;
  wanted: string; tried: string; expected: string; expectedBy: Date | null; state: "waiting" | "taken" | "returned" | "withdrawn"; takenBy: string | null; endedAt: Date | null; endedAs: End | null; createdAt: Date;
  answer: string | null; answeredAt: Date | null; advises: boolean; advisesUntil: Date | null;
}
/** With everything a desk shows of it. */
export interface Told extends Handover {
  byName: string; takenName: string; asked: Asked[]; isLive: boolean; clientId: string | null; clientName: string; phone: string | null; ownerName: string;
  number: string; subject: string; texts: TicketTexts | null; description: string; stage: string; processId: string; priority: number; dueAt: Date | null; language: Language; ticketOwnerId: string | null; ticketDepartment: string | null; aboutUserIds: string[] | null; adviserIds: string[] | null; ticketStatus: "open" | "waiting" | "done" | "closed";
}

const COLUMNS = sql`h.id, h.kind, h.answer, h.answered_at, h.advises, h.advises_until, h.project_key, h.ticket_id, h.interaction_id, h.given_by, h.asked_by, h.owner_id, h.circle, h.department, h.wanted, h.tried, h.expected, h.expected_by, h.state, h.taken_by, h.ended_at, h.ended_as, h.created_at`;
const full = (inner: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql<Told>`select ${COLUMNS}, coalesce(g.name, '') as by_name, coalesce(k.name, '') as taken_name, coalesce(w.name, '') as owner_name,
    coalesce((select json_agg(json_build_object('userId', o.user_id, 'name', u.name, 'state', o.state, 'reason', o.reason, 'offeredAt', o.offered_at, 'answerBy', o.answer_by, 'answeredAt', o.answered_at) order by o.offered_at, o.id)
      from handover_offers o join users u on u.id = o.user_id where o.handover_id = h.id), '[]'::json) as asked,
    coalesce(i.state = 'talking', false) as is_live, t.client_id, coalesce(c.name, '') as client_name, t.contact_phone as phone,
    t.number, t.subject, t.texts, left(t.description, 2000) as description, t.stage, t.process_id, t.priority, t.due_at, t.language, t.owner_id as ticket_owner_id, t.department as ticket_department, t.about_user_ids, t.adviser_ids, t.status as ticket_status
  from (${inner}) h join tickets t on t.id = h.ticket_id left join users g on g.id = h.given_by left join users k on k.id = h.taken_by left join users w on w.id = t.owner_id
  left join clients c on c.id = t.client_id left join interactions i on i.id = h.interaction_id order by ${order}`;

export const selectHandover = (db: Db, id: string) => full(sql`select * from handovers where id = ${id}`, sql`h.id`).execute(db).then((result) => result.rows[0]);
export const selectOfTicket = (db: Db, ticketId: string) => full(sql`select * from handovers where ticket_id = ${ticketId} order by created_at desc, id desc limit 50`, sql`h.created_at desc, h.id desc`).execute(db).then((result) => result.rows);
export const selectOfClient = (db: Db, clientId: string, projects: string[]) => full(sql`select distinct on (h.ticket_id) h.* from tickets t join handovers h on h.ticket_id = t.id where t.client_id = ${clientId} and t.project_key = any(${projects}::text[])
  and t.status in ('open', 'waiting') and h.kind = 'handover' and h.state <> 'withdrawn' order by h.ticket_id, h.created_at desc, h.id desc limit 20`, sql`h.created_at desc, h.id desc`).execute(db).then((result) => result.rows);
export const selectOffered = (db: Db, userId: string) => full(sql`select h.* from handover_offers o join handovers h on h.id = o.handover_id where o.user_id = ${userId} and o.state = 'offered' order by o.answer_by, h.id limit 100`, sql`h.look_at, h.id`).execute(db).then((result) => result.rows);

/** Questions somebody accepted, while they may read the ticket for them: what is not answered yet first. */
export const selectAdvised = (db: Db, userId: string) => full(sql`select * from handovers where taken_by = ${userId} and advises order by ended_at limit 100`, sql`(h.answered_at is null) desc, h.ended_at, h.id`).execute(db).then((result) => result.rows);

interface Page { cursor: Cursor | null; limit: number }
const before = (cursor: Cursor | null) => (cursor ? sql`and (created_at, id) < (${cursor[0]}::timestamptz, ${cursor[1]}::uuid)` : sql``);
const newest = (where: RawBuilder<unknown>, { cursor, limit }: Page) => full(sql`select * from handovers where ${where} ${before(cursor)} order by created_at desc, id desc limit ${limit}`, sql`h.created_at desc, h.id desc`);
export const selectGiven = (db: Db, userId: string, page: Page) => newest(sql`given_by = ${userId}`, page).execute(db).then((result) => result.rows);
export const selectOfProjects = (db: Db, projects: string[], page: Page) => newest(sql`project_key = any(${projects}::text[])`, page).execute(db).then((result) => result.rows);

export interface NewHandover extends Omit<Handover, "state" | "takenBy" | "endedAt" | "endedAs" | "answer" | "answeredAt" | "advises" | "advisesUntil"> { cause: string | null; lookAt: Date }
/** False when this ticket is being handed over already, or the same fact asked for it before. */
export const insertHandover = (db: Db, row: NewHandover) => sql`insert into handovers (id, kind, project_key, ticket_id, interaction_id, given_by, asked_by, cause, owner_id, circle, department, wanted, tried, expected, expected_by, look_at, created_at)
  values (${row.id}, ${row.kind}, ${row.projectKey}, ${row.ticketId}, ${row.interactionId}, ${row.givenBy}, ${row.askedBy}, ${row.cause}, ${row.ownerId}, ${row.circle}, ${row.department}, ${row.wanted}, ${row.tried}, ${row.expected}, ${row.expectedBy}, ${row.lookAt}, ${row.createdAt})
  on conflict do nothing`.execute(db).then((result) => result.numAffectedRows === 1n);

/** Asked for by a process or a rule, and not begun yet; `cause` is the fact that asked. */
export interface Wanted { cause: string; ticketId: string; ownerId: string | null; askedBy: string; department: string | null; expected: string; createdAt: Date }
/** Nothing when the same fact asked for it before, or another one for the same: who has just refused is not asked again for each. */
export const insertWanted = (db: Db, row: Wanted) => sql`insert into handovers_wanted (cause, ticket_id, owner_id, asked_by, department, expected, created_at)
  select ${row.cause}::uuid, ${row.ticketId}::uuid, ${row.ownerId}::uuid, ${row.askedBy}, ${row.department}, ${row.expected}, ${row.createdAt}::timestamptz where not exists (select from handovers where cause = ${row.cause})
    and not exists (select from handovers_wanted w where w.ticket_id = ${row.ticketId} and w.asked_by = ${row.askedBy} and w.department is not distinct from ${row.department}::text and w.owner_id is not distinct from ${row.ownerId}::uuid)
  on conflict do nothing`.execute(db);
export const selectWanted = (db: Db, ticketId: string) => sql<Wanted>`select * from handovers_wanted where ticket_id = ${ticketId} order by created_at, cause`.execute(db).then((result) => result.rows);
export const deleteWanted = (db: Db, cause: string) => sql`delete from handovers_wanted where cause = ${cause}`.execute(db);
export const deleteWantedOf = (db: Db, ticketId: string) => sql`delete from handovers_wanted where ticket_id = ${ticketId}`.execute(db);
/** Tickets nothing waits for any more that something was asked for meanwhile. */
const STANDING = sql`from handovers_wanted w where not exists (select from handovers h where h.ticket_id = w.ticket_id and h.kind = 'handover' and h.state = 'waiting')`;
export const selectStanding = (db: Db, most: number) => sql<{ ticketId: string }>`select distinct w.ticket_id ${STANDING} limit ${most}`.execute(db).then((result) => result.rows.map(({ ticketId }) => ticketId));

export interface NewOffer { id: string; handoverId: string; userId: string; offeredAt: Date; answerBy: Date }
export async function insertOffer(db: Db, row: NewOffer): Promise<void> {
  await sql`insert into handover_offers (id, handover_id, user_id, offered_at, answer_by) values (${row.id}, ${row.handoverId}, ${row.userId}, ${row.offeredAt}, ${row.answerBy})`.execute(db);
  await updateLook(db, row.handoverId, row.answerBy);
}
export const updateLook = (db: Db, id: string, lookAt: Date) => sql`update handovers set look_at = ${lookAt} where id = ${id}`.execute(db);

/** Ends the offer that stands, if it is this person's or anybody's; whose it was. */
export const endOffer = (db: Db, handoverId: string, end: { state: "taken" | "refused" | "missed" | "withdrawn"; reason: string | null; at: Date }) => sql<{ userId: string }>`
  update handover_offers set state = ${end.state}, reason = ${end.reason}, answered_at = ${end.at} where handover_id = ${handoverId} and state = 'offered' returning user_id`.execute(db).then((result) => result.rows[0]?.userId ?? null);
export const endHandover = (db: Db, id: string, end: { state: "taken" | "returned" | "withdrawn"; takenBy: string | null; endedAs: End | null; at: Date }) =>
  sql`update handovers set state = ${end.state}, taken_by = ${end.takenBy}, ended_as = ${end.endedAs}, ended_at = ${end.at} where id = ${id} and state = 'waiting'`.execute(db).then((result) => result.numAffectedRows === 1n);

/** Whether who has accepted a question reads the ticket by it, and until when; null: until the ticket is closed. */
export const updateAdvises = (db: Db, id: string, { advises, until = null }: { advises: boolean; until?: Date | null }) => sql`update handovers set advises = ${advises}, advises_until = ${until} where id = ${id}`.execute(db);
/** Accepted, and over without an answer. */
export const updateTaken = (db: Db, id: string, endedAs: End) => sql`update handovers set state = 'withdrawn', ended_as = ${endedAs} where id = ${id} and state = 'taken'`.execute(db);
export const updateAnswer = (db: Db, id: string, { text, at }: { text: string; at: Date }) => sql`update handovers set answer = ${text}, answered_at = ${at} where id = ${id}`.execute(db);
export const selectAdvisers = (db: Db, ticketId: string) => sql<{ id: string }>`select distinct taken_by as id from handovers where ticket_id = ${ticketId} and advises order by 1`.execute(db).then((result) => result.rows.map(({ id }) => id));
/** Questions that are over: answered long enough ago, or their ticket closed. */
const ADVISED = (now: Date) => sql`from handovers h join tickets t on t.id = h.ticket_id where h.advises and (h.advises_until <= ${now} or t.status = 'closed' or t.merged_into is not null)`;
export const selectAdviceOver = (db: Db, now: Date, most: number) => sql<{ id: string; ticketId: string }>`select h.id, h.ticket_id ${ADVISED(now)} order by h.id limit ${most}`.execute(db).then((result) => result.rows);

/** One chooses at a time, till its transaction ends: whoever chooses next sees who has an offer by then. Taken under the ticket's lock, and no other ticket is locked after it. */
export const lockChoosing = (db: Db) => sql`select pg_advisory_xact_lock(hashtext('handovers'))`.execute(db);

/** People of a circle who may be told of the ticket; who is not among `without`. */
export interface Asking { projectKey: string; circle: Circle; department: string | null; about: string[] | null; without: string[] }
export const selectCandidates = (db: Db, { projectKey, circle, department, about, without }: Asking) => sql<Candidate>`
  select u.id, u.name, u.roles, coalesce(o.languages, '{}') as languages, coalesce(o.skills, '{}'::jsonb) as skills, s.state, s.reason, s.since, s.idle_since,
    (select count(*) from handover_offers f where f.user_id = u.id and f.state = 'offered')::int as asked
  from users u left join operators o on o.user_id = u.id and 'operator' = any(u.roles) left join operator_states s on s.operator_id = o.user_id
  where u.disabled_at is null and ${projectKey} = any(u.projects) and not u.id = any(${about ?? []}::uuid[]) and not u.id = any(${without}::uuid[])
    and ${circle === "operators" ? sql`'operator' = any(u.roles)` : circle === "supervisors" ? sql`'supervisor' = any(u.roles)` : sql`'department_worker' = any(u.roles) and (u.department = ${department} or u.department is null)`}
  order by u.name, u.id limit 500`.execute(db).then((result) => result.rows);

/** The talk this person is in with the client of the ticket, or that the ticket was registered in. */
export const selectLiveTalk = (db: Db, userId: string, ticket: { id: string; clientId: string | null; interactionId: string | null }) => sql<{ id: string }>`
  select i.id from operator_states s join interactions i on i.id = s.interaction_id where s.operator_id = ${userId} and s.state = 'talking' and i.state = 'talking'
    and (i.client_id = ${ticket.clientId}::uuid or i.id = ${ticket.interactionId}::uuid or i.ticket_id = ${ticket.id}::uuid)`.execute(db).then((result) => result.rows[0]?.id ?? null);

/** Who was asked and is blocked since, or works in the project no more, answers nothing. */
const GONE = (projectKey: RawBuilder<unknown>) => sql`(u.disabled_at is not null or not ${projectKey} = any(u.projects))`;
export const isGone = (db: Db, userId: string, projectKey: string) => sql<{ gone: boolean }>`select ${GONE(sql`${projectKey}`)} as gone from users u where u.id = ${userId}`.execute(db).then((result) => result.rows[0]?.gone ?? true);

/** Waiting ones whose time has come, or that nothing is to be done about any more. */
const DUE = (now: Date) => sql`from handovers h join tickets t on t.id = h.ticket_id left join handover_offers o on o.handover_id = h.id and o.state = 'offered' left join users u on u.id = o.user_id
  where h.state = 'waiting' and (h.look_at <= ${now} or t.status in ('done', 'closed') or t.merged_into is not null or (h.kind = 'handover' and t.owner_id is distinct from h.owner_id) or o.user_id = any(t.about_user_ids) or ${GONE(sql`h.project_key`)})`;
export const isAnyDue = (db: Db, now: Date) => sql<{ due: boolean }>`select exists (select 1 ${DUE(now)}) or exists (select 1 ${STANDING}) or exists (select 1 ${ADVISED(now)}) as due`.execute(db).then((result) => result.rows[0]!.due);
export const selectDue = (db: Db, now: Date, most: number) => sql<{ id: string; ticketId: string }>`select h.id, h.ticket_id ${DUE(now)} order by h.look_at, h.id limit ${most}`.execute(db).then((result) => result.rows);

export const selectState = (db: Db, userId: string) => sql<{ state: string | null; roles: string[] }>`select s.state, u.roles from users u left join operators o on o.user_id = u.id and 'operator' = any(u.roles)
  left join operator_states s on s.operator_id = u.id where u.id = ${userId} and u.disabled_at is null`.execute(db).then((result) => result.rows[0]);
export const selectName = (db: Db, userId: string) => sql<{ name: string }>`select name from users where id = ${userId}`.execute(db).then((result) => result.rows[0]?.name ?? "");

/** Whoever a ticket is about does not find its hand-overs in a number either (R129). */
const COUNTED = ({ projects, readerId, since }: { projects: string[]; readerId: string; since: Date }) => sql`h.kind = 'handover' and h.project_key = any(${projects}::text[]) and h.created_at >= ${since}
  and not exists (select from tickets t where t.id = h.ticket_id and ${readerId}::uuid = any(t.about_user_ids))`;
export interface Figures { given: number; taken: number; returned: number; waiting: number; waitMedianS: number | null; waitLongestS: number | null }
const SECONDS = sql`extract(epoch from h.ended_at - h.created_at)`;
export const selectFigures = (db: Db, asked: Parameters<typeof COUNTED>[0]) => sql<Figures>`select count(*)::int as given, count(*) filter (where h.state = 'taken')::int as taken, count(*) filter (where h.state = 'returned')::int as returned,
    count(*) filter (where h.state = 'waiting')::int as waiting, (percentile_cont(0.5) within group (order by ${SECONDS}) filter (where h.state = 'taken'))::int as wait_median_s, (max(${SECONDS}) filter (where h.state = 'taken'))::int as wait_longest_s
  from handovers h where ${COUNTED(asked)}`.execute(db).then((result) => result.rows[0]!);
export interface PersonFigures { userId: string; name: string; asked: number; taken: number; refused: number; missed: number; waitMedianS: number | null }
export const selectPeopleFigures = (db: Db, asked: Parameters<typeof COUNTED>[0]) => sql<PersonFigures>`select o.user_id, max(u.name) as name, count(*)::int as asked, count(*) filter (where o.state = 'taken')::int as taken,
    count(*) filter (where o.state = 'refused')::int as refused, count(*) filter (where o.state = 'missed')::int as missed,
    (percentile_cont(0.5) within group (order by extract(epoch from o.answered_at - o.offered_at)) filter (where o.state = 'taken'))::int as wait_median_s
  from handovers h join handover_offers o on o.handover_id = h.id join users u on u.id = o.user_id where ${COUNTED(asked)}
  group by o.user_id order by refused desc, missed desc, asked desc, name limit 500`.execute(db).then((result) => result.rows);
