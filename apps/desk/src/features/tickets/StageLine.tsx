import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { IconCheck } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { useFromNow } from "../../shared/clock.tsx";
import css from "./tickets.module.css";

const way = ["open", "waiting", "done", "closed"] as const;

/**
 * The ticket's way in four steps, the same for every process, with its own stage's name at the step it stands on.
 * A process may have a dozen stages; a line of a dozen tells nothing at a glance.
 */
export function StageLine({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const fromNow = useFromNow();
  const first = ticket.stages[0];
  const atStart = ticket.stage === first?.key;
  const steps = [{ key: "registered", done: !atStart, here: atStart }, ...way.filter((status) => status !== "waiting" || ticket.status === "waiting").map((status) => ({ key: status, done: way.indexOf(status) < way.indexOf(ticket.status), here: status === ticket.status && !atStart }))];
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
