import { Decimal, Money } from "@linija/rules";
import type { Language } from "../projects/texts.contract.ts";

export interface Writing { language: Language; timeZone: string }

const LOCALES: Record<Language, string> = { en: "en-GB", ru: "ru-RU", sl: "sl-SI" };
const WORDS = {
  yes: { en: "yes", ru: "да", sl: "da" }, no: { en: "no", ru: "нет", sl: "ne" },
  days: { en: "d", ru: "д", sl: "d" }, hours: { en: "h", ru: "ч", sl: "h" }, minutes: { en: "min", ru: "мин", sl: "min" },
} as const;
/** Stands where there is nothing, so that a reader sees that it was not forgotten. */
export const NOTHING = "–";

/** A running value of `packages/rules` as people write it in that language. `type` is the expression's own. */
export function writeValue(value: unknown, type: string, { language, timeZone }: Writing): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  if (Array.isArray(value)) return value.map((each) => writeValue(each, elementOf(type), { language, timeZone })).join(", ") || NOTHING;
  if (typeof value === "number") return writeByType(value, type, { language, timeZone });
  if (value instanceof Money) return writeMoney(value, language);
  if (value instanceof Decimal) return writeNumber(value.toString(), language);
  return typeof value === "boolean" ? WORDS[value ? "yes" : "no"][language] : String(value as string);
}

/** Of `list<money<EUR>>`, `money<EUR>`. */
export const elementOf = (type: string): string => /^list<(.+)>$/.exec(type)?.[1] ?? "any";

function writeByType(value: number, type: string, writing: Writing): string {
  if (type === "datetime") return writeMoment(value, writing);
  return type === "duration" ? writeDuration(value, writing.language) : writeNumber(String(value), writing.language);
}

/** The exact digits of the text; a number would round what a contract must not. */
function writeNumber(exact: string, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 20 }).format(exact as Intl.StringNumericLiteral);
}

function writeMoney(money: Money, language: Language): string {
  const { amount, currency } = money.rounded().toJSON();
  return new Intl.NumberFormat(LOCALES[language], { style: "currency", currency, useGrouping: "always" }).format(amount as Intl.StringNumericLiteral);
}

/** A day when it is one (midnight in the project's zone), else with the time. */
function writeMoment(ms: number, { language, timeZone }: Writing): string {
  const date = new Date(ms);
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone }).format(date);
  const format = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "long", ...(clock !== "00:00:00" && { timeStyle: "short" }), timeZone });
  return format.format(date);
}

function writeDuration(ms: number, language: Language): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const parts = [[Math.floor(minutes / 1_440), "days"], [Math.floor((minutes % 1_440) / 60), "hours"], [minutes % 60, "minutes"]] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${WORDS[unit][language]}`);
  return `${ms < 0 ? "−" : ""}${said.join(" ") || `0 ${WORDS.minutes[language]}`}`;
}
