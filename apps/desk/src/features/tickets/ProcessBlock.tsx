import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconFile } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { ApiError } from "../../shared/api.ts";
import { Moment } from "../../shared/clock.tsx";
import { moneyOf } from "../../shared/numbers.ts";
import { Fact } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { FactValue } from "./FactValue.tsx";
import { useSize } from "./files.tsx";
import css from "./tickets.module.css";
import { Why } from "./Why.tsx";

type Approval = TicketView["approvals"][number];

/** What the process adds to a ticket: decisions waited for, tasks of departments, checklists, and why it came so. */
export default function ProcessBlock({ ticket }: { ticket: TicketView }) {
  return (
    <>
      {ticket.approvals.length > 0 && <Approvals ticket={ticket} />}
      {ticket.parent && <Parent taskId={ticket.id} parent={ticket.parent} />}
      {ticket.subtasks.length > 0 && <Subtasks subtasks={ticket.subtasks} />}
      {ticket.checklists.map((list) => <Checklist key={list.key} ticket={ticket} list={list} />)}
      <Why id={ticket.id} />
    </>
  );
}

/** A number or money, as people of the reader's language write it. */
export function useAmount(): (amount: Approval["amount"]) => string {
  const { locale } = useIntl();
  return (amount) => {
    if (amount === null) return "";
    if (typeof amount === "number") return new Intl.NumberFormat(locale).format(amount);
    return moneyOf(amount, locale);
  };
}

