export { dutiesKind } from "./duties.kind.ts";
export { startDuties } from "./duties.loop.ts";
export { dutiesRoutes } from "./duties.routes.ts";
