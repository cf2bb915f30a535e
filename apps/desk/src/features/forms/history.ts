import type { Field, Language } from "@linija/forms";
import { digitsOf, moneyOf, readOf } from "../../shared/numbers.ts";

/** How values are written in the reader's language. */
export interface Writing { language: Language; locale: string; yes: string; no: string }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const date = (text: string, { locale }: Writing, more: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", ...more }).format(new Date(text));
const DAY = /^\d{4}-\d\d-\d\d$/;
const isMoment = (text: string) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));

/** A stored value on one line, as its field is written: choices by their labels, exact money, days. What is masked comes as bullets and stays so. */
export function wordsOf(field: Field | null | undefined, value: unknown, writing: Writing): string {
  if (Array.isArray(value)) return value.map((each) => wordsOf(field, each, writing)).join(", ") || "–";
  if (isObject(value)) return objectWords(field, value, writing);
  if (typeof value === "boolean") return value ? writing.yes : writing.no;
  if (typeof value === "number") return readOf(digitsOf(value), writing.locale);
  return typeof value === "string" && value !== "" ? textWords(field, value, writing) : "–";
}

function textWords(field: Field | null | undefined, text: string, writing: Writing): string {
  if (field?.kind === "date" && DAY.test(text)) return date(`${text}T00:00:00Z`, writing, { timeZone: "UTC" });
  if (field?.kind === "moment" && isMoment(text)) return date(text, writing, { hour: "2-digit", minute: "2-digit" });
  return field?.document["x-options"]?.find((option) => option.value === text)?.name[writing.language] ?? text;
}

function objectWords(field: Field | null | undefined, value: Record<string, unknown>, writing: Writing): string {
  const { name, amount, currency } = value;
  if (field?.kind === "lookup" && typeof name === "string") return name;
  if (typeof amount === "string" && typeof currency === "string" && /^[A-Z]{3}$/.test(currency)) return moneyOf({ amount, currency }, writing.locale);
  // Keys of places are the program's notes to itself.
  const parts = Object.entries(value).filter(([key, part]) => !key.endsWith("Key") && part !== null && part !== "");
  return parts.map(([key, part]) => wordsOf(field?.parts.get(key), part, writing)).join(" ") || "–";
}
