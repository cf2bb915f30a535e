export { automationRoutes } from "./automation.routes.ts";
export { rulesKind } from "./automation.kind.ts";
export { automationListener, clockReached } from "./automation.listener.ts";
export { startAutomation } from "./automation.sweep.ts";
export type { Performing } from "./automation.perform.ts";
