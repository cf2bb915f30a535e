import { z } from "zod";
import type { TxCtx } from "../../platform/db.ts";
import { addJob } from "../../platform/jobs.ts";
import { own } from "../../platform/own.ts";
import type { Process } from "../processes/index.ts";

export const BRING_ALONG = "ticket.bring_along";
export const bringPayload = z.object({ ticketId: z.uuid(), transition: z.string() });

/** Hundreds may hang on one outage: they go on after it, one by one, so that none of them holds up the others or the ticket itself. */
export async function bringAlong(ctx: TxCtx, process: Process, ticketId: string, transition: string): Promise<void> {
  const step = own(process.transitions, transition)?.brings_along;
  if (step !== undefined) await addJob(ctx, BRING_ALONG, { ticketId, transition: step }, { queue: BRING_ALONG });
}
