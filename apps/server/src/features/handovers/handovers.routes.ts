import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./handovers.contract.ts";
import { handoverChoices, type HandoversDeps } from "./handovers.people.ts";
import { answerConsult, askColleague } from "./handovers.consults.service.ts";
import { giveHandover, refuseHandover, takeHandover, withdrawHandover } from "./handovers.service.ts";
import { clientHandovers, handoverFigures, listHandovers, ticketHandovers } from "./handovers.view.ts";

export function handoversRoutes(app: App, deps: HandoversDeps): void {
  mount(app, contracts.handoverFigures, "signed_in", (ctx) => handoverFigures(ctx));
  mount(app, contracts.listHandovers, "signed_in", (ctx, { query }) => listHandovers(ctx, query));
  mount(app, contracts.handoverChoices, "signed_in", (ctx, { params }) => handoverChoices(ctx, params.id, deps));
  mount(app, contracts.ticketHandovers, "signed_in", (ctx, { params }) => ticketHandovers(ctx, params.id));
  mount(app, contracts.clientHandovers, "signed_in", (ctx, { params }) => clientHandovers(ctx, params.id, deps));
  mount(app, contracts.giveHandover, "signed_in", (ctx, { params, body }) => giveHandover(ctx, params.id, body, deps));
  mount(app, contracts.askColleague, "signed_in", (ctx, { params, body }) => askColleague(ctx, params.id, body, deps));
  mount(app, contracts.answerConsult, "signed_in", (ctx, { params, body }) => answerConsult(ctx, params.id, body.text));
  mount(app, contracts.takeHandover, "signed_in", (ctx, { params }) => takeHandover(ctx, params.id));
  mount(app, contracts.refuseHandover, "signed_in", (ctx, { params, body }) => refuseHandover(ctx, params.id, body.reason, deps));
  mount(app, contracts.withdrawHandover, "signed_in", (ctx, { params }) => withdrawHandover(ctx, params.id));
}
