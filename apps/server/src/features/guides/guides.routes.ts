import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./guides.contract.ts";
import { leaveGuide, startGuide, stepBack, takeStep, ticketGuides } from "./guides.service.ts";

export function guidesRoutes(app: App): void {
  mount(app, contracts.ticketGuides, "signed_in", (ctx, { params }) => ticketGuides(ctx, params.id));
  mount(app, contracts.startGuide, "signed_in", (ctx, { params, body }) => startGuide(ctx, params.id, body));
  mount(app, contracts.takeStep, "signed_in", (ctx, { params, body }) => takeStep(ctx, params.id, body));
  mount(app, contracts.stepBack, "signed_in", (ctx, { params, body }) => stepBack(ctx, params.id, body));
  mount(app, contracts.leaveGuide, "signed_in", (ctx, { params, body }) => leaveGuide(ctx, params.id, body));
}
