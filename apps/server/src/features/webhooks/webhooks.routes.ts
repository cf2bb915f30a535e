import { mount, type App } from "../../platform/http.ts";
import { hooksRoutes } from "./webhooks.in.routes.ts";
import * as contracts from "./webhooks.contract.ts";
import { createWebhook, listDeliveries, listWebhooks, removeWebhook, replayDelivery, updateWebhook, type WebhookSettings } from "./webhooks.service.ts";

export function webhooksRoutes(app: App, settings: WebhookSettings): void {
  mount(app, contracts.listWebhooks, "signed_in", (ctx, { params }) => listWebhooks(ctx, params.project));
  mount(app, contracts.createWebhook, "signed_in", (ctx, { params, body }) => createWebhook(ctx, params.project, body, settings));
  mount(app, contracts.updateWebhook, "signed_in", (ctx, { params, body }) => updateWebhook(ctx, params, body, settings));
  mount(app, contracts.removeWebhook, "signed_in", (ctx, { params }) => removeWebhook(ctx, params));
  mount(app, contracts.listDeliveries, "signed_in", (ctx, { params, query }) => listDeliveries(ctx, params.project, query));
  mount(app, contracts.replayDelivery, "signed_in", (ctx, { params }) => replayDelivery(ctx, params));
  hooksRoutes(app, settings.secrets);
}
