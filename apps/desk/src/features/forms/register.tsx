import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, type ReactNode } from "react";
import { Skeleton } from "../../shared/parts.tsx";
import type { FormSession } from "./session.ts";

const RegisterPart = lazy(() => import("./RegisterPart.tsx"));

interface Asked { ids: Readonly<Record<string, string>>; onIds: (ids: Record<string, string>) => void; projectKey: string; type: { form: string | null } | undefined; call?: { id: string; answeredAt: string | null } | undefined }

/** The form beside a registration. `release` says what it belongs to, once that is there: then it is sent, once. */
export function useRegisterForm({ ids, onIds, projectKey, type, call }: Asked): { part: ReactNode; release: (ticketId: string) => Promise<void> } {
  const session = useRef<FormSession | null>(null);
  const onSession = useCallback((opened: FormSession | null) => { if (opened) session.current = opened; }, []);
  const formKey = type?.form ?? null;
  const callId = call?.id;
  const startedAt = call?.answeredAt ?? null;
  const talk = useMemo(() => (callId ? { id: callId, startedAt } : undefined), [callId, startedAt]);
  const id = formKey ? ids[formKey] : undefined;
  // Each kind's form has a record of its own: changing the kind and back loses nothing.
  useEffect(() => { if (formKey && !id) onIds({ ...ids, [formKey]: crypto.randomUUID() }); });
  return {
    part: formKey && id ? <Suspense fallback={<Skeleton rows={3} height={44} />}><RegisterPart key={id} id={id} projectKey={projectKey} formKey={formKey} call={talk} onSession={onSession} /></Suspense> : null,
    release: async (ticketId) => { if (formKey) await session.current?.release({ kind: "ticket", id: ticketId }); },
  };
}
