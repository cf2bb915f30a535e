import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { IconCheck } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { useFromNow } from "../../shared/clock.tsx";
import css from "./tickets.module.css";

/** While we wait for the client that stands in the place of the work: whether it had begun before, the history says. */
const wayOf = (now: TicketView["status"]) => way.filter((status) => status !== (now === "waiting" ? "open" : "waiting"));

const way = ["open", "waiting", "done", "closed"] as const;
/** What was withdrawn or refused has not been worked on and completed: nothing between its registering and its end is claimed. */
const isCutShort = ({ status, closedAs }: Pick<TicketView, "status" | "closedAs">): boolean => status === "closed" && (closedAs === "cancelled" || closedAs === "rejected");
export const stepsOf = (ticket: Pick<TicketView, "status" | "closedAs">): (typeof way)[number][] => (isCutShort(ticket) ? ["closed"] : wayOf(ticket.status));

/**
 * The ticket's way in four steps, the same for every process, with its own stage's name at the step it stands on.
 * A process may have a dozen stages; a line of a dozen tells nothing at a glance.
 */
export function StageLine({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const fromNow = useFromNow();
  const first = ticket.stages[0];
  const atStart = ticket.stage === first?.key;
  const steps = [{ key: "registered", done: !atStart, here: atStart }, ...stepsOf(ticket).map((status) => ({ key: status, done: way.indexOf(status) < way.indexOf(ticket.status) || (status === "closed" && ticket.status === "closed"), here: status === ticket.status && !atStart }))];
  return (
    <ol className={css.stages} aria-label={t("ticket.way")}>
      {steps.map((step) => (
        <li key={step.key} data-done={step.done || undefined} aria-current={step.here ? "step" : undefined}>
          <span className={css.stageDot} aria-hidden>{step.done && <IconCheck size={12} stroke={3} />}</span>
          <span className="stack-s"><span className={css.stageName}>{step.here ? ticket.stageName : t(`way.${step.key as "registered" | (typeof way)[number]}`)}</span>{step.here && ticket.status !== "closed" && <time dateTime={ticket.stageSince} className="num small dim">{fromNow(ticket.stageSince)}</time>}</span>
        </li>
      ))}
    </ol>
  );
}
