import type { Floor } from "@linija/server/contract/floor/floor";
import { IconArrowsMaximize, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { Since, useNow } from "../../shared/clock.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { floorFigures } from "./figures.ts";
import { useFloor } from "./FloorPage.tsx";
import { Closed } from "./QueueRows.tsx";
import css from "./wall.module.css";

/** For a screen on the wall: few figures, so large that they are read from four metres. */
export function WallPage() {
  const t = useT();
  const { data: floor, error } = useFloor();
  return (
    <main className={css.wall}>
      <header className={css.top}>
        <h1 className="visually-hidden">{t("nav.floor")}</h1>
        <WallClock timeZone={floor?.timeZone} />
        <span className="grow" />
        <button type="button" className={css.tool} aria-label={t("floor.fullScreen")} onClick={() => void document.documentElement.requestFullscreen().catch(() => undefined)}><IconArrowsMaximize size={20} /></button>
        <Link to="/floor" className={css.tool} aria-label={t("do.close")}><IconX size={20} /></Link>
      </header>
      <ProblemNote error={error} />
      {floor ? <Board floor={floor} /> : !error && <Skeleton rows={3} height={160} />}
    </main>
  );
}

/** The company's, as the day on the wall is. */
function WallClock({ timeZone }: { timeZone: string | undefined }) {
  const intl = useIntl();
  const now = useNow();
  return <time className={css.clock}>{intl.formatTime(now, { hour: "2-digit", minute: "2-digit", timeZone })}</time>;
}

const isLow = (queue: Floor["queues"][number]) => queue.serviceLevel !== null && queue.serviceLevel < queue.target.percent;

function Board({ floor }: { floor: Floor }) {
  const t = useT();
  const intl = useIntl();
  const figures = floorFigures(floor);
  const percent = (level: number | null) => (level === null ? "–" : intl.formatNumber(level / 100, { style: "percent" }));
  const low = figures.level !== null && figures.level < (floor.queues[0]?.target.percent ?? 80);
  return (
    <>
      <dl className={css.figures}>
        <div data-tone={figures.waiting > 0 ? "warn" : undefined}><dt>{t("floor.waiting")}</dt><dd>{figures.waiting}</dd></div>
        <div data-tone={figures.waiting > 0 ? "warn" : undefined}><dt>{t("floor.longest")}</dt><dd>{figures.longest ? <Since at={figures.longest} /> : "–"}</dd></div>
        <div data-tone={low ? "danger" : "live"}><dt>{t("floor.level")}</dt><dd>{percent(figures.level)}</dd></div>
        <div data-tone={figures.ready === 0 ? "danger" : "live"}><dt>{t("floor.ready")}</dt><dd>{figures.ready}<small> / {figures.present}</small></dd></div>
      </dl>
      <div className={css.heads} aria-hidden><span>{t("floor.queue")}</span><span>{t("floor.waiting")}</span><span>{t("floor.level")}</span></div>
      <ul className={css.queues}>
        {[...floor.queues].sort((a, b) => b.waiting - a.waiting).slice(0, 8).map((queue) => (
          <li key={queue.id} data-waiting={queue.waiting > 0 || undefined}>
            <span className={css.queueName}><i style={{ background: queue.color }} aria-hidden />{queue.name}</span>
            <span className={css.queueWait}>{queue.waiting > 0 ? <>{queue.waiting} {queue.longestWaitSince && <Since at={queue.longestWaitSince} />}</> : queue.open ? "0" : <span className="chip"><Closed queue={queue} timeZone={floor.timeZone} /></span>}</span>
            <span data-low={isLow(queue) || undefined}><span className="visually-hidden">{t("floor.level")} </span>{percent(queue.serviceLevel)}{isLow(queue) && <span className="visually-hidden"> {t("floor.belowTarget")}</span>}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
