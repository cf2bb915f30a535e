import { z } from "zod";
import { contract, idParams, instant, page, pageQuery } from "../api.contract.ts";

export const changedField = z.object({
  /** A column of the ticket, or a field of its process as `fields.amount`. */ field: z.string(), /** Of a field of the process, in the reader's language. */ name: z.string().nullable(),
  /** As the reader reads it; an instant of `dueAt` and a number of `priority` as they are. Null: nothing. */ before: z.string().nullable(), after: z.string().nullable(),
});
export const ticketChange = z.object({ id: z.number().int(), at: instant, by: z.string(), /** Of a step: what it is called. */ step: z.string().nullable(), changes: z.array(changedField) });
export type TicketChange = z.infer<typeof ticketChange>;
export const ticketHistory = contract({ method: "GET", path: "/tickets/:id/history", summary: "Who changed what of a ticket, with what stood there before; newest first", params: idParams, query: z.object(pageQuery), reply: page(ticketChange) });
