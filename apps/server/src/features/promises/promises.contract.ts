import { z } from "zod";
import { contract, idParams, instant, page, pageQuery, sentId } from "../api.contract.ts";

export const promiseState = z.enum(["open", "kept", "broken"]);
/** What was said will be done, by when and by whom. `reason`: why it was not kept. */
export const promiseView = z.object({
  id: z.uuid(), projectKey: z.string(), text: z.string(), dueAt: instant, state: promiseState, reason: z.string().nullable(), version: z.number().int(), createdAt: instant,
  by: z.object({ id: z.uuid().nullable(), name: z.string() }), closed: z.object({ at: instant, by: z.string() }).nullable(),
  ticket: z.object({ id: z.uuid(), number: z.string(), subject: z.string() }).nullable(), client: z.object({ id: z.uuid(), name: z.string() }).nullable(),
});
export type PromiseView = z.infer<typeof promiseView>;

/** `mine`: open ones I gave, by their time. `all`: those of my projects, for who may see them. */
export const listPromises = contract({ method: "GET", path: "/promises", summary: "Open promises by their time", query: z.object({ view: z.enum(["mine", "all"]).default("mine"), ...pageQuery }), reply: page(promiseView) });
export const ticketPromises = contract({ method: "GET", path: "/tickets/:id/promises", summary: "Promises given about a ticket, open ones first", params: idParams, reply: z.object({ items: z.array(promiseView) }) });
export const clientPromises = contract({ method: "GET", path: "/clients/:id/promises", summary: "Promises given to a client, open ones first", params: idParams, reply: z.object({ items: z.array(promiseView) }) });
export const makePromise = contract({
  method: "POST", path: "/promises", summary: "Record what was promised to a client, about a ticket or not. Sent again with its id it is one promise",
  body: z.object({ id: sentId, ticketId: z.uuid().nullable().default(null), clientId: z.uuid().nullable().default(null), /** Needed without a ticket. */ projectKey: z.string().max(40).optional(), text: z.string().trim().min(1).max(500), dueAt: instant }),
  reply: promiseView,
});
export const closePromise = contract({
  method: "POST", path: "/promises/:id/close", summary: "Say that a promise was kept, or why it was not", params: idParams,
  body: z.object({ version: z.number().int(), state: z.enum(["kept", "broken"]), reason: z.string().trim().max(500).default("") }), reply: promiseView,
});
/** Of the last 30 days: `kept` in time, `keptLate` after it; `overdue` are open now. */
export const promiseFigures = contract({
  method: "GET", path: "/promises/figures", summary: "How promises are kept, by who gave them",
  reply: z.object({ days: z.number().int(), people: z.array(z.object({ userId: z.uuid().nullable(), name: z.string(), open: z.number().int(), overdue: z.number().int(), kept: z.number().int(), keptLate: z.number().int(), broken: z.number().int() })) }),
});
