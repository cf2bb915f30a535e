import { hideContacts, type OwnContacts } from "./access.masking.rules.ts";
import { may, type Asking } from "./access.rules.ts";

/** What is told of tickets beside the ticket, for who sees contacts in part only (decision 0046); with the ticket's own contacts, however they are written (0063). */
export const toldTo = <T>(asking: Asking, told: T, own?: OwnContacts): T => (may(asking, "clients.see_contacts") ? told : hideContacts(told, own));

/** Whatever leaves for somebody's desk, by HTTP or socket (decision 0059). Clients are told their own. */
export const toldAtDesk = <T>(asking: Asking, told: T, own?: OwnContacts): T => (asking.actor.kind === "user" ? toldTo(asking, told, own) : told);
