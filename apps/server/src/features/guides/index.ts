export { guidesKind, readGuide } from "./guides.kind.ts";
export { guidesRoutes } from "./guides.routes.ts";
export { guideSchema, type Guide } from "./guides.declaration.contract.ts";
