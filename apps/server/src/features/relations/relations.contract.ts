import { z } from "zod";
import { contract, idParams, instant, okReply } from "../api.contract.ts";

/** How the other ticket stands to this one, read from here: it blocks this one, or is blocked by it. */
export const sides = ["related", "duplicate_of", "duplicated_by", "caused_by", "causes", "blocks", "blocked_by"] as const;
export const sideSchema = z.enum(sides);
export type Side = z.infer<typeof sideSchema>;

export const ticketBrief = z.object({ id: z.uuid(), number: z.string(), subject: z.string(), type: z.string(), status: z.enum(["open", "waiting", "done", "closed"]), stage: z.string(), /** In the reader's language. */ stageName: z.string(), clientName: z.string(), ownerName: z.string(), createdAt: instant });
export type TicketBrief = z.infer<typeof ticketBrief>;
/** `parent` and `child` come from sub-tasks and are not made or removed here. */
export const relationView = z.object({ id: z.string(), side: z.enum([...sides, "parent", "child"]), ticket: ticketBrief, by: z.string(), at: instant });
export type RelationView = z.infer<typeof relationView>;
/** `undoUntil`: null when it is final. */
export const mergeView = z.object({ id: z.uuid(), ticket: ticketBrief, by: z.string(), at: instant, undoUntil: instant.nullable() });
export type MergeView = z.infer<typeof mergeView>;

export const listRelations = contract({
  method: "GET", path: "/tickets/:id/relations", summary: "Tickets this one has to do with, those merged into it, and the one it was merged into", params: idParams,
  reply: z.object({ relations: z.array(relationView), merged: z.array(mergeView), mergedInto: mergeView.nullable() }),
});
export const addRelation = contract({
  method: "POST", path: "/tickets/:id/relations", summary: "Relate this ticket to another, named by its number", params: idParams,
  body: z.object({ side: sideSchema, number: z.string().trim().min(1).max(40) }), reply: relationView,
});
export const removeRelation = contract({ method: "DELETE", path: "/tickets/:id/relations/:relationId", summary: "Take a relation away", params: z.object({ id: z.uuid(), relationId: z.uuid() }), reply: okReply });

const counts = <K extends string>(kinds: K[]) => z.object(Object.fromEntries(kinds.map((kind) => [kind, z.number().int()])) as Record<K, z.ZodInt>);
/** What cannot be merged says why by a message key; warnings can be gone over. */
export const mergePreview = z.object({
  kept: ticketBrief.extend({ version: z.number().int() }), gone: ticketBrief.extend({ version: z.number().int() }),
  carries: counts(["subtasks", "forms", "notes", "attachments", "interactions", "notices", "promises", "documents", "solutions", "variants", "guides", "relations"]),
  /** What does not go over: forms where the kept one has its own, ways offered beside others, a talk beside one that goes on, ticks; a decision waited for lapses. */
  stays: counts(["forms", "variants", "guides", "checks", "approvals"]),
  /** The kept ticket takes the client of the other. */
  takesClient: z.boolean(),
  warnings: z.array(z.enum(["other_contact", "other_type", "kept_is_newer", "gone_has_owner"])),
  refused: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type MergePreview = z.infer<typeof mergePreview>;
export const previewMerge = contract({ method: "GET", path: "/tickets/:id/merge", summary: "What merging another ticket into this one would carry over", params: idParams, query: z.object({ number: z.string().trim().min(1).max(40) }), reply: mergePreview });
export const mergeTicket = contract({
  method: "POST", path: "/tickets/:id/merge", summary: "Merge another ticket into this one; both as they were seen", params: idParams,
  body: z.object({ goneId: z.uuid(), keptVersion: z.number().int(), goneVersion: z.number().int() }), reply: mergeView,
});
export const undoMerge = contract({ method: "POST", path: "/tickets/merges/:id/undo", summary: "Take a merge back, for a day, unless either ticket was changed since", params: idParams, reply: okReply });
