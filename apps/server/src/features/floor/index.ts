export { floorRoutes } from "./floor.routes.ts";
export type { FloorDeps, FloorQueue, OpenHours } from "./floor.service.ts";
