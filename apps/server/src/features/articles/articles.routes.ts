import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./articles.contract.ts";
import { readArticle, searchArticles, ticketSolutions } from "./articles.service.ts";
import { attachSolution, chooseVariant, detachSolution, offerVariant, withdrawVariant } from "./articles.solutions.service.ts";

export function articlesRoutes(app: App): void {
  mount(app, contracts.searchArticles, "signed_in", (ctx, { query }) => searchArticles(ctx, query));
  mount(app, contracts.readArticle, "signed_in", (ctx, { params, query }) => readArticle(ctx, params, query.language));
  mount(app, contracts.ticketSolutions, "signed_in", (ctx, { params, query }) => ticketSolutions(ctx, params.id, query.words));
  mount(app, contracts.attachSolution, "signed_in", (ctx, { params, body }) => attachSolution(ctx, params.id, body));
  mount(app, contracts.detachSolution, "signed_in", (ctx, { params }) => detachSolution(ctx, params.id, params.solutionId));
  mount(app, contracts.offerVariant, "signed_in", (ctx, { params, body }) => offerVariant(ctx, params.id, body));
  mount(app, contracts.withdrawVariant, "signed_in", (ctx, { params }) => withdrawVariant(ctx, params.id, params.variantId));
  mount(app, contracts.chooseVariant, "signed_in", (ctx, { params, body }) => chooseVariant(ctx, params.id, params.variantId, body.chosen));
}
