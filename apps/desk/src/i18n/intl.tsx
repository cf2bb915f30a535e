import type { Language } from "@linija/server/contract/api";
import { useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { IntlProvider, useIntl, type IntlShape, type PrimitiveType } from "react-intl";
import { headers } from "../shared/api.ts";
import { readStored, writeStored } from "../shared/settings.ts";
import type editors from "./editors.en.json";
import type en from "./en.json";

export type MessageKey = keyof typeof en | keyof typeof editors;
type Messages = Record<string, string>;
export const languages: Language[] = ["en", "ru", "sl"];
/** Each language is called by its own name, wherever one is chosen. */
export const languageNames: Record<Language, string> = { en: "English", ru: "Русский", sl: "Slovenščina" };
/** Dates and numbers of English are British: day before month, a clock of 24 hours. */
const locales: Record<Language, string> = { en: "en-GB", ru: "ru-RU", sl: "sl-SI" };

const load: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import("./en.json"), ru: () => import("./ru.json"), sl: () => import("./sl.json"),
};

const loadEditors: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import("./editors.en.json"), ru: () => import("./editors.ru.json"), sl: () => import("./editors.sl.json"),
};

function guessLanguage(): Language {
  const wanted = [readStored<string>("linija:language"), ...navigator.languages.map((each) => each.slice(0, 2))];
  return languages.find((language) => language === wanted.find((each) => languages.some((known) => known === each))) ?? "en";
}

let change: (language: Language) => void = () => undefined;
/** Changes the language of the whole desk at once; nothing typed is lost. */
export const showLanguage = (language: Language) => change(language);

export function Intl({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ language: Language; messages: Messages } | null>(null);
  useEffect(() => {
    const show = async (language: Language) => {
      const messages = (await load[language]()).default;
      headers.language = language;
      document.documentElement.lang = language;
      writeStored("linija:language", language);
      setShown({ language, messages });
    };
    change = (language) => void show(language);
    change(guessLanguage());
  }, []);
  if (!shown) return null;
  return <IntlProvider locale={locales[shown.language]} messages={shown.messages}>{children}</IntlProvider>;
}

/** Texts of the administrators' editors come with those screens, so that nobody else waits for them. Stands around such a screen. */
export function EditorTexts({ children }: { children: ReactNode }) {
  const intl = useIntl();
  const language = intl.locale.slice(0, 2) as Language;
  const [more, setMore] = useState<{ language: Language; messages: Messages } | null>(null);
  useEffect(() => {
    let isGone = false;
    void loadEditors[language]().then(({ default: messages }) => { if (!isGone) setMore({ language, messages }); });
    return () => { isGone = true; };
  }, [language]);
  const messages = useMemo(() => more && { ...intl.messages, ...more.messages } as Messages, [intl.messages, more]);
  if (!messages || more?.language !== language) return null;
  return <IntlProvider locale={intl.locale} messages={messages}>{children}</IntlProvider>;
}

/** Texts without places to fill in come as they are: there is no parser in the browser that would turn them into parts. */
function textOf(intl: IntlShape, id: string, values?: Record<string, PrimitiveType>): string {
  const text: unknown = intl.messages[id];
  return typeof text === "string" ? text : innerQuotes(intl.formatMessage({ id }, values));
}

/** A Russian name may have quotes of its own; within quotes those are others: «Банк „Парус“». */
export const innerQuotes = (text: string): string => (/«[^»]*«/.test(text) ? text.replaceAll(/«([^«»]*)«([^«»]*)»/g, "«$1„$2“") : text);

export type Translate = (key: MessageKey, values?: Record<string, PrimitiveType>) => string;
export function useT(): Translate {
  const intl = useIntl();
  return useCallback((key, values) => textOf(intl, key, values), [intl]);
}

/** Words for names that come from declarations (reasons, fields, events): ours where we have one, else the name itself, readable. */
export function useWord(): (family: string, name: string, otherwise?: string) => string {
  const intl = useIntl();
  return useCallback((family, name, otherwise) => {
    const id = `${family}.${name}`;
    if (intl.messages[id] !== undefined) return textOf(intl, id);
    return otherwise ?? name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
  }, [intl]);
}
