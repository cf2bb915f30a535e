export { createRouting } from "./engine.ts";
export type {
  Acceptance, Channel, Decision, Explanation, Finish, Fit, OperatorInput, QueueInput, Reason, Refusal, Routing,
  RoutingOptions, Snapshot, Verdict, WorkInput, WorkSnapshot, WorkState,
} from "./types.ts";
