import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import { useT } from "../../i18n/intl.tsx";
import { may, useMe } from "../access/session.ts";
import { DialButton } from "../line/DialButton.tsx";

/** One press calls the number of the ticket, through its project's trunk; the call is bound to the ticket. */
export function CallbackButton({ ticket, compact = false, tabIndex }: { ticket: TicketRow; compact?: boolean; tabIndex?: number }) {
  const t = useT();
  const me = useMe();
  const phone = ticket.contactPhone;
  if (!phone || ticket.status === "closed" || !may(me, "calls.dial")) return null;
  return <DialButton tabIndex={tabIndex} target={{ number: phone, projectKey: ticket.projectKey, ticketId: ticket.id, clientId: ticket.clientId }} text={compact ? undefined : t("call.callNow")} />;
}
