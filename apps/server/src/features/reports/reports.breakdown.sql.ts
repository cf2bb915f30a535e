import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { TicketTexts } from "../tickets/index.ts";
import type { breakdownNumbers } from "./reports.contract.ts";
import { notAbout, type Period } from "./reports.sql.ts";

/** What is counted: `processes` are the keys of those that have the field; of departments it is what was given to one, tasks and tickets alike. */
export interface Scope { by: string; type: string | null; processes: string[] | null }
type Counted = (typeof breakdownNumbers)[number];

const COLUMNS: Record<string, RawBuilder<string | null>> = { type: sql`t.type`, outcome: sql`t.closed_as`, stage: sql`t.stage`, department: sql`t.department`, priority: sql`t.priority::text` };
const valueOf = (by: string): RawBuilder<string | null> => COLUMNS[by] ?? sql`t.fields ->> ${by.slice("fields.".length)}`;

/** One range of `tickets_ended` for what ended, one of `tickets_live` for what has not. What was merged is counted with what it became. */
const counted = ({ project, from, to, readerId }: Period, { by, type, processes }: Scope) => sql`
  select t.id, t.number, t.subject, t.texts, t.resolution, t.created_at, t.reopened, ${valueOf(by)} as value, t.status = 'closed' as ended, coalesce(t.closed_at, t.created_at) as at,
    coalesce((c.intervals -> -1 ->> 'to')::timestamptz, t.closed_at) as solved_at,
    100 = any(c.fired) or coalesce((c.intervals -> -1 ->> 'to')::timestamptz, t.closed_at) > t.due_at as was_late, t.paused_at is null and t.status in ('open', 'waiting') and t.due_at < ${to} as is_overdue
  from tickets t left join clocks c on c.subject_kind = 'ticket' and c.subject_id = t.id and c.name = 'solution'
  where t.project_key = ${project} and (t.closed_at >= ${from} and t.closed_at < ${to} and t.status = 'closed' or t.status <> 'closed') and t.merged_into is null
    and ${by === "department" ? sql`t.department is not null` : sql`t.parent_id is null`} and (${type}::text is null or t.type = ${type}) and ${notAbout(readerId)}
    and (${processes}::text[] is null or t.process_id in (select id from process_versions where project_key = ${project} and key = any(${processes})))`;

export interface BreakdownRow { value: string | null; isTotal: boolean; closed: number; late: number; reopened: number; meanS: number | null; medianS: number | null; open: number; overdue: number }
/** The last row is the total: counted with the others from one look, it cannot disagree with them. */
export const selectBreakdown = (db: Db, period: Period, scope: Scope): Promise<BreakdownRow[]> => sql<BreakdownRow>`
  select value, grouping(value) = 1 as is_total, count(*) filter (where ended)::int as closed, count(*) filter (where ended and was_late)::int as late, count(*) filter (where ended and reopened > 0)::int as reopened,
    avg(extract(epoch from solved_at - created_at)) filter (where ended)::float8 as mean_s,
    percentile_cont(0.5) within group (order by extract(epoch from solved_at - created_at)::float8) filter (where ended) as median_s,
    count(*) filter (where not ended)::int as open, count(*) filter (where not ended and is_overdue)::int as overdue
  from (${counted(period, scope)}) x group by grouping sets ((value), ()) order by is_total, closed desc, open desc, value`.execute(db).then(({ rows }) => rows);

const NUMBERS: Record<Counted, RawBuilder<boolean>> = { closed: sql`ended`, late: sql`ended and was_late`, open: sql`not ended`, overdue: sql`not ended and is_overdue` };

export interface CountedRow { id: string; number: string; subject: string; texts: TicketTexts | null; resolution: string | null; at: Date; late: boolean; value: string | null; createdAt: Date; solvedAt: Date | null }
/** `value` undefined: of all values. */
export interface Behind { number: Counted; value: string | null | undefined; after: [string, string] | null; limit: number }
export const selectCounted = (db: Db, period: Period, scope: Scope, { number, value, after, limit }: Behind): Promise<CountedRow[]> => sql<CountedRow>`
  select id, number, subject, texts, resolution, at, coalesce(was_late or not ended and is_overdue, false) as late, value, created_at, case when ended then solved_at end as solved_at from (${counted(period, scope)}) x
  where ${NUMBERS[number]} and (${value === undefined}::boolean or value is not distinct from ${value ?? null}) and (${after === null}::boolean or (at, id) < (${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::uuid))
  order by at desc, id desc limit ${limit}`.execute(db).then(({ rows }) => rows);
