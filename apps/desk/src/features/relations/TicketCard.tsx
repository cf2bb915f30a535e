import type { TicketBrief } from "@linija/server/contract/relations/relations";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { statusTone } from "../tickets/words.ts";
import css from "./relations.module.css";

/** Another ticket in two lines; a press opens it. */
export function TicketCard({ ticket, end }: { ticket: TicketBrief; end?: ReactNode }) {
  return (
    <div className={css.card}>
      <Link to="/tickets/$id" params={{ id: ticket.id }} className={css.link}>
        <span className="row between"><span className="num strong">{ticket.number}</span><span className={`chip ${statusTone[ticket.status]}`}><span className="cut">{ticket.stageName}</span></span></span>
        <span className={css.subject}>{ticket.subject}</span>
      </Link>
      {end}
    </div>
  );
}
