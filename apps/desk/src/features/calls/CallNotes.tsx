import type { CallView } from "@linija/server/contract/calls/calls";
import { Textarea } from "@mantine/core";
import { useLayoutEffect, useRef } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { useKey } from "../../shared/keys.ts";
import css from "./calls.module.css";

export interface WrapDraft { disposition: string | null; notes: string; ready: boolean }
/** What is written during the talk waits in the wrap-up; one draft serves both. */
export const useWrapDraft = (call: CallView) => useDraft<WrapDraft>(`wrap:${call.id}`, () => ({ disposition: call.disposition, notes: call.notes, ready: true }));

/** Where the pen was when the talk ended: the wrap-up takes it over, so that no word typed on becomes a shortcut. */
let pen: { callId: string; at: number } | null = null;
export function takePen(callId: string): number | null {
  const at = pen?.callId === callId ? pen.at : null;
  pen = null;
  return at;
}

export function CallNotes({ call }: { call: CallView }) {
  const t = useT();
  const box = useRef<HTMLTextAreaElement>(null);
  const { draft, set } = useWrapDraft(call);
  useKey("note", () => box.current?.focus());
  useLayoutEffect(() => {
    const area = box.current;
    return () => { if (area && document.activeElement === area) pen = { callId: call.id, at: area.selectionStart }; };
  }, [call.id]);
  return (
    <div className={css.panel}>
      <Textarea ref={box} label={t("call.notes")} description={t("call.notesHint")} autosize minRows={3} maxRows={8} value={draft.notes} onChange={(event) => set({ notes: event.currentTarget.value })} />
    </div>
  );
}
