import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./load.contract.ts";
import { getLoad, giveTicket, type LoadDeps } from "./load.service.ts";

export function loadRoutes(app: App, deps: LoadDeps): void {
  mount(app, contracts.getLoad, "signed_in", (ctx, { query }) => getLoad(ctx, query, deps));
  mount(app, contracts.giveTicket, "signed_in", (ctx, { params, body }) => giveTicket(ctx, params.id, body, deps));
}
