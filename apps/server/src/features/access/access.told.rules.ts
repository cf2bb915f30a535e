import { hideContacts } from "./access.masking.rules.ts";
import { may, type Asking } from "./access.rules.ts";

/** What is told of tickets beside the ticket, for who sees contacts in part only (decision 0046). */
export const toldTo = <T>(asking: Asking, told: T): T => (may(asking, "clients.see_contacts") ? told : hideContacts(told));

/** Whatever leaves for somebody's desk, by HTTP or socket (decision 0059). Clients are told their own. */
export const toldAtDesk = <T>(asking: Asking, told: T): T => (asking.actor.kind === "user" ? toldTo(asking, told) : told);
