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
import { noteOf, type Note } from "./prefill.ts";
import css from "./handovers.module.css";

interface Draft extends Note { circle: string; /** Nobody: the next free. */ userId: string | null }

/** To whom, as they are at this moment, and the note in three parts; what was typed stays until it was taken up. */
export default function HandoverDialog({ ticketId, onClose }: { ticketId: string; onClose: () => void }) {
  const t = useT();
  const { data: ticket } = useApi("getTicket", { params: { id: ticketId } });
  const choices = useApi("handoverChoices", { params: { id: ticketId } }, { staleTime: 0, refetchInterval: 5_000 });
  const title = <b>{t("handover.title", { number: ticket?.number ?? "" })}</b>;
  return (
    <Modal opened onClose={onClose} size={860} title={title} closeButtonProps={{ "aria-label": t("do.close") }}>
      <ProblemNote error={choices.data ? null : choices.error} onRetry={() => void choices.refetch()} />
      {ticket && choices.data ? <GiveForm ticket={ticket} choices={choices.data} onClose={onClose} /> : !choices.error && <Skeleton rows={5} height={56} />}
    </Modal>
  );
}

function GiveForm({ ticket, choices, onClose }: { ticket: TicketView; choices: Choices; onClose: () => void }) {
  const t = useT();
  const [handoverId] = useState(() => newId());
  const { draft, set, forget } = useDraft<Draft>(`handover:${ticket.id}`, () => ({ ...noteOf(ticket), circle: "supervisors", userId: null }));
  const give = useSend("giveHandover", ["ticketHandovers", "listHandovers", "getTicket", "listTickets", "clientTimeline"], {
    onSuccess: ({ offer }) => { forget(); onClose(); bring("ticket-handover"); say(t("handover.sent", { name: offer?.to.name ?? "" })); },
    onError: () => refresh(["handoverChoices", "ticketHandovers"]),
  });
  const circle = choices.circles.find((each) => keyOf(each) === draft.circle) ?? choices.circles[0]!;
  const chosen = circle.people.find(({ id }) => id === draft.userId);
  const to = chosen ?? circle.people.find(({ isNext }) => isNext);
  const insist = chosen !== undefined && chosen.presence !== "free";
  const isReady = to !== undefined && to.presence !== "off" && draft.wanted.trim() !== "" && draft.tried.trim() !== "" && draft.expected.trim() !== "";
  const send = () => {
    if (!isReady || give.isPending) return;
    const { wanted, tried, expected, due } = draft;
    give.mutate({ params: { id: ticket.id }, body: { handoverId, circle: circle.circle, department: circle.department, userId: chosen?.id ?? null, insist, wanted, tried, expected, expectedBy: due === "" ? null : new Date(due).toISOString() } });
  };
  const names = { wanted: t("handover.wanted"), tried: t("handover.tried"), expected: t("handover.expected"), expectedBy: t("handover.expectedBy") };
  return (
    <form className={css.give} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={sendOnCtrlEnter(send)}>
      <People circles={choices.circles} circle={circle} chosen={draft.userId} onCircle={(key) => set({ circle: key, userId: null })} onChoose={(userId) => set({ userId })} />
      <div className={css.note}>
        {(["wanted", "tried", "expected"] as const).map((part) => <Textarea key={part} label={names[part]} required autosize minRows={2} maxRows={5} maxLength={2000} value={draft[part]} onChange={(event) => set({ [part]: event.currentTarget.value })} error={fieldError(give.error, part)} />)}
        <MomentInput label={names.expectedBy} value={draft.due} onChange={(due) => set({ due })} error={fieldError(give.error, "expectedBy")} />
      </div>
      <div className={css.foot}>
        {chosen && insist && <Busy person={chosen} next={circle.people.find(({ isNext }) => isNext)} onNext={(userId) => set({ userId })} />}
        <ProblemNote error={give.error} names={names} />
        <div className="row between wrap">
          <span className={choices.isLive ? css.live : "small dim"}>{t(choices.isLive ? "handover.liveTime" : "handover.answerTime", { minutes: choices.answerMinutes })}</span>
          <div className="row"><Button variant="default" onClick={onClose}>{t("do.cancel")}</Button>
            <Button type="submit" loading={give.isPending} disabled={!isReady}>{to ? t(insist ? "handover.askAnyway" : "handover.send", { name: to.name }) : t("handover.nobodyFree")}</Button></div>
        </div>
      </div>
    </form>
  );
}
