import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { loadTicket } from "./tickets.load.ts";

/**
 * The number and the mail of a ticket for who works on it but sees contacts in part: a technician at the client's door
 * has to call. It takes the right to change this ticket, and a reason that stays in the audit trail (decision 0046).
 */
export async function revealContacts(ctx: Ctx, id: string, reason: string): Promise<{ phone: string | null; email: string | null }> {
  return inTx(ctx, async (ctx) => {
    const { contactPhone, contactEmail } = await loadTicket(ctx, id, "tickets.write");
    await audit(ctx, { action: "ticket.contacts_revealed", object: { kind: "ticket", id }, reason });
    return { phone: contactPhone, email: contactEmail };
  });
}
