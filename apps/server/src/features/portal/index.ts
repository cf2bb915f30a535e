export { myRoutes, type MyDeps } from "./portal.my.routes.ts";
export { FORGET_CLIENT_SESSIONS, portalJobs, type PortalJobsDeps } from "./portal.access.service.ts";
export { portalRoutes, type PortalDeps } from "./portal.routes.ts";
export { underWhite } from "./portal.rules.ts";
export { findStatus, type Lookup } from "./portal.service.ts";
