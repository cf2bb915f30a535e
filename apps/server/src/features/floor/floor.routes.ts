import { mount, type App } from "../../platform/http.ts";
import * as contract from "./floor.contract.ts";
import { forceState, getFloor, type FloorDeps } from "./floor.service.ts";

export function floorRoutes(app: App, deps: FloorDeps): void {
  mount(app, contract.getFloor, "signed_in", (ctx) => getFloor(ctx, deps));
  mount(app, contract.forceState, "signed_in", (ctx, { params, body }) => forceState(ctx, deps, params.id, body));
}
