import { IconTicket } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { Due } from "./Due.tsx";
import { openFirst, statusTone } from "./words.ts";
import css from "./tickets.module.css";

/** One page is enough to be read during a talk. */
export const useClientTickets = (clientId: string) => usePages("listTickets", { query: { view: "all", clientId } });

/** What this client has asked of us; open things first. */
export function ClientTickets({ clientId }: { clientId: string }) {
  const t = useT();
  const list = useClientTickets(clientId);
  if (list.error) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.items) return <Skeleton rows={3} height={56} />;
  if (list.items.length === 0) return <Empty icon={<IconTicket size={22} />} text={t("tickets.noneOfClient")} />;
  return (
    <ul className={css.cards}>
      {openFirst(list.items).map((ticket) => (
        <li key={ticket.id}>
          <Link to="/tickets/$id" params={{ id: ticket.id }} className={css.cardLink}>
            <span className="row between"><span className="num strong">{ticket.number}</span><span className={`chip ${statusTone[ticket.status]}`}><span className="cut">{ticket.stageName}</span></span></span>
            <span>{ticket.subject}</span>
            <span className="row between small dim"><Moment at={ticket.createdAt} /><Due ticket={ticket} /></span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
