import { z } from "zod";
import type { DurableListener } from "../../platform/deliveries.ts";
import { reviewTicket } from "./tickets.move.service.ts";

const formData = z.object({ subject: z.object({ kind: z.string(), id: z.string() }).nullish() });

/** Conditions read a ticket's form: when one is submitted or attached, the ticket may have to go on by itself. Heard twice it changes nothing. */
export const ticketsListener: DurableListener = {
  name: "tickets",
  wants: (type) => type === "form.submitted" || type === "form.attached",
  hear: async (heard) => {
    for (const { ctx, event } of heard) {
      const { subject } = formData.parse(event.data);
      if (subject?.kind === "ticket") await reviewTicket(ctx, subject.id);
    }
  },
};
