import { calledBy, LABELS, type CatalogueInput, type FieldInput } from "@linija/rules";
import type { Language } from "../api.contract.ts";
import type { Process } from "../processes/index.ts";

/** How values are written, and who stands behind an id. */
export interface Writing { language: Language; timeZone: string; vocabulary: Pick<CatalogueInput, "records" | "variables">; people: ReadonlyMap<string, string> }

export const LOCALES: Record<Language, string> = { en: "en-GB", ru: "ru-RU", sl: "sl-SI" };

/** The field behind a name of an expression, `ticket.fields.amount`; undefined for what declarations no longer know. */
export function fieldBehind({ vocabulary: { variables, records } }: Writing, path: string): FieldInput | undefined {
  const [first = "", ...rest] = path.split(".");
  return rest.reduce<FieldInput | undefined>((field, name) => field && records?.[field.type]?.fields[name], variables[first]);
}

/** What people call it: the declared words, with those of what it is a part of; or the last name, readable. */
export function nameBehind(writing: Writing, path: string): string {
  const keys = path.split(".");
  if (!fieldBehind(writing, path)) return keys.at(-1)!.replaceAll("_", " ");
  return calledBy(keys.flatMap((key, at) => (key === "fields" ? [] : [fieldBehind(writing, keys.slice(0, at + 1).join("."))!.doc[writing.language]])));
}

export const word = (key: string, language: Language): string => LABELS[key]![language];

/** A value kept with a decision as people of that language write it. */
export function writeInput(value: unknown, field: FieldInput | undefined, writing: Writing): string {
  if (isNothing(value)) return word("null", writing.language);
  if (typeof value === "boolean") return word(String(value), writing.language);
  if (Array.isArray(value)) return value.map((one) => writeInput(one, field, writing)).join(", ");
  if (typeof value === "object") return writeRecord(value as Record<string, unknown>, writing);
  const plain = String(value as string | number);
  return optionOf(field, plain, writing) ?? writing.people.get(plain) ?? writePlain(value as string | number, field?.type, writing);
}

/** A value given with a step, by the kind its process declares; undefined where the kind says nothing of how it is written. */
export function writeField(field: Process["fields"][string], value: unknown, writing: Writing): string | undefined {
  const { language, timeZone } = writing;
  const at = new Date(String(value));
  if (field.kind === "choice") return field.options[String(value)]?.[language];
  if (field.kind === "money") return writeInput({ amount: String(value), currency: field.currency }, undefined, writing);
  if (field.kind === "number") return writeInput(Number(value), undefined, writing);
  if ((field.kind !== "moment" && field.kind !== "date") || Number.isNaN(at.getTime())) return undefined;
  return new Intl.DateTimeFormat(LOCALES[language], field.kind === "date" ? { dateStyle: "medium", timeZone: "UTC" } : { dateStyle: "medium", timeStyle: "short", timeZone }).format(at);
}

const isNothing = (value: unknown): boolean => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
/** What a choice is called. */
export const optionOf = (field: FieldInput | undefined, value: string, { language }: Writing): string | undefined => field?.values?.find((one) => one.value === value)?.doc?.[language];

export function writePlain(value: string | number, type: string | undefined, { language, timeZone }: Writing): string {
  if (type === "datetime" && !Number.isNaN(new Date(value).getTime())) return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "short", timeZone }).format(new Date(value));
  const isNumber = typeof value === "number" || (["int", "double", "decimal"].includes(type ?? "") && /^-?\d+(\.\d+)?$/.test(value));
  return isNumber ? new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 6 }).format(value as Intl.StringNumericLiteral) : String(value);
}

function writeRecord(value: Record<string, unknown>, { language }: Writing): string {
  const { amount, currency, name } = value;
  if (typeof amount === "string" && typeof currency === "string") return new Intl.NumberFormat(LOCALES[language], { style: "currency", currency, useGrouping: "always" }).format(amount as Intl.StringNumericLiteral);
  return typeof name === "string" ? name : "…";
}
