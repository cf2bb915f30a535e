import { sql } from "kysely";
import type { Actor, Db } from "../../platform/db.ts";
import type { TicketTexts } from "../tickets/index.ts";
import type { BulkAction, BulkChange, BulkRun } from "./bulk.contract.ts";

export type RunState = BulkRun["state"];
export type ItemState = keyof BulkRun["counts"];
export interface RunRow { id: string; authorId: string; action: BulkAction; stepName: string | null; state: RunState; tellsClients: boolean; total: number; at: Date; finishedAt: Date | null }
export interface Reason { code: string; params?: Record<string, string | number> }

const RUN = sql`id, author_id, action, step_name, state, tells_clients, total, at, finished_at`;
export const selectRun = (db: Db, id: string, lock = false) => sql<RunRow>`select ${RUN} from bulk_runs where id = ${id} ${lock ? sql`for update` : sql``}`.execute(db).then((result) => result.rows[0]);
export const selectRuns = (db: Db, authorId: string, page: { after: [string, string] | null; limit: number }) => sql<RunRow>`select ${RUN} from bulk_runs where author_id = ${authorId}
  ${page.after ? sql`and (at, id) < (${page.after[0]}::timestamptz, ${page.after[1]}::uuid)` : sql``} order by at desc, id desc limit ${page.limit}`.execute(db).then((result) => result.rows);
/** Runs of one person that are not over. */
export const countLive = (db: Db, authorId: string) => sql<{ n: number }>`select count(*)::int as n from bulk_runs where author_id = ${authorId} and state in ('checking', 'running', 'undoing')`.execute(db).then((result) => result.rows[0]!.n);

export async function insertRun(db: Db, row: RunRow, ticketIds: string[]): Promise<void> {
  await sql`insert into bulk_runs (${RUN}) values (${row.id}, ${row.authorId}, ${JSON.stringify(row.action)}::jsonb, ${row.stepName}, ${row.state}, ${row.tellsClients}, ${row.total}, ${row.at}, ${row.finishedAt})`.execute(db);
  await sql`insert into bulk_items (run_id, n, ticket_id) select ${row.id}, x.n, x.id from unnest(${ticketIds}::uuid[]) with ordinality x(id, n)`.execute(db);
}
/** Ids of tickets that are there for this person, in the order given: those of other projects and those about them (R129) are not told from those of none. */
export const selectKnown = (db: Db, ids: string[], { id, projects }: User) => sql<{ id: string }>`select x.id from unnest(${ids}::uuid[]) with ordinality x(id, n) join tickets t on t.id = x.id where t.project_key = any(${projects}::text[]) and not coalesce(${id}::uuid = any(t.about_user_ids), false) order by x.n`.execute(db).then((result) => result.rows.map(({ id }) => id));
export const updateRun = (db: Db, id: string, set: Pick<RunRow, "state" | "tellsClients" | "finishedAt">) => sql`update bulk_runs set state = ${set.state}, tells_clients = ${set.tellsClients}, finished_at = ${set.finishedAt} where id = ${id}`.execute(db);

export const selectCounts = (db: Db, ids: string[]) => sql<{ runId: string; state: ItemState; n: number; tells: number }>`select run_id, state, count(*)::int as n, (count(*) filter (where tells and state in ('ready', 'changed')))::int as tells
  from bulk_items where run_id = any(${ids}::uuid[]) group by run_id, state`.execute(db).then((result) => result.rows);

export interface ListedItem { n: number; id: string; number: string; subject: string; texts: TicketTexts | null; projectKey: string; state: ItemState; tells: boolean; changes: BulkChange[]; reason: Reason[] | null; ownerId: string | null; department: string | null; aboutUserIds: string[] | null }
export const selectItems = (db: Db, runId: string, { state, after, limit }: { state: ItemState | undefined; after: number; limit: number }) => sql<ListedItem>`select i.n, i.ticket_id as id, t.number, t.subject, t.texts, t.project_key, i.state, i.tells, i.changes, i.reason, t.owner_id, t.department, t.about_user_ids
  from bulk_items i join tickets t on t.id = i.ticket_id where i.run_id = ${runId} and i.n > ${after} ${state ? sql`and i.state = ${state}` : sql``} order by i.n limit ${limit}`.execute(db).then((result) => result.rows);

export interface Item { n: number; ticketId: string; tells: boolean }
/** The next of a state, in their order or from the end; the run's row is locked by who asks, so nobody else takes them. */
export const selectNext = (db: Db, runId: string, { state, most, isBackwards }: { state: ItemState; most: number; isBackwards: boolean }) => sql<Item>`select n, ticket_id, tells from bulk_items
  where run_id = ${runId} and state = ${state} order by n ${sql.raw(isBackwards ? "desc" : "asc")} limit ${most}`.execute(db).then((result) => result.rows);
export const updateItem = (db: Db, runId: string, n: number, set: { state: ItemState; reason: Reason[] | null; tells?: boolean; changes?: BulkChange[] }) => sql`update bulk_items set state = ${set.state}, reason = ${set.reason === null ? null : JSON.stringify(set.reason)}::jsonb,
  tells = coalesce(${set.tells ?? null}, tells), changes = coalesce(${set.changes ? JSON.stringify(set.changes) : null}::jsonb, changes) where run_id = ${runId} and n = ${n}`.execute(db);

export type User = Extract<Actor, { kind: "user" }>;
/** As they may now, not as they might when they began. */
export const selectAuthor = (db: Db, id: string) => sql<Omit<User, "kind">>`select id, name, roles, projects, language, department from users where id = ${id} and disabled_at is null`.execute(db).then((result) => result.rows[0]);
