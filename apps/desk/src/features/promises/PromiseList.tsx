import type { PromiseView } from "@linija/server/contract/promises/promises";
import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment, useNow } from "../../shared/clock.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import css from "./promises.module.css";

/** Promises with their two ends: kept by one press, broken with a reason. `about`: also what they were given about. */
export function PromiseList({ promises, about = false, mayClose }: { promises: PromiseView[]; about?: boolean; mayClose: boolean }) {
  return <ul className={css.list}>{promises.map((promise) => <li key={promise.id}><Row promise={promise} about={about} mayClose={mayClose} /></li>)}</ul>;
}

function Row({ promise, about, mayClose }: { promise: PromiseView; about: boolean; mayClose: boolean }) {
  const t = useT();
  const now = useNow();
  const isOpen = promise.state === "open";
  const isLate = isOpen && Date.parse(promise.dueAt) <= now;
  return (
    <article className={css.promise} data-late={isLate || undefined} data-over={!isOpen || undefined}>
      <div className="row between"><b className={css.text}>{promise.text}</b><State promise={promise} isLate={isLate} /></div>
      <div className="row between small wrap"><span className={isLate ? css.late : "dim"}>{t("promises.due")} <Moment at={promise.dueAt} full /></span><span className="dim">{promise.by.name}</span></div>
      {about && <About promise={promise} />}
      {promise.reason && <p className="small">{promise.reason}</p>}
      {isOpen && mayClose && <Close promise={promise} />}
    </article>
  );
}

function State({ promise, isLate }: { promise: PromiseView; isLate: boolean }) {
  const t = useT();
  if (isLate) return <span className="chip danger">{t("promises.late")}</span>;
  if (promise.state === "open") return null;
  return <span className={`chip ${promise.state === "kept" ? "live" : "warn"}`}>{t(promise.state === "kept" ? "promises.kept" : "promises.broken")}</span>;
}

function About({ promise: { ticket, client } }: { promise: PromiseView }) {
  return (
    <div className="row small wrap">
      {ticket && <Link to="/tickets/$id" params={{ id: ticket.id }} className="num">{ticket.number}</Link>}
      {ticket && <span className="cut">{ticket.subject}</span>}
      {client && <Link to="/clients" search={{ client: client.id }}>{client.name}</Link>}
    </div>
  );
}

function Close({ promise }: { promise: PromiseView }) {
  const t = useT();
  const [reason, setReason] = useState<string | null>(null);
  const close = useSend("closePromise", ["ticketPromises", "clientPromises", "listPromises", "promiseFigures"]);
  const send = (state: "kept" | "broken") => close.mutate({ params: { id: promise.id }, body: { version: promise.version, state, reason: state === "broken" ? reason ?? "" : "" } });
  const wrong = fieldError(close.error, "reason");
  if (reason === null) return (
    <div className="stack-s"><div className="row wrap">
      <Button size="compact-sm" variant="light" leftSection={<IconCheck size={14} />} loading={close.isPending} onClick={() => send("kept")}>{t("promises.keep")}</Button>
      <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={() => setReason("")}>{t("promises.break")}</Button>
    </div><ProblemNote error={close.error} /></div>
  );
  return (
    <form className="stack-s" onSubmit={(event) => { event.preventDefault(); send("broken"); }}>
      <TextInput autoFocus label={t("promises.why")} maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={wrong} />
      {!wrong && <ProblemNote error={close.error} />}
      <div className="row"><Button size="compact-sm" type="submit" loading={close.isPending} disabled={!reason.trim()}>{t("promises.break")}</Button><Button size="compact-sm" variant="subtle" onClick={() => setReason(null)}>{t("do.cancel")}</Button></div>
    </form>
  );
}
