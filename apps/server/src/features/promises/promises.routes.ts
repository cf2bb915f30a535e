import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./promises.contract.ts";
import { clientPromises, closePromise, listPromises, makePromise, promiseFigures, ticketPromises } from "./promises.service.ts";

export function promisesRoutes(app: App): void {
  mount(app, contracts.promiseFigures, "signed_in", (ctx) => promiseFigures(ctx));
  mount(app, contracts.listPromises, "signed_in", (ctx, { query }) => listPromises(ctx, query));
  mount(app, contracts.ticketPromises, "signed_in", (ctx, { params }) => ticketPromises(ctx, params.id));
  mount(app, contracts.clientPromises, "signed_in", (ctx, { params }) => clientPromises(ctx, params.id));
  mount(app, contracts.makePromise, "signed_in", (ctx, { body }) => makePromise(ctx, body));
  mount(app, contracts.closePromise, "signed_in", (ctx, { params, body }) => closePromise(ctx, params.id, body));
}
