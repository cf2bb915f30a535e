import { Button } from "@mantine/core";
import { IconHeartHandshake } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, usePages } from "../../shared/query.ts";
import { hasRole, may, useMe } from "../access/session.ts";
import { PromiseList } from "./PromiseList.tsx";
import css from "./promises.module.css";

/** What has to be kept, the next first: my own, and for who supervises everybody's with how they are kept. */
export function PromisesPage() {
  const t = useT();
  const me = useMe();
  const leads = hasRole(me, "supervisor", "administrator", "management");
  const [view, setView] = useState<"mine" | "all">(leads ? "all" : "mine");
  const list = usePages("listPromises", { query: { view } }, { anyOrder: true });
  return (
    <Page title={t("promises.title")} tools={leads && <div className={css.views}>{(["all", "mine"] as const).map((each) => <button key={each} type="button" aria-current={view === each || undefined} onClick={() => setView(each)}>{t(each === "all" ? "promises.all" : "promises.mine")}</button>)}</div>}>
      <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      {leads && <Figures />}
      {!list.items && !list.error && <Skeleton rows={5} height={72} />}
      {list.items?.length === 0 && <div className="panel"><Empty icon={<IconHeartHandshake size={22} />} text={t("promises.nothingOpen")} /></div>}
      {list.items && list.items.length > 0 && <PromiseList promises={list.items} about="all" mayClose={may(me, "tickets.note")} />}
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </Page>
  );
}

function Figures() {
  const t = useT();
  const { data } = useApi("promiseFigures");
  if (!data || data.people.length === 0) return null;
  const columns = ["open", "overdue", "kept", "keptLate", "broken"] as const;
  return (
    <section className={`panel ${css.figures}`} aria-label={t("promises.figures", { days: data.days })}>
      <h2>{t("promises.figures", { days: data.days })}</h2>
      <div className={css.scroll} tabIndex={0} role="region" aria-label={t("promises.figures", { days: data.days })}>
        <table>
          <thead><tr><th scope="col">{t("promises.who")}</th>{columns.map((column) => <th key={column} scope="col" className="num">{t(`promises.count.${column}` as const)}</th>)}</tr></thead>
          <tbody>{data.people.map((person) => <tr key={person.userId ?? ""}><th scope="row">{person.name || "–"}</th>{columns.map((column) => <td key={column} className="num" data-bad={((column === "overdue" || column === "broken") && person[column] > 0) || undefined}>{person[column]}</td>)}</tr>)}</tbody>
        </table>
      </div>
    </section>
  );
}
