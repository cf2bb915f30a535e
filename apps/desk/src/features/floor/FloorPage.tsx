import type { Floor } from "@linija/server/contract/floor/floor";
import { Button } from "@mantine/core";
import { IconArrowsMaximize, IconBellRinging, IconPhoneIncoming, IconUsers } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { Moment, Since, Until, useNow } from "../../shared/clock.tsx";
import { Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { useShown } from "../../shared/useShown.tsx";
import { Figures } from "./Figures.tsx";
import { HoursChart } from "./HoursChart.tsx";
import { isWrapLate, OperatorTiles } from "./OperatorTiles.tsx";
import { QueueRows } from "./QueueRows.tsx";
import css from "./floor.module.css";

/** The floor now: pushed when it changes, asked again every ten seconds in case a push was lost. */
export const useFloor = () => useApi("getFloor", null, { refetchInterval: 10_000, staleTime: 0 });

export function FloorPage() {
  const t = useT();
  const { data: floor, error, refetch } = useFloor();
  useEffect(() => { if (floor && performance.getEntriesByName("desk:interactive").length === 0) performance.mark("desk:interactive"); }, [floor]);
  return (
    <Page wide title={t("nav.floor")} tools={<>{floor && <CompanyTime timeZone={floor.timeZone} />}<Link to="/load" className={css.wallLink}><Button component="span" variant="default" leftSection={<IconUsers size={15} />}>{t("load.title")}</Button></Link><Link to="/wall" className={css.wallLink}><Button component="span" variant="default" leftSection={<IconArrowsMaximize size={15} />}>{t("floor.wall")}</Button></Link></>}>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {!floor && !error && <Skeleton rows={4} height={110} />}
      {floor && (
        <>
          <Figures floor={floor} />
          <div className={css.columns}>
            <div className="stack">
              <section className="panel" aria-label={t("floor.queues")}><QueueRows queues={floor.queues} timeZone={floor.timeZone} /></section>
              <section className={`panel ${css.box}`} aria-label={t("floor.operators")}><h2>{t("floor.operators")}</h2><OperatorTiles operators={floor.operators} /></section>
            </div>
            <div className="stack">
              <Alerts alerts={floor.alerts} operators={floor.operators} />
              <Waiting floor={floor} />
              <section className={`panel ${css.box}`} aria-label={t("floor.byHour")}><h2>{t("floor.byHour")}</h2><HoursChart hours={floor.day.callsByHour} /></section>
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

/** Said only to those who sit elsewhere: their own clock is not the one the day is counted by. */
function CompanyTime({ timeZone }: { timeZone: string }) {
  const t = useT();
  const intl = useIntl();
  const now = useNow();
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const there = intl.formatTime(now, { ...clock, timeZone });
  if (there === intl.formatTime(now, clock)) return null;
  return <p className="small dim">{t("floor.zone", { place: timeZone.replaceAll("_", " "), time: there })}</p>;
}

function Alerts({ alerts, operators }: { alerts: Floor["alerts"]; operators: Floor["operators"] }) {
  const t = useT();
  const now = useNow();
  // A minute of grace: who is just pressing the last key needs no supervisor.
  const late = operators.filter((operator) => isWrapLate(operator, now - 60_000));
  const { shown, more } = useShown(alerts, 8);
  return (
    <section className={`panel ${css.box}`} aria-label={t("floor.alerts")} aria-live="polite">
      <h2 className="row between">{t("floor.alerts")}<span className="num dim">{alerts.length + late.length}</span></h2>
      {alerts.length + late.length === 0 ? <p className="dim">{t("floor.noAlerts")} <Link to="/tickets" search={{ view: "breaching" }}>{t("floor.lateTickets")}</Link></p> : (
        <ul className={css.alerts}>{late.map((operator) => <li key={operator.id}><IconBellRinging size={15} aria-hidden /><span className="grow">{t("floor.wrapLate", { name: operator.name })}</span>{operator.wrapUpEndsAt && <Until at={operator.wrapUpEndsAt} className="small num" />}</li>)}{shown.map((alert) => (
          <li key={alert.id}><IconBellRinging size={15} aria-hidden /><span className="grow">{alert.ticketId ? <Link to="/tickets/$id" params={{ id: alert.ticketId }}>{alert.text}</Link> : alert.text}</span><span className="small dim num"><Moment at={alert.at} /></span></li>
        ))}</ul>
      )}
      {more}
    </section>
  );
}

function Waiting({ floor }: { floor: Floor }) {
  const t = useT();
  const { shown, more } = useShown(floor.waiting, 8);
  const nameOf = (id: string) => floor.queues.find((queue) => queue.id === id)?.name ?? "";
  return (
    <section className={`panel ${css.box}`} aria-label={t("floor.waitingCalls")}>
      <h2 className="row between">{t("floor.waitingCalls")}<span className="num dim">{floor.waiting.length}</span></h2>
      {floor.waiting.length === 0 ? <p className="dim">{t("floor.nobodyWaits")}</p> : (
        <ol className={css.alerts}>{shown.map((call) => (
          <li key={call.id}><IconPhoneIncoming size={15} aria-hidden /><span className="grow cut"><b>{call.clientName || call.fromNumber || t("line.unknown")}</b> <span className="dim">{nameOf(call.queueId)}</span></span>{call.language && <span className={`chip ${isSpoken(floor, call) ? "" : "warn"}`} title={isSpoken(floor, call) ? undefined : t("floor.notSpoken")}>{call.language.toUpperCase()}{!isSpoken(floor, call) && <span className="visually-hidden">{t("floor.notSpoken")}</span>}</span>}<Since at={call.queuedAt} className="num strong" /></li>
        ))}</ol>
      )}
      {more}
    </section>
  );
}

/** Whether somebody ready in the called project speaks the caller's language; mostly this is why a call waits beside ready people. */
function isSpoken({ queues, operators }: Floor, call: Floor["waiting"][number]): boolean {
  const project = queues.find(({ id }) => id === call.queueId)?.projectKey ?? "";
  return operators.some(({ state, projects, languages }) => state === "ready" && projects.includes(project) && languages.includes(call.language ?? ""));
}
