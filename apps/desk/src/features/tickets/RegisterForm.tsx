import type { Language } from "@linija/server/contract/api";
import type { CallView } from "@linija/server/contract/calls/calls";
import type { ClientView } from "@linija/server/contract/clients/clients";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { languageNames, languages, useT } from "../../i18n/intl.tsx";
import { useAgain } from "../../shared/again.ts";
import { useDraft } from "../../shared/draft.ts";
import { newId } from "../../shared/ids.ts";
import { focusFault, focusOn } from "../../shared/focus.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { MomentInput } from "../../shared/MomentInput.tsx";
import { Keys } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useSend } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { AddressFields, hasAddress, noAddress, type Address } from "../clients/AddressFields.tsx";
import { addressLine } from "../clients/names.ts";
import { useRegisterForm } from "../forms/register.tsx";
import { FilePicker, useUploads } from "./files.tsx";
import { Registered } from "./Registered.tsx";
import { useTypes } from "./useTypes.ts";
import { priorityKeys } from "./words.ts";
import css from "./tickets.module.css";

type Intake = "question" | "problem" | "request";
const intakes: Intake[] = ["question", "problem", "request"];

interface Draft { draftId: string; project: string | null; /** What the client came with; it narrows the kinds. */ intake: Intake | null; type: string | null; subject: string; description: string; due: string; priority: string; language: Language | null; phone: string | null; email: string | null; address: Address | null; /** Of each kind's form, the id it will have. */ forms: Record<string, string> }
const begin = (): Draft => ({ draftId: newId(), project: null, intake: null, type: null, subject: "", description: "", due: "", priority: "", language: null, phone: null, email: null, address: null, forms: {} });

/** The call's project, else one the client and the operator share. */
const projectOf = (client: ClientView, call: CallView | undefined, mine: string[]) => call?.projectKey ?? client.projects.find((each) => mine.includes(each)) ?? mine[0] ?? "";

/** What is known is filled in: the number of this call before others, the language spoken now before the card's. */
function contactOf(draft: Draft, { client, call, spoken }: { client: ClientView; call?: CallView; spoken: Language }) {
  const calling = call && (call.direction === "in" ? call.fromNumber : call.toNumber);
  return { phone: draft.phone ?? (calling || client.phones[0] || ""), email: draft.email ?? client.emails[0] ?? "", language: draft.language ?? call?.language ?? client.language ?? spoken };
}

/**
 * The address of a request that needs one, asked for in the form where the card has none: with a client on the line
 * nobody should have to look for the place to write it. It is kept on the card by those who may change it.
 */
function useAddress({ client, draft, needed, error }: { client: ClientView; draft: Draft; needed: boolean; error: unknown }) {
  const t = useT();
  const me = useMe();
  const [isAsked, setAsked] = useState(false);
  const keep = useSend("updateClient", ["searchClients", "getClient", "clientHistory"], { onError: () => { refresh(["getClient"]); focusOn(streetId); } });
  const typed = draft.address ?? noAddress;
  const lacking = needed && !hasAddress(client.address);
  const empty = lacking && !hasAddress(typed);
  return {
    lacking, typed, problem: keep.error, busy: keep.isPending,
    error: fieldError(error, "fields.address", "address") ?? (isAsked && empty ? t("register.addressNeeded") : undefined),
    /** What of it goes with the request; null: there is none yet, and the hands are led to it. */
    ready: async (): Promise<Record<string, string> | null> => {
      if (empty) { setAsked(true); focusOn(streetId); return null; }
      if (!lacking) return {};
      if (!may(me, "clients.write")) return { address: addressLine(typed) };
      return keep.mutateAsync({ params: { id: client.id }, body: { version: client.version, address: typed } }).then(() => ({}), () => null);
    },
  };
}
const streetId = "register-street";

