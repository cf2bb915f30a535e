import type { Language } from "@linija/server/contract/api";
import type { ClientView } from "@linija/server/contract/clients/clients";
import { Button, SegmentedControl, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { languageNames, languages, useT } from "../../i18n/intl.tsx";
import { ApiError } from "../../shared/api.ts";
import { useDraft } from "../../shared/draft.ts";
import { focusFault } from "../../shared/focus.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useSend } from "../../shared/query.ts";
import { say } from "../../shared/toast.tsx";
import { AddressFields } from "./AddressFields.tsx";
import { show } from "./Changes.tsx";
import { Duplicates } from "./Duplicates.tsx";
import css from "./clients.module.css";

type Fields = Pick<ClientView, "kind" | "familyName" | "givenName" | "middleName" | "organisation" | "language" | "phones" | "emails" | "pinnedNote" | "address">;
const none: Fields = { kind: "person", familyName: "", givenName: "", middleName: "", organisation: "", language: null, phones: [], emails: [], pinnedNote: "", address: { city: "", street: "", house: "", flat: "", postcode: "", country: "" } };
const fieldNames = Object.keys(none) as (keyof Fields)[];
const pick = (client: Partial<Fields>): Fields => ({ ...none, ...Object.fromEntries(fieldNames.filter((key) => client[key] !== undefined).map((key) => [key, client[key]])) });
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

const withPending = (tags: string[], text: string) => (text.trim() === "" || tags.includes(text.trim()) ? tags : [...tags, text.trim()]);
const isConflict = (error: unknown): error is ApiError => error instanceof ApiError && error.problem.code === "changed_meanwhile";
const isDuplicate = (error: unknown): error is ApiError => error instanceof ApiError && error.problem.code === "possible_duplicate";

interface FormProps { client?: ClientView; /** For a new client: what is known already. */ known?: Partial<Fields>; interactionId?: string; projects?: string[]; readOnly?: boolean; onDone?: (client: ClientView) => void }

/** A client's data: new with the caller's number filled in, or changed. What is typed survives a reload. */
export function ClientForm({ client, known = {}, interactionId, projects, readOnly = false, onDone }: FormProps) {
  const t = useT();
  // Only what was typed is kept, so fields nobody touched here follow what others save meanwhile.
  const { draft: typed, set, forget } = useDraft<Partial<Fields>>(`client:${client?.id ?? interactionId ?? "new"}`, () => ({}));
  // A number still being typed when Ctrl+Enter comes is meant as much as those that are tags already.
  const [pending, setPending] = useState({ phones: "", emails: "" });
  const accepted: Fields = { ...pick(client ?? known), ...typed };
  const draft: Fields = { ...accepted, phones: withPending(accepted.phones, pending.phones), emails: withPending(accepted.emails, pending.emails) };
  const done = (saved: ClientView) => { forget(); setPending({ phones: "", emails: "" }); say(t("client.saved")); onDone?.(saved); };
  const form = useRef<HTMLFormElement>(null);
  const create = useSend("createClient", ["searchClients", "clientByPhone", "getCall", "getLine", "listCalls"], { onSuccess: done, onError: () => focusFault(form.current) });
  const update = useSend("updateClient", ["searchClients", "getClient", "clientHistory"], { onSuccess: done, onError: () => { refresh(["getClient"]); focusFault(form.current); } });
  const error = create.error ?? update.error;
  const changed = fieldNames.filter((key) => !same(draft[key], client ? client[key] : none[key]));
  const save = (force = false) => {
    if (readOnly) return;
    if (!client) create.mutate({ body: { ...draft, force, interactionId, ...(projects && { projects }) } });
    else if (changed.length > 0) update.mutate({ params: { id: client.id }, body: { version: client.version, ...Object.fromEntries(changed.map((key) => [key, draft[key]])) } });
  };
  return (
    <form ref={form} className={css.form} aria-label={t(client ? "client.tab.details" : "client.new")} onSubmit={(event) => { event.preventDefault(); save(); }} onKeyDown={sendOnCtrlEnter(() => save())}>
      <fieldset disabled={readOnly} className={css.fields}>
        <NameFields draft={draft} set={set} error={error} />
        <TagsInput size="xs" label={t("client.phones")} value={accepted.phones} onChange={(phones) => set({ phones })} searchValue={pending.phones} onSearchChange={(phones) => setPending((before) => ({ ...before, phones }))} error={fieldError(error, "phones", "phones.0", "phones.1", "phones.2")} splitChars={[",", ";"]} acceptValueOnBlur maxTags={10} inputMode="tel" disabled={readOnly} />
        <TagsInput size="xs" label={t("client.emails")} value={accepted.emails} onChange={(emails) => set({ emails })} searchValue={pending.emails} onSearchChange={(emails) => setPending((before) => ({ ...before, emails }))} error={fieldError(error, "emails", "emails.0", "emails.1", "emails.2")} splitChars={[",", ";", " "]} acceptValueOnBlur maxTags={10} inputMode="email" disabled={readOnly} />
        <Select label={t("client.language")} data={languages.map((value) => ({ value, label: languageNames[value] }))} value={draft.language} clearable onChange={(value) => set({ language: value as Language | null })} disabled={readOnly} />
        <AddressFields address={draft.address} set={(address) => set({ address })} />
        <Textarea label={t("client.pinnedNote")} autosize minRows={2} maxRows={5} value={draft.pinnedNote} onChange={(event) => set({ pinnedNote: event.currentTarget.value })} error={fieldError(error, "pinnedNote")} />
      </fieldset>
      {client && isConflict(error) ? <Conflict draft={draft} client={client} changed={changed} onTheirs={() => { forget(); update.reset(); }} onMine={() => { update.reset(); save(); }} />
        : isDuplicate(error) ? <Duplicates ids={String(error.problem.params?.["ids"] ?? "").split(",").filter(Boolean)} onTake={(found) => { forget(); onDone?.(found); }} onForce={() => save(true)} />
          : <ProblemNote error={error} />}
      {!readOnly && (
        <div className={css.formFoot}>
          {client && changed.length > 0 && <Button variant="subtle" color="gray" onClick={() => { forget(); update.reset(); }}>{t("do.discard")}</Button>}
          <Button type="submit" loading={create.isPending || update.isPending} disabled={client !== undefined && changed.length === 0}>{t(client ? "do.save" : "client.create")}<span className={css.onButton}><Keys combo="Ctrl+Enter" /></span></Button>
        </div>
      )}
    </form>
  );
}

interface PartProps { draft: Fields; set: (change: Partial<Fields>) => void; error: unknown }
function NameFields({ draft, set, error }: PartProps) {
  const t = useT();
  return (
    <>
      <SegmentedControl size="xs" fullWidth value={draft.kind} onChange={(kind) => set({ kind: kind as Fields["kind"] })} data={[{ value: "person", label: t("client.person") }, { value: "organisation", label: t("client.organisation") }]} aria-label={t("client.kind")} />
      {draft.kind === "organisation" && <TextInput label={t("client.organisation")} value={draft.organisation} onChange={(event) => set({ organisation: event.currentTarget.value })} error={fieldError(error, "organisation", "name")} />}
      <div className={css.two}>
        <TextInput label={t("client.familyName")} value={draft.familyName} onChange={(event) => set({ familyName: event.currentTarget.value })} error={fieldError(error, "familyName", "name")} autoComplete="off" />
        <TextInput label={t("client.givenName")} value={draft.givenName} onChange={(event) => set({ givenName: event.currentTarget.value })} error={fieldError(error, "givenName")} autoComplete="off" />
      </div>
      <TextInput label={t("client.middleName")} value={draft.middleName} onChange={(event) => set({ middleName: event.currentTarget.value })} error={fieldError(error, "middleName")} autoComplete="off" />
    </>
  );
}

/** Someone else saved first: their values beside ours, and a choice. Nothing typed is lost. */
function Conflict({ draft, client, changed, onTheirs, onMine }: { draft: Fields; client: ClientView; changed: (keyof Fields)[]; onTheirs: () => void; onMine: () => void }) {
  const t = useT();
  return (
    <div className={css.conflict} role="alert">
      <b>{t("conflict.title")}</b>
      <p>{t("conflict.detail")}</p>
      <dl>{changed.map((key) => <div key={key}><dt>{t(`client.${key}`)}</dt><dd><s className="dim">{show(client[key])}</s> {show(draft[key])}</dd></div>)}</dl>
      <div className="row"><Button size="compact-sm" onClick={onMine}>{t("conflict.mine")}</Button><Button size="compact-sm" variant="default" onClick={onTheirs}>{t("conflict.theirs")}</Button></div>
    </div>
  );
}
