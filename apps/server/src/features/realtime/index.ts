export { gather, startRealtime } from "./realtime.ts";
