export { portalRoutes, type PortalDeps } from "./portal.routes.ts";
export { underWhite } from "./portal.rules.ts";
export { findStatus, type Lookup } from "./portal.service.ts";
