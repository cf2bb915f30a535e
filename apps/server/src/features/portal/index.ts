export { portalRoutes, type PortalDeps } from "./portal.routes.ts";
export { findStatus, type Lookup } from "./portal.service.ts";
