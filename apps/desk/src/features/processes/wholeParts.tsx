import { Checkbox, NumberInput, Select } from "@mantine/core";
import { useT } from "../../i18n/intl.tsx";
import { freeKey, type Written } from "./document.ts";
import { Field, Group, Item, Key, Names, useBench, useOptions, useSet, useShownLanguage } from "./parts.tsx";
import type { Path } from "./references.ts";
import css from "./processes.module.css";

const KINDS = ["text", "number", "choice", "moment", "date", "boolean", "money", "department", "employee"] as const;
type WrittenField = NonNullable<Written["fields"]>[string];
/** What each kind needs said besides its name. */
const needs: Partial<Record<string, Record<string, unknown>>> = {
  number: { min: 0, max: 100 }, money: { currency: "EUR" },
  choice: { options: { first: { en: "First", ru: "Первый", sl: "Prvi" }, second: { en: "Second", ru: "Второй", sl: "Drugi" } } },
};

/** The ticket's own fields of this process. */
export function Fields() {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { process } = useBench();
  const fields = Object.entries(process.fields ?? {});
  const add = (): void => set(["fields", freeKey("new_field", Object.keys(process.fields ?? {}))], { kind: "text", name: { en: "New field", ru: "Новое поле", sl: "Novo polje" } });
  return (
    <Group title={t("process.fields")} onAdd={add} addLabel={t("process.addField")}>
      {fields.map(([key, field]) => <Item key={key} folded title={field.name?.[language] ?? key} path={["fields", key]}><OneField fieldKey={key} field={field} /></Item>)}
    </Group>
  );
}

function OneField({ fieldKey, field }: { fieldKey: string; field: WrittenField }) {
  const t = useT();
  const options = useOptions();
  const set = useSet();
  const { readOnly } = useBench();
  const path = ["fields", fieldKey];
  return (
    <>
      <Names label={t("process.name")} path={[...path, "name"]} value={field.name} />
      <Select size="xs" label={t("process.kind")} data={options("kind", KINDS)} value={field.kind} onChange={(kind) => kind && set(path, { kind, name: field.name, ...needs[kind] })} allowDeselect={false} readOnly={readOnly} />
      <Details field={field} path={path} />
      {field.kind !== "employee" && field.kind !== "department" && <Checkbox size="xs" label={t("process.fieldToClient")} checked={field.client_sees === true} onChange={(event) => { if (!readOnly) set([...path, "client_sees"], event.currentTarget.checked ? true : null); }} />}
      <Key kind="fields" value={fieldKey} />
    </>
  );
}

function Details({ field, path }: { field: WrittenField; path: Path }) {
  const t = useT();
  const set = useSet();
  const { readOnly } = useBench();
  const number = (name: "min" | "max" | "max_length", label: string, value: number | undefined) => <NumberInput size="xs" label={label} value={value ?? ""} onChange={(given) => { if (typeof given === "number" || name === "max_length") set([...path, name], given); }} readOnly={readOnly} />;
  if (field.kind === "text") return number("max_length", t("process.maxLength"), field.max_length);
  if (field.kind === "number") return <div className={css.two}>{number("min", t("process.min"), field.min)}{number("max", t("process.max"), field.max)}</div>;
  if (field.kind === "money") return <div className={css.three}><Field label={t("process.currency")} path={[...path, "currency"]} value={field.currency ?? ""} save={(value) => set([...path, "currency"], value.toUpperCase())} /><Field label={t("process.min")} path={[...path, "min"]} value={field.min ?? ""} save={(value) => set([...path, "min"], value)} /><Field label={t("process.max")} path={[...path, "max"]} value={field.max ?? ""} save={(value) => set([...path, "max"], value)} /></div>;
  if (field.kind !== "choice") return null;
  return <Words path={[...path, "options"]} words={field.options} label={t("process.choices")} addLabel={t("process.addChoice")} fresh={{ en: "New choice", ru: "Новый вариант", sl: "Nova možnost" }} />;
}

/** A list of things with a key and words: choices of a field, items of a checklist. */
function Words({ path, words, label, addLabel, fresh }: { path: Path; words: Record<string, Record<"en" | "ru" | "sl", string>> | undefined; label: string; addLabel: string; fresh: Record<"en" | "ru" | "sl", string> }) {
  const language = useShownLanguage();
  const set = useSet();
  return (
    <Group title={label} onAdd={() => set([...path, freeKey(fresh.en, Object.keys(words ?? {}))], fresh)} addLabel={addLabel}>
      {Object.entries(words ?? {}).map(([key, text]) => <Item key={key} folded title={text?.[language] ?? key} path={[...path, key]}><Names label={label} path={[...path, key]} value={text} /></Item>)}
    </Group>
  );
}

/** Lists that must be ticked before a transition. */
export function Checklists() {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { process } = useBench();
  const add = (): void => set(["checklists", freeKey("new_list", Object.keys(process.checklists ?? {}))], { name: { en: "New checklist", ru: "Новый список", sl: "Nov seznam" }, items: { first: { en: "First item", ru: "Первый пункт", sl: "Prva točka" } } });
  return (
    <Group title={t("process.checklists")} onAdd={add} addLabel={t("process.addChecklist")}>
      {Object.entries(process.checklists ?? {}).map(([key, { name, items }]) => (
        <Item key={key} folded title={name?.[language] ?? key} path={["checklists", key]}>
          <Names label={t("process.name")} path={["checklists", key, "name"]} value={name} />
          <Words path={["checklists", key, "items"]} words={items} label={t("process.items")} addLabel={t("process.addItem")} fresh={{ en: "New item", ru: "Новый пункт", sl: "Nova točka" }} />
          <Key kind="checklists" value={key} />
        </Item>
      ))}
    </Group>
  );
}

/** The company's rules, shown word for word to whoever they stop. */
export function Policies() {
  const t = useT();
  const language = useShownLanguage();
  const set = useSet();
  const { process } = useBench();
  const add = (): void => set(["policies", freeKey("new_policy", Object.keys(process.policies ?? {}))], { title: { en: "New rule", ru: "Новое правило", sl: "Novo pravilo" }, paragraph: { en: "What the rule says.", ru: "Текст правила.", sl: "Besedilo pravila." } });
  return (
    <Group title={t("process.policies")} onAdd={add} addLabel={t("process.addPolicy")}>
      {Object.entries(process.policies ?? {}).map(([key, { title, paragraph }]) => (
        <Item key={key} folded title={title?.[language] ?? key} path={["policies", key]}>
          <Names label={t("process.policyTitle")} path={["policies", key, "title"]} value={title} />
          <Names label={t("process.paragraph")} path={["policies", key, "paragraph"]} value={paragraph} isLong />
          <Key kind="policies" value={key} />
        </Item>
      ))}
    </Group>
  );
}
