import { parseDate } from "@linija/rules";
import type { CatalogueInput, FieldInput, RecordInput } from "@linija/rules";
import type { Kind, Text } from "./document.ts";
import type { Field } from "./fields.ts";
import { isPlainObject } from "./paths.ts";

const t = (en: string, ru: string, sl: string): Text => ({ en, ru, sl });
const part = (type: string, doc: Text): FieldInput => ({ type, doc });

/** Records of kinds that are the same in every form. */
const SHARED: Readonly<Record<string, RecordInput>> = {
  formPeriod: { doc: t("Days from and to", "Дни с и по", "Dnevi od in do"), fields: { from: part("datetime", t("First day", "Первый день", "Prvi dan")), to: part("datetime", t("Last day", "Последний день", "Zadnji dan")) } },
  formConsent: { doc: t("A consent", "Согласие", "Soglasje"), fields: {
    given: part("boolean", t("Whether it was given", "Дано ли", "Ali je dano")), at: part("datetime", t("When", "Когда", "Kdaj")),
    text: part("text", t("What was read", "Что прочитано", "Kaj je bilo prebrano")), recordingId: part("text", t("Recording", "Запись", "Posnetek")), offsetMs: part("int", t("Where in the recording, milliseconds", "Где в записи, миллисекунды", "Kje v posnetku, milisekunde")) } },
};
const SIMPLE: Readonly<Record<string, string>> = {
  text: "text", long_text: "text", yes_no: "boolean", choice: "text", choices: "list<text>", phone: "text", email: "text", date: "datetime", moment: "datetime",
  period: "formPeriod", consent: "formConsent", file: "list<text>",
};
const KEPT: Readonly<Record<string, string>> = { text: "text", number: "decimal", yes_no: "boolean", money: "money", date: "datetime", moment: "datetime" };

/** The record type of a group, table row or lookup. */
const recordKey = (root: string, path: string): string => `${root}_${path.replaceAll(".", "_")}`.slice(0, 64);

/** The type of a field's value in expressions. Numbers are exact there: `1.1 + 2.2 == 3.3`. */
export function typeOf(field: Field, root = "form"): string {
  if (field.kind === "number") return field.document.type === "integer" ? "int" : "decimal";
  if (field.kind === "money") return field.document["x-currency"] ? `money<${field.document["x-currency"]}>` : "money";
  if (field.kind === "table") return `list<${recordKey(root, field.path)}>`;
  return SIMPLE[field.kind] ?? recordKey(root, field.path);
}

interface Told { root: string; rights: RightsOf }

/** The rights a reader of the field needs. */
export type RightsOf = (field: Field) => readonly string[];

/** What the form says, and rights by kind of what a field tells (phones and mails are for who sees contacts). */
export const rightsBy = (kinds: Readonly<Partial<Record<Kind, string>>>): RightsOf => (field) => [...new Set([...field.masks, ...[...field.tells].flatMap((kind) => kinds[kind] ?? [])])];

function inputOf(field: Field, { root, rights }: Told): FieldInput {
  const read = rights(field);
  const options = field.document["x-options"];
  return {
    type: typeOf(field, root), doc: field.name, ...(read.length > 0 && { read: read.length === 1 ? read[0]! : read }),
    ...(options && { values: options.map(({ value, name }) => ({ value, doc: name })) }),
  };
}

function recordOf(doc: Text, parts: ReadonlyMap<string, Field>, told: Told): RecordInput {
  return { doc, fields: Object.fromEntries([...parts].map(([key, field]) => [key, inputOf(field, told)])) };
}

/** A whole name tells all its parts. */
function wholeRead({ parts }: Field, rights: RightsOf): Pick<FieldInput, "read"> {
  const read = [...new Set([...parts.values()].flatMap(rights))];
  return read.length > 0 ? { read } : {};
}

function lookupRecord(field: Field): RecordInput {
  const kept = Object.entries(field.document["x-lookup"]?.keep ?? {}).map(([key, { kind, name }]) => [key, part(KEPT[kind]!, name)] as const);
  return { doc: field.name, fields: { ...Object.fromEntries(kept), id: part("text", t("Its id", "Её номер", "Njen id")), name: part("text", t("Its name", "Название", "Ime")) } };
}

/**
 * What rules see of a form: record types and the variable `form` (or another name), for the catalogues of guards,
 * automation and the form's own expressions. Masked fields carry their rights (`rights`), so that no rule reads past its author.
 */
export function catalogueOf(form: { fields: ReadonlyMap<string, Field>; document: { name: Text } }, root = "form", rights: RightsOf = ({ masks }) => masks): Required<Pick<CatalogueInput, "records" | "variables">> {
  const told = { root, rights };
  const records: Record<string, RecordInput> = { ...SHARED, [root]: recordOf(form.document.name, form.fields, told) };
  const visit = (parts: ReadonlyMap<string, Field>): void => {
    for (const field of parts.values()) {
      if (field.kind === "lookup") records[recordKey(root, field.path)] = lookupRecord(field);
      if (field.parts.size === 0) continue;
      const record = recordOf(field.name, field.parts, told);
      records[recordKey(root, field.path)] = field.kind === "person" ? { ...record, fields: { ...record.fields, full: { ...part("text", t("Whole name", "Полное имя", "Polno ime")), ...wholeRead(field, rights) } } } : record;
      visit(field.parts);
    }
  };
  visit(form.fields);
  return { records, variables: { [root]: { type: root, doc: form.document.name } } };
}

/** Data of a form as expressions read it: only the form's own fields, days as moments of the zone, names whole. */
export function recordFor(parts: ReadonlyMap<string, Field>, data: unknown, timeZone: string): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  if (!isPlainObject(data)) return record;
  for (const [key, field] of parts) {
    if (Object.hasOwn(data, key)) record[key] = valueFor(field, data[key], timeZone);
  }
  return record;
}

const day = (value: unknown, timeZone: string): unknown => (typeof value === "string" ? parseDate(value, timeZone) : null);

function valueFor(field: Field, value: unknown, timeZone: string): unknown {
  if (value === null || value === undefined || value === "") return null;
  const convert = CONVERTERS[field.kind];
  if (convert) return convert(field, value, timeZone);
  return field.parts.size > 0 ? recordFor(field.parts, value, timeZone) : value;
}

const CONVERTERS: Readonly<Record<string, (field: Field, value: unknown, timeZone: string) => unknown>> = {
  date: (_, value, timeZone) => day(value, timeZone),
  table: (field, value, timeZone) => (Array.isArray(value) ? value.map((row) => recordFor(field.parts, row, timeZone)) : null),
  period: (_, value, timeZone) => (isPlainObject(value) ? { from: day(value["from"], timeZone), to: day(value["to"], timeZone) } : null),
  lookup: (field, value, timeZone) => (isPlainObject(value) ? keptFor(field, value, timeZone) : null),
  person: (field, value, timeZone) => {
    const record = recordFor(field.parts, value, timeZone);
    return { ...record, full: [record["surname"], record["given"], record["patronymic"]].filter((name) => typeof name === "string" && name !== "").join(" ") };
  },
};

function keptFor(field: Field, value: Readonly<Record<string, unknown>>, timeZone: string): Record<string, unknown> {
  const kept = field.document["x-lookup"]?.keep ?? {};
  const dates = Object.keys(kept).filter((key) => kept[key]!.kind === "date");
  return { ...value, ...Object.fromEntries(dates.map((key) => [key, day(value[key], timeZone)])) };
}
