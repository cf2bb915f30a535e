import { z } from "zod";
import type { DurableListener } from "../../platform/deliveries.ts";
import type { TxCtx } from "../../platform/db.ts";
import { findProject, lockTicket } from "../tickets/index.ts";
import { beginWanted, voidBy } from "./handovers.offering.ts";
import { insertWanted } from "./handovers.sql.ts";

const wanted = z.object({ to: z.string(), askedBy: z.string(), text: z.string().default("") });

/** A process or a rule hands a ticket over: it waits, and the next look of the loop offers it. Heard twice it is one; while another waits for this ticket it is remembered. */
export const handoversListener: DurableListener = {
  name: "handovers",
  wants: (type) => type === "ticket.handover_wanted",
  hear: async (heard) => { for (const { ctx, event } of heard) await begin(ctx, event.id, event.subject.id, wanted.parse(event.data)); },
};

async function begin(ctx: TxCtx, cause: string, ticketId: string, { to, askedBy, text }: z.infer<typeof wanted>): Promise<void> {
  const ticket = await lockTicket(ctx, ticketId);
  if (voidBy(ticket, ticket)) return;
  const departments = (await findProject(ctx.db, ticket.projectKey))?.departments ?? {};
  const department = Object.hasOwn(departments, to) ? to : null;
  await insertWanted(ctx.db, { cause, ticketId, ownerId: ticket.ownerId, askedBy, department, expected: text, createdAt: ctx.now() });
  await beginWanted(ctx, ticket);
}
