import { Button, Modal } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { FormattedDate } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { useDuration } from "./durations.ts";
import css from "./reports.module.css";

/** One number of the report: the stays in a stage, or those that went on by one way. */
export interface Asked { stage: string; transition?: string; next?: string; title: string }

/** The tickets behind it, those that stayed longest first. */
export function Stays({ asked, period, onClose }: { asked: Asked; period: { project: string; process: string; from: string; to: string }; onClose: () => void }) {
  const t = useT();
  const duration = useDuration();
  const { title, ...filter } = asked;
  const list = usePages("listStays", { query: { ...period, ...filter } }, { anyOrder: true });
  return (
    <Modal opened onClose={onClose} size={560} title={title} closeButtonProps={{ "aria-label": t("times.close") }}>
      <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      {!list.items && !list.error && <Skeleton rows={6} height={40} />}
      {list.items?.length === 0 && <Empty text={t("times.empty")} />}
      <ul className={css.stays}>
        {list.items?.map((stay) => (
          <li key={stay.id}>
            <Link to="/tickets/$id" params={{ id: stay.ticketId }} className={css.ticket}><span className="num">{stay.number}</span> <span className="cut">{stay.subject}</span></Link>
            <strong className="num">{duration(stay.seconds)}</strong>
            <span className="small dim">{stay.from} → {stay.to}, <FormattedDate value={stay.at} day="numeric" month="short" hour="2-digit" minute="2-digit" /></span>
          </li>
        ))}
      </ul>
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </Modal>
  );
}
