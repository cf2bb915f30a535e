import { z } from "zod";
import { contract, idParams, instant, page, pageQuery } from "../api.contract.ts";
import { viewSort } from "../views/views.contract.ts";

/** Most tickets one run can have. */
export const BULK_MOST = 5_000;
export const bulkStates = z.enum(["checking", "ready", "running", "stopped", "done", "undoing", "undone"]);
export const bulkItemStates = z.enum(["unchecked", "ready", "refused", "changed", "failed", "undone", "kept"]);

export const bulkAction = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("change"), ownerId: z.uuid().nullable().optional(), department: z.string().max(60).nullable().optional(), priority: z.number().int().min(0).max(3).optional(), dueAt: instant.nullable().optional() }),
  z.strictObject({ kind: z.literal("move"), transition: z.string().min(1).max(60), input: z.record(z.string().max(60), z.unknown()).default({}) }),
]);
export type BulkAction = z.output<typeof bulkAction>;

export const bulkRun = z.object({
  id: z.uuid(), action: bulkAction, /** Of a move: its step's name, in the language its author had. */ stepName: z.string().nullable(), state: bulkStates, total: z.number().int(), counts: z.record(bulkItemStates, z.number().int()),
  /** How many clients would hear of it; nobody hears unless the run is started with this number. */
  tells: z.number().int(), tellsClients: z.boolean(), at: instant, finishedAt: instant.nullable(),
});
export type BulkRun = z.infer<typeof bulkRun>;
/** What would become of a ticket, or has: stages, people and departments by name, a priority by its number, a deadline as an instant. Null: nothing stood or stands there. */
export const bulkChange = z.object({ field: z.enum(["stage", "owner", "department", "priority", "dueAt"]), was: z.string().nullable(), now: z.string().nullable() });
export type BulkChange = z.infer<typeof bulkChange>;
export const bulkItem = z.object({ id: z.uuid(), number: z.string(), subject: z.string(), projectKey: z.string(), state: bulkItemStates, tells: z.boolean(), changes: z.array(bulkChange), /** Why not, in the reader's words. */ reason: z.string().nullable() });

export const previewBulk = contract({
  method: "POST", path: "/tickets/bulk", summary: "Choose tickets, by hand or all of a filter as it is now, and try a change on each without keeping it",
  body: z.object({
    selection: z.union([z.strictObject({ ids: z.array(z.uuid()).min(1).max(BULK_MOST) }), z.strictObject({ /** A `TicketFilter` as JSON. */ filter: z.string().max(6_000), sort: viewSort.default("changed") })]),
    action: bulkAction,
  }),
  reply: bulkRun,
});
export const listBulk = contract({ method: "GET", path: "/tickets/bulk", summary: "One's own runs, newest first, keyset-paged", query: z.object(pageQuery), reply: page(bulkRun) });
export const getBulk = contract({ method: "GET", path: "/tickets/bulk/:id", summary: "A run and how far it is", params: idParams, reply: bulkRun });
export const listBulkItems = contract({ method: "GET", path: "/tickets/bulk/:id/items", summary: "Tickets of a run in their order, keyset-paged; of one state, or all", params: idParams, query: z.object({ state: bulkItemStates.optional(), ...pageQuery }), reply: page(bulkItem) });
export const startBulk = contract({ method: "POST", path: "/tickets/bulk/:id/start", summary: "Do what was tried, in small steps. Clients are told only with `tell`, which must be their number", params: idParams, body: z.object({ tell: z.number().int().min(1).nullable().default(null) }), reply: bulkRun });
export const stopBulk = contract({ method: "POST", path: "/tickets/bulk/:id/stop", summary: "Stop; what is done stays, and can be undone", params: idParams, reply: bulkRun });
export const undoBulk = contract({ method: "POST", path: "/tickets/bulk/:id/undo", summary: "Take back what was changed, except where somebody has changed it since or the client was told", params: idParams, reply: bulkRun });
