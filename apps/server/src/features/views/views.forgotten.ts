import { inTx, type Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { findProject } from "../tickets/index.ts";
import { selectProjectKeys, takeForgotten } from "./views.sql.ts";

const TOGETHER = 100;
/** Hours are what is counted; a minute more or less is nothing. */
const EVERY_MS = 60_000;

/** Tells owners of tickets that nobody touched for as long as the project allows: once, and again when as long has passed. Says whether there may be more. */
export async function remindForgotten(ctx: Ctx): Promise<boolean> {
  let isMore = false;
  for (const key of await selectProjectKeys(ctx.db)) {
    const hours = (await findProject(ctx.db, key))?.project.forgotten_after_hours ?? FORGOTTEN_AFTER_HOURS;
    isMore = (await remindOf(ctx, key, hours)) === TOGETHER || isMore;
  }
  return isMore;
}
/** For projects stored before the setting was. */
const FORGOTTEN_AFTER_HOURS = 24;

/** What is taken and what is told are one transaction: a node that dies in between has told nobody and the next look finds them again. */
const remindOf = (ctx: Ctx, projectKey: string, hours: number): Promise<number> => inTx(ctx, async (ctx) => {
  const now = ctx.now();
  const forgotten = await takeForgotten(ctx.db, projectKey, { before: new Date(now.getTime() - hours * 3_600_000), now, most: TOGETHER });
  for (const { id, number, ownerId, updatedAt } of forgotten) {
    await emit(ctx, { type: "ticket.reminded", subject: { kind: "ticket", id }, data: { number, operatorId: ownerId, projectKey, reason: "untouched", since: updatedAt }, touches: [{ kind: "operator", id: ownerId }] });
  }
  return forgotten.length;
});

export function startReminders(ctx: Ctx): Loop {
  let lookedAt = -Infinity;
  return startLoop(async () => {
    if (performance.now() - lookedAt < EVERY_MS) return false;
    const isMore = await remindForgotten(ctx);
    if (!isMore) lookedAt = performance.now();
    return isMore;
  }, (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "owners of forgotten tickets could not be reminded"); });
}
