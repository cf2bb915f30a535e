import { Button } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX } from "@tabler/icons-react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import { ApiError } from "../../shared/api.ts";
import { newId } from "../../shared/ids.ts";
import { Skeleton } from "../../shared/parts.tsx";
import { useProblemText } from "../../shared/problem.tsx";
import type { Card } from "./card.ts";
import type { FormSession, Handed } from "./session.ts";
import css from "../../shared/shared.module.css";

const RegisterPart = lazy(() => import("./RegisterPart.tsx"));

interface Asked { /** Of the client it is registered for. */ card: Card; /** The registration tried once more. */ onAgain: () => void; ids: Readonly<Record<string, string>>; onIds: (ids: Record<string, string>) => void; projectKey: string; type: { form: string | null; formRequired: boolean } | undefined; call?: { id: string; answeredAt: string | null } | undefined }

/** Why a form stays behind: nothing is registered then, and nothing of it is lost. */
export type Trouble = Exclude<Handed, "goes"> | "loading";

interface Declared {
  part: ReactNode;
  /** Stands by the button while the form could not go along. */
  note: ReactNode;
  busy: boolean;
  /** Which form goes with the request and is submitted with it; null: none, it is finished later. False: it has to, and cannot yet; why is told. */
  hand: () => Promise<string | null | false>;
  /** Says what the form belongs to, unless it went with it: then it is sent, once. */
  release: (ticketId: string) => Promise<void>;
  /** What the server holds against the form stands at its fields. */
  refuse: (error: unknown) => void;
}

/** An optional form is finished on the ticket, but not what would be lost there: a file on its way, a choice between two people's values. */
const STOPS: ReadonlySet<Trouble> = new Set(["files", "conflict"]);

/** The form beside a registration. */
export function useRegisterForm({ card, ids, onIds, projectKey, type, call, onAgain }: Asked): Declared {
  const session = useRef<FormSession | null>(null);
  const handed = useRef(false);
  const [told, setTold] = useState<{ of: string; trouble: Trouble; error: unknown } | null>(null);
  const [busy, setBusy] = useState(false);
  // Kept when the part is gone: what was registered is brought to its end after that.
  const onSession = useCallback((opened: FormSession | null) => { if (opened) session.current = opened; }, []);
  const formKey = type?.form ?? null;
  const callId = call?.id;
  const startedAt = call?.answeredAt ?? null;
  const talk = useMemo(() => (callId ? { id: callId, startedAt } : undefined), [callId, startedAt]);
  const id = formKey ? ids[formKey] : undefined;
  // Each kind's form has a record of its own: changing the kind and back loses nothing.
  useEffect(() => { if (formKey && !id) onIds({ ...ids, [formKey]: newId() }); });
  /** That of another kind, which stood here before, is not it. */
  const opened = () => (session.current?.id === id ? session.current : null);
  const trouble = told?.of === id ? told?.trouble : undefined;
  // What did not arrive goes by itself once somebody answers; then nothing is in the way any more.
  useEffect(() => {
    const waiting = trouble === "away" || trouble === "files" ? session.current : null;
    const look = (): void => { if (waiting?.isThere) setTold(null); };
    const ends = [waiting?.subscribe(look), waiting?.files.subscribe(look)];
    return () => { for (const end of ends) end?.(); };
  }, [trouble]);
  const hand = async (): Promise<string | null | false> => {
    handed.current = false;
    if (!formKey || !id) return null;
    const outcome = (await opened()?.hand()) ?? "loading";
    handed.current = outcome === "goes";
    if (outcome === "goes") return id;
    if (!type?.formRequired && !STOPS.has(outcome)) return null;
    if (outcome === "incomplete") opened()?.store.showAll();
    setTold({ of: id, trouble: outcome, error: outcome === "refused" ? opened()?.error : null });
    return false;
  };
  return {
    part: formKey && id ? <Suspense fallback={<Skeleton rows={3} height={44} />}><RegisterPart key={id} id={id} projectKey={projectKey} formKey={formKey} isNeeded={type?.formRequired ?? false} card={card} call={talk} onSession={onSession} /></Suspense> : null,
    note: trouble && <HandNote trouble={trouble} error={told?.error ?? null} onAgain={onAgain} />,
    busy,
    // Pressed again meanwhile, it is the same deed.
    hand: async () => { if (busy) return false; setTold(null); setBusy(true); return hand().finally(() => setBusy(false)); },
    refuse: (error) => { if (error instanceof ApiError) opened()?.store.refuse((error.problem.errors ?? []).map((one) => ({ ...one, field: one.field.replace(/^form\./, "data.") }))); },
    release: async (ticketId) => { if (formKey) await (handed.current ? opened()?.leave() : opened()?.release({ kind: "ticket", id: ticketId })); },
  };
}

const names = { loading: "handed.loading", incomplete: "handed.incomplete", files: "handed.files", conflict: "handed.conflict", away: "handed.away", refused: "handed.refused" } as const;

/** What stands in the way of handing a form over, that nothing typed is lost, and the way on. */
function HandNote({ trouble, error, onAgain }: { trouble: Trouble; error: unknown; onAgain: () => void }) {
  const t = useT();
  const textOf = useProblemText();
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => { note.current?.scrollIntoView({ block: "nearest" }); }, []);
  const Sign = trouble === "away" || trouble === "loading" ? IconPlugConnectedX : IconAlertTriangle;
  return (
    <div ref={note} className={css.problem} role="alert">
      <Sign size={18} aria-hidden />
      <div className="grow">
        <div className="strong">{t(names[trouble])}</div>
        {error !== null && <div>{textOf(error).detail}</div>}
        <div>{t(trouble === "incomplete" ? "handed.keptCorrect" : "handed.kept")}</div>
      </div>
      <Button size="compact-sm" variant="default" onClick={onAgain}>{t("do.retry")}</Button>
    </div>
  );
}
