import type { DryRunRow, ProblemView } from "@linija/server/contract/automation/automation";
import { Button, Progress, Select } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { api } from "../../shared/api.ts";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { Outcome, shownValue } from "./Outcome.tsx";
import css from "./rules.module.css";

const PAGE = 50;
interface Run { of: number; lookedAt: number; failed: number; rows: DryRunRow[]; problems: ProblemView[]; state: "running" | "done" | "stopped"; error: unknown }

/** Both versions over the last tickets, a page at a time: who waits sees how far it is and may stop. */
function useDryRun(projectKey: string) {
  const [run, setRun] = useState<Run | null>(null);
  const token = useRef(0);
  useEffect(() => () => { token.current += 1; }, []);
  const start = async (text: string, before: string | null, of: number): Promise<void> => {
    token.current += 1;
    const mine = token.current;
    let now: Run = { of, lookedAt: 0, failed: 0, rows: [], problems: [], state: "running", error: null };
    setRun(now);
    let after: string | undefined;
    try {
      do {
        const page = await api("dryRun", { params: { project: projectKey }, body: { text, before, limit: Math.min(PAGE, of - now.lookedAt), ...(after && { after }) } });
        if (mine !== token.current) return;
        after = page.next ?? undefined;
        const lookedAt = now.lookedAt + page.lookedAt;
        const isDone = !after || page.problems.length > 0 || lookedAt >= of || page.lookedAt === 0;
        now = { ...now, lookedAt, failed: now.failed + page.failed, rows: [...now.rows, ...page.rows], problems: page.problems, state: isDone ? "done" : "running" };
        setRun(now);
      } while (now.state === "running");
    } catch (error) {
      if (mine === token.current) setRun({ ...now, state: "stopped", error });
    }
  };
  const stop = (): void => { token.current += 1; setRun((before) => before && { ...before, state: "stopped" }); };
  return { run, start, stop };
}

export function DryRun({ projectKey, path, value }: { projectKey: string; path: string; value: string }) {
  const t = useT();
  const inUse = useApi("readText", { params: { key: projectKey }, query: { path } }, { staleTime: 5_000 });
  const [of, setOf] = useState("100");
  const { run, start, stop } = useDryRun(projectKey);
  // A rule that is not in use yet is compared with none.
  const before = inUse.data && inUse.data.current > 0 && inUse.data.text !== value ? inUse.data.text : null;
  return (
    <div className={css.tool}>
      <p className="dim small">{t(before === null ? "rules.dryHintNew" : "rules.dryHint")}</p>
      <div className={css.row}>
        <Select size="xs" className={css.of} aria-label={t("rules.howMany")} allowDeselect={false} value={of} onChange={(next) => setOf(next ?? "100")} data={["100", "500", "2000"].map((count) => ({ value: count, label: t("rules.lastTickets", { count: Number(count) }) }))} />
        <span className="grow" />
        {run?.state === "running" ? <Button size="xs" variant="default" leftSection={<IconPlayerStop size={14} aria-hidden />} onClick={stop}>{t("rules.stop")}</Button> : <Button size="xs" leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={() => void start(value, before, Number(of))}>{t("rules.run")}</Button>}
      </div>
      {run && <Result run={run} />}
    </div>
  );
}

function Result({ run }: { run: Run }) {
  const t = useT();
  return (
    <div className={css.result}>
      {run.state === "running" && <Progress value={Math.round((100 * run.lookedAt) / run.of)} aria-label={t("rules.progress")} />}
      <ProblemNote error={run.error} />
      {run.problems.map((problem) => <p key={`${problem.line}${problem.message}`} className={css.problem} role="alert">{t("rules.line", { line: problem.line })} {problem.message}</p>)}
      <p aria-live="polite" className="strong">{t("rules.differs", { count: run.rows.length, of: run.lookedAt })}{run.failed > 0 && <span className={css.bad}> {t("rules.failedOn", { count: run.failed })}</span>}</p>
      {run.rows.length > 0 && (
        <table className={css.differences}>
          <colgroup><col /><col /></colgroup>
          {run.rows.slice(0, 200).map((row) => (
            <tbody key={row.ticketId}>
              <tr><th scope="rowgroup" colSpan={2}><Link to="/tickets/$id" params={{ id: row.ticketId }} className="num">{row.number}</Link><div className="dim small cut">{row.subject}</div></th></tr>
              <tr><th scope="row">{t("rules.now")}</th><td><Side side={row.before} /></td></tr>
              <tr><th scope="row">{t("rules.then")}</th><td><Side side={row.after} /></td></tr>
            </tbody>
          ))}
        </table>
      )}
    </div>
  );
}

function Side({ side }: { side: DryRunRow["before"] }) {
  const { locale } = useIntl();
  const changes = Object.entries(side.changes);
  if (side.problem) return <span className={css.bad}>{side.problem}</span>;
  if (changes.length + side.actions.length === 0) return <span className="dim">–</span>;
  return <ul className={css.outcome}>{changes.map(([target, to]) => <li key={target}><code>{target.replace("ticket.", "")}</code> = <b>{shownValue(to, locale)}</b></li>)}<li className={css.nested}><Outcome changes={[]} actions={side.actions} /></li></ul>;
}
