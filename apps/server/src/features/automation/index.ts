export { rulesKind } from "./automation.kind.ts";
export { automationListener, clockReached, marksOf } from "./automation.listener.ts";
export { startAutomation } from "./automation.sweep.ts";
export type { Performing } from "./automation.perform.ts";
