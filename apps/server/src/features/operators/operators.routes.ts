import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./operators.contract.ts";
import * as history from "./operators.history.contract.ts";
import { operatorHistory } from "./operators.history.service.ts";
import * as service from "./operators.service.ts";

export function operatorsRoutes(app: App, deps: service.OperatorsDeps): void {
  mount(app, contracts.listOperators, "signed_in", (ctx, { query }) => service.listOperators(ctx, query));
  mount(app, contracts.operatorChoices, "signed_in", (ctx) => service.operatorChoices(ctx, deps));
  mount(app, contracts.getOperator, "signed_in", (ctx, { params }) => service.getOperator(ctx, params.id));
  mount(app, history.operatorHistory, "signed_in", (ctx, { params, query }) => operatorHistory(ctx, params.id, query));
  mount(app, contracts.changeOperator, "signed_in", (ctx, { params, body }) => service.changeOperator(ctx, deps, params.id, body));
  mount(app, contracts.givePhone, "signed_in", (ctx, { params, body }, { reply }) => {
    reply.header("cache-control", "no-store");
    return service.givePhone(ctx, deps, params.id, body);
  });
  mount(app, contracts.takePhone, "signed_in", (ctx, { params, query }) => service.takePhone(ctx, params.id, query.version));
}
