import type { Language } from "@linija/server/contract/api";
import { useCallback, useEffect, useState, type ReactNode } from "react";
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

let change: (language: Language) => Promise<void> = () => Promise.resolve();
/** Changes the language of the whole desk at once; nothing typed is lost. Where its texts cannot be had, what is shown stays. */
export const showLanguage = (language: Language): void => void languageShown(language);
/** Resolves when it is shown, or cannot be. */
export const languageShown = (language: Language): Promise<void> => change(language).catch(() => undefined);

interface Shown { language: Language; messages: Messages }

/** `editors`: with the texts of the administrators' editors and of forms from the beginning. */
export function Intl({ editors = false, children }: { editors?: boolean; children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let wanted: Language | null = null;
    change = async (language) => {
      wanted = language;
      const [texts, more] = await Promise.all([load[language](), editors ? loadEditors[language]() : null]);
      // Another one was chosen while this one was on its way.
      if (wanted !== language) return;
      headers.language = language;
      document.documentElement.lang = language;
      writeStored("linija:language", language);
      setShown({ language, messages: { ...texts.default, ...more?.default } });
    };
    showLanguage(guessLanguage());
  }, [editors]);
  if (!shown) return null;
  return <IntlProvider locale={locales[shown.language]} messages={shown.messages}>{children}</IntlProvider>;
}

/** Texts of the administrators' editors come with those screens, so that nobody else waits for them. Stands around such a screen. */
export function EditorTexts({ children }: { children: ReactNode }) {
  const intl = useIntl();
  const language = intl.locale.slice(0, 2) as Language;
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let isGone = false;
    void loadEditors[language]().then(({ default: more }) => { if (!isGone) setShown({ language, messages: { ...intl.messages as Messages, ...more } }); }, () => undefined);
    return () => { isGone = true; };
  }, [language, intl.messages]);
  if (!shown) return null;
  // Until another language is here the screen stays in the one it was in: taken away and drawn anew it would lose the cursor and what is typed.
  return <IntlProvider locale={locales[shown.language]} messages={shown.messages}>{children}</IntlProvider>;
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
