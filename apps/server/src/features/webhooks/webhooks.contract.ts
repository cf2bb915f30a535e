import { z } from "zod";
import { contract, instant, okReply, page, pageQuery } from "../api.contract.ts";

export const webhookSchema = z.object({ id: z.uuid(), projectKey: z.string(), key: z.string(), name: z.string(), url: z.string(), enabled: z.boolean(), version: z.number().int(), /** Waiting to be sent; given up. */ queued: z.number().int(), dead: z.number().int() });
export type WebhookView = z.infer<typeof webhookSchema>;
const projectParams = z.object({ project: z.string().max(60) });
const fields = { name: z.string().trim().min(1).max(120), url: z.url({ protocol: /^https?$/ }).max(500), enabled: z.boolean().default(true) };

export const listWebhooks = contract({ method: "GET", path: "/webhooks/:project", contacts: "own", summary: "Webhooks of a project (administrator)", params: projectParams, reply: z.object({ items: z.array(webhookSchema) }) });
export const createWebhook = contract({
  method: "POST", path: "/webhooks/:project", contacts: "own", summary: "Add a webhook; its secret is told once, in this answer", params: projectParams, body: z.object({ key: z.string().regex(/^[a-z][a-z0-9_-]{0,40}$/), ...fields }),
  reply: webhookSchema.extend({ secret: z.string() }),
});
export const updateWebhook = contract({ method: "PUT", path: "/webhooks/:project/:id", contacts: "own", summary: "Change a webhook; `newSecret` replaces its secret and tells the new one", params: projectParams.extend({ id: z.uuid() }), body: z.object({ version: z.number().int(), newSecret: z.boolean().default(false), ...fields }), reply: webhookSchema.extend({ secret: z.string().nullable() }) });
export const removeWebhook = contract({ method: "DELETE", path: "/webhooks/:project/:id", summary: "Remove a webhook and what it has not sent", params: projectParams.extend({ id: z.uuid() }), reply: okReply });

export const deliverySchema = z.object({ id: z.uuid(), webhookKey: z.string(), ticketId: z.uuid().nullable(), state: z.enum(["queued", "sent", "dead"]), attempts: z.number().int(), nextAt: instant, status: z.number().int().nullable(), error: z.string().nullable(), createdAt: instant, finishedAt: instant.nullable(), body: z.unknown() });
export type DeliveryView = z.infer<typeof deliverySchema>;
export const listDeliveries = contract({ method: "GET", path: "/webhooks/:project/deliveries", summary: "What was sent or given up, newest first", params: projectParams, query: z.object({ state: z.enum(["queued", "sent", "dead"]).optional(), ...pageQuery }), reply: page(deliverySchema) });
export const replayDelivery = contract({ method: "POST", path: "/webhooks/:project/deliveries/:id/replay", summary: "Send a delivery that was given up once more", params: projectParams.extend({ id: z.uuid() }), reply: okReply });
