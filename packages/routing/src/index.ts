export { createRouting } from "./engine.ts";
export type {
  Acceptance, Channel, Decision, Explanation, Finish, Fit, OperatorInput, QueueInput, Readiness, Reason, Refusal, Routing,
  RoutingOptions, Snapshot, Verdict, WorkInput, WorkSnapshot, WorkState,
} from "./types.ts";
export { simulate } from "./simulate.ts";
export type { Result, Shift, Simulation, SimulationReport, Stream } from "./simulate.ts";
