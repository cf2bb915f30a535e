import { catalogueOf, formHost, formProblemText, kinds, readForm, type Form, type FormProblem, type Kind, type Language, type Text } from "@linija/forms";
import { createCatalogue, type Catalogue } from "@linija/rules";
import { ActionIcon, Button, Menu, SegmentedControl, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconPlus } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { EditorTexts, useT } from "../../i18n/intl.tsx";
import { useHistory } from "../processes/history.ts";
import type { PictureProps } from "../projects/editors.ts";
import { changeForm, freeName, readWritten, type Change, type Written } from "./document.ts";
import { FormView } from "./FormView.tsx";
import { Outline } from "./Outline.tsx";
import { FieldPanel, FormPanel, SectionPanel } from "./properties.tsx";
import { FormStore } from "./store.ts";
import { useLanguage, type FormDeeds } from "./useForm.tsx";
import css from "./builder.module.css";

export type Chosen = { kind: "field"; key: string } | { kind: "section"; at: number } | null;
/** What the parts of the builder share. */
export interface Bench {
  written: Written; language: Language; chosen: Chosen; choose: (chosen: Chosen) => void; change: (...changes: Change[]) => void;
  /** Of a place of the document and all below it: `schema.properties.phone`. */
  problemsAt: (path: string) => string[];
  /** What expressions may read; `row` of a table. */
  catalogue: (table: string | null) => Catalogue | null;
}

/** A form as a picture that can be changed: the text is the document, every change here is a change of the text. */
export default function FormBuilder(props: PictureProps) {
  return <EditorTexts><Builder {...props} /></EditorTexts>;
}

function Builder({ projectKey, path, value, onChange, onShowText }: PictureProps) {
  const t = useT();
  const language = useLanguage();
  const history = useHistory(`${projectKey}/${path}`, value, onChange);
  const [chosen, choose] = useState<Chosen>(null);
  const { written, form, problems } = useRead(value);
  const catalogues = useMemo(() => new Map<string | null, Catalogue>(), [form]);
  if (!written) return <p className={css.broken} role="alert">{t("forms.b.broken")} <button type="button" className={css.link} onClick={() => onShowText(problems[0]?.line ?? 1)}>{t("forms.b.showText")}</button></p>;
  const bench: Bench = {
    written, language, chosen, choose, change: (...changes) => history.change(changes.reduce(changeForm, value)),
    problemsAt: (path) => problems.filter((problem) => { const at = problem.path.join("."); return at === path || at.startsWith(`${path}.`); }).map((problem) => formProblemText(problem, language)),
    catalogue: (table) => { if (form && !catalogues.has(table)) catalogues.set(table, catalogueFor(form, table)); return catalogues.get(table) ?? null; },
  };
  const add = (kind: Kind, place?: { section: number; at: number }): void => {
    const key = freeName(kind, written.fields);
    bench.change({ do: "add", kind, key, ...(place ?? afterChosen(written, chosen)) });
    choose({ kind: "field", key });
  };
  const keys = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || (event.target as HTMLElement).matches("input, textarea")) return;
    const isRedo = event.key === "y" || (event.key.toLowerCase() === "z" && event.shiftKey);
    if (!isRedo && event.key !== "z") return;
    event.preventDefault();
    if (isRedo) history.redo(); else history.undo();
  };
  return (
    <div className={css.builder} onKeyDown={keys}>
      <div className={`scroll ${css.left}`}>
        <div className={css.tools}>
          <AddField onAdd={add} />
          <Tooltip label={t("forms.b.undo")}><ActionIcon size={28} aria-label={t("forms.b.undo")} disabled={!history.canUndo} onClick={history.undo}><IconArrowBackUp size={16} /></ActionIcon></Tooltip>
          <Tooltip label={t("forms.b.redo")}><ActionIcon size={28} aria-label={t("forms.b.redo")} disabled={!history.canRedo} onClick={history.redo}><IconArrowForwardUp size={16} /></ActionIcon></Tooltip>
        </div>
        <Outline bench={bench} onAdd={add} />
      </div>
      <Preview form={form} language={language} chosen={chosen?.kind === "field" ? chosen.key : null} />
      <aside className={`scroll ${css.right}`} aria-label={t("forms.b.properties")}>
        {chosen?.kind === "field" && written.fields[chosen.key] ? <FieldPanel key={chosen.key} fieldKey={chosen.key} bench={bench} />
          : chosen?.kind === "section" && written.sections[chosen.at] ? <SectionPanel key={chosen.at} at={chosen.at} bench={bench} />
            : <FormPanel bench={bench} />}
      </aside>
    </div>
  );
}

