import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./bulk.contract.ts";
import { getBulk, listBulk, listBulkItems, previewBulk, startBulk, stopBulk, undoBulk } from "./bulk.service.ts";

export function bulkRoutes(app: App): void {
  mount(app, contracts.previewBulk, "signed_in", (ctx, { body }) => previewBulk(ctx, body));
  mount(app, contracts.listBulk, "signed_in", (ctx, { query }) => listBulk(ctx, query));
  mount(app, contracts.getBulk, "signed_in", (ctx, { params }) => getBulk(ctx, params.id));
  mount(app, contracts.listBulkItems, "signed_in", (ctx, { params, query }) => listBulkItems(ctx, params.id, query));
  mount(app, contracts.startBulk, "signed_in", (ctx, { params, body }) => startBulk(ctx, params.id, body));
  mount(app, contracts.stopBulk, "signed_in", (ctx, { params }) => stopBulk(ctx, params.id));
  mount(app, contracts.undoBulk, "signed_in", (ctx, { params }) => undoBulk(ctx, params.id));
}
