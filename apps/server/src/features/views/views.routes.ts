import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./views.contract.ts";
import { ticketColumns } from "./views.columns.service.ts";
import { findTickets, ticketBoard } from "./views.find.service.ts";
import { changeView, listViews, removeView, saveView } from "./views.service.ts";

export function viewsRoutes(app: App): void {
  mount(app, contracts.listViews, "signed_in", (ctx) => listViews(ctx));
  mount(app, contracts.saveView, "signed_in", (ctx, { body }) => saveView(ctx, body));
  mount(app, contracts.changeView, "signed_in", (ctx, { params, body }) => changeView(ctx, params.id, body));
  mount(app, contracts.removeView, "signed_in", (ctx, { params }) => removeView(ctx, params.id));
  mount(app, contracts.findTickets, "signed_in", (ctx, { query }) => findTickets(ctx, query));
  mount(app, contracts.ticketColumns, "signed_in", (ctx) => ticketColumns(ctx));
  mount(app, contracts.ticketBoard, "signed_in", (ctx, { query }) => ticketBoard(ctx, query));
}
