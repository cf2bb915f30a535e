import { FIELD_NAME, KEYWORDS, keepable, kinds, languages, type FieldDocument, type Kind } from "@linija/forms";
import { ActionIcon, Button, Checkbox, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { ExpressionInput } from "../rules/Expression.tsx";
import { freeName } from "./document.ts";
import type { Bench } from "./FormBuilder.tsx";
import css from "./builder.module.css";

type Path = readonly (string | number)[];
type Words = Partial<Record<"en" | "ru" | "sl", string>>;

/** A text that becomes a change when it is left: a change of the document at every key would be a step of undo each. */
function Line({ label, value, onSave, error, long = false }: { label: string; value: string; onSave: (text: string) => void; error?: string | undefined; long?: boolean }) {
  const [typed, setTyped] = useState<string | null>(null);
  const save = () => { if (typed !== null && typed !== value) onSave(typed); setTyped(null); };
  const props = { label, size: "xs" as const, value: typed ?? value, error, autoComplete: "off", onBlur: save };
  if (long) return <Textarea {...props} autosize minRows={1} maxRows={6} onChange={(event) => setTyped(event.currentTarget.value)} />;
  return <TextInput {...props} onChange={(event) => setTyped(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter") save(); }} />;
}

/** One text in all languages of the product; empty in all it is taken away. */
function Three({ title, value, path, bench, long = false, optional = false }: { title: string; value: Words | undefined; path: Path; bench: Bench; long?: boolean; optional?: boolean }) {
  const save = (language: keyof Words, text: string) => {
    const next = { en: value?.en ?? "", ru: value?.ru ?? "", sl: value?.sl ?? "", [language]: text };
    const isEmpty = Object.values(next).every((one) => one.trim() === "");
    // A first word stands for all, so that the form stays whole while the others are being written.
    const filled = Object.fromEntries(languages.map((one) => [one, next[one].trim() || text || value?.[language] || "?"]));
    bench.change({ do: "set", path, value: isEmpty && optional ? undefined : filled });
  };
  return <fieldset className={css.three}><legend>{title}</legend>{languages.map((language) => <Line key={language} label={language} value={value?.[language] ?? ""} onSave={(text) => save(language, text)} long={long} />)}</fieldset>;
}

const FROM_CARD: ReadonlySet<string> = new Set(["person", "phone", "email", "address"]);
const CLIENT = ["none", "see", "fill"] as const;

/** Everything about one field. */
export function FieldPanel({ fieldKey, bench }: { fieldKey: string; bench: Bench }) {
  const t = useT();
  const { written, change, choose, problemsAt } = bench;
  const field = written.fields[fieldKey]!;
  const kind = field["x-kind"] ?? "text";
  const at: Path = ["schema", "properties", fieldKey];
  const rename = (to: string) => { if (FIELD_NAME.test(to) && !written.fields[to]) { change({ do: "rename", key: fieldKey, to }); choose({ kind: "field", key: to }); } };
  return (
    <div className={css.stack}>
      <h2 className={css.title}>{t(`forms.kind.${kind}`)}</h2>
      {problemsAt(at.join(".")).map((text) => <p key={text} className={css.problem} role="alert">{text}</p>)}
      <Three title={t("forms.b.name")} value={field["x-name"]} path={[...at, "x-name"]} bench={bench} />
      <Three title={t("forms.b.hint")} value={field["x-hint"]} path={[...at, "x-hint"]} bench={bench} optional />
      <Line label={t("forms.b.key")} value={fieldKey} onSave={rename} />
      <Checkbox size="xs" label={t("forms.b.required")} checked={written.required.includes(fieldKey)} onChange={(event) => change({ do: "require", key: fieldKey, isOn: event.currentTarget.checked })} />
      <div><span className={css.label} id="builder-client">{t("forms.b.client")}</span><SegmentedControl size="xs" fullWidth aria-labelledby="builder-client" value={field["x-client"] ?? "none"} onChange={(value) => change({ do: "set", path: [...at, "x-client"], value: value === "none" ? undefined : value })} data={CLIENT.map((value) => ({ value, label: t(`forms.b.client.${value}`) }))} /></div>
      {FROM_CARD.has(kind) && <Checkbox size="xs" label={t("forms.b.card")} checked={field["x-card"] === true} onChange={(event) => change({ do: "set", path: [...at, "x-card"], value: event.currentTarget.checked ? true : undefined })} />}
      <Keywords field={field} kind={kind} at={at} bench={bench} />
      <Rules path={fieldKey} table={null} bench={bench} />
      <Button size="compact-sm" variant="subtle" color="red" leftSection={<IconTrash size={14} />} onClick={() => { change({ do: "remove", key: fieldKey }); choose(null); }}>{t("forms.b.remove")}</Button>
    </div>
  );
}

const RULES = ["show", "require", "computed"] as const;

/** When it is there, when it must be filled, what computes it: with completion from the form itself. */
function Rules({ path, table, bench }: { path: string; table: string | null; bench: Bench }) {
  const t = useT();
  const catalogue = bench.catalogue(table);
  if (!catalogue) return null;
  return RULES.map((rule) => (
    <div key={rule}><span className={css.label}>{t(`forms.b.rule.${rule}`)}</span>
      <ExpressionInput label={t(`forms.b.rule.${rule}`)} value={bench.written[rule][path] ?? ""} catalogue={catalogue} inWords problem={bench.problemsAt(`${rule}.${path}`)[0]} onChange={(text) => bench.change({ do: "set", path: [rule, path], value: text === "" ? undefined : text })} /></div>
  ));
}

const ENTITIES = ["client", "ticket", "colleague", "department", "article"] as const;
const NUMBERS = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"] as const;
const TEXTS = ["x-example", "x-template", "x-number", "pattern", "x-currency", "x-country"] as const;

/** What this kind may be told, and no other: the same table by which a form is checked when it is saved. */
function Keywords({ field, kind, at, bench }: { field: FieldDocument; kind: Kind; at: Path; bench: Bench }) {
  const t = useT();
  const may = KEYWORDS[kind];
  const set = (name: string, value: unknown) => bench.change({ do: "set", path: [...at, name], value });
  const numberOf = (text: string): number | undefined => (text.trim() === "" || !Number.isFinite(Number(text)) ? undefined : Number(text));
  return (
    <>
      <div className={css.pair}>{NUMBERS.filter((name) => may.has(name)).map((name) => <Line key={name} label={t(`forms.b.word.${name}`)} value={String(field[name] ?? "")} onSave={(text) => set(name, numberOf(text))} />)}</div>
      {TEXTS.filter((name) => may.has(name)).map((name) => <Line key={name} label={t(`forms.b.word.${name}`)} value={field[name] ?? ""} onSave={(text) => set(name, text.trim() === "" ? undefined : text.trim())} />)}
      {kind === "number" && <Checkbox size="xs" label={t("forms.b.whole")} checked={field.type === "integer"} onChange={(event) => set("type", event.currentTarget.checked ? "integer" : undefined)} />}
      <Line label={t("forms.b.mask")} value={field["x-mask"]?.read ?? ""} onSave={(text) => set("x-mask", text.trim() === "" ? undefined : { read: text.trim() })} />
      {may.has("x-options") && <Options field={field} at={at} bench={bench} />}
      {may.has("x-text") && <Three title={t("forms.b.consent")} value={field["x-text"]} path={[...at, "x-text"]} bench={bench} long />}
      {may.has("x-lookup") && <Select size="xs" label={t("forms.b.lookup")} data={ENTITIES.map((value) => ({ value, label: t(`forms.entity.${value}`) }))} value={field["x-lookup"]?.entity ?? null} onChange={(value) => { if (value) bench.change({ do: "set", path: [...at, "x-lookup", "entity"], value }); }} />}
      {kind === "table" && <Columns table={String(at.at(-1))} columns={field.items?.properties ?? {}} at={[...at, "items", "properties"]} bench={bench} sums={field["x-sum"] ?? []} />}
      {kind === "group" && <Columns table={null} columns={field.properties ?? {}} at={[...at, "properties"]} bench={bench} sums={[]} />}
    </>
  );
}

function Options({ field, at, bench }: { field: FieldDocument; at: Path; bench: Bench }) {
  const t = useT();
  const options = field["x-options"] ?? [];
  const path: Path = [...at, "x-options"];
  const add = () => { const n = options.length + 1; bench.change({ do: "set", path: [...path, options.length], value: { value: freeName("option", Object.fromEntries(options.map(({ value }) => [value, 1]))), name: { en: `Option ${n}`, ru: `Вариант ${n}`, sl: `Možnost ${n}` } } }); };
  return (
    <fieldset className={css.many}><legend>{t("forms.b.options")}</legend>
      {options.map((option, index) => (
        <details key={index}><summary>{option.name?.[bench.language] ?? option.value}</summary>
          <Line label={t("forms.b.value")} value={option.value} onSave={(value) => bench.change({ do: "set", path: [...path, index, "value"], value })} />
          <Three title={t("forms.b.name")} value={option.name} path={[...path, index, "name"]} bench={bench} />
          {options.length > 1 && <Button size="compact-xs" variant="subtle" color="red" onClick={() => bench.change({ do: "set", path: [...path, index], value: undefined })}>{t("forms.b.remove")}</Button>}
        </details>
      ))}
      <Button size="compact-xs" variant="default" leftSection={<IconPlus size={13} />} onClick={add}>{t("forms.b.addOption")}</Button>
    </fieldset>
  );
}

/** Columns of a table, parts of a group: fields of their own, in short. */
function Columns({ table, columns, at, bench, sums }: { table: string | null; columns: Record<string, FieldDocument>; at: Path; bench: Bench; sums: string[] }) {
  const t = useT();
  const add = () => { const key = freeName("column", columns); bench.change({ do: "set", path: [...at, key], value: { "x-kind": "text", "x-name": { en: "New column", ru: "Новый столбец", sl: "Nov stolpec" } } }); };
  const sum = (key: string, isOn: boolean) => { const next = isOn ? [...sums, key] : sums.filter((one) => one !== key); bench.change({ do: "set", path: ["schema", "properties", table!, "x-sum"], value: next.length > 0 ? next : undefined }); };
  return (
    <fieldset className={css.many}><legend>{t("forms.b.columns")}</legend>
      {Object.entries(columns).map(([key, column]) => (
        <details key={key}><summary>{column["x-name"]?.[bench.language] ?? key}</summary>
          <Three title={t("forms.b.name")} value={column["x-name"]} path={[...at, key, "x-name"]} bench={bench} />
          <Select size="xs" label={t("forms.b.kind")} value={column["x-kind"] ?? "text"} data={kinds.filter((kind) => [...keepable, "choice", "long_text", "phone", "email"].includes(kind as never)).map((value) => ({ value, label: t(`forms.kind.${value}`) }))} onChange={(value) => { if (value) bench.change({ do: "set", path: [...at, key], value: { "x-kind": value, "x-name": column["x-name"], ...(value === "choice" && { "x-options": [{ value: "first", name: { en: "Option 1", ru: "Вариант 1", sl: "Možnost 1" } }] }) } }); }} />
          {column["x-kind"] === "choice" && <Options field={column} at={[...at, key]} bench={bench} />}
          {table !== null && (column["x-kind"] === "number" || column["x-kind"] === "money") && <Checkbox size="xs" label={t("forms.b.sum")} checked={sums.includes(key)} onChange={(event) => sum(key, event.currentTarget.checked)} />}
          {table !== null && <Rules path={`${table}.${key}`} table={table} bench={bench} />}
          {Object.keys(columns).length > 1 && <ActionIcon size={24} aria-label={t("forms.b.remove")} onClick={() => bench.change({ do: "set", path: [...at, key], value: undefined })}><IconTrash size={14} /></ActionIcon>}
        </details>
      ))}
      <Button size="compact-xs" variant="default" leftSection={<IconPlus size={13} />} onClick={add}>{t("forms.b.addColumn")}</Button>
    </fieldset>
  );
}

export function SectionPanel({ at, bench }: { at: number; bench: Bench }) {
  const t = useT();
  const section = bench.written.sections[at]!;
  const path: Path = ["layout", "sections", at];
  const catalogue = bench.catalogue(null);
  return (
    <div className={css.stack}>
      <h2 className={css.title}>{t("forms.b.section")}</h2>
      <Three title={t("forms.b.name")} value={section.name} path={[...path, "name"]} bench={bench} />
      <div><span className={css.label} id="builder-columns">{t("forms.b.columnsOf")}</span><SegmentedControl size="xs" fullWidth aria-labelledby="builder-columns" value={String(section.columns ?? 1)} onChange={(value) => bench.change({ do: "set", path: [...path, "columns"], value: Number(value) })} data={["1", "2", "3", "4"]} /></div>
      {catalogue && <div><span className={css.label}>{t("forms.b.rule.show")}</span><ExpressionInput label={t("forms.b.rule.show")} value={section.show ?? ""} catalogue={catalogue} inWords problem={bench.problemsAt(`${path.join(".")}.show`)[0]} onChange={(text) => bench.change({ do: "set", path: [...path, "show"], value: text === "" ? undefined : text })} /></div>}
      {section.fields.length === 0 && bench.written.sections.length > 1 && <Button size="compact-sm" variant="subtle" color="red" onClick={() => { bench.change({ do: "set", path, value: undefined }); bench.choose(null); }}>{t("forms.b.remove")}</Button>}
    </div>
  );
}

/** The form as a whole: its name, and what must be true of several fields together. */
export function FormPanel({ bench }: { bench: Bench }) {
  const t = useT();
  const { written, change } = bench;
  const catalogue = bench.catalogue(null);
  const first = Object.keys(written.fields)[0];
  const add = () => change({ do: "set", path: ["checks", written.checks.length], value: { rule: `form.${first} != null`, message: { en: "The answers do not agree.", ru: "Ответы не согласуются.", sl: "Odgovori se ne ujemajo." }, path: first } });
  return (
    <div className={css.stack}>
      <p className={css.hint}>{t("forms.b.choose")}</p>
      <Three title={t("forms.b.name")} value={written.name} path={["name"]} bench={bench} />
      <fieldset className={css.many}><legend>{t("forms.b.checks")}</legend>
        {written.checks.map((check, index) => (
          <details key={index}><summary>{check.message?.[bench.language] ?? check.rule}</summary>
            {catalogue && <ExpressionInput label={t("forms.b.checkRule")} value={String(check.rule ?? "")} catalogue={catalogue} inWords problem={bench.problemsAt(`checks.${index}`)[0]} onChange={(text) => { if (text !== "") change({ do: "set", path: ["checks", index, "rule"], value: text }); }} />}
            <Select size="xs" label={t("forms.b.checkAt")} searchable data={Object.entries(written.fields).map(([value, field]) => ({ value, label: field["x-name"]?.[bench.language] ?? value }))} value={check.path ?? null} onChange={(value) => { if (value) change({ do: "set", path: ["checks", index, "path"], value }); }} />
            <Three title={t("forms.b.message")} value={check.message} path={["checks", index, "message"]} bench={bench} />
            <Button size="compact-xs" variant="subtle" color="red" onClick={() => change({ do: "set", path: ["checks", index], value: undefined })}>{t("forms.b.remove")}</Button>
          </details>
        ))}
        {first && <Button size="compact-xs" variant="default" leftSection={<IconPlus size={13} />} onClick={add}>{t("forms.b.addCheck")}</Button>}
      </fieldset>
    </div>
  );
}
