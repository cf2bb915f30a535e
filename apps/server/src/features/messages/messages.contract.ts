import { z } from "zod";
import { contract, idParams, instant } from "../api.contract.ts";

/** Files and documents a message may carry together, in megabytes: what mail servers still take. */
export const MAX_MESSAGE_MB = 15;

export const messageFile = z.object({ id: z.uuid(), kind: z.enum(["file", "document"]), name: z.string(), mediaType: z.string(), bytes: z.number().int() });
export const messageView = z.object({
  id: z.uuid(), byClient: z.boolean(),
  /** The colleague; empty for the client. */
  by: z.string(), text: z.string(), at: instant, files: z.array(messageFile),
  /** What came of its mail; null for what the client wrote. */
  mail: z.enum(["queued", "sent", "failed", "no_address"]).nullable(),
});
export type MessageView = z.infer<typeof messageView>;

export const listMessages = contract({ method: "GET", path: "/tickets/:id/messages", summary: "What the client and colleagues wrote to each other, oldest first", params: idParams, reply: z.object({ items: z.array(messageView) }) });
export const sendMessage = contract({
  method: "POST", path: "/tickets/:id/messages", summary: "Write to the client: by mail, and on the client's own page; with files and documents of the ticket. Sent twice with one id it is one message", params: idParams,
  body: z.object({ id: z.uuid(), text: z.string().trim().min(1).max(4000), files: z.array(z.uuid()).max(10).default([]), documents: z.array(z.uuid()).max(10).default([]) }), reply: messageView,
});
