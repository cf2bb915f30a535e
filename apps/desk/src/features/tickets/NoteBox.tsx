import { Button, Textarea } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useRef } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { newId } from "../../shared/ids.ts";
import { sendOnCtrlEnter, useKey } from "../../shared/keys.ts";
import { drawAnother } from "../../shared/once.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import css from "./tickets.module.css";

/** An internal note, amber from the first letter so that nobody takes it for a reply. Sent twice with one id it is one note. */
export function NoteBox({ ticketId }: { ticketId: string }) {
  const t = useT();
  const box = useRef<HTMLTextAreaElement>(null);
  const { draft, set, forget } = useDraft(`note:${ticketId}`, () => ({ id: newId(), text: "" }));
  const add = useSend("addNote", ["getTicket", "clientTimeline"], { onSuccess: forget, onError: drawAnother(set) });
  const send = () => { if (draft.text.trim()) add.mutate({ params: { id: ticketId }, body: draft }); };
  useKey("note", () => box.current?.focus());
  return (
    <div className={css.noteBox} data-typed-in onKeyDown={sendOnCtrlEnter(send)}>
      <Textarea ref={box} aria-label={t("ticket.note")} placeholder={t("ticket.notePlaceholder")} autosize minRows={1} maxRows={8} value={draft.text} onChange={(event) => set({ text: event.currentTarget.value })} error={fieldError(add.error, "text")} />
      <div className="row between"><span className="row small"><IconLock size={14} aria-hidden />{t("ticket.noteInternal")}</span><Button variant="default" loading={add.isPending} disabled={!draft.text.trim()} onClick={send}>{t("ticket.addNote")}</Button></div>
      {!fieldError(add.error, "text") && <ProblemNote error={add.error} />}
    </div>
  );
}
