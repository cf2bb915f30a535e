export { LiveDeclarations } from "./declarations.live.ts";
export { bringFiles, type Begun, type StoreSettings } from "./declarations.store.ts";
export { declarationJobs } from "./declarations.migrate.service.ts";
export { declarationsProbe } from "./declarations.probe.ts";
export { declarationsRoutes } from "./declarations.routes.ts";
export type { DeclarationsDeps } from "./declarations.service.ts";
