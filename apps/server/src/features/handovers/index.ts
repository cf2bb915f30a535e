export { handoversListener } from "./handovers.listener.ts";
export { startHandovers } from "./handovers.loop.ts";
export { handoversRoutes } from "./handovers.routes.ts";
export type { HandoversDeps } from "./handovers.people.ts";
