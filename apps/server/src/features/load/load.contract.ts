import { z } from "zod";
import { contract, idParams, instant } from "../api.contract.ts";

/** How much one person has to do, over all projects of the reader. */
export const loadView = z.object({
  id: z.uuid(), name: z.string(), department: z.string().nullable(), projects: z.array(z.string()), languages: z.array(z.string()), skills: z.record(z.string(), z.number().int()),
  /** On a shift, or at an open desk: only those are given tickets by themselves. */ atWork: z.boolean(),
  /** Tickets they own that are not done: of these past their deadline, and of these waiting for somebody else. */ open: z.number().int(), overdue: z.number().int(), waiting: z.number().int(),
  /** When they were last given one; null: never. */ givenAt: instant.nullable(),
});
export type LoadView = z.infer<typeof loadView>;
export const loadSchema = z.object({ people: z.array(loadView), /** What nobody owns, a department's among it. */ unowned: z.object({ open: z.number().int(), overdue: z.number().int(), waiting: z.number().int() }) });
export const getLoad = contract({ method: "GET", path: "/load", summary: "Who has how much to do: open, overdue and waiting tickets of each (supervisor)", query: z.object({ project: z.string().max(40).optional() }), reply: loadSchema });
export const giveTicket = contract({
  method: "POST", path: "/tickets/:id/give", summary: "Give a ticket to a person, or to who of those able to do it has the least to do (supervisor)", params: idParams,
  body: z.object({ /** Null: whoever has the least to do. */ userId: z.uuid().nullable().default(null) }),
  reply: z.object({ ticketId: z.uuid(), to: z.object({ id: z.uuid(), name: z.string() }), from: z.object({ id: z.uuid(), name: z.string() }).nullable() }),
});
