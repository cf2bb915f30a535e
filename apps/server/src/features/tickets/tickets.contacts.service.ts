import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type Db } from "../../platform/db.ts";
import { may, type OwnContacts } from "../access/index.ts";
import { selectContacts } from "./tickets.contacts.sql.ts";
import { loadTicket } from "./tickets.load.ts";
import { UUID } from "./tickets.rules.ts";

export type ContactsOf = (...ids: readonly (string | null | undefined)[]) => OwnContacts;

/** By what numbers and mails people are known whom these things are of: tickets, cards, conversations, forms, promises. Asks nothing for who is told contacts whole. */
export const contactsOf = async (ctx: Ctx, ids: readonly (string | null | undefined)[]): Promise<ContactsOf> => (may(ctx, "clients.see_contacts") ? () => NONE : contactsBehind(ctx.db, ids));

/** The same for who asks on behalf of several readers. */
export async function contactsBehind(db: Db, ids: readonly (string | null | undefined)[]): Promise<ContactsOf> {
  const asked = [...new Set(ids)].filter((id): id is string => typeof id === "string" && UUID.test(id));
  const known = new Map((asked.length > 0 ? await selectContacts(db, asked) : []).map(({ id, ...contacts }) => [id, contacts]));
  return (...of) => {
    const found = of.flatMap((id) => known.get(id ?? "") ?? []);
    return { phone: found.flatMap(({ phone }) => phone), email: found.flatMap(({ email }) => email) };
  };
}
const NONE: OwnContacts = { phone: null, email: null };

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