/** The same kinds as below the fields, where the hands are. */
function AddField({ onAdd }: { onAdd: (kind: Kind) => void }) {
  const t = useT();
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target><Button size="compact-sm" className="grow" leftSection={<IconPlus size={14} />}>{t("forms.b.palette")}</Button></Menu.Target>
      <Menu.Dropdown className={css.menu}>{kinds.map((kind) => <Menu.Item key={kind} onClick={() => onAdd(kind)}>{t(`forms.kind.${kind}`)}</Menu.Item>)}</Menu.Dropdown>
    </Menu>
  );
}

/** The last form that was whole stays in the preview while the text is being changed into the next one. */
function useRead(text: string): { written: Written | null; form: Form | null; problems: readonly FormProblem[] } {
  const written = useMemo(() => readWritten(text), [text]);
  const read = useMemo(() => readForm(text, formHost("UTC")), [text]);
  const [form, setForm] = useState<Form | null>(read.ok ? read.form : null);
  if (read.ok && read.form !== form) setForm(read.form);
  return { written, form, problems: read.ok ? [] : read.problems };
}

function catalogueFor(form: Form, table: string | null): Catalogue {
  const { records, variables } = catalogueOf(form);
  const host = formHost("UTC").variables ?? {};
  const row: Record<string, { type: string; doc: Text }> = table === null ? {} : { row: { type: `form_${table.replaceAll(".", "_")}`, doc: form.document.name } };
  return createCatalogue({ records, variables: { ...host, ...variables, ...row } });
}

function afterChosen({ sections }: Written, chosen: Chosen): { section: number; at: number } {
  if (chosen?.kind === "section") return { section: chosen.at, at: sections[chosen.at]?.fields.length ?? 0 };
  const section = chosen ? sections.findIndex(({ fields }) => fields.includes(chosen.key)) : -1;
  if (chosen && section >= 0) return { section, at: sections[section]!.fields.indexOf(chosen.key) + 1 };
  const last = sections.length - 1;
  return { section: last, at: sections[last]?.fields.length ?? 0 };
}

const nobody: FormDeeds = { projectKey: "", formId: "", country: "", isPublic: true };

/** The form as people will fill it; what is typed into it stays while the form changes under it. */
function Preview({ form, language, chosen }: { form: Form | null; language: Language; chosen: string | null }) {
  const t = useT();
  const sheet = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Language>(language);
  const [width, setWidth] = useState<"wide" | "narrow">("wide");
  const [kept, setKept] = useState<{ form: Form; store: FormStore } | null>(null);
  if (form && kept?.form !== form) setKept({ form, store: new FormStore(form, kept?.store.data ?? {}) });
  useEffect(() => {
    const cell = chosen && sheet.current?.querySelector(`[data-path="${CSS.escape(chosen)}"]`);
    if (!cell) return undefined;
    cell.setAttribute("data-chosen", "");
    cell.scrollIntoView({ block: "nearest" });
    return () => cell.removeAttribute("data-chosen");
  }, [chosen, kept]);
  return (
    <section className={css.middle} aria-label={t("forms.b.preview")}>
      <div className={css.tools}>
        <SegmentedControl size="xs" aria-label={t("forms.b.language")} value={shown} onChange={(next) => setShown(next as Language)} data={["en", "ru", "sl"]} />
        <SegmentedControl size="xs" aria-label={t("forms.b.width")} value={width} onChange={(next) => setWidth(next as typeof width)} data={[{ value: "wide", label: t("forms.b.wide") }, { value: "narrow", label: t("forms.b.narrow") }]} />
      </div>
      <div className={`scroll ${css.paper}`} tabIndex={0} role="group" aria-label={t("forms.b.preview")}><div ref={sheet} className={css.sheet} data-width={width}>{kept && <FormView store={kept.store} deeds={nobody} prefix="preview" language={shown} />}</div></div>
    </section>
  );
}
