import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, isDatabaseAway, isOvertaken } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import { own } from "../../platform/own.ts";
import { isFor } from "../processes/index.ts";
import { isLeftBehind, selectCaused } from "./tickets.apart.sql.ts";
import { BRING_ALONG, bringPayload } from "./tickets.brought.ts";
import { processOf } from "./tickets.definitions.ts";
import { move } from "./tickets.move.service.ts";
import { selectTicket, selectTicketForUpdate } from "./tickets.sql.ts";

/** Each in a transaction of its own. Done twice it changes nothing: who has taken the step is not where it is taken from any more. */
export const broughtJobs = (base: Ctx): Record<string, JobHandler> => ({
  [BRING_ALONG]: async (payload) => {
    const { ticketId, transition } = bringPayload.parse(payload);
    const ctx: Ctx = { ...base, actor: { kind: "system", name: "process" }, requestId: newId() };
    for (const id of await selectCaused(ctx.db, ticketId)) await bringOne(ctx, { id, causeId: ticketId, transition });
  },
});

interface Brought { id: string; causeId: string; transition: string }

async function bringOne(ctx: Ctx, { id, causeId, transition }: Brought): Promise<void> {
  try {
    await inTx(ctx, async (ctx) => {
      const ticket = await selectTicketForUpdate(ctx.db, id);
      if (!ticket || ticket.mergedInto) return;
      const way = own((await processOf(ctx.db, ticket.processId)).transitions, transition);
      if (way?.from.includes(ticket.stage) && isFor(way, "system")) await move(ctx, ticket, { transition, input: {}, by: { id: null, roles: ["system"] } });
    });
  } catch (error) {
    if (isDatabaseAway(error) || isOvertaken(error) || (error instanceof AppError && error.code === "unavailable")) throw error;
    // What one of them has against it, a fault of ours too, is that one's own: the others go on, and supervisors hear of it.
    if (error instanceof AppError) ctx.log.warn({ ticket: id, transition, error: error.message }, "a ticket could not go along with what caused it");
    else ctx.log.error({ err: error, ticket: id, transition }, "a fault of ours kept a ticket from going along with what caused it");
    await inTx(ctx, (ctx) => leftBehind(ctx, id, causeId));
  }
}

/** Once for each cause, however often the job is done. */
async function leftBehind(ctx: TxCtx, id: string, causeId: string): Promise<void> {
  const ticket = await selectTicket(ctx.db, id);
  if (!ticket || await isLeftBehind(ctx.db, id, causeId)) return;
  const { number, projectKey } = ticket;
  await emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id }, data: { key: "alert_ticket_left_behind", params: { number }, projectKey, ticketId: id, causeId }, touches: [{ kind: "floor", id: projectKey }] });
}
