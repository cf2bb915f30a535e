import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./messages.contract.ts";
import { listMessages, sendMessage } from "./messages.service.ts";

/** `publicUrl` is where clients reach us. */
export function messagesRoutes(app: App, deps: { publicUrl: string }): void {
  mount(app, contracts.listMessages, "signed_in", (ctx, { params }) => listMessages(ctx, params.id));
  mount(app, contracts.sendMessage, "signed_in", (ctx, { params, body }) => sendMessage(ctx, params.id, body, deps));
}
