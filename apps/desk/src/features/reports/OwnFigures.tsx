import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { api, type Reply } from "../../shared/api.ts";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, usePages } from "../../shared/query.ts";
import { lateShare, sumOf } from "./figures.ts";
import type { Looked } from "./period.ts";
import css from "./reports.module.css";

/** What management sees first: what waits for it, and how its projects keep their terms. The numbers are those of the report by type, each project's opens it. */
export function OwnFigures({ projects, period: { from, to }, days }: Looked) {
  const t = useT();
  const { formatNumber } = useIntl();
  const share = (value: number | null) => (value === null ? "–" : formatNumber(value, { style: "percent", maximumFractionDigits: 1 }));
  const waiting = usePages("listApprovals", { query: {} }, { anyOrder: true });
  const promises = useApi("promiseFigures").data?.people;
  const found = useQueries({ queries: projects.map(({ key }) => {
    const input = { query: { project: key, from, to, by: "type" as const } };
    return { queryKey: ["getBreakdown", input], queryFn: () => api("getBreakdown", input) };
  }) });
  const totals = found.flatMap(({ data }) => (data ? [data.total] : []));
  const isWhole = projects.length > 0 && totals.length === projects.length;
  const error = found.find((each) => each.error)?.error;
  return (
    <section className={`panel ${css.part} ${css.own}`} aria-label={t("figures.title")}>
      <ProblemNote error={error} onRetry={() => { for (const each of found) if (each.error) void each.refetch(); }} />
      <dl className={css.tiles}>
        <Tile name={<Link to="/approvals">{t("figures.approvals")}</Link>} mark={(waiting.items?.length ?? 0) > 0}>{waiting.items ? `${waiting.items.length}${waiting.hasNextPage ? "+" : ""}` : "–"}</Tile>
        <Tile name={<Link to="/tickets" search={{ view: "breaching" }}>{t("breakdown.overdue")}</Link>} bad={isWhole && sumOf(totals, "overdue") > 0}>{isWhole ? sumOf(totals, "overdue") : "–"}</Tile>
        <Tile name={t("figures.late", { days })}>{share(isWhole ? lateShare(totals) : null)}</Tile>
        <Tile name={<Link to="/promises">{t("figures.promises")}</Link>} bad={promises !== undefined && sumOf(promises, "overdue") > 0}>{promises ? sumOf(promises, "overdue") : "–"}</Tile>
      </dl>
      {projects.length > 1 && (
        <div className={css.scroll} tabIndex={0} role="region" aria-label={t("figures.projects")}>
          <table className={css.table}>
            <thead><tr><th scope="col">{t("times.project")}</th>{(["open", "overdue", "closed", "late"] as const).map((column) => <th key={column} scope="col" className="num">{t(`breakdown.${column}`)}</th>)}<th scope="col" className="num">{t("figures.share")}</th></tr></thead>
            <tbody>{projects.map(({ key, name }, index) => (
              <tr key={key}>
                <th scope="row"><Link to="/reports/breakdown" search={{ project: key, by: "type", days }} className={css.toReport}>{name}</Link></th>
                <Numbers total={found[index]?.data?.total} share={share} />
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** `bad` is late; `mark` waits for the reader. */
const Tile = ({ name, bad, mark, children }: { name: ReactNode; bad?: boolean; mark?: boolean; children: ReactNode }) => <div className={css.tile}><dt>{name}</dt><dd className="num" data-bad={bad || undefined} data-mark={mark || undefined}>{children}</dd></div>;

type Total = Reply<"getBreakdown">["total"];
function Numbers({ total, share }: { total: Total | undefined; share: (value: number | null) => string }) {
  if (!total) return <td colSpan={5} className="num">–</td>;
  return <><td className="num">{total.open}</td><td className="num">{total.overdue}</td><td className="num">{total.closed}</td><td className="num">{total.late}</td><td className="num">{share(lateShare([total]))}</td></>;
}
