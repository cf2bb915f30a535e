export { healthRoutes, type HealthDeps } from "./health.routes.ts";
export { diskProbe } from "./health.disk.ts";
export { databaseProbe, jobsProbe, type PartState, type Probe, type Seen } from "./health.service.ts";