/** Registers what the client asks for. Phone, mail and language are there already; the draft survives a reload and is sent once. */
export function RegisterForm({ client, call }: { client: ClientView; call?: CallView }) {
  const t = useT();
  const me = useMe();
  const { draft, set, forget } = useDraft<Draft>(`register:${call?.id ?? client.id}`, begin);
  const [files, setFiles] = useState<File[]>([]);
  const [made, setMade] = useState<TicketView | null>(null);
  const subject = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const projectKey = draft.project ?? projectOf(client, call, me.projects);
  const { project, type, projects } = useTypes({ projectKey, type: draft.type ?? undefined });
  const uploads = useUploads();
  const { phone, email, language } = contactOf(draft, { client, call, spoken: project?.languages[0] ?? "en" });
  const declared = useRegisterForm({ card: { ...client, phones: [phone], emails: [email] }, ids: draft.forms, onIds: (forms) => set({ forms }), projectKey, type, call, onAgain: () => void send() });
  const create = useSend("createTicket", ["listTickets", "clientTimeline", "getCall", "getLine", "searchClients"], {
    onSuccess: async (ticket) => { again.ended(null); setMade(ticket); focusOn("registered"); await declared.release(ticket.id); forget(); setFiles([]); await uploads.send(ticket.id, files); },
    onError: (error) => { again.ended(error); declared.refuse(error); if (!again.isWaiting) focusFault(form.current); },
  });
  const address = useAddress({ client, draft, needed: type?.requires.includes("address") ?? false, error: create.error });
  // Sent twice it is one request: its id was chosen here.
  const again = useAgain(draft, () => { if (!create.isPending) void send(); });
  const send = async () => {
    again.pressed();
    if (!draft.type) return focusOn("register-type");
    if (!draft.subject.trim()) return subject.current?.focus();
    const fields = await address.ready();
    const formRecordId = fields && await declared.hand();
    if (formRecordId === false) focusFault(form.current);
    else if (fields) create.mutate({ body: {
      ...(formRecordId && { formRecordId }),
      projectKey, type: draft.type, subject: draft.subject, description: draft.description, clientId: client.id, interactionId: call?.id ?? null, draftId: draft.draftId, language,
      dueAt: draft.due ? new Date(draft.due).toISOString() : null, priority: draft.priority ? Number(draft.priority) : undefined, contactPhone: phone || null, contactEmail: email || null, fields,
    } });
  };
  if (made) return <Registered ticket={made} failed={uploads.failed} onAgain={() => { setMade(null); create.reset(); focusOn("register-type"); }} />;
  const { error } = create;
  return (
    <form ref={form} className={css.form} aria-label={t("register.title")} onSubmit={(event) => { event.preventDefault(); void send(); }} onKeyDown={sendOnCtrlEnter(() => void send())}>
      {projects.length > 1 && <Select label={t("register.project")} data={projects.filter(({ types }) => types.some(({ registrable }) => registrable)).map((each) => ({ value: each.key, label: each.name }))} value={projectKey} onChange={(value) => set({ project: value, intake: null, type: null })} error={fieldError(error, "projectKey")} />}
      <Kind draft={draft} set={set} types={project?.types ?? []} error={error} />
      <TextInput ref={subject} id="register-subject" label={t("register.subject")} withAsterisk maxLength={200} value={draft.subject} onChange={(event) => set({ subject: event.currentTarget.value })} error={fieldError(error, "subject")} autoComplete="off" />
      <Textarea label={t("register.description")} withAsterisk={type?.requires.includes("description")} autosize minRows={3} maxRows={10} value={draft.description} onChange={(event) => set({ description: event.currentTarget.value })} error={fieldError(error, "description")} />
      {address.lacking && (
        <fieldset className={css.asked}>
          <legend>{t("register.noAddress")}</legend>
          <AddressFields address={address.typed} set={(typed) => set({ address: typed })} error={address.error} id={streetId} />
        </fieldset>
      )}
      <MoreFields isShort={type?.intake === "question"} draft={draft} set={set} known={{ phone, email, language }} type={type} error={error} />
      {declared.part}
      <FilePicker files={files} onChange={setFiles} />
      {declared.note}
      {again.isWaiting ? <Waits /> : !address.error && <Refused error={address.problem ?? error} />}
      <div className={css.formFoot}>
        <Button variant="subtle" color="gray" onClick={forget}>{t("do.clear")}</Button>
        <Button type="submit" loading={[create.isPending, address.busy, declared.busy].includes(true)} disabled={!draft.type || !draft.subject.trim()}>{t("register.send")}<span className={css.onButton}><Keys combo="Ctrl+Enter" /></span></Button>
      </div>
    </form>
  );
}

