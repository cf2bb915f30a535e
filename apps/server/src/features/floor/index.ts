export { floorRoutes } from "./floor.routes.ts";
export type { FloorDeps, FloorQueue } from "./floor.service.ts";
