import { inTx, type Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { findProject } from "../tickets/index.ts";
import { selectProjectKeys, takeForgotten } from "./views.sql.ts";

/** So many are told a minute in a project: after a holiday people find what was left in an order they can follow, not all at once. */
const TOGETHER = 100;
const EVERY_MS = 60_000;
/** After that a look begins anew with the longest untouched: in between it goes on from where it ended, past those that were told. Days are what is counted. */
const ANEW_MS = 3_600_000;

/** How far a project has been looked through, from the longest untouched on. */
export interface Looked { beganMs: number; place: [updatedAt: string, id: string] | null }

/** Tells owners of tickets that nobody touched for as long as the project allows: once, and again when as long has passed. `looked` is kept by who looks, from one time to the next. */
export async function remindForgotten(ctx: Ctx, looked = new Map<string, Looked>()): Promise<void> {
  const nowMs = ctx.now().getTime();
  for (const key of await selectProjectKeys(ctx.db)) {
    const before = looked.get(key);
    const { beganMs, place } = before && nowMs - before.beganMs < ANEW_MS ? before : { beganMs: nowMs, place: null };
    const hours = (await findProject(ctx.db, key))?.project.forgotten_after_hours ?? FORGOTTEN_AFTER_HOURS;
    looked.set(key, { beganMs, place: (await remindOf(ctx, key, { hours, place })) ?? place });
  }
}
/** For projects stored before the setting was. */
const FORGOTTEN_AFTER_HOURS = 24;

/** What is taken and what is told are one transaction: a node that dies in between has told nobody and the next look finds them again. */
const remindOf = (ctx: Ctx, projectKey: string, { hours, place }: { hours: number; place: Looked["place"] }): Promise<Looked["place"]> => inTx(ctx, async (ctx) => {
  const now = ctx.now();
  const forgotten = await takeForgotten(ctx.db, projectKey, { before: new Date(now.getTime() - hours * 3_600_000), now, place, most: TOGETHER });
  for (const { id, number, ownerId, updatedAt } of forgotten) {
    await emit(ctx, { type: "ticket.reminded", subject: { kind: "ticket", id }, data: { number, operatorId: ownerId, projectKey, reason: "untouched", since: updatedAt }, touches: [{ kind: "operator", id: ownerId }] });
  }
  const last = forgotten.at(-1);
  return last ? [last.updatedAt.toISOString(), last.id] : null;
});

export function startReminders(ctx: Ctx): Loop {
  let lookedAt = -Infinity;
  const looked = new Map<string, Looked>();
  return startLoop(async () => {
    if (performance.now() - lookedAt < EVERY_MS) return false;
    lookedAt = performance.now();
    await remindForgotten(ctx, looked);
    return false;
  }, (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "owners of forgotten tickets could not be reminded"); });
}
