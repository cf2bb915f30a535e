import type { CallView } from "@linija/server/contract/calls/calls";
import { Button, Checkbox, Textarea } from "@mantine/core";
import { useId, useRef } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Until, useNow } from "../../shared/clock.tsx";
import { sendOnCtrlEnter, useKey } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { useLine } from "../line/line.tsx";
import { useWrapDraft } from "./CallNotes.tsx";
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
  return (
    <section className={css.wrap} aria-label={t("wrap.title")} onKeyDown={sendOnCtrlEnter(send)}>
      <div className="row between"><h2>{t("wrap.title")}{call.answeredAt === null && call.outcome && ` · ${word("outcome", call.outcome)}`}</h2>{endsAt && <WrapClock endsAt={endsAt} />}</div>
      <div role="radiogroup" aria-label={t("wrap.disposition")} aria-required="true" className={css.dispositions}>
        {dispositions.map((each) => <button key={each.key} type="button" role="radio" aria-checked={each.key === draft.disposition} onClick={() => set({ disposition: each.key })}>{each.name}</button>)}
      </div>
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

function WrapClock({ endsAt }: { endsAt: string }) {
  const t = useT();
  const left = Date.parse(endsAt) - useNow();
  return <span className={left < 0 ? "chip danger" : "chip warn"}><Until at={endsAt} className="num" />{left < 0 && <span>{t("wrap.over")}</span>}</span>;
}
