import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface Webhook { id: string; projectKey: string; key: string; name: string; url: string; secret: Buffer; enabled: boolean; version: number }
export type ListedWebhook = Omit<Webhook, "secret"> & { queued: number; dead: number };

/** Counted up to a hundred: more is many. */
const COUNTS = sql`(select count(*)::int from (select from webhook_deliveries d where d.webhook_id = w.id and d.state = 'queued' limit 100) x) as queued,
  (select count(*)::int from (select from webhook_deliveries d where d.webhook_id = w.id and d.state = 'dead' limit 100) x) as dead`;
const LISTED = sql`w.id, w.project_key, w.key, w.name, w.url, w.enabled, w.version, ${COUNTS}`;

export const selectWebhooks = (db: Db, projectKey: string) => sql<ListedWebhook>`select ${LISTED} from webhooks w where project_key = ${projectKey} order by key`.execute(db).then((result) => result.rows);
export const selectListed = (db: Db, projectKey: string, id: string) => sql<ListedWebhook>`select ${LISTED} from webhooks w where project_key = ${projectKey} and id = ${id}`.execute(db).then((result) => result.rows[0]);
export const selectByKey = (db: Db, projectKey: string, key: string) => sql<{ id: string }>`select id from webhooks where project_key = ${projectKey} and key = ${key} and enabled`.execute(db).then((result) => result.rows[0]);

export const insertWebhook = (db: Db, row: Omit<Webhook, "version"> & { at: Date }) => sql<{ id: string }>`insert into webhooks (id, project_key, key, name, url, secret, enabled, created_at, updated_at)
  values (${row.id}, ${row.projectKey}, ${row.key}, ${row.name}, ${row.url}, ${row.secret}, ${row.enabled}, ${row.at}, ${row.at}) on conflict (project_key, key) do nothing returning id`.execute(db).then((result) => result.rows[0]);

/** Updates only the version seen; undefined means somebody else was first. */
export const updateWebhookRow = (db: Db, row: Pick<Webhook, "id" | "version" | "name" | "url" | "enabled"> & { secret: Buffer | null; at: Date }) => sql<{ id: string }>`update webhooks set name = ${row.name}, url = ${row.url}, enabled = ${row.enabled},
  secret = coalesce(${row.secret}, secret), version = version + 1, updated_at = ${row.at} where id = ${row.id} and version = ${row.version} returning id`.execute(db).then((result) => result.rows[0]);

export const deleteWebhook = (db: Db, id: string) => sql`delete from webhooks where id = ${id}`.execute(db);

/** False when there is one of this cause. */
export const insertDelivery = (db: Db, row: { id: string; webhookId: string; ticketId: string | null; cause: string; body: unknown; at: Date }) => sql`insert into webhook_deliveries (id, webhook_id, ticket_id, cause, body, next_at, created_at)
  values (${row.id}, ${row.webhookId}, ${row.ticketId}, ${row.cause}, ${JSON.stringify(row.body)}::jsonb, ${row.at}, ${row.at}) on conflict (cause) do nothing returning id`.execute(db).then((result) => result.rows.length > 0);

export interface DueDelivery { id: string; attempts: number; body: unknown; webhookId: string; url: string; secret: Buffer; key: string; projectKey: string }

/** How many may be taken, how many of one hook, and how many of each are on their way. */
export interface Places { most: number; share: number; sending: ReadonlyMap<string, number> }

/** Takes what is due away from other nodes until `until`, of no hook more than its share; a node that dies meanwhile leaves it to be tried again. */
export const claimDeliveries = (db: Db, { now, until }: { now: Date; until: Date }, { most, share, sending }: Places) => sql<DueDelivery>`with due as (select d.id from webhooks w cross join lateral (select id, next_at from webhook_deliveries
      where webhook_id = w.id and state = 'queued' and next_at <= ${now} order by next_at limit greatest(0, ${share}::int - coalesce((${JSON.stringify(Object.fromEntries(sending))}::jsonb ->> w.id::text)::int, 0)) for update skip locked) d
    where w.enabled order by d.next_at limit ${most}),
  taken as (update webhook_deliveries d set next_at = ${until}, attempts = d.attempts + 1 from due where d.id = due.id returning d.id, d.attempts, d.body, d.webhook_id)
  select t.id, t.attempts, t.body, t.webhook_id, w.url, w.secret, w.key, w.project_key from taken t join webhooks w on w.id = t.webhook_id order by t.id`.execute(db).then((result) => result.rows);

export const updateDelivery = (db: Db, id: string, result: { state: "queued" | "sent" | "dead"; status: number | null; error: string | null; nextAt: Date; at: Date }) => sql`update webhook_deliveries set state = ${result.state}, status = ${result.status}, error = ${result.error}, next_at = ${result.nextAt},
  finished_at = case when ${result.state} = 'queued' then null else ${result.at}::timestamptz end where id = ${id}`.execute(db);

export interface ListedDelivery { id: string; webhookKey: string; ticketId: string | null; state: "queued" | "sent" | "dead"; attempts: number; nextAt: Date; status: number | null; error: string | null; createdAt: Date; finishedAt: Date | null; body: unknown }

export const selectDeliveries = (db: Db, filter: { projectKey: string; state: string | null; after: string | null; limit: number }) => sql<ListedDelivery>`select d.id, w.key as webhook_key, d.ticket_id, d.state, d.attempts, d.next_at, d.status, d.error, d.created_at, d.finished_at, d.body
  from webhook_deliveries d join webhooks w on w.id = d.webhook_id where w.project_key = ${filter.projectKey} ${filter.state ? sql`and d.state = ${filter.state}` : sql``} ${filter.after ? sql`and d.id < ${filter.after}::uuid` : sql``}
  order by d.id desc limit ${filter.limit}`.execute(db).then((result) => result.rows);

export const requeueDelivery = (db: Db, projectKey: string, id: string, now: Date) => sql<{ id: string }>`update webhook_deliveries d set state = 'queued', attempts = 0, next_at = ${now}, finished_at = null from webhooks w
  where w.id = d.webhook_id and w.project_key = ${projectKey} and d.id = ${id} and d.state = 'dead' returning d.id`.execute(db).then((result) => result.rows[0]);

/** What was sent is kept for thirty days, what was given up for ninety. */
export const deleteOldDeliveries = (db: Db, now: Date) => sql`delete from webhook_deliveries where id in ((select id from webhook_deliveries where state = 'sent' and created_at < ${now}::timestamptz - interval '30 days' limit 5000)
  union all (select id from webhook_deliveries where state = 'dead' and created_at < ${now}::timestamptz - interval '90 days' limit 5000))`.execute(db).then((result) => Number(result.numAffectedRows ?? 0n));
