import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./automation.contract.ts";
import { getRun, listRuleRuns, listTicketRuns } from "./automation.runs.service.ts";
import { certify, checkRule, dryRun, getRule, getVocabulary, listEditors, listRules, tryRule } from "./automation.service.ts";

export function automationRoutes(app: App): void {
  mount(app, contracts.listRules, "signed_in", (ctx, { params }) => listRules(ctx, params.project));
  mount(app, contracts.getRule, "signed_in", (ctx, { params, query }) => getRule(ctx, params, query.version));
  mount(app, contracts.getVocabulary, "signed_in", (ctx, { params }) => getVocabulary(ctx, params.project));
  mount(app, contracts.checkRule, "signed_in", (ctx, { params, body }) => checkRule(ctx, params.project, body.text));
  mount(app, contracts.tryRule, "signed_in", (ctx, { params, body }) => tryRule(ctx, params.project, body));
  mount(app, contracts.dryRun, "signed_in", (ctx, { params, body }) => dryRun(ctx, params.project, body));
  mount(app, contracts.listRuleRuns, "signed_in", (ctx, { params, query }) => listRuleRuns(ctx, params, query));
  mount(app, contracts.listTicketRuns, "signed_in", (ctx, { params, query }) => listTicketRuns(ctx, params.id, query));
  mount(app, contracts.getRun, "signed_in", (ctx, { params }) => getRun(ctx, params.id));
  mount(app, contracts.listEditors, "signed_in", (ctx) => listEditors(ctx));
  mount(app, contracts.certify, "signed_in", (ctx, { params, body }) => certify(ctx, params.id, body.certified));
}
