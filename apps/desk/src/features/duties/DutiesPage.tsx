import { IconClipboardCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import type { Reply } from "../../shared/api.ts";
import { Moment, useNow } from "../../shared/clock.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { hasRole, useMe } from "../access/session.ts";
import { useDepartment } from "../tickets/useTypes.ts";
import css from "./duties.module.css";

type Due = Reply<"listDue">["items"][number];

/** Forms still to be filled, the next first: my own, and for who supervises what everybody was given. */
export function DutiesPage() {
  const t = useT();
  const me = useMe();
  const leads = hasRole(me, "supervisor", "administrator");
  const [view, setView] = useState<"mine" | "all">(leads ? "all" : "mine");
  const { data, error, refetch } = useApi("listDue", { query: { view } });
  return (
    <Page title={t("duties.title")} tools={leads && <div className={css.views}>{(["all", "mine"] as const).map((each) => <button key={each} type="button" aria-current={view === each || undefined} onClick={() => setView(each)}>{t(`duties.${each}`)}</button>)}</div>}>
      {error && !data && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={5} height={56} />}
      {data?.items.length === 0 && <div className="panel"><Empty icon={<IconClipboardCheck size={22} />} text={t(view === "all" ? "duties.nothingOfAll" : "duties.nothing")} /></div>}
      {data && data.items.length > 0 && <ul className={css.list}>{data.items.map((due) => <li key={due.ticketId}><Row due={due} withOwner={view === "all"} /></li>)}</ul>}
    </Page>
  );
}

function Row({ due, withOwner }: { due: Due; withOwner: boolean }) {
  const t = useT();
  const isLate = Date.parse(due.dueAt ?? "") <= useNow();
  const departmentName = useDepartment();
  const who = due.owner || (due.department && departmentName(due.department));
  return (
    <Link to="/tickets/$id" params={{ id: due.ticketId }} className={css.due} data-late={isLate || undefined}>
      <span className={css.what}><b>{due.formName}</b><span className="dim cut">{due.subject}</span></span>
      <span className="dim num">{due.number}</span>
      <span className={css.who}>{(withOwner || !due.owner) && who}</span>
      <span className={css.state}>{due.begun && <span className="chip">{t("duties.begun")}</span>}{isLate && <span className="chip danger">{t("duties.late")}</span>}</span>
      <span className={isLate ? css.late : undefined}>{due.dueAt ? <>{t("duties.until")} <Moment at={due.dueAt} full /></> : t("duties.noDate")}</span>
    </Link>
  );
}
