import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { bring } from "../../shared/focus.ts";
import { newId } from "../../shared/ids.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { MomentInput } from "../../shared/MomentInput.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useApi, useSend } from "../../shared/query.ts";
import { say } from "../../shared/toast.tsx";
import { keyOf, type Choices } from "./circles.ts";
import { Busy, People } from "./People.tsx";
import css from "./handovers.module.css";

interface Draft { question: string; tried: string; due: string; circle: string; /** Nobody: the next free. */ userId: string | null }

/** Whom to ask, as they are at this moment, and the question; what was typed stays until it was taken up. */
export default function ConsultDialog({ ticketId, onClose }: { ticketId: string; onClose: () => void }) {
  const t = useT();
  const { data: ticket } = useApi("getTicket", { params: { id: ticketId } });
  const choices = useApi("handoverChoices", { params: { id: ticketId } }, { staleTime: 0, refetchInterval: 5_000 });
  return (
    <Modal opened onClose={onClose} size={860} title={<b>{t("consult.title", { number: ticket?.number ?? "" })}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <ProblemNote error={choices.data ? null : choices.error} onRetry={() => void choices.refetch()} />
      {ticket && choices.data ? <AskForm ticket={ticket} choices={choices.data} onClose={onClose} /> : !choices.error && <Skeleton rows={5} height={56} />}
    </Modal>
  );
}

function AskForm({ ticket, choices, onClose }: { ticket: TicketView; choices: Choices; onClose: () => void }) {
  const t = useT();
  const [handoverId] = useState(() => newId());
  const { draft, set, forget } = useDraft<Draft>(`consult:${ticket.id}`, () => ({ question: "", tried: "", due: "", circle: keyOf(choices.circles.find(({ people }) => people.some(({ isNext }) => isNext)) ?? choices.circles[0]!), userId: null }));
  const ask = useSend("askColleague", ["ticketHandovers", "listHandovers", "clientTimeline"], {
    onSuccess: ({ offer }) => { forget(); onClose(); bring("ticket-consult"); say(t("consult.sent", { name: offer?.to.name ?? "" })); },
    onError: () => refresh(["handoverChoices", "ticketHandovers"]),
  });
  const circle = choices.circles.find((each) => keyOf(each) === draft.circle) ?? choices.circles[0]!;
  const chosen = circle.people.find(({ id }) => id === draft.userId);
  const to = chosen ?? circle.people.find(({ isNext }) => isNext);
  const insist = chosen !== undefined && chosen.presence !== "free";
  const isReady = to !== undefined && to.presence !== "off" && draft.question.trim() !== "";
  const send = () => {
    if (!isReady || ask.isPending) return;
    const { question, tried, due } = draft;
    ask.mutate({ params: { id: ticket.id }, body: { handoverId, circle: circle.circle, department: circle.department, userId: chosen?.id ?? null, insist, question, tried, expectedBy: due === "" ? null : new Date(due).toISOString() } });
  };
  const names = { question: t("consult.question"), tried: t("handover.tried"), expectedBy: t("consult.byWhen") };
  return (
    <form className={css.give} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={sendOnCtrlEnter(send)}>
      <People circles={choices.circles} circle={circle} chosen={draft.userId} onCircle={(key) => set({ circle: key, userId: null })} onChoose={(userId) => set({ userId })} />
      <div className={css.note}>
        <Textarea label={names.question} required data-autofocus autosize minRows={4} maxRows={8} maxLength={2000} value={draft.question} onChange={(event) => set({ question: event.currentTarget.value })} error={fieldError(ask.error, "question")} />
        <Textarea label={names.tried} autosize minRows={2} maxRows={5} maxLength={2000} value={draft.tried} onChange={(event) => set({ tried: event.currentTarget.value })} error={fieldError(ask.error, "tried")} />
        <MomentInput label={names.expectedBy} value={draft.due} onChange={(due) => set({ due })} error={fieldError(ask.error, "expectedBy")} />
      </div>
      <div className={css.foot}>
        {chosen && insist && <Busy person={chosen} next={circle.people.find(({ isNext }) => isNext)} onNext={(userId) => set({ userId })} />}
        <ProblemNote error={ask.error} names={names} />
        <div className="row between wrap">
          <span className="small dim">{t("consult.answerTime", { minutes: choices.answerMinutes })}</span>
          <div className="row"><Button variant="default" onClick={onClose}>{t("do.cancel")}</Button>
            <Button type="submit" loading={ask.isPending} disabled={!isReady}>{to ? t(insist ? "consult.askAnyway" : "consult.send", { name: to.name }) : t("handover.nobodyFree")}</Button></div>
        </div>
      </div>
    </form>
  );
}
