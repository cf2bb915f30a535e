import type { RunRow } from "@linija/server/contract/automation/automation";
import { Button, Switch } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useT, type MessageKey, type Translate } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, usePages } from "../../shared/query.ts";
import { Outcome, Trace } from "./Outcome.tsx";
import { keyOf } from "./steps.ts";
import css from "./rules.module.css";

const runTone: Record<RunRow["state"], string> = { fired: "live", not_fired: "", failed: "danger", too_deep: "danger" };
const runWord = { fired: "rules.fired", not_fired: "rules.notFired", failed: "rules.failed", too_deep: "rules.tooDeep" } as const;

/** What the rule did, newest first. */
export function History({ projectKey, path, onShowText }: { projectKey: string; path: string; onShowText: (line: number) => void }) {
  const t = useT();
  const [all, setAll] = useState(false);
  const list = usePages("listRuleRuns", { params: { project: projectKey, key: keyOf(path) }, query: { all } });
  return (
    <div className={css.tool}>
      <Switch size="xs" label={t("rules.withIdle")} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
      <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      {!list.items && !list.error && <Skeleton rows={4} height={32} />}
      {list.items?.length === 0 && <Empty text={t("rules.noRuns")} />}
      {list.items?.map((run) => <RunLine key={run.id} run={run} onLine={onShowText} withTicket />)}
      {list.hasNextPage && <Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("rules.more")}</Button>}
    </div>
  );
}

/** One run; opened, it tells from which inputs. */
export function RunLine({ run, onLine, withTicket = false }: { run: RunRow; onLine?: (line: number) => void; withTicket?: boolean }) {
  const t = useT();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className={css.run} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <span className={`chip ${runTone[run.state]}`}>{t(runWord[run.state])}</span>
        {withTicket ? <span className="num strong">{run.ticketNumber}</span> : <RuleName run={run} />}
        <span className="dim small grow cut">{t("rules.version", { number: run.version })} · {woken(t, run.wokenBy)}</span>
        <span className="dim small"><Moment at={run.at} /></span>
      </summary>
      {withTicket && <p className="small"><Link to="/tickets/$id" params={{ id: run.ticketId }}>{t("rules.openTicket", { number: run.ticketNumber })}</Link></p>}
      {run.problem && <p className={css.problem}>{run.problem.line !== null && <>{t("rules.line", { line: run.problem.line })} </>}{run.problem.message}</p>}
      <Outcome changes={run.changes} actions={run.actions} />
      {isOpen && <Inputs id={run.id} {...(onLine && { onLine })} />}
    </details>
  );
}

/** By a fact, a schedule, or a clock with its mark, which is a name of the project's. */
function woken(t: Translate, by: string): string {
  if (by.startsWith("ticket.")) return t(`rules.event.${by.replace("ticket.", "")}` as MessageKey);
  return by === "schedule" ? t("rules.wake.schedule") : by.replace(/^clock /, "").replace(/^(first_answer|solution|stage)(?= )/, (key) => t(`clock.${key as "stage"}`));
}

function RuleName({ run }: { run: RunRow }) {
  const name = Object.values(run.ruleName);
  return <span className="strong">{run.ruleName[document.documentElement.lang] ?? name[0] ?? run.ruleKey}</span>;
}

function Inputs({ id, onLine }: { id: string; onLine?: (line: number) => void }) {
  const t = useT();
  const { data, error } = useApi("getRun", { params: { id } }, { staleTime: Infinity });
  if (error) return <ProblemNote error={error} />;
  if (!data) return <Skeleton rows={2} height={20} />;
  return <><Trace trace={data.trace} {...(onLine && { onLine })} /><p className="dim small num">{t("rules.took", { ms: Math.round(data.durationUs / 100) / 10 })}</p></>;
}
