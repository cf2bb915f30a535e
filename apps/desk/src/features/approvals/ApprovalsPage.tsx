import { Button } from "@mantine/core";
import { IconGavel } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Reply } from "../../shared/api.ts";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { ProjectMark } from "../tickets/ProjectMark.tsx";
import { Decide, useAmount } from "../tickets/ProcessBlock.tsx";
import css from "./approvals.module.css";

const Behind = lazy(() => import("./Behind.tsx"));

/** Steps of colleagues that wait for my yes or no, who waits longest first. */
export function ApprovalsPage() {
  const t = useT();
  const list = usePages("listApprovals", { query: {} }, { anyOrder: true });
  return (
    <Page title={t("approvals.title")}>
      <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      {!list.items && !list.error && <Skeleton rows={4} height={120} />}
      {list.items?.length === 0 && !list.hasNextPage && <div className="panel"><Empty icon={<IconGavel size={22} />} text={t("approvals.none")} /></div>}
      {list.items && list.items.length > 0 && <ul className={css.list}>{list.items.map((item) => <li key={item.id}><Row item={item} /></li>)}</ul>}
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </Page>
  );
}

type Item = Reply<"listApprovals">["items"][number];

function Row({ item }: { item: Item }) {
  const t = useT();
  const amount = useAmount();
  const [isOpen, setOpen] = useState(false);
  return (
    <article className={css.approval} aria-label={`${item.deedName} ${item.number}`}>
      <div className="row between wrap"><span className={css.deed}>{item.deedName} <span className="num">{amount(item.amount)}</span></span><span className="dim small">{t("approvals.asked", { name: item.requestedBy })} <Moment at={item.requestedAt} full /></span></div>
      <div className="row wrap"><ProjectMark projectKey={item.projectKey} /><Link to="/tickets/$id" params={{ id: item.ticketId }} className="num">{item.number}</Link><span className={css.subject}>{item.subject}</span></div>
      <dl className={css.facts}>
        <div><dt>{t("approvals.step")}</dt><dd>{item.transitionName}</dd></div>
        {item.input.map(({ name, value }) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={css.behind}>{t("approvals.behind")}</summary>
        {isOpen && <Suspense fallback={<Skeleton rows={2} height={60} />}><Behind ticketId={item.ticketId} /></Suspense>}
      </details>
      <Decide id={item.ticketId} approvalId={item.id} />
    </article>
  );
}
