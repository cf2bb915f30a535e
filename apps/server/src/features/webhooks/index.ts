export { callWebhook, type WebhookSettings } from "./webhooks.service.ts";
export { webhooksRoutes } from "./webhooks.routes.ts";
export { startWebhooks } from "./webhooks.sender.ts";
export { hooksKind } from "./webhooks.in.kind.ts";
