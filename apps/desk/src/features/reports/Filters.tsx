import { SegmentedControl, Select } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import { hasRole, useMe } from "../access/session.ts";
import { PERIODS, type Looked } from "./period.ts";
import css from "./reports.module.css";

interface Props { looked: Looked; onProject: (project: string) => void; onDays: (days: number) => void; children: ReactNode }

/** What every report is narrowed by, with what is this one's own between. */
export function Filters({ looked, onProject, onDays, children }: Props) {
  const t = useT();
  return (
    <div className={css.filters}>
      <Select label={t("times.project")} data={looked.projects.map(({ key, name }) => ({ value: key, label: name }))} value={looked.project ?? null} onChange={(value) => value && onProject(value)} allowDeselect={false} />
      {children}
      <SegmentedControl aria-label={t("times.period")} value={String(looked.days)} onChange={(value) => onDays(Number(value))} data={PERIODS.map((each) => ({ value: String(each), label: t("times.days", { days: each }) }))} />
    </div>
  );
}

const REPORTS = [["/reports", "times.title"], ["/reports/breakdown", "breakdown.title"]] as const;
/** What management sees first stands over the stage times. */
const HOME = [["/reports", "figures.title"], REPORTS[1]] as const;

/** From one report to another, of the same project and days. */
export function Reports({ project, days }: Pick<Looked, "project" | "days">) {
  const t = useT();
  const reports = hasRole(useMe(), "management") ? HOME : REPORTS;
  return (
    <nav className={css.reports} aria-label={t("nav.reports")}>
      {reports.map(([to, text]) => <Link key={to} to={to} search={{ project, days }} activeOptions={{ exact: true, includeSearch: false }} activeProps={{ "aria-current": "page" }}>{t(text)}</Link>)}
    </nav>
  );
}
