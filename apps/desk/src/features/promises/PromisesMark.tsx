import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { useT } from "../../i18n/intl.tsx";
import { useNow } from "../../shared/clock.tsx";
import { useApi } from "../../shared/query.ts";

/** How many promises about this ticket are open; red once one is late. */
export default function PromisesMark({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const now = useNow();
  const { data } = useApi("ticketPromises", { params: { id: ticket.id } });
  const open = (data?.items ?? []).filter(({ state }) => state === "open");
  const late = open.filter(({ dueAt }) => Date.parse(dueAt) <= now).length;
  if (open.length === 0) return null;
  return <span className={`chip ${late > 0 ? "danger" : ""}`} title={late > 0 ? t("promises.late") : undefined}>{late > 0 ? late : open.length}</span>;
}
