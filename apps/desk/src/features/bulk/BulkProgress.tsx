import type { BulkRun } from "@linija/server/contract/bulk/bulk";
import { Button, Checkbox } from "@mantine/core";
import { IconArrowBackUp, IconPlayerStop } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { refresh, useApi, usePages, useSend } from "../../shared/query.ts";
import { ActionWords, Changes } from "./ActionWords.tsx";
import css from "./bulk.module.css";

const moves = new Set<BulkRun["state"]>(["checking", "running", "undoing"]);
/** First those the reader has to know of: what was refused or failed, and what undoing left; then what is to become of the others, or has. */
const shown = { checking: [], ready: ["refused", "ready", "kept"], running: [], done: ["failed", "changed", "kept"], stopped: ["failed", "changed", "kept"], undoing: [], undone: ["kept", "undone"] } as const;

/** From the trial over the deed to its undoing. The run goes on when this is closed. */
export function BulkProgress({ started, onDone }: { started: BulkRun; onDone: () => void }) {
  const t = useT();
  const { data } = useApi("getBulk", { params: { id: started.id } }, { staleTime: 0, refetchInterval: (query) => (moves.has(query.state.data?.state ?? "checking") ? 700 : false) });
  const run = data ?? started;
  const [tell, setTell] = useState(false);
  const start = useSend("startBulk", ["getBulk"]);
  const stop = useSend("stopBulk", ["getBulk"]);
  const undo = useSend("undoBulk", ["getBulk"]);
  const params = { id: run.id };
  useEffect(() => { if (!moves.has(run.state)) refresh(["findTickets", "listTickets", "ticketBoard", "listBulkItems", "listBulk"]); }, [run.state]);
  const isOver = ["done", "stopped", "undone"].includes(run.state);
  return (
    <div className="stack">
      <p className={css.words}><ActionWords run={run} /></p>
      <Bar run={run} />
      {shown[run.state].map((each) => run.counts[each] > 0 && <Items key={`${run.state}:${each}`} id={run.id} state={each} />)}
      {run.state === "ready" && run.tells > 0 && <Checkbox checked={tell} onChange={(event) => setTell(event.currentTarget.checked)} label={t("bulk.tell", { count: run.tells })} description={t("bulk.tellNot")} />}
      <ProblemNote error={start.error ?? stop.error ?? undo.error} />
      <div className="row">
        {run.state === "ready" && <Button loading={start.isPending} disabled={run.counts.ready === 0} onClick={() => start.mutate({ params, body: { tell: tell ? run.tells : null } })}>{t("bulk.start", { count: run.counts.ready })}</Button>}
        {(run.state === "checking" || run.state === "running") && <Button variant="default" color="red" leftSection={<IconPlayerStop size={15} />} loading={stop.isPending} onClick={() => stop.mutate({ params })}>{t("bulk.stop")}</Button>}
        {(run.state === "done" || run.state === "stopped") && run.counts.changed > 0 && <Button variant="default" leftSection={<IconArrowBackUp size={15} />} loading={undo.isPending} onClick={() => undo.mutate({ params })}>{t("bulk.undo", { count: run.counts.changed })}</Button>}
        {isOver && <Button variant="subtle" onClick={onDone}>{t("do.close")}</Button>}
      </div>
    </div>
  );
}

function Bar({ run: { state, total, counts } }: { run: BulkRun }) {
  const t = useT();
  const left = state === "checking" ? counts.unchecked : state === "running" ? counts.ready : state === "undoing" ? counts.changed : 0;
  const through = total === 0 ? 100 : Math.round(((total - left) / total) * 100);
  const counted = (["ready", "refused", "changed", "failed", "undone", "kept"] as const).filter((each) => counts[each] > 0);
  return (
    <div className="stack-s">
      <div className="row between"><b role="status">{t(`bulk.state.${state}`)}</b>{moves.has(state) && <span className="num dim">{through}%</span>}</div>
      {moves.has(state) && <div className={css.track} role="progressbar" aria-label={t(`bulk.state.${state}`)} aria-valuenow={through} aria-valuemin={0} aria-valuemax={100}><span style={{ width: `${through}%` }} /></div>}
      <div className="row wrap">{counted.map((each) => <span key={each} className={`chip num ${each === "refused" || each === "failed" ? "danger" : each === "kept" ? (state === "undone" ? "warn" : "") : each === "ready" ? "accent" : "live"}`}>{t(`bulk.count.${each}`, { count: counts[each] })}</span>)}</div>
    </div>
  );
}

function Items({ id, state }: { id: string; state: "refused" | "failed" | "kept" | "ready" | "changed" | "undone" }) {
  const t = useT();
  const list = usePages("listBulkItems", { params: { id }, query: { state } });
  if (!list.items || list.items.length === 0) return null;
  return (
    <section className={css.reasons} tabIndex={0} aria-label={t(`bulk.why.${state}`)}>
      <h3>{t(`bulk.why.${state}`)}</h3>
      <ul>{list.items.map((item) => <li key={item.id}>{item.number ? <Link to="/tickets/$id" params={{ id: item.id }} className="num">{item.number}</Link> : <span className="dim">{t("bulk.hidden")}</span>} <span className="cut" title={item.subject}>{item.subject}</span>{item.reason === null ? <Changes changes={state === "undone" ? item.changes.map(({ field, was, now }) => ({ field, was: now, now: was })) : item.changes} /> : <span className="dim">{item.reason}</span>}</li>)}</ul>
      {list.hasNextPage && <Button size="compact-sm" variant="subtle" onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </section>
  );
}
