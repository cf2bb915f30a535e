import type { Field } from "@linija/forms";
import type { Language } from "../api.contract.ts";
import type { ProcessField } from "../processes/index.ts";
import type { Cell } from "./views.contract.ts";

type Kind = Cell["kind"];
const text = (words: string): Cell | null => (words.trim() === "" ? null : { kind: "text", text: words.trim() });
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const moneyOf = (value: unknown): Cell | null => (isObject(value) && (typeof value["amount"] === "string" || typeof value["amount"] === "number") && typeof value["currency"] === "string" ? { kind: "money", amount: String(value["amount"]), currency: value["currency"] } : null);

/** How a field of a form stands in a column; null: it cannot. Long and many-valued ones are not for a line. */
const formKinds: Partial<Record<Field["kind"], Kind>> = { text: "text", long_text: "text", number: "number", yes_no: "yes_no", choice: "text", choices: "text", person: "text", phone: "text", email: "text", address: "text", money: "money", date: "date", moment: "moment", period: "text", lookup: "text" };
export const kindOfForm = (field: Field): Kind | null => formKinds[field.kind] ?? null;
/** A colleague and a department are told by name. */
const processKinds: Record<ProcessField["kind"], Kind> = { text: "text", number: "number", choice: "text", moment: "moment", department: "text", employee: "text", boolean: "yes_no", date: "date", money: "money" };
export const kindOfProcess = ({ kind }: ProcessField): Kind => processKinds[kind];

/** What is stored of a form's field, as its kind is written; null when there is nothing. A value that is not of its kind any more is told as it stands. */
export function formCell(field: Field, value: unknown, language: Language): Cell | null {
  if (value === undefined || value === null || value === "") return null;
  const label = (option: unknown) => field.document["x-options"]?.find((each) => each.value === option)?.name[language] ?? plain(option);
  switch (field.kind) {
    case "choice": return text(label(value));
    case "choices": return Array.isArray(value) ? text(value.map(label).join(", ")) : text(plain(value));
    case "person": return text(parts(value, ["surname", "given", "patronymic"], " "));
    case "address": return text([parts(value, ["city"], ""), parts(value, ["street", "house"], " "), parts(value, ["flat"], "")].filter(Boolean).join(", "));
    case "period": return text(parts(value, ["from", "to"], " – "));
    case "lookup": return text(parts(value, ["name"], ""));
    default: return plainCell(kindOfForm(field), value);
  }
}

/** What fields of a process are called by: people by id, departments by key. */
export interface Names { people: ReadonlyMap<string, string>; departments: Record<string, Record<Language, string>> }
export function processCell(field: ProcessField, value: unknown, names: Names, language: Language): Cell | null {
  if (value === undefined || value === null || value === "") return null;
  if (field.kind === "money" && EXACT.test(plain(value))) return { kind: "money", amount: plain(value), currency: field.currency };
  const name = calledBy(field, plain(value), names)[language];
  return name === null ? plainCell(kindOfProcess(field), value) : text(name);
}
/** Nobody is called by an id: a colleague who is gone is nothing. */
function calledBy(field: ProcessField, key: string, { people, departments }: Names): Record<Language, string | null> {
  const same = (name: string | null) => ({ en: name, ru: name, sl: name });
  if (field.kind === "choice") return field.options[key] ?? same(key);
  if (field.kind === "employee") return same(people.get(key) ?? "");
  return field.kind === "department" ? departments[key] ?? same(key) : same(null);
}
const EXACT = /^-?\d+(\.\d+)?$/;

const DAY = /^\d{4}-\d\d-\d\d$/;
function plainCell(kind: Kind | null, value: unknown): Cell | null {
  if (kind === "money") return moneyOf(value) ?? text(plain(value));
  if (typeof value === "boolean") return { kind: "yes_no", yes: value };
  if (typeof value === "number") return { kind: "number", value };
  if (kind === "date" && typeof value === "string" && DAY.test(value)) return { kind: "date", date: value };
  if (kind === "moment" && typeof value === "string" && !Number.isNaN(Date.parse(value))) return { kind: "moment", at: new Date(value).toISOString() };
  return text(plain(value));
}

const parts = (value: unknown, names: string[], between: string): string =>
  (isObject(value) ? names.map((name) => plain(value[name])).filter(Boolean).join(between) : plain(value));

/** Any value on one line. */
function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join(", ");
  return isObject(value) ? Object.values(value).map(plain).filter(Boolean).join(" ") : "";
}
