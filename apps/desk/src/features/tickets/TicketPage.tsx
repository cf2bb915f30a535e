import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useT } from "../../i18n/intl.tsx";
import { focusOn } from "../../shared/focus.ts";
import { useApi } from "../../shared/query.ts";
import { hasRole, may, useMe } from "../access/session.ts";
import { ClientPanel } from "../clients/ClientPanel.tsx";
import { panelsOf } from "./panels.ts";
import { TicketDetail } from "./TicketDetail.tsx";
import { TicketSide } from "./TicketSide.tsx";
import { WhoseTicket } from "./WhoseTicket.tsx";
import css from "./tickets.module.css";

/** A task is its ticket's; what has ended is nobody's for good. */
const isNobodys = ({ parent, status }: TicketView): boolean => parent === null && status !== "closed";

export function TicketPage() {
  const t = useT();
  const me = useMe();
  const { id } = useParams({ from: "/tickets/$id" });
  const { data: ticket } = useApi("getTicket", { params: { id } });
  const isThere = ticket !== undefined;
  // Opened by a link, the next Tab would begin at the top of the page; whoever is typing already is left where they are.
  useEffect(() => { if (isThere && (document.activeElement === document.body || document.activeElement === null)) focusOn("ticket-subject"); }, [id, isThere]);
  const onlyDepartment = !hasRole(me, "operator", "supervisor", "administrator", "management");
  const client = ticket?.clientId ? <ClientPanel key={ticket.clientId} clientId={ticket.clientId} /> : ticket && isNobodys(ticket) && may(me, "tickets.assign") ? <WhoseTicket ticket={ticket} /> : null;
  return (
    <main className={css.ticketPage}>
      <div className={css.ticketMain}>
        <Link to={onlyDepartment ? "/department" : "/tickets"} className={css.back}><IconArrowLeft size={15} aria-hidden /><span>{t(onlyDepartment ? "nav.department" : "nav.tickets")}</span></Link>
        <div className={css.ticketBody}><TicketDetail id={id} /></div>
      </div>
      {ticket && (client || panelsOf("side", ticket, me).length > 0) && (
        <aside className={css.ticketSide} aria-label={t("client.tabs")}><TicketSide key={ticket.id} ticket={ticket} client={client} /></aside>
      )}
    </main>
  );
}
