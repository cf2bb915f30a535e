import type { HandoverView } from "@linija/server/contract/handovers/handovers";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Textarea } from "@mantine/core";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useDraft } from "../../shared/draft.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useMe } from "../access/session.ts";
import { Answer } from "./Answer.tsx";
import { Where, Withdraw } from "./HandoverBlock.tsx";
import { Asked, HandoverNote, useGiver } from "./HandoverNote.tsx";
import css from "./handovers.module.css";

/** On top of the ticket: questions to colleagues that are under way or were answered lately, and to who answers, that they only read (R214). */
export function ConsultBlocks({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const { data } = useApi("ticketHandovers", { params: { id: ticket.id } });
  const shown = ticket.status === "closed" ? [] : (data?.items ?? []).filter(({ kind, state, advises }, index, all) => kind === "consult" && (state === "waiting" || advises || (state === "returned" && index === all.findIndex((each) => each.kind === "consult"))));
  if (shown.length === 0) return null;
  return (
    <div id="ticket-consult" className={css.rows}>
      {ticket.readOnly && <p className="small dim" role="status">{t("consult.onlyRead")}</p>}
      {shown.map((consult) => <Consult key={consult.id} consult={consult} onlyAsked={ticket.readOnly} />)}
    </div>
  );
}

function Consult({ consult, onlyAsked }: { consult: HandoverView; onlyAsked: boolean }) {
  const t = useT();
  // Whoever is to answer does not end the question instead.
  const mayWithdraw = consult.mayWithdraw && !consult.mayAnswer && !consult.isMine;
  const giver = useGiver()(consult);
  return (
    <section className={css.block} data-state={consult.mayAnswer ? "waiting" : consult.state} aria-label={t("consult.button")}>
      <header className={css.blockHead}>
        <IconMessageQuestion size={16} aria-hidden />
        <b className="grow"><Where handover={consult} /></b>
        <span className="small dim">{giver} · <Moment at={consult.createdAt} /></span>
      </header>
      <HandoverNote handover={consult} />
      <Asked handover={consult} />
      <ConsultAnswer consult={consult} onlyAsked={onlyAsked} />
      {(consult.mayTake || mayWithdraw) && <div className="row wrap">{consult.mayTake && <Answer handover={consult} />}{mayWithdraw && <Withdraw handover={consult} />}</div>}
    </section>
  );
}

/** What was answered; to whoever is to answer, the field for it, kept as typed until it has arrived. */
export function ConsultAnswer({ consult, onlyAsked }: { consult: HandoverView; /** Reads the ticket because of the question alone: is told until when. */ onlyAsked: boolean }) {
  const t = useT();
  const me = useMe();
  const isByMe = consult.takenBy?.id === me.id;
  return (
    <>
      {consult.answer !== null && <dl className={css.words}><div><dt>{isByMe ? t("consult.answeredByMe") : t("consult.answered", { name: consult.takenBy?.name ?? "" })}{consult.answeredAt && <>, <Moment at={consult.answeredAt} /></>}</dt><dd className="pre">{consult.answer}</dd></div></dl>}
      {consult.advises && consult.advisesUntil && isByMe && onlyAsked && <p className="small dim">{t("consult.until")} <Moment at={consult.advisesUntil} full /></p>}
      {consult.mayAnswer && <AnswerForm consult={consult} />}
    </>
  );
}

function AnswerForm({ consult }: { consult: HandoverView }) {
  const t = useT();
  const { draft, set, forget } = useDraft(`consult-answer:${consult.id}`, () => ({ text: "" }));
  const answer = useSend("answerConsult", ["listHandovers", "ticketHandovers", "getTicket", "clientTimeline"], { onSuccess: forget });
  const send = () => { if (draft.text.trim() !== "" && !answer.isPending) answer.mutate({ params: { id: consult.id }, body: { text: draft.text } }); };
  return (
    <form className={css.refuse} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={sendOnCtrlEnter(send)}>
      <Textarea label={t("consult.answer")} required autosize minRows={2} maxRows={8} maxLength={4000} value={draft.text} onChange={(event) => set({ text: event.currentTarget.value })} error={fieldError(answer.error, "text")} />
      <ProblemNote error={answer.error} names={{ text: t("consult.answer") }} />
      <div className="row"><Button type="submit" size="compact-md" loading={answer.isPending} disabled={draft.text.trim() === ""}>{t("consult.answerSend", { name: consult.by?.name ?? "" })}</Button></div>
    </form>
  );
}
