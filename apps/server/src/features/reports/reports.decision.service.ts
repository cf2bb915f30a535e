import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { z } from "zod";
import { inTx, type Ctx } from "../../platform/db.ts";
import { forbidden, invalidField } from "../../platform/errors.ts";
import { may } from "../access/index.ts";
import { addMadeAttachment, createTicket, loadTicket, remind, selectColleagues, type FileStore } from "../tickets/index.ts";
import { exportBreakdown } from "./reports.breakdown.service.ts";
import { sheetName } from "./reports.csv.rules.ts";
import type { writeDecision as contract } from "./reports.decision.contract.ts";

/**
 * A decision is a ticket, so that it has an owner, a term, reminders and an end as all work has; what it was made from is its
 * file, as the report was at that moment, and its hash stands on the ticket (R219).
 */
export async function writeDecision(ctx: Ctx, { what, why, ownerId, dueAt, ...asked }: z.output<typeof contract.body>, files: FileStore): Promise<z.input<typeof contract.reply>> {
  if (!may(ctx, "reports.decide")) throw forbidden();
  const sheet = Buffer.from(await exportBreakdown(ctx, asked));
  if ((await selectColleagues(ctx.db, [ownerId], asked.project)).length === 0) throw invalidField("ownerId", "unknown_owner");
  const [file, sha256] = [sheetName(asked), createHash("sha256").update(sheet).digest("hex")];
  return inTx(ctx, async (ctx) => {
    const fields = { why, decided_by: ctx.actor.kind === "user" ? ctx.actor.name : "", report: file, report_sha256: sha256 };
    const { id, number } = await createTicket(ctx, { projectKey: asked.project, type: "decision", subject: what, description: "", clientId: null, interactionId: null, dueAt, fields }, { by: { right: "reports.decide", ownerId } });
    await addMadeAttachment(ctx, id, { name: file, stream: Readable.from([sheet]), truncated: () => false }, files);
    await remind(ctx, await loadTicket(ctx, id, "tickets.read"), ownerId);
    return { ticketId: id, number, file, sha256 };
  });
}
