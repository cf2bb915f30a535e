import { z } from "zod";
import type { DurableListener } from "../../platform/deliveries.ts";
import type { TxCtx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { findProject, lockTicket } from "../tickets/index.ts";
import { voidBy } from "./handovers.offering.ts";
import { insertHandover } from "./handovers.sql.ts";

const wanted = z.object({ to: z.string(), askedBy: z.string(), text: z.string().default("") });

/** A process or a rule hands a ticket over: it waits, and the next look of the loop offers it. Heard twice it is one; while another waits for this ticket it is none. */
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
  const now = ctx.now();
  await insertHandover(ctx.db, {
    id: newId(now.getTime()), projectKey: ticket.projectKey, ticketId, interactionId: null, givenBy: null, askedBy, cause, ownerId: ticket.ownerId, circle: department ? "department" : "supervisors", department,
    wanted: "", tried: "", expected: text, expectedBy: null, lookAt: now, createdAt: now,
  });
}
