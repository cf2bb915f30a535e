import type { LoadView } from "@linija/server/contract/load/load";
import { Button } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconUsers } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, usePages } from "../../shared/query.ts";
import { useSkillsTold } from "../operators/skillNames.ts";
import { Due } from "../tickets/Due.tsx";
import { statusTone } from "../tickets/words.ts";
import { GiveMenu } from "./GiveMenu.tsx";
import css from "./load.module.css";

type Counts = Pick<LoadView, "open" | "overdue" | "waiting">;

/** Who has how much to do; from each row its tickets are given to others (R218). */
export function LoadPage() {
  const t = useT();
  const [project, setProject] = useState<string | null>(null);
  const { data: types } = useApi("ticketTypes");
  const { data, error, refetch } = useApi("getLoad", { query: project ? { project } : {} }, { refetchInterval: 30_000 });
  const projects = types?.projects ?? [];
  const most = Math.max(1, data?.unowned.open ?? 0, ...(data?.people ?? []).map(({ open }) => open));
  return (
    <Page title={t("load.title")} tools={projects.length > 1 && <div className={css.projects} role="group" aria-label={t("load.projects")}>{[{ key: null, name: t("load.all") }, ...projects].map(({ key, name }) => <button key={key ?? ""} type="button" aria-pressed={project === key} onClick={() => setProject(key)}>{name}</button>)}</div>}>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton rows={6} height={56} />}
      {data && <section className="panel" aria-label={t("load.title")}>
        <Legend />
        <ul className={css.rows}>
          <Row of="nobody" counts={data.unowned} most={most} project={project}><b className="grow">{t("load.nobody")}</b></Row>
          {data.people.map((person) => <Row key={person.id} of={person.id} counts={person} most={most} project={project}><Person person={person} /></Row>)}
        </ul>
        {data.people.length === 0 && <Empty icon={<IconUsers size={22} />} text={t("load.none")} />}
      </section>}
    </Page>
  );
}

function Legend() {
  const t = useT();
  return <p className={css.legend}><i data-kind="overdue" />{t("load.overdue")}<i data-kind="open" />{t("load.running")}<i data-kind="waiting" />{t("load.waiting")}</p>;
}

function Person({ person }: { person: LoadView }) {
  const t = useT();
  const skillsTold = useSkillsTold();
  const known = [person.languages.map((key) => key.toUpperCase()).join(" "), ...skillsTold(person.skills)].filter(Boolean).join(" · ");
  return (
    <span className={css.person} data-off={!person.atWork || undefined}>
      <span className={css.name}><i className={css.mark} data-there={person.atWork || undefined} aria-hidden /><b className="cut">{person.name}</b>{!person.atWork && <span className="small dim">{t("handover.presence.off")}</span>}</span>
      {known && <span className="small dim cut" title={known}>{known}</span>}
    </span>
  );
}

/** Told by length, by pattern and by number: a full part is late, a plain one runs, a hatched one waits. */
function Row({ of, counts, most, project, children }: { of: string; counts: Counts; most: number; project: string | null; children: ReactNode }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const { open, overdue, waiting } = counts;
  const parts = [{ kind: "overdue", count: overdue }, { kind: "open", count: open - overdue - waiting }, { kind: "waiting", count: waiting }];
  const Sign = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <li>
      <button type="button" className={css.row} aria-expanded={isOpen} disabled={open === 0} onClick={() => setOpen(!isOpen)}>
        <Sign size={15} aria-hidden className={css.sign} />{children}
        <span className={css.bar} aria-hidden>{parts.filter(({ count }) => count > 0).map(({ kind, count }) => <i key={kind} data-kind={kind} style={{ width: `${(count / most) * 100}%` }} />)}</span>
        <span className={css.counts}><span className={`num ${css.big}`}>{t("load.count", { count: open })}</span><span className="small dim">{[overdue > 0 && t("load.lateCount", { count: overdue }), waiting > 0 && t("load.waitCount", { count: waiting })].filter(Boolean).join(" · ")}</span></span>
      </button>
      {isOpen && <Tickets of={of} project={project} />}
    </li>
  );
}

function Tickets({ of, project }: { of: string; project: string | null }) {
  const t = useT();
  const list = usePages("findTickets", { query: { filter: JSON.stringify({ owners: [of], statuses: ["open", "waiting"], ...(project && { projects: [project] }) }), sort: "oldest" } }, { anyOrder: true });
  return (
    <div className={css.tickets}>
      <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      {!list.items && !list.error && <Skeleton rows={3} height={36} />}
      <ul>{(list.items ?? []).map((ticket) => (
        <li key={ticket.id}>
          <Link to="/tickets/$id" params={{ id: ticket.id }} className={css.number}>{ticket.number}</Link>
          <span className={`cut ${css.subject}`} title={ticket.subject}>{ticket.subject}</span>
          <span className={`chip ${statusTone[ticket.status]}`}><span className="cut">{ticket.stageName}</span></span><Due ticket={ticket} />
          <GiveMenu ticketId={ticket.id} projectKey={ticket.projectKey} ownerId={ticket.ownerId} />
        </li>
      ))}</ul>
      {list.hasNextPage && <Button variant="subtle" size="compact-sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </div>
  );
}
