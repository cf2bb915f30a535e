import { cutText } from "@linija/rules";
import { html, paragraphs } from "../../platform/html.ts";
import { translate } from "../../platform/messages.ts";
import { renderNotice, type Notice, type NoticeValues } from "../projects/index.ts";
import type { FactView } from "../tickets/index.ts";
import type { Language } from "../api.contract.ts";

export type Values = NoticeValues;

/** One address and nothing else: no list, no second header, no route. */
export const isOneAddress = (address: string | null): address is string => address !== null && address.length <= 160 && /^[^\s@,;:<>()"\\]+@[^\s@,;:<>()"\\]+$/.test(address);

/** The notice as a mail: plain text, and the same text as a page for readers that prefer one. */
export function composeMail(notice: Notice, language: Language, values: Values): { subject: string; text: string; html: string } {
  const { subject, body } = renderNotice(notice, language, clean(values));
  return asMail(language, subject, body);
}

/** The same of what a person has written; line breaks do not reach the subject. */
export const composeLetter = (language: Language, subject: string, body: string): { subject: string; text: string; html: string } => asMail(language, plain(subject).replaceAll("\n", " "), plain(body));

function asMail(language: Language, subject: string, body: string): { subject: string; text: string; html: string } {
  const page = html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${subject}</title></head>
<body>${paragraphs(body)}</body></html>`;
  return { subject: cutText(subject, 250), text: body, html: page.text };
}

/** Control characters other than line breaks have no business in a mail. */
const plain = (text: string): string => text.replaceAll(/[^\P{Cc}\n]/gu, " ");
const clean = (values: Values): Values => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === undefined ? undefined : plain(value)]));

/** Russian addresses a person by given name and patronymic; the others by the whole name; one whose name we do not know, as a client. */
export const greeted = (language: Language, client: { clientName: string; givenName: string; middleName: string }): string =>
  (language === "ru" && client.givenName && client.middleName ? `${client.givenName} ${client.middleName}` : client.clientName || translate(language, "notice_unnamed_client"));

/** A moment as people of the project's place read it, with the place's time zone: the client may live in another. */
export const momentText = (at: Date | null, language: Language, timeZone: string): string =>
  (at ? formatOf(language, timeZone).formatToParts(at).map((part) => (part.type === "timeZoneName" ? zoneText(part.value, { at, language, timeZone }) : part.value)).join("") : "");

/** A stretch of time as one: the day is said once where it is the same. */
export const periodText = (from: Date, to: Date, language: Language, timeZone: string): string =>
  formatOf(language, timeZone).formatRangeToParts(from, to).map((part) => (part.type === "timeZoneName" ? zoneText(part.value, { at: part.source === "endRange" ? to : from, language, timeZone }) : part.value)).join("");

/**
 * The short name of the zone as people of the language write it. Unicode's data has none in Russian and Slovenian and
 * says GMT+3; but Russians write Moscow's as МСК, and the European ones both write as the English do.
 */
function zoneText(found: string, { at, language, timeZone }: { at: Date; language: Language; timeZone: string }): string {
  if (language === "ru" && timeZone === "Europe/Moscow") return "МСК";
  if (language === "en") return found;
  const english = formatOf("en", timeZone).formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? found;
  return english.startsWith("GMT") ? found : english;
}

/** Kept, for making one takes longer than writing the mail. */
const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(language: Language, timeZone: string): Intl.DateTimeFormat {
  const key = `${language} ${timeZone}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short", timeZone });
  formats.set(key, format);
  return format;
}

/** What was written into the fields of a process, as the client reads it: `fields.visit_at`. */
export const fieldValues = (facts: readonly FactView[], language: Language, timeZone: string): Values =>
  Object.fromEntries(facts.map((fact) => [`fields.${fact.key}`, factText(fact, { language, timeZone })]));

export function factText({ kind, value, currency }: FactView, { language, timeZone }: { language: Language; timeZone: string }): string {
  if (typeof value === "boolean") return translate(language, value ? "guide_yes" : "guide_no");
  const at = new Date(value);
  if (kind === "moment" && !Number.isNaN(at.getTime())) return momentText(at, language, timeZone);
  if (kind === "date" && !Number.isNaN(at.getTime())) return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "long", timeZone: "UTC" }).format(at);
  if (currency) return new Intl.NumberFormat(LOCALES[language], { style: "currency", currency, useGrouping: "always" }).format(value as Intl.StringNumericLiteral);
  return typeof value === "number" ? new Intl.NumberFormat(LOCALES[language]).format(value) : value;
}

const LOCALES: Record<Language, string> = { en: "en-GB", ru: "ru-RU", sl: "sl-SI" };

