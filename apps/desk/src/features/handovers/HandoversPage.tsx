import type { HandoverView } from "@linija/server/contract/handovers/handovers";
import { Button } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment, spell } from "../../shared/clock.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, usePages } from "../../shared/query.ts";
import { hasRole, may, useMe } from "../access/session.ts";
import { ProjectMark } from "../tickets/ProjectMark.tsx";
import { Answer } from "./Answer.tsx";
import { ConsultAnswer } from "./ConsultBlock.tsx";
import { Live, Where } from "./HandoverBlock.tsx";
import { Asked, HandoverNote, useGiver } from "./HandoverNote.tsx";
import css from "./handovers.module.css";

type View = "mine" | "advice" | "given" | "all";

/** What waits for my answer, what I gave, and for who leads everything of the projects with how long it waited and who refused. */
export function HandoversPage() {
  const t = useT();
  const me = useMe();
  const views: View[] = may(me, "handovers.read") ? ["mine", "advice", "given", "all"] : ["mine", "advice", "given"];
  const [view, setView] = useState<View>("mine");
  const list = usePages("listHandovers", { query: { view } }, { anyOrder: true });
  return (
    <Page title={t("nav.handovers")} tools={<div className={css.circles}>{views.map((each) => <button key={each} type="button" aria-pressed={view === each} onClick={() => setView(each)}>{t(each === "advice" ? "consult.view" : `handover.view.${each}`)}</button>)}</div>}>
      <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      {view === "all" && <Figures />}
      {!list.items && !list.error && <Skeleton rows={4} height={96} />}
      {list.items?.length === 0 && <div className="panel"><Empty icon={<IconArrowsExchange size={22} />} text={t(view === "advice" ? "consult.none" : `handover.none.${view}`)} /></div>}
      {list.items && list.items.length > 0 && <ul className={css.rows}>{list.items.map((handover, index) => <Row key={handover.id} handover={handover} withKeys={view === "mine" && index === 0} />)}</ul>}
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </Page>
  );
}

function Row({ handover, withKeys }: { handover: HandoverView; /** The one to be answered first. */ withKeys: boolean }) {
  const giver = useGiver()(handover);
  const me = useMe();
  const { ticket, client } = handover;
  return (
    <li className={css.block} data-state={handover.state}>
      <header className={css.blockHead}>
        {ticket.opens ? <Link to="/tickets/$id" params={{ id: ticket.id }} className={css.number}>{ticket.number}</Link> : <span className={css.number}>{ticket.number}</span>}
        <span className="grow">{ticket.subject}</span><ProjectMark projectKey={handover.projectKey} /><span className="small dim"><Moment at={handover.createdAt} /></span>
      </header>
      <div className="small"><b><Where handover={handover} /></b> · {[giver, client?.name].filter(Boolean).join(" · ")}</div>
      <Live handover={handover} />
      <HandoverNote handover={handover} />
      <Asked handover={handover} />
      <ConsultAnswer consult={handover} onlyAsked={!hasRole(me, "operator", "supervisor", "management", "administrator")} />
      {handover.mayTake && <Answer handover={handover} withKeys={withKeys} opens />}
    </li>
  );
}

const duration = (seconds: number | null): string => (seconds === null ? "–" : spell(seconds * 1000));

function Figures() {
  const t = useT();
  const { data } = useApi("handoverFigures");
  if (!data || data.given === 0) return null;
  const columns = ["asked", "taken", "refused", "missed"] as const;
  const title = t("handover.figures", { days: data.days });
  return (
    <section className={`panel ${css.figures}`} aria-label={title}>
      <h2>{title}</h2>
      <p>{t("handover.sum", { given: data.given, taken: data.taken, returned: data.returned, waiting: data.waiting })} {data.taken > 0 && t("handover.waits", { median: duration(data.waitMedianS), longest: duration(data.waitLongestS) })}</p>
      <div className={css.scroll} tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead><tr><th scope="col">{t("handover.who")}</th>{columns.map((column) => <th key={column} scope="col" className="num">{t(`handover.count.${column}`)}</th>)}<th scope="col" className="num">{t("handover.count.wait")}</th></tr></thead>
          <tbody>{data.people.map((person) => <tr key={person.userId}><th scope="row">{person.name}</th>{columns.map((column) => <td key={column} className="num" data-bad={((column === "refused" || column === "missed") && person[column] > 0) || undefined}>{person[column]}</td>)}<td className="num">{duration(person.waitMedianS)}</td></tr>)}</tbody>
        </table>
      </div>
    </section>
  );
}
