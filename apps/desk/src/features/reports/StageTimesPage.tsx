import type { StageTimes } from "@linija/server/contract/reports/reports";
import { Select } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { EditorTexts, useT } from "../../i18n/intl.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { useDuration } from "./durations.ts";
import { hasRole, useMe } from "../access/session.ts";
import { Filters, Reports } from "./Filters.tsx";
import { OwnFigures } from "./OwnFigures.tsx";
import { usePeriod } from "./period.ts";
import { askedOf, StageMap } from "./StageMap.tsx";
import { Stays, type Asked } from "./Stays.tsx";
import css from "./reports.module.css";

export const StageTimesPage = () => <EditorTexts><StageTimesView /></EditorTexts>;

/** How long tickets stay in each stage of a process, and the paths they really take (R120). */
function StageTimesView() {
  const t = useT();
  const search = useSearch({ from: "/reports" });
  const navigate = useNavigate({ from: "/reports" });
  const me = useMe();
  const looked = usePeriod(search);
  const { project, days, period } = looked;
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error, refetch } = useApi("getStageTimes", { query: { ...period, ...(search.process && { process: search.process }) } }, { enabled: project !== undefined });
  const go = (next: typeof search): void => { setAsked(null); void navigate({ search: next }); };
  const isHome = hasRole(me, "management");
  return (
    <Page wide title={t(isHome ? "figures.title" : "times.title")} tools={<Reports project={project} days={days} />}>
      {isHome && <><OwnFigures {...looked} /><h2 className={css.under}>{t("times.title")}</h2></>}
      <Filters looked={looked} onProject={(next) => go({ project: next, days })} onDays={(next) => go({ ...search, days: next })}>
        <Select label={t("times.process")} data={data?.processes.map(({ key, name }) => ({ value: key, label: name })) ?? []} value={data?.process ?? null} onChange={(value) => value && go({ project, days, process: value })} allowDeselect={false} />
      </Filters>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton rows={8} height={36} />}
      {data && <Report times={data} open={setAsked} />}
      {data && asked && <Stays asked={asked} period={{ ...period, process: data.process }} onClose={() => setAsked(null)} />}
    </Page>
  );
}

interface Props { times: StageTimes; open: (asked: Asked) => void }

function Report({ times, open }: Props) {
  const t = useT();
  if (times.ways.length === 0 && times.stages.every(({ here }) => here === 0)) return <div className="panel"><Empty icon={<IconRoute size={22} />} text={t("times.empty")} /></div>;
  return (
    <div className={css.report}>
      <section className={`panel ${css.part}`}><h2>{t("times.registered", { count: times.registered })}</h2><p className="small dim">{t("times.calendar")}</p><Stages times={times} open={open} /></section>
      {times.ways.length > 0 && <section className={`panel ${css.part}`}><h2>{t("times.map")}</h2><p className="small dim">{t("times.mapHint")}</p><StageMap times={times} open={open} /><Ways times={times} open={open} /></section>}
    </div>
  );
}

function Stages({ times, open }: Props) {
  const t = useT();
  const duration = useDuration();
  const most = Math.max(...times.stages.map(({ meanS }) => meanS ?? 0), 1);
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={t("times.title")}>
      <table className={css.table}>
        <thead><tr><th scope="col">{t("times.stage")}</th>{(["mean", "median", "p90", "stays", "here"] as const).map((column) => <th key={column} scope="col" className="num">{t(`times.${column}`)}</th>)}</tr></thead>
        <tbody>
          {times.stages.filter(({ stays, here }) => stays > 0 || here > 0).map((stage) => (
            <tr key={stage.stage}>
              <th scope="row">{stage.name} {stage.longest && <span className="chip warn">{t("times.longest")}</span>}<meter className={css.bar} aria-hidden min={0} max={most} value={stage.final ? 0 : stage.meanS ?? 0} data-longest={stage.longest || undefined} /></th>
              <td className="num">{duration(stage.meanS)}</td><td className="num">{duration(stage.medianS)}</td><td className="num">{duration(stage.p90S)}</td>
              <td className="num">{stage.stays > 0 ? <button type="button" className={css.number} aria-label={`${stage.stays} · ${t("times.open", { what: stage.name })}`} onClick={() => open({ stage: stage.stage, title: stage.name })}>{stage.stays}</button> : 0}</td>
              <td className="num">{stage.here}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Ways({ times, open }: Props) {
  const t = useT();
  const duration = useDuration();
  const nameOf = (key: string): string => times.stages.find(({ stage }) => stage === key)?.name ?? key;
  return (
    <details className={css.ways}>
      <summary>{t("times.ways")}</summary>
      <table className={css.table}>
        <thead><tr>{(["way", "from", "to"] as const).map((column) => <th key={column} scope="col">{t(`times.${column}`)}</th>)}<th scope="col" className="num">{t("times.mean")}</th><th scope="col" className="num">{t("times.count")}</th></tr></thead>
        <tbody>
          {times.ways.map((way) => (
            <tr key={[way.from, way.transition, way.to].join()}>
              <th scope="row">{way.name}</th><td>{nameOf(way.from)}</td><td>{nameOf(way.to)}</td><td className="num">{duration(way.meanS)}</td>
              <td className="num"><button type="button" className={css.number} aria-label={`${way.count} · ${t("times.open", { what: askedOf(way, times).title })}`} onClick={() => open(askedOf(way, times))}>{way.count}</button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
