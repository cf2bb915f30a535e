import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconCloudOff, IconForms, IconHistory } from "@tabler/icons-react";
import { useMemo, useState, type ReactNode } from "react";
import { useIntl } from "react-intl";
import { EditorTexts, useT } from "../../i18n/intl.tsx";
import { newId } from "../../shared/ids.ts";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { readStored, writeStored } from "../../shared/settings.ts";
import { may, useMe } from "../access/session.ts";
import { useLine } from "../line/line.tsx";
import { useTypes } from "../tickets/useTypes.ts";
import type { Card } from "./card.ts";
import { FormHistory } from "./FormHistory.tsx";
import { FormView } from "./FormView.tsx";
import { goTo } from "./Progress.tsx";
import { Share } from "./Share.tsx";
import type { FormSession, Record } from "./session.ts";
import { typingInterval, useDeeds, useFormSession, useSnapshot } from "./useSession.ts";
import { useLanguage, type FormDeeds } from "./useForm.tsx";
import css from "./forms.module.css";

/** The forms of a ticket: the one its type asks for, to be filled, and those that were. */
export default function FormBlock({ ticket }: { ticket: TicketView }) {
  const me = useMe();
  if (!may(me, "forms.read") || ticket.mergedInto !== null) return null;
  return <EditorTexts><Forms ticket={ticket} /></EditorTexts>;
}

function Forms({ ticket }: { ticket: TicketView }) {
  const me = useMe();
  const { type } = useTypes(ticket);
  const { data } = useApi("listRecords", { query: { subjectKind: "ticket", subjectId: ticket.id, limit: 20 } });
  const key = `linija:form-of:${ticket.id}`;
  const [begun, setBegun] = useState(() => readStored<{ id: string; formId: string }>(key));
  if (!data) return null;
  const wanted = type?.form ?? null;
  const isThere = data.items.some(({ formKey }) => formKey === wanted);
  const begin = (formId: string) => { const next = { id: newId(), formId }; writeStored(key, next); setBegun(next); };
  const listed = data.items.map(({ id }) => ({ id, formId: null as string | null }));
  // One that is begun stays the same on the screen when the server has heard of it.
  const shown = begun && !listed.some(({ id }) => id === begun.id) && !isThere ? [begun, ...listed] : listed;
  return (
    <>
      {shown.map(({ id, formId }) => <One key={id} id={id} formId={formId} ticket={ticket} />)}
      {!begun && !isThere && wanted && may(me, "forms.fill") && <Begin projectKey={ticket.projectKey} formKey={wanted} onBegin={begin} />}
    </>
  );
}

function Begin({ projectKey, formKey, onBegin }: { projectKey: string; formKey: string; onBegin: (formId: string) => void }) {
  const t = useT();
  const language = useLanguage();
  const { data } = useApi("listForms", { query: { projectKey } }, { staleTime: 60_000 });
  const form = data?.items.find(({ key }) => key === formKey);
  if (!form) return null;
  return <section className={css.block} aria-labelledby="form-begin"><div className={css.head}><IconForms size={16} aria-hidden /><h2 id="form-begin">{form.name[language]}</h2><span className="grow" /><Button size="compact-sm" onClick={() => onBegin(form.id)}>{t("forms.begin")}</Button></div></section>;
}

/** `formId` of one the server has not heard of yet. */
function One({ id, formId, ticket }: { id: string; formId: string | null; ticket: TicketView }) {
  const { data: record, error } = useApi("getRecord", { params: { id } }, { enabled: formId === null, refetchInterval: (query) => typingInterval(query.state.data) });
  const [begunAs] = useState(formId);
  const version = begunAs ?? record?.formId;
  if (error && !record && !begunAs) return <ProblemNote error={error} />;
  if (!version) return <Skeleton rows={1} height={64} />;
  return <Opened id={id} formId={version} ticket={ticket} record={record ?? null} />;
}

interface OpenedProps { id: string; formId: string; ticket: TicketView; record: Record | null }

function Opened({ id, formId, ticket, record }: OpenedProps) {
  const card = useCard(record ? null : ticket);
  const { session, error } = useFormSession({ id, formId, subject: { kind: "ticket", id: ticket.id }, record, card });
  if (error) return <ProblemNote error={error} />;
  return session ? <Filled session={session} id={id} clientId={ticket.clientId} /> : <Skeleton rows={2} height={64} />;
}

/** The card of the ticket's client for a form that is begun; null where there is none to be had, also without a network. */
function useCard(ticket: TicketView | null): Card | null | undefined {
  const clientId = ticket?.clientId ?? null;
  const { data, fetchStatus } = useApi("getClient", { params: { id: clientId ?? "" } }, { enabled: clientId !== null });
  return clientId === null ? null : data ?? (fetchStatus === "fetching" ? undefined : null);
}

