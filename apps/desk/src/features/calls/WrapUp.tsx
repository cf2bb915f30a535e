import type { CallView } from "@linija/server/contract/calls/calls";
import { Button, Checkbox, Textarea } from "@mantine/core";
import { useId, useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Until, useNow } from "../../shared/clock.tsx";
import { sendOnCtrlEnter, useKey } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { useLine } from "../line/line.tsx";
import { takePen, useWrapDraft } from "./CallNotes.tsx";
import { choosable, useDispositions, type Disposition } from "./useDispositions.ts";
import css from "./calls.module.css";

const needsOf = (chosen: Disposition | undefined, notes: string, call: CallView) => ({
  needsNotes: chosen?.requiresNotes === true && notes.trim() === "", needsTicket: chosen?.requiresTicket === true && call.tickets.length === 0,
  needsClient: chosen?.requiresClient === true && call.clientId === null,
});

/** After the talk: what came of it, and a few words. What the disposition requires is shown before it is refused. */
export function WrapUp({ call, endsAt }: { call: CallView; endsAt: string | null }) {
  const t = useT();
  const word = useWord();
  const { take } = useLine();
  const { draft, set, forget } = useWrapDraft(call);
  const notes = useRef<HTMLTextAreaElement>(null);
  const needed = useId();
  const dispositions = choosable(useDispositions(call), call.direction);
  const chosen = dispositions.find((each) => each.key === draft.disposition);
  const finish = useSend("wrapUp", ["listCalls", "getCall", "clientTimeline", "listTickets"], { onSuccess: (line) => { take(line); forget(); } });
  const { needsNotes, needsTicket, needsClient } = needsOf(chosen, draft.notes, call);
  const missing = !chosen || needsNotes || needsTicket || needsClient;
  const send = () => {
    if (needsNotes) notes.current?.focus();
    if (!missing) finish.mutate({ params: { id: call.id }, body: { disposition: chosen.key, notes: draft.notes, ready: draft.ready } });
  };
  useKey("note", () => notes.current?.focus());
  useHands(call.id, notes);
  return (
    <section className={css.wrap} aria-label={t("wrap.title")} onKeyDown={sendOnCtrlEnter(send)}>
      <div className="row between"><h2>{t("wrap.title")}{call.answeredAt === null && call.outcome && ` · ${word("outcome", call.outcome)}`}</h2>{endsAt && <WrapClock endsAt={endsAt} />}</div>
      <Dispositions all={dispositions} chosen={draft.disposition} onChoose={(disposition) => set({ disposition })} />
      <Textarea ref={notes} label={t("wrap.notes")} withAsterisk={chosen?.requiresNotes} autosize minRows={2} maxRows={6} value={draft.notes} onChange={(event) => set({ notes: event.currentTarget.value })}
        error={fieldError(finish.error, "notes") !== undefined || needsNotes} aria-describedby={needed} />
      {!fieldError(finish.error, "notes", "disposition", "ticket", "client") && <ProblemNote error={finish.error} />}
      {/* Always there, so that choosing does not move what is chosen from. */}
      <p id={needed} className={css.needed} role="status">{fieldError(finish.error, "disposition", "notes", "ticket", "client") ?? [!chosen && t("wrap.chooseDisposition"), needsNotes && t("wrap.needsNotes"), needsTicket && t("wrap.needsTicket"), needsClient && t("wrap.needsClient")].filter(Boolean).join(" ")}</p>
      <div className="row between">
        <Checkbox size="xs" label={t("wrap.readyAfter")} checked={draft.ready} onChange={(event) => set({ ready: event.currentTarget.checked })} />
        <Button size="sm" onClick={send} loading={finish.isPending} disabled={missing}>{t("wrap.finish")}<span className={css.onButton}><Keys combo="Ctrl+Enter" /></span></Button>
      </div>
    </section>
  );
}

/** The hands go on where they were: in the notes if they wrote, else at the results if they were nowhere. */
function useHands(callId: string, notes: RefObject<HTMLTextAreaElement | null>): void {
  useLayoutEffect(() => {
    const at = takePen(callId);
    if (at !== null) {
      notes.current?.focus({ preventScroll: true });
      notes.current?.setSelectionRange(at, at);
    } else if (document.activeElement === document.body) document.querySelector<HTMLElement>(`.${css.dispositions} [tabindex="0"]`)?.focus({ preventScroll: true });
  }, [callId, notes]);
}

const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
/** One stop of the Tab key; the arrows walk and choose. */
function Dispositions({ all, chosen, onChoose }: { all: Disposition[]; chosen: string | null; onChoose: (key: string) => void }) {
  const t = useT();
  const at = all.findIndex((each) => each.key === chosen);
  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = at < 0 ? 0 : (at + step + all.length) % all.length;
    onChoose(all[next]?.key ?? "");
    event.currentTarget.querySelectorAll<HTMLElement>("[role=radio]")[next]?.focus();
  };
  return (
    <div role="radiogroup" aria-label={t("wrap.disposition")} aria-required="true" className={css.dispositions} onKeyDown={walk}>
      {all.map((each, index) => <button key={each.key} type="button" role="radio" aria-checked={index === at} tabIndex={index === Math.max(0, at) ? 0 : -1} onClick={() => onChoose(each.key)}>{each.name}</button>)}
    </div>
  );
}

function WrapClock({ endsAt }: { endsAt: string }) {
  const t = useT();
  const left = Date.parse(endsAt) - useNow();
  return <span className={left < 0 ? "chip danger" : "chip warn"}><Until at={endsAt} className="num" />{left < 0 && <span>{t("wrap.over")}</span>}</span>;
}
