import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./relations.contract.ts";
import { mergeTicket, previewMerge, undoMerge } from "./relations.merge.service.ts";
import { addRelation, listRelations, removeRelation } from "./relations.service.ts";

export function relationsRoutes(app: App): void {
  mount(app, contracts.listRelations, "signed_in", (ctx, { params }) => listRelations(ctx, params.id));
  mount(app, contracts.addRelation, "signed_in", (ctx, { params, body }) => addRelation(ctx, params.id, body));
  mount(app, contracts.removeRelation, "signed_in", (ctx, { params }) => removeRelation(ctx, params.id, params.relationId));
  mount(app, contracts.previewMerge, "signed_in", (ctx, { params, query }) => previewMerge(ctx, params.id, query.number));
  mount(app, contracts.mergeTicket, "signed_in", (ctx, { params, body }) => mergeTicket(ctx, params.id, body));
  mount(app, contracts.undoMerge, "signed_in", (ctx, { params }) => undoMerge(ctx, params.id));
}
