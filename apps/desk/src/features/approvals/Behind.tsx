import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { useT } from "../../i18n/intl.tsx";
import FormBlock from "../forms/FormBlock.tsx";
import { Subtasks } from "../tickets/ProcessBlock.tsx";
import css from "./approvals.module.css";

/** What a decision rests on: the client's words, what departments have answered, the form. Asked for when it is opened. */
export default function Behind({ ticketId }: { ticketId: string }) {
  const t = useT();
  const { data: ticket, error, refetch } = useApi("getTicket", { params: { id: ticketId } });
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!ticket) return <Skeleton rows={2} height={60} />;
  return (
    <div className="stack">
      <dl className={css.facts}>
        <div><dt>{t("approvals.client")}</dt><dd>{ticket.clientName || "–"}</dd></div>
        {ticket.description && <div><dt>{t("register.description")}</dt><dd>{ticket.description}</dd></div>}
      </dl>
      {ticket.subtasks.length > 0 && <Subtasks subtasks={ticket.subtasks} />}
      <FormBlock ticket={ticket} />
    </div>
  );
}
