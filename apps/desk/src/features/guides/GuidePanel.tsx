import type { RunView } from "@linija/server/contract/guides/guides";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button } from "@mantine/core";
import { IconChevronRight, IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { askTransition } from "../tickets/asked.ts";
import { Step } from "./Step.tsx";
import { Trail } from "./Trail.tsx";
import css from "./guides.module.css";

/** A talk step by step. What can be chosen is chosen by its digit; the hands stay on the keyboard. */
export default function GuidePanel({ ticket }: { ticket: TicketView }) {
  const { data, error, refetch } = useApi("ticketGuides", { params: { id: ticket.id } });
  const [shown, setShown] = useState<RunView | null>(null);
  if (error && !data) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={3} height={64} />;
  // A reply is shown at once; what a colleague has done meanwhile comes with the next read.
  const run = shown && data.run?.id === shown.id && data.run.version > shown.version ? data.run : shown ?? data.run;
  if (run?.state === "running") return <Step key={run.id} ticket={ticket} run={run} onRun={setShown} />;
  return (
    <div className="stack">
      {run && <Ended ticket={ticket} run={run} />}
      <Choose ticket={ticket} guides={data.guides} onRun={setShown} />
      {data.past.some(({ id }) => id !== run?.id) && <Past runs={data.past.filter(({ id }) => id !== run?.id)} />}
    </div>
  );
}

function Choose({ ticket, guides, onRun }: { ticket: TicketView; guides: { key: string; name: string; about: string; suggested: boolean }[]; onRun: (run: RunView) => void }) {
  const t = useT();
  const me = useMe();
  const refuse = useRefusal();
  const start = useSend("startGuide", ["ticketGuides"], { onSuccess: onRun, onError: refuse });
  if (guides.length === 0) return <Empty icon={<IconRoute size={22} />} text={t("guides.none")} />;
  const mayStart = may(me, "tickets.note") && ticket.status !== "closed";
  return (
    <section className={css.choose} aria-label={t("guides.choose")}>
      <h3>{t("guides.choose")}</h3>
      <ul>{guides.map((guide) => (
        <li key={guide.key}><button type="button" className={css.guide} disabled={!mayStart || start.isPending} onClick={() => start.mutate({ params: { id: ticket.id }, body: { guide: guide.key } })}>
          <span className="row between"><b>{guide.name}</b>{guide.suggested ? <span className="chip accent">{t("guides.suggested")}</span> : <IconChevronRight size={15} aria-hidden />}</span>
          {guide.about && <span className="small dim">{guide.about}</span>}
        </button></li>
      ))}</ul>
    </section>
  );
}

/** What came of it, and the next thing to do. */
function Ended({ ticket, run }: { ticket: TicketView; run: RunView }) {
  const t = useT();
  const word = useWord();
  const { transition, type } = run.proposes;
  const isOpen = transition !== null && ticket.transitions.some(({ key, allowed }) => key === transition.key && allowed);
  return (
    <section className={css.ended} role="status" aria-label={run.guide.name}>
      <div className="row between wrap"><b>{run.guide.name}</b><span className={`chip ${run.outcome === "solved" ? "live" : "warn"}`}>{word("guided", run.outcome ?? "left")}</span></div>
      {isOpen && <Button autoFocus onClick={() => askTransition(ticket.id, transition.key)}>{t("guides.propose", { name: transition.name })}</Button>}
      {type && <p className="small">{t("guides.register", { name: type.name })}</p>}
      <Trail run={run} />
    </section>
  );
}

function Past({ runs }: { runs: RunView[] }) {
  const t = useT();
  const word = useWord();
  return (
    <section className={css.choose} aria-label={t("guides.past")}><h3>{t("guides.past")}</h3>
      {runs.map((run) => <details key={run.id} className={css.past}><summary><b>{run.guide.name}</b> <span className="small dim">{word("guided", run.outcome ?? "left")} · {run.by} · <Moment at={run.startedAt} /></span></summary><Trail run={run} /></details>)}
    </section>
  );
}
