import type { ProjectView, TemplateView } from "@linija/server/contract/declarations/declarations";
import { Button, Checkbox, Input, Modal, SegmentedControl, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState, type FormEvent } from "react";
import { languageNames, languages, useT } from "../../i18n/intl.tsx";
import { focusFault } from "../../shared/focus.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { say } from "../../shared/toast.tsx";
import { numbersOf, proposeKey, proposePrefix, type NewProjectDraft } from "./newProject.ts";
import css from "./projects.module.css";

/** Keys and letters stay taken when a project is out of use. */
type Taken = Pick<ProjectView, "key" | "ticketPrefix">;
interface Props { template: TemplateView; taken: { projects: ProjectView[]; retired: Taken[]; takenNumbers: string[] }; onClose: () => void }

/** What differs from the template, in one form; the key and the letters are proposed, and the project is in use on one press. */
export function CreateProject({ template, taken, onClose }: Props) {
  const t = useT();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [own, setOwn] = useState<Partial<NewProjectDraft>>({});
  const draft = draftOf(own, template, [...taken.projects, ...taken.retired]);
  const create = useSend("createProject", ["listProjects", "ticketTypes", "getMe"], {
    onSuccess: ({ key, leftOut }) => { say(t(leftOut.length > 0 ? "projects.createdUnnamed" : "projects.created", { name: draft.en })); onClose(); void navigate({ to: "/projects/$key", params: { key } }); },
    onError: () => focusFault(form.current),
  });
  const errorOf = (...fields: string[]) => fieldError(create.error, ...fields);
  const text = (field: "en" | "ru" | "sl" | "key" | "numbers" | "callerId" | "ticketPrefix" | "mailFrom") => ({
    value: draft[field], onChange: (event: { currentTarget: { value: string } }) => { const { value } = event.currentTarget; setOwn((before) => ({ ...before, [field]: value })); }, withAsterisk: true, required: true, autoComplete: "off",
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    const { en, ru, sl, numbers, ...rest } = draft;
    create.mutate({ body: { template: template.key, ...rest, name: { en, ru: ru || en, sl: sl || en }, numbers: numbersOf(numbers) } });
  };
  return (
    <Modal opened onClose={onClose} size={620} title={<b>{t("projects.createFrom", { name: template.name })}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <form ref={form} className="stack" onSubmit={send} noValidate>
        <div className={css.three}>{languages.map((language) => <TextInput key={language} label={`${t("projects.name")}, ${languageNames[language]}`} {...text(language)} data-autofocus={language === "en" || undefined} error={errorOf(`name.${language}`)} />)}</div>
        <div className={css.three}>
          <TextInput label={t("projects.key")} description={t("projects.keyHint")} {...text("key")} error={errorOf("key")} />
          <TextInput label={t("projects.prefix")} description={t("projects.prefixHint", { prefix: draft.ticketPrefix || "ABC" })} {...text("ticketPrefix")} maxLength={3} error={errorOf("ticketPrefix")} />
          <TextInput label={t("projects.mail")} description={t("projects.mailHint")} placeholder="info@company.example" type="email" {...text("mailFrom")} error={errorOf("mailFrom")} />
        </div>
        <div className={css.two}>
          <TextInput label={t("projects.numbers")} description={t("projects.numbersHint")} placeholder="+38615550700, 700" {...text("numbers")} error={errorOf("numbers", "numbers.0", "numbers.1", "numbers.2", "numbers.3")} />
          <TextInput label={t("projects.callerId")} description={t("projects.callerIdHint")} placeholder="+38615550700" {...text("callerId")} error={errorOf("callerId")} />
        </div>
        <div className={css.two}>
          <Checkbox.Group label={t("projects.languages")} value={draft.languages} onChange={(chosen) => setOwn((before) => ({ ...before, languages: languages.filter((each) => chosen.includes(each)) }))}>
            <div className={css.checks}>{languages.map((language) => <Checkbox key={language} size="xs" value={language} label={languageNames[language]} />)}</div>
          </Checkbox.Group>
          <Input.Wrapper label={t("projects.defaultLanguage")} labelElement="div" labelProps={{ id: "first-language" }}><div><SegmentedControl size="xs" aria-labelledby="first-language" value={draft.defaultLanguage} onChange={(value) => setOwn((before) => ({ ...before, defaultLanguage: value as NewProjectDraft["defaultLanguage"] }))} data={draft.languages.map((value) => ({ value, label: languageNames[value] }))} /></div></Input.Wrapper>
        </div>
        {create.error && <ProblemNote error={create.error} />}
        <div className="row between"><span className="dim small">{t("projects.createHint")}</span><Button type="submit" loading={create.isPending} disabled={!draft.en.trim() || draft.languages.length === 0}>{t("projects.create")}</Button></div>
      </form>
    </Modal>
  );
}

/** What was typed, and what follows from it where nothing was. */
function draftOf(own: Partial<NewProjectDraft>, template: TemplateView, projects: readonly Taken[]): NewProjectDraft {
  const name = own.en ?? "";
  const chosen = own.languages ?? template.languages;
  const numbers = own.numbers ?? "";
  return {
    en: name, ru: own.ru ?? name, sl: own.sl ?? name, numbers, languages: chosen, colour: template.colour,
    key: own.key ?? (name ? proposeKey(name, projects.map(({ key }) => key)) : ""), ticketPrefix: (own.ticketPrefix ?? (name ? proposePrefix(name, projects.map(({ ticketPrefix }) => ticketPrefix)) : "")).toUpperCase(),
    callerId: own.callerId ?? numbersOf(numbers).find((each) => each.startsWith("+")) ?? "", mailFrom: own.mailFrom ?? "",
    defaultLanguage: own.defaultLanguage && chosen.includes(own.defaultLanguage) ? own.defaultLanguage : chosen[0] ?? "en",
  };
}