function Approvals({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const amount = useAmount();
  return (
    <section className={css.block} aria-labelledby="ticket-approvals">
      <h2 id="ticket-approvals">{t("process.approvals")}</h2>
      {ticket.approvals.map((approval) => (
        <article key={approval.id} className="stack">
          <div className="row between wrap">
            <span><b>{approval.deedName}</b> <span className="num">{amount(approval.amount)}</span> <span className="dim">{approval.transitionName}</span></span>
            <span className={`chip ${approval.state === "pending" ? "warn" : approval.state === "approved" ? "live" : ""}`}>{t(`process.state.${approval.state}`)}</span>
          </div>
          <p className="small dim">{approval.requestedBy} <Moment at={approval.requestedAt} full />{approval.decidedBy && ` → ${approval.decidedBy}`}{approval.note && `: ${approval.note}`}</p>
          {approval.state === "pending" && !approval.mayDecide && <Deciders approval={approval} />}
          {approval.noDecider && <p role="status" className={css.owed}>{t("process.noDecider")}</p>}
          {approval.mayDecide && <Decide id={ticket.id} approvalId={approval.id} />}
        </article>
      ))}
    </section>
  );
}

/** Whose decision is waited for. */
function Deciders({ approval: { deciders, short } }: { approval: Approval }) {
  const t = useT();
  const amount = useAmount();
  const { locale } = useIntl();
  const roles = deciders.map(({ role, names, more }) => {
    const people = [...names, ...(more > 0 ? [t("process.moreNames", { count: more })] : [])];
    return people.length > 0 ? `${t(`role.${role}`)} (${people.join(", ")})` : t(`role.${role}`);
  });
  if (roles.length === 0) return null;
  return (
    <p className="small">
      {t("process.decidedBy", { who: new Intl.ListFormat(locale, { type: "disjunction" }).format(roles) })}{" "}
      {short && <span className="dim">{t("process.limitOf", { role: t(`role.${short.role}`), limit: amount(short.limit) })}</span>}
    </p>
  );
}

const isOvertaken = (error: unknown): boolean => error instanceof ApiError && error.problem.status === 409;

/** Yes, or no with a reason. */
export function Decide({ id, approvalId }: { id: string; approvalId: string }) {
  const t = useT();
  const [note, setNote] = useState("");
  const tell = useRefusal();
  // The question is over or another one by now, and may be gone from here in a moment: what happened is said beside it.
  const decide = useSend("decideApproval", ["getTicket", "listTickets", "listApprovals", "listReasons"], { onError: (error) => { if (isOvertaken(error)) { tell(error); refresh(["getTicket", "listApprovals"]); } } });
  const send = (decision: "approve" | "refuse") => decide.mutate({ params: { id, approvalId }, body: { decision, note } });
  const wrong = fieldError(decide.error, "note");
  return (
    <form className="stack" aria-label={t("process.decide")} onSubmit={(event) => { event.preventDefault(); send("approve"); }}>
      <TextInput label={t("process.note")} value={note} maxLength={2000} onChange={(event) => setNote(event.currentTarget.value)} error={wrong} />
      {!wrong && !isOvertaken(decide.error) && <ProblemNote error={decide.error} />}
      <div className="row wrap">
        <Button type="submit" loading={decide.isPending && decide.variables?.body.decision === "approve"}>{t("process.approve")}</Button>
        <Button variant="default" disabled={note.trim() === ""} loading={decide.isPending && decide.variables?.body.decision === "refuse"} onClick={() => send("refuse")}>{t("process.refuse")}</Button>
      </div>
    </form>
  );
}

/** What asked for this task, with what goes along for who works on it. */
function Parent({ taskId, parent }: { taskId: string; parent: NonNullable<TicketView["parent"]> }) {
  const t = useT();
  const size = useSize();
  return (
    <section className={css.block} aria-labelledby="ticket-parent">
      <h2 id="ticket-parent">{t("process.parent")}</h2>
      <div className="row wrap">{parent.mayOpen ? <Link to="/tickets/$id" params={{ id: parent.id }} className="num">{parent.number}</Link> : <span className="num">{parent.number}</span>}<span className="cut">{parent.subject}</span></div>
      {parent.description && <p className="pre">{parent.description}</p>}
      {parent.facts.length > 0 && <dl className={css.facts}>{parent.facts.map((fact) => <Fact key={fact.key} label={fact.name}><FactValue fact={fact} /></Fact>)}</dl>}
      {parent.files.map((file) => (
        <div key={file.id} className={css.file}>
          <IconFile size={15} aria-hidden /><a className="cut" href={`/api/tickets/${taskId}/attachments/${file.id}`} download={file.name}>{file.name}</a><span className="small dim num">{size(file.bytes)}</span><span className="small dim grow cut">{file.by} · <Moment at={file.at} /></span>
        </div>
      ))}
    </section>
  );
}

export function Subtasks({ subtasks }: { subtasks: TicketView["subtasks"] }) {
  const t = useT();
  return (
    <section className={css.block} aria-labelledby="ticket-subtasks">
      <h2 id="ticket-subtasks">{t("process.subtasks")}</h2>
      {subtasks.map((task) => (
        <article key={task.id} className="stack">
          <div className="row between wrap">
            <span className="row"><Link to="/tickets/$id" params={{ id: task.id }} className="num">{task.number}</Link><span className="cut">{task.subject}</span></span>
            <span className={`chip ${task.status === "open" || task.status === "waiting" ? "warn" : "live"}`}>{task.stageName}</span>
          </div>
          <p className="small dim">{task.ownerName}{task.dueAt && task.status !== "closed" && <> {t("process.by")} <Moment at={task.dueAt} full /></>}{task.waits && task.status !== "closed" && ` · ${t("process.waits")}`}</p>
          {task.answer && <p>{task.answer}</p>}
        </article>
      ))}
    </section>
  );
}

function Checklist({ ticket, list }: { ticket: TicketView; list: TicketView["checklists"][number] }) {
  const t = useT();
  const tick = useSend("tickItem", ["getTicket"]);
  const done = list.items.filter((item) => item.done).length;
  return (
    <section className={css.block} aria-labelledby={`list-${list.key}`}>
      <h2 id={`list-${list.key}`}>{list.name || t("process.checks")} <span className="dim num">{done}/{list.items.length}</span></h2>
      {list.items.map((item) => (
        <Checkbox key={item.key} label={item.name} checked={item.done} disabled={tick.isPending} description={item.at && <>{item.by} <Moment at={item.at} full /></>}
          onChange={(event) => tick.mutate({ params: { id: ticket.id }, body: { checklist: list.key, item: item.key, done: event.currentTarget.checked } })} />
      ))}
      <ProblemNote error={tick.error} />
    </section>
  );
}