/** A consent given while the client of the ticket is on the line is one of that talk. */
function useTalk(clientId: string | null): FormDeeds["call"] {
  const call = useLine().line?.call;
  const id = call && clientId !== null && call.clientId === clientId ? call.id : null;
  const startedAt = call?.answeredAt ?? null;
  return useMemo(() => (id === null ? undefined : { id, startedAt }), [id, startedAt]);
}

function Filled({ session, id, clientId }: { session: FormSession; id: string; clientId: string | null }) {
  const t = useT();
  const intl = useIntl();
  const language = useLanguage();
  useSnapshot(session);
  const own = useDeeds(session, { projectKey: session.formId.split("/")[0]!, country: "" }, useTalk(clientId));
  const { record } = session;
  const { deeds, button, dialog } = useHistory(session, own);
  const isDone = record?.state === "submitted";
  const readOnly = isDone || record?.mayWrite === false;
  // A form sent elsewhere is folded whenever that is learnt; one sent here stays as it is before one's eyes.
  const [chosen, setOpen] = useState<boolean>();
  const isOpen = chosen ?? !isDone;
  const prefix = `form-${id.slice(0, 8)}`;
  const submit = async () => { setOpen(isOpen); const wrong = await session.submit(); if (wrong) goTo(prefix, wrong); };
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <section className={css.block} aria-labelledby={`${prefix}-title`} onKeyDown={(event) => { if (event.key === "ArrowDown" && event.ctrlKey) { const next = session.store.completeness.missing[0]; if (next) { event.preventDefault(); goTo(prefix, next.path); } } if (event.key === "Enter" && event.ctrlKey && !readOnly) { event.preventDefault(); void submit(); } }}>
      <div className={css.head}>
        <IconForms size={16} aria-hidden /><h2 id={`${prefix}-title`}>{session.store.form.document.name[language]}</h2>
        <span className={`chip ${isDone ? "live" : ""}`}>{t(isDone ? "forms.submitted" : "forms.draft")}</span>
        <ClientReady record={isDone ? null : record} />
        <span className="grow" />
        {!isDone && <SavedMark session={session} />}
        {button}
        <Button size="compact-sm" variant="subtle" aria-expanded={isOpen} leftSection={<Chevron size={14} aria-hidden />} onClick={() => setOpen(!isOpen)}>{t(isOpen ? "forms.hide" : "forms.show")}</Button>
      </div>
      {isDone && record?.submittedAt && <p className={css.hint}>{t("forms.submittedBy", { name: record.submittedBy ?? "–", at: intl.formatDate(record.submittedAt, { dateStyle: "medium", timeStyle: "short" }) })}</p>}
      {isOpen && <FormView store={session.store} deeds={deeds} readOnly={readOnly} prefix={prefix} />}
      {dialog}
      {isOpen && !readOnly && (
        <div className={css.foot}>
          <Share session={session} /><span className="grow" />
          {session.status === "refused" && <ProblemNote error={session.error} />}
          <Button loading={session.submitting && session.status === "saving"} onClick={() => void submit()}>{t("forms.submit")}</Button>
        </div>
      )}
    </section>
  );
}

/** Who filled what, of all fields by the button, of one by its own mark; once the server has heard of the form. */
function useHistory(session: FormSession, own: FormDeeds): { deeds: FormDeeds; button: ReactNode; dialog: ReactNode } {
  const t = useT();
  // Absent: it is not open; null: of all fields.
  const [of, setOf] = useState<string | null>();
  const id = session.record?.id;
  const deeds = useMemo(() => ({ ...own, history: id ? setOf : undefined }), [own, id]);
  if (!id) return { deeds, button: null, dialog: null };
  return {
    deeds, button: <Tooltip label={t("forms.history")}><ActionIcon size={26} variant="subtle" aria-label={t("forms.history")} onClick={() => setOf(null)}><IconHistory size={15} /></ActionIcon></Tooltip>,
    dialog: of !== undefined && <FormHistory id={id} fields={session.store.form.fields} path={of} onPath={setOf} onClose={() => setOf(undefined)} />,
  };
}

function ClientReady({ record }: { record: Record | null }) {
  const t = useT();
  return record?.clientReadyAt ? <span className="chip live">{t("forms.clientReady")}</span> : null;
}

/** Quiet: whether what is typed is with the server, or kept here. */
function SavedMark({ session }: { session: FormSession }) {
  const t = useT();
  useSnapshot(session);
  const { status, submitting } = session;
  if (status === "kept") return <span className={css.kept} data-away role="status"><IconCloudOff size={14} aria-hidden />{t(submitting ? "forms.keptSubmit" : "forms.kept")}</span>;
  return <span className={css.kept} role="status">{t(status === "refused" ? "forms.refused" : status === "saving" ? "forms.saving" : "forms.saved")}</span>;
}
