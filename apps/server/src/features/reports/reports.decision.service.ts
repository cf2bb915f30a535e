import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { z } from "zod";
import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict, forbidden, invalidField } from "../../platform/errors.ts";
import { may } from "../access/index.ts";
import { addMadeAttachment, createTicket, loadTicket, remind, selectColleagues, type FileStore } from "../tickets/index.ts";
import { exportFigures } from "./reports.breakdown.service.ts";
import { sheetName } from "./reports.csv.rules.ts";
import type { writeDecision as contract } from "./reports.decision.contract.ts";

/**
 * A decision is a ticket, so that it has an owner, a term, reminders and an end as all work has; what it was made from is its
 * file, as the report was at that moment, and its hash stands on the ticket (R219). The figures, not the tickets behind them:
 * whoever a complaint is about may read what was decided (R129).
 */
export async function writeDecision(ctx: Ctx, { id: sent, what, why, ownerId, dueAt, ...asked }: z.output<typeof contract.body>, files: FileStore): Promise<z.input<typeof contract.reply>> {
  if (!may(ctx, "reports.decide")) throw forbidden();
  const sheet = Buffer.from(await exportFigures(ctx, asked));
  if ((await selectColleagues(ctx.db, [ownerId], asked.project)).length === 0) throw invalidField("ownerId", "unknown_owner");
  const [file, sha256] = [sheetName(asked), createHash("sha256").update(sheet).digest("hex")];
  return inTx(ctx, async (ctx) => {
    const fields = { why, decided_by: ctx.actor.kind === "user" ? ctx.actor.name : "", report: file, report_sha256: sha256 };
    // Sent again after a lost answer it is the one that was written then, with the report of that moment.
    const { id, number, subject, facts, attachments } = await createTicket(ctx, { ...(sent && { draftId: sent }), projectKey: asked.project, type: "decision", subject: what, description: "", clientId: null, interactionId: null, dueAt, fields }, { by: { right: "reports.decide", ownerId } });
    if (attachments.length > 0 && (subject !== what || factOf(facts, "why") !== why)) throw conflict("sent_before");
    if (attachments.length > 0) return { ticketId: id, number, file: factOf(facts, "report"), sha256: factOf(facts, "report_sha256") };
    await addMadeAttachment(ctx, id, { name: file, stream: Readable.from([sheet]), truncated: () => false }, files);
    await remind(ctx, await loadTicket(ctx, id, "tickets.read"), ownerId);
    return { ticketId: id, number, file, sha256 };
  });
}

const factOf = (facts: readonly { key: string; value: unknown }[], key: string): string => { const value = facts.find((fact) => fact.key === key)?.value; return typeof value === "string" ? value : ""; };
