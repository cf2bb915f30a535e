import type { PromiseView } from "@linija/server/contract/promises/promises";
import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment, useNow } from "../../shared/clock.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { isKeptLate, isLateAt } from "./counts.ts";
import css from "./promises.module.css";

/** `ticket`: what they were given about; `all`: also to whom. */
type Told = "ticket" | "all";

/** Promises with their two ends: kept by one press, broken with a reason. */
export function PromiseList({ promises, about, mayClose }: { promises: PromiseView[]; about?: Told; mayClose: boolean }) {
  return <ul className={css.list}>{promises.map((promise) => <li key={promise.id}><Row promise={promise} about={about} mayClose={mayClose} /></li>)}</ul>;
}

function Row({ promise, about, mayClose }: { promise: PromiseView; about: Told | undefined; mayClose: boolean }) {
  const t = useT();
  const me = useMe();
  const now = useNow();
  const isOpen = promise.state === "open";
  const isLate = isLateAt(promise, now);
  return (
    <article className={css.promise} data-late={isLate || undefined} data-over={!isOpen || undefined}>
      <div className="row between"><b className={css.text}>{promise.text}</b><State promise={promise} isLate={isLate} /></div>
      <div className="row between small wrap"><span className={isLate ? css.late : "dim"}>{t("promises.due")} <Moment at={promise.dueAt} full /></span><span className="dim">{promise.by.name}</span></div>
      {promise.closed && <div className="row between small dim wrap"><span>{t("promises.closed")} <Moment at={promise.closed.at} full /></span><span>{promise.closed.by}</span></div>}
      {about && <About promise={promise} withClient={about === "all"} />}
      {promise.reason && <p className="small">{promise.reason}</p>}
      {isOpen && mayClose && (promise.ticket !== null || may(me, "clients.write")) && <Close promise={promise} />}
    </article>
  );
}

function State({ promise, isLate }: { promise: PromiseView; isLate: boolean }) {
  const t = useT();
  if (isLate) return <span className="chip danger">{t("promises.late")}</span>;
  if (promise.state === "open") return null;
  if (promise.state === "broken") return <span className="chip warn">{t("promises.broken")}</span>;
  return isKeptLate(promise) ? <span className="chip warn">{t("promises.count.keptLate")}</span> : <span className="chip live">{t("promises.kept")}</span>;
}

function About({ promise: { ticket, client }, withClient }: { promise: PromiseView; withClient: boolean }) {
  return (
    <div className="row small wrap">
      {ticket && <Link to="/tickets/$id" params={{ id: ticket.id }} className={css.about}><span className="num">{ticket.number}</span><span className="cut">{ticket.subject}</span></Link>}
      {withClient && client && <Link to="/clients" search={{ client: client.id }}>{client.name}</Link>}
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
