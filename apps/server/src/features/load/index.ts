export { loadListener } from "./load.listener.ts";
export { loadRoutes } from "./load.routes.ts";
export { queueSkillsOf, type LoadDeps } from "./load.service.ts";