interface KindProps { draft: Draft; set: (change: Partial<Draft>) => void; types: { key: string; name: string; intake: Intake; registrable: boolean }[]; error: unknown }
/** First what the client came with, then which kind of it; where there is only one kind it is chosen at once (R127). */
function Kind({ draft, set, types, error }: KindProps) {
  const t = useT();
  const open = types.filter(({ registrable }) => registrable);
  const came = draft.intake ?? open.find(({ key }) => key === draft.type)?.intake ?? null;
  const offered = draft.intake ? open.filter(({ intake }) => intake === draft.intake) : open;
  const choose = (intake: Intake): void => {
    const fitting = open.filter((each) => each.intake === intake);
    const kept = fitting.find(({ key }) => key === draft.type) ?? (fitting.length === 1 ? fitting[0] : undefined);
    set({ intake, type: kept?.key ?? null });
    // A list that has only one thing to choose would open over the next field.
    focusOn(kept ? "register-subject" : "register-type");
  };
  return (
    <>
      <SegmentedControl fullWidth aria-label={t("register.intake")} value={came ?? ""} onChange={(value) => choose(value as Intake)} data={intakes.map((value) => ({ value, label: t(`register.intake.${value}`), disabled: !open.some(({ intake }) => intake === value) }))} />
      <Select id="register-type" label={t("register.type")} placeholder={t("register.typeHint")} withAsterisk data={offered.map(({ key, name }) => ({ value: key, label: name }))} value={draft.type} onChange={(value) => set({ type: value })} error={fieldError(error, "type")} searchable />
    </>
  );
}

/** Below a long form it would not be seen. */
function Waits() {
  const t = useT();
  const note = useRef<HTMLParagraphElement>(null);
  useEffect(() => { note.current?.scrollIntoView({ block: "nearest" }); }, []);
  return <p ref={note} role="status" className={`${css.owed} ${css.waits}`}>{t("register.waits")}</p>;
}

function Refused({ error }: { error: unknown }) {
  const t = useT();
  return <ProblemNote error={error} names={{ clientId: t("col.client"), subject: t("register.subject"), description: t("register.description"), contactPhone: t("register.phone"), dueAt: t("register.due") }} />;
}

interface MoreProps { /** A question is answered in the talk: no deadline, no priority. */ isShort: boolean; draft: Draft; set: (change: Partial<Draft>) => void; known: { phone: string; email: string; language: Language }; type?: { deadlineHours: number | null; requires: string[] }; error: unknown }
/** When it should be done, how soon it matters, and where the client is told. */
function MoreFields({ isShort, draft, set, known: { phone, email, language }, type, error }: MoreProps) {
  const t = useT();
  const needs = (field: string) => type?.requires.includes(field) ?? false;
  return (
    <>
      {!isShort && <MomentInput label={t("register.due")} description={type?.deadlineHours ? t("register.dueRule", { hours: type.deadlineHours }) : undefined} withAsterisk={needs("required_by")} value={draft.due} onChange={(due) => set({ due })} error={fieldError(error, "dueAt", "required_by")} />}
      {!isShort && <div><span className={css.label} id="register-priority">{t("register.priority")}</span>
        <SegmentedControl size="xs" fullWidth aria-labelledby="register-priority" value={draft.priority} onChange={(priority) => set({ priority })} data={[{ value: "", label: t("register.byType") }, ...priorityKeys.slice(1).map((key, index) => ({ value: String(index + 1), label: t(key) }))]} /></div>}
      <div className={css.two}>
        <TextInput type="tel" label={t("register.phone")} withAsterisk={needs("phone")} value={phone} onChange={(event) => set({ phone: event.currentTarget.value })} error={fieldError(error, "contactPhone", "phone")} />
        <Select label={t("register.language")} data={languages.map((value) => ({ value, label: languageNames[value] }))} value={language} onChange={(value) => set({ language: value as Language })} error={fieldError(error, "language")} />
      </div>
      <TextInput type="email" label={t("register.email")} description={t(email ? "register.emailHint" : "register.noEmail")} value={email} onChange={(event) => set({ email: event.currentTarget.value })} error={fieldError(error, "contactEmail", "email")} />
    </>
  );
}
