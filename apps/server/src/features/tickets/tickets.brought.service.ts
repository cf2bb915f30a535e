import { inTx, type Ctx } from "../../platform/db.ts";
import { AppError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import { own } from "../../platform/own.ts";
import { isFor } from "../processes/index.ts";
import { selectCaused } from "./tickets.apart.sql.ts";
import { BRING_ALONG, bringPayload } from "./tickets.brought.ts";
import { processOf } from "./tickets.definitions.ts";
import { move } from "./tickets.move.service.ts";
import { selectTicketForUpdate } from "./tickets.sql.ts";

/** Each in a transaction of its own. Done twice it changes nothing: who has taken the step is not where it is taken from any more. */
export const broughtJobs = (base: Ctx): Record<string, JobHandler> => ({
  [BRING_ALONG]: async (payload) => {
    const { ticketId, transition } = bringPayload.parse(payload);
    const ctx: Ctx = { ...base, actor: { kind: "system", name: "process" }, requestId: newId() };
    for (const id of await selectCaused(ctx.db, ticketId)) await bringOne(ctx, id, transition);
  },
});

async function bringOne(ctx: Ctx, id: string, transition: string): Promise<void> {
  try {
    await inTx(ctx, async (ctx) => {
      const ticket = await selectTicketForUpdate(ctx.db, id);
      if (!ticket || ticket.mergedInto) return;
      const way = own((await processOf(ctx.db, ticket.processId)).transitions, transition);
      if (way?.from.includes(ticket.stage) && isFor(way, "system")) await move(ctx, ticket, { transition, input: {}, by: { id: null, roles: ["system"] } });
    });
  } catch (error) {
    // What one of them has against it is that one's own: the others go on, and it stays where somebody sees it.
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ ticket: id, transition, error: error.message }, "a ticket could not go along with what caused it");
  }
}
