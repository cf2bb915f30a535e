import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

/** Which parts of the context an expression reads; the rest is not asked of the database. */
export interface ContextNeeds { owner: boolean; client: boolean; contacts: boolean; counts: boolean; call: boolean; tasks: boolean; approvals: boolean; form: boolean }

/** Ages and counts are computed here or by the caller; moments come as `Date`. */
export interface ContextRow {
  id: string; number: string; projectKey: string; type: string; processId: string; stage: string; status: string; priority: number; subject: string; description: string; channel: string; language: string;
  department: string | null; ownerId: string | null; ownerName: string | null; createdAt: Date; stageSince: Date; dueAt: Date | null; pausedAt: Date | null; closedAt: Date | null; reopened: number; calls: number;
  score: number | null; resolution: string | null; clientComment: string | null; closedAs: string | null; fields: Record<string, unknown>; version: number;
  client: ClientRow | null; call: CallRow | null; tasks: { all: number; open: number; undone: number } | null; openApprovals: number | null;
  /** Of the ticket's form, the newest of several, as conditions read it. */
  form: Record<string, unknown> | null;
}
interface ClientRow { id: string; name: string; kind: string; language: string | null; flags: string[]; city: string | null; since: string; phone?: string | null; email?: string | null; tickets?: number; open_tickets?: number; recent_tickets?: number }
interface CallRow { channel: string; direction: string; from: string; to: string; queue: string | null; language: string | null; outcome: string | null; disposition: string | null; started: string; waited: number | null; talked: number | null }

const CONTACTS = sql`, (select e164 from client_phones p where p.client_id = c.id order by p.position limit 1) as phone,
  (select address from client_emails m where m.client_id = c.id order by m.position limit 1) as email`;
/** What the client came with: neither tasks that departments do for it, nor what was merged and is counted with what it became. */
const REQUESTS = sql`x.client_id = c.id and x.parent_id is null and x.merged_into is null`;
/** Bounded: whoever has more tickets than this has many. */
const COUNTS = sql`, (select count(*)::int from (select from tickets x where ${REQUESTS} limit 1000) x) as tickets,
  (select count(*)::int from (select from tickets x where ${REQUESTS} and x.status in ('open', 'waiting') limit 1000) x) as open_tickets,
  (select count(*)::int from (select from tickets x where ${REQUESTS} and x.created_at > now() - interval '30 days' limit 1000) x) as recent_tickets`;

const client = (needs: ContextNeeds) => (!needs.client ? sql`null::json` : sql`(select row_to_json(r) from (select c.id, c.name, c.kind, c.language, c.flags, c.address->>'city' as city, c.created_at as since
  ${needs.contacts ? CONTACTS : sql``} ${needs.counts ? COUNTS : sql``} from clients c where c.id = t.client_id) r)`);

const call = (needs: ContextNeeds) => (!needs.call ? sql`null::json` : sql`(select row_to_json(r) from (select i.channel, i.direction, i.from_number as "from", i.to_number as "to", split_part(i.queue_id, '.', 2) as queue, i.language, i.outcome, i.disposition, i.started_at as started,
  (extract(epoch from coalesce(i.answered_at, i.ended_at) - i.queued_at) * 1000)::int as waited, (extract(epoch from i.ended_at - i.answered_at) * 1000)::int as talked from interactions i where i.id = t.interaction_id) r)`);

/** All that is read of these tickets in one statement; with `lock`, they stay as they are until the transaction ends. */
export const selectContexts = (db: Db, ticketIds: string[], needs: ContextNeeds, lock: boolean) => sql<ContextRow>`
  select t.id, t.number, t.project_key, t.type, t.process_id, t.stage, t.status, t.priority, t.subject, t.description, t.channel, t.language, t.department, t.owner_id,
    ${needs.owner ? sql`(select name from users u where u.id = t.owner_id)` : sql`null::text`} as owner_name,
    t.created_at, t.stage_since, t.due_at, t.paused_at, t.closed_at, t.reopened, t.calls, t.score, t.resolution, t.client_comment, t.closed_as, t.fields, t.version,
    ${client(needs)} as client, ${call(needs)} as call,
    ${needs.tasks ? sql`(select json_build_object('all', count(*), 'open', count(*) filter (where x.status in ('open', 'waiting')),
      'undone', count(*) filter (where x.closed_as in ('rejected', 'cancelled') and x.parent_waits and not exists (select from tickets y where y.parent_id = x.parent_id and y.parent_task = x.parent_task and y.parent_waits and (y.created_at, y.id) > (x.created_at, x.id)))) from tickets x where x.parent_id = t.id)` : sql`null::json`} as tasks,
    ${needs.approvals ? sql`(select count(*)::int from ticket_approvals a where a.ticket_id = t.id and a.state = 'pending')` : sql`null::int`} as open_approvals,
    ${needs.form ? sql`(select f.reads from form_records f where f.subject_kind = 'ticket' and f.subject_id = t.id order by f.created_at desc, f.id desc limit 1)` : sql`null::jsonb`} as form
  from tickets t where t.id = any(${ticketIds}::uuid[]) order by t.id ${lock ? sql`for update of t` : sql``}`.execute(db).then((result) => result.rows);
