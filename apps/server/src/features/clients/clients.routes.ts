import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./clients.contract.ts";
import * as lists from "./clients.list.service.ts";
import { mergeClients } from "./clients.merge.service.ts";
import * as clients from "./clients.service.ts";

export function clientsRoutes(app: App): void {
  mount(app, contracts.searchClients, "signed_in", (ctx, { query }) => lists.searchClients(ctx, query));
  mount(app, contracts.clientByPhone, "signed_in", async (ctx, { query }) => ({ items: await lists.clientByPhone(ctx, query.phone) }));
  mount(app, contracts.getClient, "signed_in", (ctx, { params }) => clients.getClient(ctx, params.id));
  mount(app, contracts.createClient, "signed_in", (ctx, { body }) => clients.createClient(ctx, body));
  mount(app, contracts.updateClient, "signed_in", (ctx, { params, body }) => clients.updateClient(ctx, params.id, body));
  mount(app, contracts.mergeClients, "signed_in", (ctx, { params, body }) => mergeClients(ctx, params.id, body));
  mount(app, contracts.archiveClient, "signed_in", (ctx, { params, body }) => clients.archiveClient(ctx, params.id, body));
  mount(app, contracts.confirmClient, "signed_in", (ctx, { params, body }) => clients.confirmClient(ctx, params.id, body.version));
  mount(app, contracts.clientTimeline, "signed_in", (ctx, { params, query }) => lists.clientTimeline(ctx, params.id, query));
  mount(app, contracts.clientHistory, "signed_in", (ctx, { params, query }) => lists.clientHistory(ctx, params.id, query));
}
