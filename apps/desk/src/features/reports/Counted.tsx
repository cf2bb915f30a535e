import { Button, Modal } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { FormattedDate } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import css from "./reports.module.css";

/** One number of the report: of one value (absent: where nothing is said), or of all. */
export interface Asked { number: "closed" | "late" | "open" | "overdue"; value?: string; all?: boolean; title: string }

/** The tickets behind it, the newest first. */
export function Counted({ asked, query, onClose }: { asked: Asked; query: { project: string; from: string; to: string; by: string; type?: string }; onClose: () => void }) {
  const t = useT();
  const { title, ...filter } = asked;
  const list = usePages("listCounted", { query: { ...query, ...filter } }, { anyOrder: true });
  return (
    <Modal opened onClose={onClose} size={560} title={`${title} · ${t(`breakdown.${asked.number}`)}`} closeButtonProps={{ "aria-label": t("times.close") }}>
      <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      {!list.items && !list.error && <Skeleton rows={6} height={40} />}
      {list.items?.length === 0 && <Empty text={t("breakdown.empty")} />}
      <ul className={css.stays}>
        {list.items?.map((each) => (
          <li key={each.id}>
            <Link to="/tickets/$id" params={{ id: each.id }} className={css.ticket}><span className="num">{each.number}</span> <span className="cut">{each.subject}</span></Link>
            {each.late ? <span className="chip warn">{t("breakdown.late")}</span> : <span />}
            <span className="small dim"><FormattedDate value={each.at} day="numeric" month="short" hour="2-digit" minute="2-digit" />{each.resolution && ` · ${each.resolution}`}</span>
          </li>
        ))}
      </ul>
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </Modal>
  );
}
