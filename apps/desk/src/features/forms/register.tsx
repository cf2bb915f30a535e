import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, type ReactNode } from "react";
import { ApiError } from "../../shared/api.ts";
import { newId } from "../../shared/ids.ts";
import { Skeleton } from "../../shared/parts.tsx";
import type { FormSession } from "./session.ts";

const RegisterPart = lazy(() => import("./RegisterPart.tsx"));

interface Asked { ids: Readonly<Record<string, string>>; onIds: (ids: Record<string, string>) => void; projectKey: string; type: { form: string | null; formRequired: boolean } | undefined; call?: { id: string; answeredAt: string | null } | undefined }

interface Declared {
  part: ReactNode;
  /** Which form goes with the request and is submitted with it; null: none, it is finished later. False: it has to, and is not complete. */
  hand: () => Promise<string | null | false>;
  /** Says what the form belongs to, unless it went with it: then it is sent, once. */
  release: (ticketId: string) => Promise<void>;
  /** What the server holds against the form stands at its fields. */
  refuse: (error: unknown) => void;
}

/** The form beside a registration. */
export function useRegisterForm({ ids, onIds, projectKey, type, call }: Asked): Declared {
  const session = useRef<FormSession | null>(null);
  const handed = useRef(false);
  const onSession = useCallback((opened: FormSession | null) => { if (opened) session.current = opened; }, []);
  const formKey = type?.form ?? null;
  const callId = call?.id;
  const startedAt = call?.answeredAt ?? null;
  const talk = useMemo(() => (callId ? { id: callId, startedAt } : undefined), [callId, startedAt]);
  const id = formKey ? ids[formKey] : undefined;
  // Each kind's form has a record of its own: changing the kind and back loses nothing.
  useEffect(() => { if (formKey && !id) onIds({ ...ids, [formKey]: newId() }); });
  return {
    part: formKey && id ? <Suspense fallback={<Skeleton rows={3} height={44} />}><RegisterPart key={id} id={id} projectKey={projectKey} formKey={formKey} isNeeded={type?.formRequired ?? false} call={talk} onSession={onSession} /></Suspense> : null,
    hand: async () => {
      handed.current = formKey !== null && await session.current?.hand() === true;
      if (handed.current || !type?.formRequired) return handed.current && id ? id : null;
      session.current?.store.showAll();
      return false;
    },
    refuse: (error) => { if (error instanceof ApiError) session.current?.store.refuse((error.problem.errors ?? []).map((one) => ({ ...one, field: one.field.replace(/^form\./, "data.") }))); },
    release: async (ticketId) => { if (formKey && !handed.current) await session.current?.release({ kind: "ticket", id: ticketId }); },
  };
}
