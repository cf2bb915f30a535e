import type { Floor } from "@linija/server/contract/floor/floor";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import { useT, type MessageKey } from "../../i18n/intl.tsx";
import { Since } from "../../shared/clock.tsx";
import { floorFigures } from "./figures.ts";
import css from "./floor.module.css";

export function Figures({ floor }: { floor: Floor }) {
  const t = useT();
  const intl = useIntl();
  const figures = floorFigures(floor);
  const low = figures.level !== null && figures.level < (floor.queues[0]?.target.percent ?? 80);
  return (
    <dl className={css.figures}>
      <Figure label="floor.waiting" tone={figures.waiting > 0 ? "warn" : undefined}>{figures.waiting}</Figure>
      <Figure label="floor.longest">{figures.longest ? <Since at={figures.longest} /> : "–"}</Figure>
      <Figure label="floor.level" tone={low ? "danger" : undefined} note={low ? t("floor.belowTarget") : undefined}>{figures.level === null ? "–" : intl.formatNumber(figures.level / 100, { style: "percent" })}</Figure>
      <Figure label="floor.ready" tone={figures.ready > 0 ? "live" : undefined} note={t("floor.present", { count: figures.present })}>{figures.ready}</Figure>
      <Figure label="floor.answered" note={t("floor.abandoned", { count: figures.abandoned })}>{figures.answered}</Figure>
      <Figure label="floor.openTickets" to="open">{floor.day.openTickets}</Figure>
      <Figure label="floor.callbacksDue" to="callbacks">{floor.day.callbacksDue}</Figure>
      <Figure label="floor.unconfirmed" to="unconfirmed">{floor.day.unconfirmed}</Figure>
    </dl>
  );
}

function Figure({ label, tone, note, to, children }: { label: MessageKey; tone?: "warn" | "danger" | "live"; note?: string; to?: string; children: ReactNode }) {
  const t = useT();
  return (
    <div className={css.figure} data-tone={tone}>
      <dt>{to ? <Link to="/tickets" search={{ view: to }}>{t(label)}</Link> : t(label)}</dt>
      <dd className="num"><span>{children}</span><span className={css.figureNote}>{note}</span></dd>
    </div>
  );
}
