export { desksHere } from "./realtime.desks.ts";
export { gather, startRealtime } from "./realtime.ts";
