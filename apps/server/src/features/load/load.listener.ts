import { z } from "zod";
import type { DurableListener } from "../../platform/deliveries.ts";
import { lockTicket } from "../tickets/index.ts";
import { giveToLeastLoaded, type LoadDeps } from "./load.service.ts";
import { upsertGiven } from "./load.sql.ts";

const wanted = z.object({ askedBy: z.string() });
const assigned = z.object({ to: z.uuid().nullable().default(null) });

/** A process or a rule wants a ticket given to who has the least to do; and whoever is given one by hand has been given one. */
export const loadListener = ({ here, queueSkills }: LoadDeps): DurableListener => ({
  name: "load",
  wants: (type) => type === "ticket.assignment_wanted" || type === "ticket.assigned",
  hear: async (heard) => {
    // Tickets first, in one order, then the load: as whoever gives one by hand goes about it, so that nobody waits for each other.
    const wishes = heard.filter(({ event }) => event.type === "ticket.assignment_wanted").toSorted((a, b) => (a.event.subject.id < b.event.subject.id ? -1 : 1));
    for (const { ctx, event } of wishes) await lockTicket(ctx, event.subject.id);
    const present = wishes.length > 0 ? await here() : new Set<string>();
    for (const { ctx, event } of heard) {
      if (event.type === "ticket.assigned") {
        const { to } = assigned.parse(event.data);
        if (to) await upsertGiven(ctx.db, to, event.at);
        continue;
      }
      const ticket = await lockTicket(ctx, event.subject.id);
      // Finished or merged meanwhile: there is nothing to give.
      if (ticket.status !== "done" && ticket.status !== "closed" && !ticket.mergedInto) await giveToLeastLoaded(ctx, ticket, { askedBy: wanted.parse(event.data).askedBy, present, queueSkills });
    }
  },
});
