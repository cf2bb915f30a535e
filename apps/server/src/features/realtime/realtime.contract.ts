import { z } from "zod";

/**
 * What the server pushes on `/api/live` (WebSocket). Ids only: the desk refetches what it shows. `hello` comes first, and
 * again every fifteen seconds: where it does not, nobody is there. A desk says one thing, `{"deaf":MS}`: for how long it
 * has read without hearing; what changed since is told again, or that everything is to be read.
 */
export const pushSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("hello"), nodeId: z.string(), at: z.string() }),
  /** Something about these changed. `line` = my own line; `floor` = the supervisor's picture. */
  z.object({ kind: z.literal("changed"), things: z.array(z.object({ kind: z.string(), id: z.string() })) }),
  /** My line changed (offer, state, call): refetch `/calls/line` at once. */
  z.object({ kind: z.literal("line") }),
  z.object({ kind: z.literal("alert"), key: z.string(), params: z.record(z.string(), z.string()), ticketId: z.string().nullable() }),
  /** I am reminded of a ticket. `id` is the reminder's own: several desks of one person tell it once. `untouched`: nobody has worked on it for long. */
  z.object({ kind: z.literal("reminded"), id: z.string(), ticketId: z.string(), number: z.string(), reason: z.enum(["untouched", "other"]) }),
]);
export type Push = z.infer<typeof pushSchema>;
