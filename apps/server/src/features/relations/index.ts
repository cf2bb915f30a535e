export { addRelation, listRelations, removeRelation } from "./relations.service.ts";
export { mergeTicket, previewMerge, undoMerge } from "./relations.merge.service.ts";
export { relationsRoutes } from "./relations.routes.ts";
