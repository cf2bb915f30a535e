import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./duties.contract.ts";
import { listDue } from "./duties.service.ts";

export function dutiesRoutes(app: App): void {
  mount(app, contracts.listDue, "signed_in", (ctx, { query }) => listDue(ctx, query));
}
