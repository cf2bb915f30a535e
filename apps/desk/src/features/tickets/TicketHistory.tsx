import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { useIntl } from "react-intl";
import { useT, useWord } from "../../i18n/intl.tsx";
import { ChangeList } from "../../shared/Changes.tsx";
import { usePages } from "../../shared/query.ts";

/** Every edit and step of this ticket, with what stood there before. */
export default function TicketHistory({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const word = useWord();
  const { formatDate } = useIntl();
  const list = usePages("ticketHistory", { params: { id: ticket.id }, query: {} });
  const write = (field: string, value: string): string => {
    if (field === "priority") return word("priority", value);
    return field === "dueAt" ? formatDate(value, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }) : value;
  };
  return <section className="stack" aria-label={t("panel.changes")}><ChangeList list={list} nameOf={({ field, name }) => name ?? word("changed", field)} write={write} /></section>;
}
