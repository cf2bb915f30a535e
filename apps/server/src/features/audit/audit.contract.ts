import { z } from "zod";
import { contract, instant, page, pageQuery } from "../api.contract.ts";

export const auditRow = z.object({
  id: z.number().int(), at: instant, actorKind: z.string(), actorId: z.string().nullable(), actorName: z.string(), action: z.string(), objectKind: z.string(), objectId: z.string(),
  before: z.unknown(), after: z.unknown(), reason: z.string().nullable(), requestId: z.string(), /** Its place in the chain; null in the second before it is sealed. */ seq: z.number().int().nullable(),
});
export type AuditRow = z.infer<typeof auditRow>;

const kind = z.string().min(1).max(40);
export const listAudit = contract({
  method: "GET", path: "/audit", summary: "The audit trail of a thing or of a person, newest first (administrator)",
  query: z.object({ objectKind: kind.optional(), objectId: z.string().min(1).max(80).optional(), actorId: z.string().min(1).max(80).optional(), ...pageQuery }), reply: page(auditRow),
});

export const verification = z.object({
  /** `changed`: the row is not what was sealed. `missing`: a row of the chain is gone. `cut_short`: the end of the chain is gone. */
  state: z.enum(["intact", "changed", "missing", "cut_short"]),
  rows: z.number().int(), unsealed: z.number().int(), head: z.string(), brokenAt: z.object({ seq: z.number().int(), id: z.number().int().nullable() }).nullable(),
});
export type Verification = z.infer<typeof verification>;
export const verifyAuditTrail = contract({ method: "GET", path: "/audit/verification", summary: "Is the chain of hashes unbroken? Names the first broken link (administrator)", reply: verification });
