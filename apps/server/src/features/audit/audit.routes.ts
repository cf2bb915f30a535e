import { mount, type App } from "../../platform/http.ts";
import * as contracts from "./audit.contract.ts";
import { listAudit, verifyTrail } from "./audit.service.ts";

export function auditRoutes(app: App): void {
  mount(app, contracts.listAudit, "signed_in", (ctx, { query }) => listAudit(ctx, query));
  // It walks the whole trail: often enough for a person, not for a loop.
  mount(app, contracts.verifyAuditTrail, { guard: "signed_in", limit: { max: 10, perMs: 60_000 } }, (ctx) => verifyTrail(ctx));
}
