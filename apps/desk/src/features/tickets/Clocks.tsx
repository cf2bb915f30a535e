import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { IconAlarm, IconAlertTriangle, IconClock, IconPlayerPause } from "@tabler/icons-react";
import { useMemo } from "react";
import { useIntl } from "react-intl";
import { useT, useWord, type Translate } from "../../i18n/intl.tsx";
import { Moment, useNow } from "../../shared/clock.tsx";
import { lookOf, shownClocks, spanOf, type Look, type TicketClock } from "./clocks.ts";
import css from "./clocks.module.css";

/** How much time the ticket has, by each of its clocks: calm while all is well, amber from three quarters, red when over. */
export function Clocks({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const shown = shownClocks(ticket);
  if (shown.length === 0) return null;
  return <ul className={css.clocks} aria-label={t("clock.all")}>{shown.map((clock) => <li key={clock.name}><OneClock clock={clock} ticket={ticket} /></li>)}</ul>;
}

function OneClock({ clock, ticket }: { clock: TicketClock; ticket: TicketView }) {
  const t = useT();
  const now = useNow();
  const name = useName(clock);
  // A clock comes anew with every reading of its ticket.
  const seen = useMemo(() => ({ clock, at: Date.now() }), [clock]);
  const look = lookOf(clock, now, seen.at);
  const left = useLeft(clock, look);
  const isPaused = clock.state === "paused";
  const Glyph = look.tone === "late" ? IconAlarm : isPaused ? IconPlayerPause : look.tone === "soon" ? IconAlertTriangle : IconClock;
  return (
    <div className={css.clock} data-tone={look.tone} data-paused={isPaused || undefined}>
      <div className={css.top}><Glyph size={14} aria-hidden /><span className={css.name}>{name}</span>{left && <b className={css.left}>{left}</b>}</div>
      <div className={css.bar} aria-hidden><span style={{ width: `${look.share * 100}%` }} /></div>
      <div className={css.when}>{isPaused ? <Paused clock={clock} ticket={ticket} /> : clock.dueAt && <span>{t("clock.due")} <Moment at={clock.dueAt} full zone /></span>}{warning(t, look)}</div>
    </div>
  );
}

/** What the colour says is said in words, too, for who does not see it; being late stands there already. */
const warning = (t: Translate, { tone }: Look) => tone === "soon" && <span className="visually-hidden">{t("clock.soon")}</span>;

function Paused({ clock, ticket }: { clock: TicketClock; ticket: TicketView }) {
  const t = useT();
  return <span>{clock.pausedAt && <>{t("clock.pausedSince")} <Moment at={clock.pausedAt} full /> · </>}{ticket.stageName}</span>;
}

function useName({ name, does }: TicketClock): string {
  const t = useT();
  const word = useWord();
  if (name === "first_answer" || name === "solution" || name === "stage") return t(`clock.${name}`);
  if (does) return t("clock.timer", { name: does });
  return word("ruleClock", name.replace(/^\w+\./, ""));
}

function useLeft({ state, counts }: TicketClock, { leftMs, tone }: Look): string {
  const t = useT();
  const { formatNumber } = useIntl();
  if (leftMs === null) return "";
  const isWorking = state === "paused" && counts === "working";
  const time = spanOf(leftMs, isWorking).map(({ unit, value }) => formatNumber(value, { style: "unit", unit, unitDisplay: "narrow" })).join(" ");
  if (tone === "late") return t("clock.late", { time });
  return t(state === "running" ? "clock.in" : isWorking ? "clock.leftWorking" : "clock.left", { time });
}
