import type { Ctx } from "../../platform/db.ts";
import type { DurableListener } from "../../platform/deliveries.ts";
import { deleteSolved, selectMissing, selectSolved, upsertSolved } from "./articles.sql.ts";
import { partsOf } from "./articles.words.rules.ts";

const HEARD = new Set(["ticket.moved", "ticket.changed", "ticket.reopened", "ticket.merged_away", "ticket.unmerged"]);

/** Keeps the words of solved tickets; one that is reopened or merged away is not a solution any more. */
export const solvedListener: DurableListener = {
  name: "solved_tickets",
  wants: (type) => HEARD.has(type),
  hear: async (heard) => {
    const ctx = heard[0]!.ctx;
    await remember(ctx, heard.flatMap(({ event }) => [event.subject.id, ...goneOf(event.data)]));
  },
};

const goneOf = (data: unknown): string[] => { const { goneId } = (data ?? {}) as { goneId?: unknown }; return typeof goneId === "string" ? [goneId] : []; };

async function remember(ctx: Ctx, ids: string[]): Promise<void> {
  const solved = await selectSolved(ctx.db, ids);
  for (const each of solved) await upsertSolved(ctx.db, each, partsOf(`${each.subject} ${each.description}`.slice(0, 2_000), each.language));
  const known = new Set(solved.map(({ id }) => id));
  await deleteSolved(ctx.db, ids.filter((id) => !known.has(id)));
}

const TOGETHER = 200;
/** Tickets that were solved before their words were kept, in small steps; returns where to go on, or null at the end. */
export async function rememberOld(ctx: Ctx, after: string): Promise<string | null> {
  const ids = await selectMissing(ctx.db, after, TOGETHER);
  if (ids.length > 0) await remember(ctx, ids);
  return ids.length < TOGETHER ? null : ids.at(-1)!;
}
