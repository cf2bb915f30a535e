import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, CopyButton } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import css from "./tickets.module.css";

/** The number to say aloud, in large letters, and what the client was promised. */
export function Registered({ ticket, failed, onAgain }: { ticket: TicketView; failed: string[]; onAgain: () => void }) {
  const t = useT();
  return (
    <div className={css.registered} role="status" id="registered" tabIndex={-1}>
      <span className={css.tick} aria-hidden><IconCheck size={22} /></span>
      <p>{t("register.done")}</p>
      <p className={css.bigNumber}>{ticket.number}</p>
      <p className="dim">{t("register.sayIt")}</p>
      {ticket.dueAt && <p>{t("register.promised")} <b><Moment at={ticket.dueAt} full zone /></b></p>}
      {ticket.contactEmail && <p className="small dim">{t("register.mailed", { email: ticket.contactEmail })}</p>}
      {failed.length > 0 && <p className={css.error}>{t("files.failed", { names: failed.join(", ") })}</p>}
      <div className={css.afterActs}>
        <CopyButton value={ticket.number}>{({ copied, copy }) => <Button variant="default" onClick={copy}>{t(copied ? "do.copied" : "do.copy")}</Button>}</CopyButton>
        <Link to="/tickets/$id" params={{ id: ticket.id }} className={css.linkButton}>{t("register.open")}</Link>
        <Button variant="subtle" onClick={onAgain}>{t("register.again")}</Button>
      </div>
    </div>
  );
}
