import { useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";
import { useApi } from "../../shared/query.ts";
import { useMe } from "../access/session.ts";
import type { Card } from "./card.ts";
import { openSession, type FormSession, type Record } from "./session.ts";
import type { FormDeeds } from "./useForm.tsx";

interface Wanted { id: string; formId: string; subject: { kind: "ticket"; id: string } | null; record: Record | null; held?: boolean; /** Undefined: it is on its way, and the form waits for it. */ card: Card | null | undefined }

/** The session of one form while its panel is open; null until its version is here. */
export function useFormSession({ id, formId, subject, record, held = false, card }: Wanted) {
  const me = useMe();
  const { data: version, error, refetch } = useApi("getForm", { query: { id: formId } }, { staleTime: Infinity });
  const [session, setSession] = useState<FormSession | null>(null);
  const subjectId = subject?.id ?? null;
  // Read again, the card has nothing to say to a form that is begun.
  const isWaiting = card === undefined && session === null;
  // A newer record is brought to the session below, which must not be begun anew for it; the card only begins it.
  const begin = useEffectEvent((given: NonNullable<typeof version>) => openSession({ id, userId: me.id, version: given, subject: subjectId === null ? null : { kind: "ticket", id: subjectId }, held, card }, record));
  useEffect(() => {
    if (!version || isWaiting) return undefined;
    let isGone = false;
    let made: FormSession | null = null;
    void begin(version).then((opened) => {
      made = opened;
      if (isGone) opened.stop(); else setSession(opened);
    });
    return () => { isGone = true; made?.stop(); setSession(null); };
  }, [version, id, me.id, subjectId, held, isWaiting]);
  useEffect(() => { if (session && record) session.take(record); }, [session, record]);
  return { session, error: version ? null : error, again: () => void refetch() };
}

const TYPING_GONE_MS = 6_000;
/** A mark of who is typing goes without a word: it is looked at again while there is one. */
export const typingInterval = (record: Record | undefined): number | false => (record?.state === "draft" && record.typing.some((one) => !one.me) ? TYPING_GONE_MS : false);

const noop = () => () => undefined;
export const useSnapshot = (session: FormSession | null): number => useSyncExternalStore(session?.subscribe ?? noop, () => session?.snapshot ?? 0);

/** What the fields of a session may ask for. */
export function useDeeds(session: FormSession, version: { projectKey: string; country: string }, call?: FormDeeds["call"]): FormDeeds {
  const { projectKey, country } = version;
  return useMemo(() => ({
    projectKey, country, formId: session.formId, call,
    reveal: (path, reason) => session.reveal(path, reason),
    files: session.files,
    fileName: (id) => { const file = session.record?.files.find((one) => one.id === id); return file ? { name: file.name, href: `/api/forms/records/${session.record!.id}/files/${id}` } : null; },
    at: (path) => session.at(path),
  }), [session, projectKey, country, call]);
}
