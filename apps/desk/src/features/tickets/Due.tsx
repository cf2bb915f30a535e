import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import { IconAlarm, IconClock, IconPlayerPause } from "@tabler/icons-react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { useFromNow, useNow } from "../../shared/clock.tsx";
import { spanOf } from "./clocks.ts";
import { urgency } from "./words.ts";

/** The time a ticket has left; late ones say so in words, not by colour alone. While its clock stands still: what it waits for. */
export function Due({ ticket, exact = false }: { ticket: Pick<TicketRow, "dueAt" | "status" | "waitsFor" | "stageName">; /** As its clock says it: two figures for one deadline would be one too many. */ exact?: boolean }) {
  const t = useT();
  const now = useNow();
  const fromNow = useFromNow();
  const exactly = useExactly();
  if (ticket.waitsFor) {
    const waits = ticket.waitsFor === "other" ? ticket.stageName : t(`ticket.waits.${ticket.waitsFor}`);
    return <span className="chip" title={t("ticket.paused", { waits })}><IconPlayerPause size={13} aria-label={t("ticket.clockStands")} /><span className="cut">{waits}</span></span>;
  }
  if (!ticket.dueAt || ticket.status === "done" || ticket.status === "closed") return null;
  const how = urgency(ticket, now);
  const Glyph = how === "late" ? IconAlarm : IconClock;
  return <span className={`chip num ${how === "late" ? "danger" : how === "soon" ? "warn" : ""}`} title={how === "late" ? t("ticket.late") : t("ticket.due")}><Glyph size={13} aria-label={how === "late" ? t("ticket.late") : t("ticket.due")} /><span className="cut">{exact ? exactly(Date.parse(ticket.dueAt) - now) : fromNow(ticket.dueAt)}</span></span>;
}

/** Time left, or late, in the words of the ticket's clocks. */
function useExactly(): (leftMs: number) => string {
  const t = useT();
  const { formatNumber } = useIntl();
  return (leftMs) => {
    const time = spanOf(leftMs).map(({ unit, value }) => formatNumber(value, { style: "unit", unit, unitDisplay: "narrow" })).join(" ");
    return t(leftMs <= 0 ? "clock.late" : "clock.in", { time });
  };
}
