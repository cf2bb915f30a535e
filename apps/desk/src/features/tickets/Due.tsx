import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import { IconAlarm, IconClock, IconPlayerPause } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { useFromNow, useNow } from "../../shared/clock.tsx";
import { urgency } from "./words.ts";

/** The time a ticket has left; late ones say so in words, not by colour alone. While its clock stands still: what it waits for. */
export function Due({ ticket }: { ticket: Pick<TicketRow, "dueAt" | "status" | "waitsFor" | "stageName"> }) {
  const t = useT();
  const now = useNow();
  const fromNow = useFromNow();
  if (ticket.waitsFor) {
    const waits = ticket.waitsFor === "other" ? ticket.stageName : t(`ticket.waits.${ticket.waitsFor}`);
    return <span className="chip" title={t("ticket.paused", { waits })}><IconPlayerPause size={13} aria-label={t("ticket.clockStands")} /><span className="cut">{waits}</span></span>;
  }
  if (!ticket.dueAt || ticket.status === "done" || ticket.status === "closed") return null;
  const how = urgency(ticket, now);
  const Glyph = how === "late" ? IconAlarm : IconClock;
  return <span className={`chip num ${how === "late" ? "danger" : how === "soon" ? "warn" : ""}`} title={how === "late" ? t("ticket.late") : t("ticket.due")}><Glyph size={13} aria-label={how === "late" ? t("ticket.late") : t("ticket.due")} /><span className="cut">{fromNow(ticket.dueAt)}</span></span>;
}
