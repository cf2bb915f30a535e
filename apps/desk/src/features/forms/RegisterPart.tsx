import { useEffect } from "react";
import { EditorTexts, useT } from "../../i18n/intl.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import type { Card } from "./card.ts";
import { FormView } from "./FormView.tsx";
import type { FormSession } from "./session.ts";
import { Share } from "./Share.tsx";
import { typingInterval, useDeeds, useFormSession, useSnapshot } from "./useSession.ts";
import type { FormDeeds } from "./useForm.tsx";
import css from "./forms.module.css";

export interface RegisterPartProps { id: string; projectKey: string; formKey: string; /** The request is registered with it alone. */ isNeeded: boolean; card: Card; call?: FormDeeds["call"]; onSession: (session: FormSession | null) => void }

/** The form of the kind of request that is being registered: kept at this desk until there is a request it belongs to. */
export default function RegisterPart(props: RegisterPartProps) {
  const { data, error, refetch } = useApi("listForms", { query: { projectKey: props.projectKey } }, { staleTime: 60_000 });
  const form = data?.items.find(({ key }) => key === props.formKey);
  if (!data && error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  return form ? <EditorTexts><Held key={form.id} {...props} formId={form.id} /></EditorTexts> : null;
}

function Held({ id, formId, projectKey, isNeeded, card, call, onSession }: RegisterPartProps & { formId: string }) {
  const { session, error, again } = useFormSession({ id, formId, subject: null, record: null, held: true, card });
  useEffect(() => { onSession(session); return () => onSession(null); }, [session, onSession]);
  if (error) return <ProblemNote error={error} onRetry={again} />;
  return session && <Drawn session={session} isNeeded={isNeeded} projectKey={projectKey} call={call} id={id} />;
}

function Drawn({ session, projectKey, isNeeded, call, id }: { session: FormSession; isNeeded: boolean; projectKey: string; call?: FormDeeds["call"]; id: string }) {
  const t = useT();
  useSnapshot(session);
  const deeds = useDeeds(session, { projectKey, country: "" }, call);
  // What the client fills by the link is seen here as it is written; whether there is one, an answer that comes late may not know.
  const { data: theirs } = useApi("getRecord", { params: { id } }, { enabled: session.record !== null, refetchInterval: (query) => typingInterval(query.state.data) });
  useEffect(() => { if (theirs) session.take(theirs); }, [session, theirs]);
  return (
    <div className={css.registered}>
      <p className={css.hint}>{t(isNeeded ? "forms.registerNeeded" : "forms.registerHint")}</p>
      <FormView store={session.store} deeds={deeds} prefix={`register-${id.slice(0, 8)}`} />
      <div><Share session={session} /></div>
    </div>
  );
}
