import { Button, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { Outcome, Trace } from "./Outcome.tsx";
import css from "./rules.module.css";

/** The text as it stands, on one real ticket, without any effect. */
export function Try({ projectKey, value, onShowText }: { projectKey: string; value: string; onShowText: (line: number) => void }) {
  const t = useT();
  const [ticket, setTicket] = useState("");
  const run = useSend("tryRule");
  const done = run.data;
  return (
    <div className={css.tool}>
      <p className="dim small">{t("rules.tryHint")}</p>
      <form className={css.row} onSubmit={(event) => { event.preventDefault(); run.mutate({ params: { project: projectKey }, body: { text: value, ...(ticket.trim() && { ticket: ticket.trim() }) } }); }}>
        <TextInput size="xs" className="grow" label={t("rules.ticket")} placeholder={t("rules.newestTicket")} value={ticket} onChange={(event) => setTicket(event.currentTarget.value)} />
        <Button size="xs" type="submit" loading={run.isPending} leftSection={<IconPlayerPlay size={14} aria-hidden />}>{t("rules.run")}</Button>
      </form>
      <ProblemNote error={run.error} />
      {done && (
        <div className={css.result} aria-live="polite">
          <div className={css.row}><Link to="/tickets/$id" params={{ id: done.ticketId }} className="num">{done.ticketNumber}</Link><span className={`chip ${done.problems.length > 0 ? "danger" : done.fired ? "live" : ""}`}>{t(done.problems.length > 0 ? "rules.failed" : done.fired ? "rules.fired" : "rules.notFired")}</span><span className="grow" /><span className="dim small num">{t("rules.took", { ms: Math.round(done.durationUs / 100) / 10 })}</span></div>
          {done.problems.map((problem) => <p key={`${problem.line}${problem.message}`} className={css.problem} role="alert"><button type="button" className={css.link} onClick={() => onShowText(problem.line)}>{t("rules.line", { line: problem.line })}</button> {problem.message}</p>)}
          {done.fired && done.changes.length + done.actions.length === 0 && <p className="dim small">{t("rules.didNothing")}</p>}
          <Outcome changes={done.changes} actions={done.actions} />
          {done.trace && <Trace trace={done.trace} onLine={onShowText} />}
        </div>
      )}
    </div>
  );
}
