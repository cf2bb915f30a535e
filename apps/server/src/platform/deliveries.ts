import { sql } from "kysely";
import { inTx, type Ctx, type TxCtx } from "./db.ts";
import { isDatabaseAway } from "./errors.ts";
import { onCommitted, registerDurable, type StoredEvent } from "./events.ts";
import { kept } from "./kept.ts";
import { startLoop, type Taken } from "./loop.ts";

/** A fact and the context of what follows from it: its request, one deeper. All of one batch share a transaction. */
export interface Heard { ctx: TxCtx; event: StoredEvent }

/**
 * Hears each fact at least once, those of one subject in order; must be idempotent by event id. Facts come together, of
 * different subjects, so that what they need can be read at once.
 */
export interface DurableListener { name: string; wants(type: string): boolean; hear(heard: Heard[]): Promise<void> }

const MAX_ATTEMPTS = 12;

interface Claimed { eventId: string; attempts: number; at: Date; type: string; subjectKind: string; subjectId: string; actor: StoredEvent["actor"]; data: unknown; depth: number; requestId: string }

/** So many facts share one transaction: its beginning and its flush to disk cost more than hearing a fact. With 64 who wrote on a ticket that a rule had changed waited for the rules of all the others. */
const TOGETHER = 16;

/**
 * Takes the oldest delivery of each subject that is due: a later fact of the same subject waits for the earlier one. How
 * many is written out: a kept plan for a number it cannot see reads all events instead of a few.
 */
const claim = (ctx: TxCtx, listener: string, most: number) => kept(sql<Claimed>`
  with due as (select d.event_id from deliveries d where d.listener = ${listener} and d.next_at <= now() and d.failed is null
      and not exists (select 1 from deliveries o where o.listener = d.listener and o.subject_id = d.subject_id and o.failed is null and o.event_id < d.event_id)
    order by d.event_id limit ${sql.lit(most)} for update of d skip locked),
  taken as (delete from deliveries d using due where d.listener = ${listener} and d.event_id = due.event_id returning d.event_id, d.attempts)
  select e.id as event_id, t.attempts, e.at, e.type, e.subject_kind, e.subject_id, e.actor, e.data, e.depth, e.request_id from taken t join events e on e.id = t.event_id order by e.id`).execute(ctx.db).then((result) => result.rows);

/** A look that begins no transaction: idle, a listener costs one read of its index. */
const isDue = (ctx: Ctx, listener: string): Promise<boolean> => kept(sql<{ due: boolean }>`
  select exists (select 1 from deliveries where listener = ${listener} and next_at <= now() and failed is null) as due`).execute(ctx.db).then((result) => result.rows[0]!.due);

/** Runs durable listeners on this node: woken by commits here; a look every second finds those of other nodes and retries. */
export function startDeliveries(ctx: Ctx, listeners: DurableListener[]): { stop(): Promise<void>; settled(): Promise<void> } {
  const loops = listeners.map((listener) => {
    registerDurable(listener.name, (type) => listener.wants(type));
    return { listener, ...startLoop(() => some(ctx, listener, TOGETHER), (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error, listener: listener.name }, "delivery loop failed"); }) };
  });
  const unsubscribe = onCommitted((events) => { for (const each of loops) if (events.some((event) => each.listener.wants(event.type))) each.wake(); });
  return {
    stop: async () => { unsubscribe(); await Promise.all(loops.map((each) => each.stop())); },
    settled: async () => { for (const each of loops) { each.wake(); await each.idle(); } },
  };
}

/** Heard and removed in one transaction. When one cannot be heard all are given back and heard one by one, so that only its next try is put off. */
async function some(ctx: Ctx, listener: DurableListener, most: number): Promise<Taken> {
  if (!(await isDue(ctx, listener.name))) return false;
  let claimed: Claimed[] = [];
  try {
    await inTx(ctx, async (ctx) => {
      claimed = await claim(ctx, listener.name, most);
      const heard = claimed.map((each) => ({ ctx: { ...ctx, actor: { kind: "system" as const, name: listener.name }, depth: each.depth + 1, requestId: each.requestId }, event: toEvent(each) }));
      if (heard.length > 0) await listener.hear(heard);
    });
  } catch (error) {
    const [culprit, ...others] = claimed;
    if (!culprit || isDatabaseAway(error)) throw error;
    if (others.length > 0) for (let left = claimed.length; left > 0; left--) await some(ctx, listener, 1);
    else {
      ctx.log.error({ err: error, listener: listener.name, event: culprit.eventId, type: culprit.type }, "listener failed; it will be tried again");
      await putOff(ctx, listener.name, culprit, error);
    }
  }
  return claimed.length === most || (claimed.length > 0 && "some");
}

const putOff = (ctx: Ctx, listener: string, claimed: Claimed, error: unknown) => sql`update deliveries set attempts = attempts + 1,
  next_at = now() + least(300, power(2, attempts)) * interval '1 second',
  failed = case when attempts + 1 >= ${MAX_ATTEMPTS} then ${String(error).slice(0, 500)} end
  where event_id = ${claimed.eventId} and listener = ${listener}`.execute(ctx.db);

const toEvent = (row: Claimed): StoredEvent => ({ id: row.eventId, at: row.at, type: row.type, subject: { kind: row.subjectKind, id: row.subjectId }, actor: row.actor, data: row.data, depth: row.depth, requestId: row.requestId });
