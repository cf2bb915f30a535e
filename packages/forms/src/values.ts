import { Decimal, Money, minorDigits, parseDate, parseMoment } from "@linija/rules";
import type { Params } from "@linija/rules";
import type { Field, Finding } from "./fields.ts";
import type { Context } from "./form.ts";
import { isEmpty, isPlainObject } from "./paths.ts";
import type { FieldProblemCode } from "./problems.ts";

/** What is wrong with one value beyond its shape; null when nothing is. */
export type Fault = readonly [FieldProblemCode, Params] | null;
type Judge = (value: never, field: Field, context: Context) => Fault;

const NAME_LETTERS = /^\p{L}[\p{L}\p{M}'’ʼ`. -]*$/u;
const E164 = /^\+[1-9]\d{6,14}$/;
const COUNTRY = /^[A-Z]{2}$/;
const BULLET = "•";

const isDate = (text: unknown): boolean => typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) && parseDate(text, "UTC") !== null;

/** RFC 5321 in what people use: one @, a domain of labels with a point. Read by hand: a pattern for it backtracks. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || local.length > 64 || domain.length > 190 || !/^[^\s@<>",;:()[\]\\]+$/u.test(local)) return false;
  const labels = domain.split(".");
  return labels.length > 1 && labels.every((label) => label.length < 64 && /^[\p{L}\d]([\p{L}\d-]*[\p{L}\d])?$/u.test(label)) && !local.startsWith(".") && !local.endsWith(".") && !local.includes("..");
}

function isUri(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\//.test(text);
}

const SIGNS: Readonly<Record<string, RegExp>> = { "#": /^\d$/, A: /^\p{L}$/u, "*": /^[\p{L}\d]$/u };

/** Whether the text is written as the template says. */
export function fitsTemplate(text: string, template: string): boolean {
  const [letters, signs] = [Array.from(text), Array.from(template)];
  return letters.length === signs.length && signs.every((sign, index) => (SIGNS[sign] ? SIGNS[sign].test(letters[index]!) : sign === letters[index]));
}

const judgeText: Judge = (text: string, field) => {
  const { "x-template": template, "x-example": example, format } = field.document;
  if (field.masks.length > 0 && text.includes(BULLET)) return ["masked", {}];
  if (field.pattern && !field.pattern.test(text)) return ["pattern", { example: example ? ` (${example})` : "" }];
  if (template && !fitsTemplate(text, template)) return ["template", { template }];
  return format === "uri" && !isUri(text) ? ["uri", {}] : null;
};

const judgePhone: Judge = (text: string, field, context) => {
  if (text.includes(BULLET)) return ["masked", {}];
  const isKnown = context.phone ? context.phone(text, field.document["x-country"] ?? null) !== null : E164.test(text);
  return isKnown ? null : ["phone", {}];
};

const judgePerson: Judge = (person: Record<string, unknown>) => {
  const isFine = ["surname", "given", "patronymic"].every((key) => isEmpty(person[key]) || NAME_LETTERS.test(String(person[key]).normalize("NFC").trim()));
  return isFine ? null : ["name_letters", {}];
};

const judgeAddress: Judge = (address: Record<string, unknown>) => {
  if (isEmpty(address["city"]) && !(isEmpty(address["street"]) && isEmpty(address["house"]))) return ["city_first", {}];
  return isEmpty(address["country"]) || COUNTRY.test(String(address["country"])) ? null : ["country", {}];
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const moneyTexts = (value: unknown) => (isPlainObject(value) ? { amount: textOf(value["amount"]), currency: textOf(value["currency"]) } : { amount: "", currency: "" });

const judgeMoney: Judge = (value: unknown, field) => {
  const { "x-currency": only } = field.document;
  const { amount, currency } = moneyTexts(value);
  if (only !== undefined && currency !== only) return ["currency", { limit: only }];
  const money = /^-?\d{1,21}(\.\d{1,9})?$/.test(amount) ? Money.from(value) : null;
  if (!money) return ["money", {}];
  const digits = amount.split(".")[1]?.length ?? 0;
  if (digits > minorDigits(currency)) return ["money_exact", { currency, limit: minorDigits(currency) }];
  return judgeLimits(Decimal.parse(amount)!, field);
};

function judgeLimits(exact: Decimal, { document: { minimum, maximum } }: Field): Fault {
  if (minimum !== undefined && exact.compare(Decimal.of(minimum)!) < 0) return ["too_small", { limit: minimum }];
  return maximum !== undefined && exact.compare(Decimal.of(maximum)!) > 0 ? ["too_big", { limit: maximum }] : null;
}

const judgePeriod: Judge = (period: Record<string, unknown>) => {
  if (!isDate(period["from"]) || !isDate(period["to"])) return ["date", {}];
  return String(period["to"]) < String(period["from"]) ? ["period_order", {}] : null;
};

const JUDGES: Readonly<Record<string, Judge>> = {
  text: judgeText, long_text: judgeText, phone: judgePhone, person: judgePerson, address: judgeAddress, money: judgeMoney, period: judgePeriod,
  email: (text: string) => (isEmail(text) ? null : text.includes(BULLET) ? ["masked", {}] : ["email", {}]),
  date: (text: string) => (isDate(text) ? null : ["date", {}]),
  moment: (text: string) => (parseMoment(text) === null ? ["moment", {}] : null),
  lookup: (value: Record<string, unknown>) => (isEmpty(value["id"]) ? ["wrong_type", {}] : null),
};

/** What is wrong with a filled value of the field's shape. */
export function judge(field: Field, value: unknown, context: Context): Fault {
  return JUDGES[field.kind]?.(value as never, field, context) ?? null;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string", boolean: (value) => typeof value === "boolean", number: (value) => typeof value === "number" && Number.isFinite(value), integer: Number.isSafeInteger,
};

/** Defaults of fields of one value that are no values of them. */
export function defaultProblems(fields: ReadonlyMap<string, Field>, above: readonly (string | number)[] = ["schema"]): Finding[] {
  return [...fields.values()].flatMap((field) => {
    const source = [...above, "properties", field.key];
    const inner = defaultProblems(field.parts, field.kind === "table" ? [...source, "items"] : source);
    return isFitting(field) ? inner : [{ code: "bad_default" as const, params: {}, path: [...source, "default"] }, ...inner];
  });
}

function isFitting(field: Field): boolean {
  const { default: value, type = "" } = field.document;
  if (value === undefined) return true;
  const options = field.document["x-options"]?.map((option) => option.value);
  if (field.kind === "choices") return Array.isArray(value) && value.every((one) => options?.includes(String(one)));
  if (!TYPES[type]) return field.kind === "money" && judge(field, value, {}) === null;
  const isOption = !options || options.includes(value as string);
  return TYPES[type](value) && isOption && (value === "" || judge(field, value, {}) === null);
}
