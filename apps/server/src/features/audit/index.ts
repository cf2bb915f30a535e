export { auditRoutes } from "./audit.routes.ts";
export { sealAudit, startSealer, verifyAudit } from "./audit.service.ts";
