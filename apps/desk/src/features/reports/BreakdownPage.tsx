import type { Breakdown } from "@linija/server/contract/reports/reports";
import { Button, Select } from "@mantine/core";
import { IconChartBar, IconDownload } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { EditorTexts, useT, type MessageKey } from "../../i18n/intl.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { Counted, type Asked } from "./Counted.tsx";
import { useDuration } from "./durations.ts";
import { Filters, Reports } from "./Filters.tsx";
import { usePeriod } from "./period.ts";
import { WriteDecision } from "./WriteDecision.tsx";
import css from "./reports.module.css";

export const BreakdownPage = () => <EditorTexts><BreakdownView /></EditorTexts>;

type Row = Breakdown["rows"][number];
type Figures = Breakdown["total"];

/** What tickets were about and how they ended (R117): counted by cause, type, outcome or department. */
function BreakdownView() {
  const t = useT();
  const search = useSearch({ from: "/reports/breakdown" });
  const navigate = useNavigate({ from: "/reports/breakdown" });
  const looked = usePeriod(search);
  const [asked, setAsked] = useState<Asked | null>(null);
  const query = { ...looked.period, ...(search.type && { type: search.type }), ...(search.by && { by: search.by }) };
  const { data, error, refetch } = useApi("getBreakdown", { query }, { enabled: looked.project !== undefined });
  const go = (next: typeof search): void => { setAsked(null); void navigate({ search: next }); };
  const byName = (key: string, name: string | null): string => name ?? t(`breakdown.by.${key}` as MessageKey);
  return (
    <Page wide title={t("breakdown.title")} tools={<><Reports project={looked.project} days={looked.days} />{data && <WriteDecision report={{ ...query, by: data.by }} />}</>}>
      <Filters looked={looked} onProject={(project) => go({ project, days: looked.days })} onDays={(days) => go({ ...search, days })}>
        <Select label={t("breakdown.type")} data={[{ value: "", label: t("breakdown.allTypes") }, ...data?.types.map(({ key, name }) => ({ value: key, label: name })) ?? []]} value={search.type ?? ""} onChange={(type) => go({ project: looked.project, days: looked.days, type: type || undefined })} allowDeselect={false} />
        <Select label={t("breakdown.by")} data={data?.choices.map(({ key, name }) => ({ value: key, label: byName(key, name) })) ?? []} value={data?.by ?? null} onChange={(by) => by && go({ ...search, by })} allowDeselect={false} />
        {data && data.total.closed > 0 && <Button variant="default" component="a" href={`/api/reports/breakdown/sheet?${new URLSearchParams({ ...query, by: data.by }).toString()}`} download leftSection={<IconDownload size={15} aria-hidden />}>{t("breakdown.sheet")}</Button>}
      </Filters>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton rows={8} height={36} />}
      {data && <Report data={data} open={setAsked} byName={byName(data.by, data.choices.find(({ key }) => key === data.by)?.name ?? null)} />}
      {data && asked && <Counted asked={asked} query={{ ...query, by: data.by }} onClose={() => setAsked(null)} />}
    </Page>
  );
}

interface Props { data: Breakdown; byName: string; open: (asked: Asked) => void }

function Report({ data, byName, open }: Props) {
  const t = useT();
  if (data.total.closed === 0 && data.total.open === 0) return <div className="panel"><Empty icon={<IconChartBar size={22} />} text={t("breakdown.empty")} /></div>;
  return (
    <section className={`panel ${css.part} ${css.report}`}>
      <p className="small dim">{t("breakdown.hint")}{data.by.startsWith("fields.") && ` ${t("breakdown.hintField")}`}</p>
      <div className={css.scroll} tabIndex={0} role="region" aria-label={t("breakdown.title")}>
        <table className={css.table}>
          <thead><tr><th scope="col">{byName}</th>{COLUMNS.map((column) => <th key={column} scope="col" className="num">{t(`breakdown.${column}`)}</th>)}</tr></thead>
          <tbody>{data.rows.map((row) => <Line key={row.value ?? ""} row={row} data={data} open={open} />)}</tbody>
          <tfoot><tr><th scope="row">{t("breakdown.total")}</th><Numbers figures={data.total} what={t("breakdown.total")} open={(number) => open({ number, all: true, title: t("breakdown.total") })} /></tr></tfoot>
        </table>
      </div>
    </section>
  );
}

const COLUMNS = ["closed", "late", "reopened", "mean", "median", "open", "overdue"] as const;

function Line({ row, data, open }: { row: Row; data: Breakdown; open: Props["open"] }) {
  const name = useRowName(data.by, row);
  const most = Math.max(...data.rows.map(({ closed }) => closed), 1);
  return (
    <tr>
      <th scope="row">{name}<span className={css.share} aria-hidden><i style={{ width: `${((row.closed - row.late) / most) * 100}%` }} /><i data-late style={{ width: `${(row.late / most) * 100}%` }} /></span></th>
      <Numbers figures={row} what={name} open={(number) => open({ number, ...(row.value !== null && { value: row.value }), title: name })} />
    </tr>
  );
}

/** Nothing said of a ticket that is not closed is not missing yet. */
function useRowName(by: string, { value, name, closed }: Row): string {
  const t = useT();
  if (value === null) return t(by === "outcome" || (closed === 0 && by.startsWith("fields.")) ? "breakdown.notEnded" : "breakdown.none");
  if (by === "outcome") return t(`closed.${value}` as MessageKey);
  return by === "priority" ? t(`priority.${value}` as MessageKey) : name ?? value;
}

function Numbers({ figures, what, open }: { figures: Figures; what: string; open: (number: Asked["number"]) => void }) {
  const t = useT();
  const duration = useDuration();
  const number = (key: Asked["number"]) => (figures[key] > 0 ? <button type="button" className={css.number} aria-label={t("breakdown.show", { count: figures[key], what: `${what}, ${t(`breakdown.${key}`)}` })} onClick={() => open(key)}>{figures[key]}</button> : 0);
  return (
    <>
      <td className="num">{number("closed")}</td><td className="num">{number("late")}</td><td className="num">{figures.reopened}</td>
      <td className="num">{duration(figures.meanS)}</td><td className="num">{duration(figures.medianS)}</td><td className="num">{number("open")}</td><td className="num">{number("overdue")}</td>
    </>
  );
}
