import { mount, type App } from "../../platform/http.ts";
import * as contract from "./reports.contract.ts";
import { getStageTimes, listStays } from "./reports.service.ts";

export function reportsRoutes(app: App): void {
  mount(app, contract.getStageTimes, "signed_in", (ctx, { query }) => getStageTimes(ctx, query));
  mount(app, contract.listStays, "signed_in", (ctx, { query }) => listStays(ctx, query));
}
