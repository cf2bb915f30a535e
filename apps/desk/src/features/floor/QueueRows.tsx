import type { Floor } from "@linija/server/contract/floor/floor";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { Since, spell } from "../../shared/clock.tsx";
import css from "./floor.module.css";

/** Queues as rows: who waits, how long, and how the day went. Those with someone waiting stand first. */
export function QueueRows({ queues, timeZone }: { queues: Floor["queues"]; timeZone: string }) {
  const t = useT();
  const sorted = [...queues].sort((a, b) => b.waiting - a.waiting || a.name.localeCompare(b.name));
  return (
    <div className={css.tableWrap}>
      <table className={css.queues}>
        <caption className="visually-hidden">{t("floor.queues")}</caption>
        <thead><tr><th scope="col">{t("floor.queue")}</th><th scope="col">{t("floor.waiting")}</th><th scope="col">{t("floor.longest")}</th><th scope="col">{t("floor.ready")}</th><th scope="col">{t("floor.answered")}</th><th scope="col">{t("floor.lost")}</th><th scope="col">{t("floor.average")}</th><th scope="col">{t("floor.level")}</th></tr></thead>
        <tbody>{sorted.map((queue) => <QueueRow key={queue.id} queue={queue} timeZone={timeZone} />)}</tbody>
      </table>
    </div>
  );
}

type Queue = Floor["queues"][number];

function QueueRow({ queue, timeZone }: { queue: Queue; timeZone: string }) {
  return (
    <tr data-waiting={queue.waiting > 0 || undefined}>
      <th scope="row"><span className="row"><span className={css.color} style={{ background: queue.color }} aria-hidden /><span className={css.queueName}><span className="cut">{queue.name}</span>{!queue.open && <span className={css.closed}><Closed queue={queue} timeZone={timeZone} /></span>}</span></span></th>
      <td className={css.big}>{queue.waiting}</td>
      <td>{queue.longestWaitSince ? <Since at={queue.longestWaitSince} className="strong" /> : "–"}</td>
      <td data-none={(queue.waiting > 0 && queue.readyOperators === 0) || undefined}>{queue.readyOperators}</td>
      <td>{queue.answeredToday}</td>
      <td>{queue.abandonedToday}</td>
      <td>{queue.averageWaitS === null ? "–" : spell(queue.averageWaitS * 1000)}</td>
      <td><Level queue={queue} /></td>
    </tr>
  );
}

const DAY_MS = 86_400_000;

/** Nothing is wrong: nobody answers at this hour, and it says until when, on the clock of the company as all of the page. */
export function Closed({ queue, timeZone }: { queue: Queue; timeZone: string }) {
  const t = useT();
  const intl = useIntl();
  if (!queue.opensAt) return <>{t("floor.closed")}</>;
  const at = new Date(queue.opensAt);
  const isNear = at.getTime() - Date.now() < DAY_MS;
  const clock = { hour: "2-digit", minute: "2-digit", timeZone } as const;
  return <>{t("floor.closedUntil")} <time dateTime={queue.opensAt}>{intl.formatDate(at, isNear ? clock : { day: "numeric", month: "short", ...clock })}</time></>;
}

function Level({ queue }: { queue: Queue }) {
  const t = useT();
  const intl = useIntl();
  if (queue.serviceLevel === null) return <>–</>;
  const level = queue.serviceLevel;
  const low = level < queue.target.percent;
  const target = t("floor.target", { percent: intl.formatNumber(queue.target.percent / 100, { style: "percent" }), seconds: queue.target.withinS });
  return (
    <span className={css.level} data-low={low || undefined} title={target}>
      <span className={css.levelBar} aria-hidden><span style={{ width: `${Math.min(100, level)}%` }} /><i style={{ left: `${queue.target.percent}%` }} /></span>
      <span>{intl.formatNumber(level / 100, { style: "percent" })}</span>{low && <span className="visually-hidden">{t("floor.belowTarget")}</span>}
    </span>
  );
}
