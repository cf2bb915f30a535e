import { LABELS, tokenize, type CatalogueInput, type FieldInput, type Token } from "@linija/rules";
import type { Language } from "../api.contract.ts";
import type { Process } from "../processes/index.ts";

/** How values are written, and who stands behind an id. */
export interface Writing { language: Language; timeZone: string; vocabulary: Pick<CatalogueInput, "records" | "variables">; people: ReadonlyMap<string, string> }

const LOCALES: Record<Language, string> = { en: "en-GB", ru: "ru-RU", sl: "sl-SI" };
const QUOTES: Record<Language, readonly [string, string]> = { en: ["“", "”"], ru: ["«", "»"], sl: ["»", "«"] };
const FILLED: Record<Language, string> = { en: "is filled in", ru: "заполнено", sl: "je izpolnjeno" };

/** The field behind a name of an expression, `ticket.fields.amount`; undefined for what declarations no longer know. */
export function fieldBehind({ vocabulary: { variables, records } }: Writing, path: string): FieldInput | undefined {
  const [first = "", ...rest] = path.split(".");
  return rest.reduce<FieldInput | undefined>((field, name) => field && records?.[field.type]?.fields[name], variables[first]);
}

/** What people call it: the declared words, or the last name, readable. */
export const nameBehind = (writing: Writing, path: string): string => fieldBehind(writing, path)?.doc[writing.language] ?? path.split(".").at(-1)!.replaceAll("_", " ");

const word = (key: string, language: Language): string => LABELS[key]![language];

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
const optionOf = (field: FieldInput | undefined, value: string, { language }: Writing): string | undefined => field?.values?.find((one) => one.value === value)?.doc?.[language];

function writePlain(value: string | number, type: string | undefined, { language, timeZone }: Writing): string {
  if (type === "datetime" && !Number.isNaN(new Date(value).getTime())) return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "short", timeZone }).format(new Date(value));
  const isNumber = typeof value === "number" || (["int", "double", "decimal"].includes(type ?? "") && /^-?\d+(\.\d+)?$/.test(value));
  return isNumber ? new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 6 }).format(value as Intl.StringNumericLiteral) : String(value);
}

function writeRecord(value: Record<string, unknown>, { language }: Writing): string {
  const { amount, currency, name } = value;
  if (typeof amount === "string" && typeof currency === "string") return new Intl.NumberFormat(LOCALES[language], { style: "currency", currency }).format(amount as Intl.StringNumericLiteral);
  return typeof name === "string" ? name : "…";
}

/** A piece of a sentence; `glue` says on which side no space stands. */
interface Piece { text: string; glue?: "left" | "right" }

/**
 * A condition with the names people know and the values it was decided from: `ticket.fields.amount > 1000` is
 * "Amount (€1,200.00) > 1,000". Null where it has functions or names of its own: said in pieces it would mislead.
 */
export function sayCondition(text: string, inputs: Readonly<Record<string, unknown>>, writing: Writing): string | null {
  const tokens = tokenize(text);
  const source = (token: Token | undefined): string => (token ? text.slice(token.from, token.to) : "");
  const pieces: Piece[] = [];
  let field: FieldInput | undefined;
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at]!;
    if (token.kind !== "name") {
      const piece = pieceOf(token.kind, source(token), field, writing);
      if (!piece) return null;
      pieces.push(piece);
      at++;
      continue;
    }
    const asksForIt = source(token) === "has" && source(tokens[at + 1]) === "(";
    const way = pathAt(tokens, asksForIt ? at + 2 : at, source);
    const next = source(tokens[way.end]);
    if (asksForIt ? next !== ")" : next === "(" || !Object.hasOwn(inputs, way.path)) return null;
    field = fieldBehind(writing, way.path);
    const name = nameBehind(writing, way.path);
    pieces.push({ text: asksForIt ? `${name} ${FILLED[writing.language]}` : `${name} (${writeInput(inputs[way.path], field, writing)})` });
    at = way.end + (asksForIt ? 1 : 0);
  }
  return joined(pieces);
}

function pathAt(tokens: readonly Token[], from: number, source: (token: Token | undefined) => string): { path: string; end: number } {
  let path = source(tokens[from]);
  let end = from + 1;
  while (tokens[end]?.kind === "dot" && tokens[end + 1]?.kind === "name") {
    path += `.${source(tokens[end + 1])}`;
    end += 2;
  }
  return { path, end };
}

const GLUE: Partial<Record<Token["kind"], Piece["glue"]>> = { open: "right", close: "left", comma: "left" };

function pieceOf(kind: Token["kind"], source: string, field: FieldInput | undefined, writing: Writing): Piece | null {
  const glue = GLUE[kind];
  if (glue) return source === "{" || source === "}" ? null : { text: source, glue };
  if (kind === "operator" || kind === "keyword") return { text: LABELS[source]?.[writing.language] ?? source };
  if (kind === "number") return { text: /^\d+(\.\d+)?$/.test(source) ? writePlain(Number(source), undefined, writing) : source };
  return kind === "text" && /^(["'])[^\\]*\1$/.test(source) ? { text: literal(source.slice(1, -1), field, writing) } : null;
}

function literal(text: string, field: FieldInput | undefined, writing: Writing): string {
  const [open, close] = QUOTES[writing.language];
  return optionOf(field, text, writing) ?? `${open}${text}${close}`;
}

const joined = (pieces: readonly Piece[]): string => pieces.reduce((text, { text: piece, glue }, index) => `${text}${index === 0 || glue === "left" || pieces[index - 1]?.glue === "right" ? "" : " "}${piece}`, "");
