export { ensureQueues, selectStanding } from "./queues.sql.ts";
export { Router } from "./queues.router.ts";
export { exposeRouter, holdingsOfNodes, offerToNode, routerClient } from "./queues.client.ts";
export type { HeldWork, OfferOut, OperatorNow, RoutedQueue, Work } from "./queues.router.ts";
export type { RouterClient } from "./queues.client.ts";
