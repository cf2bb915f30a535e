import { readFileSync } from "node:fs";
import type { FastifyRequest } from "fastify";
import { parse } from "yaml";
import { languages, type Language } from "../features/api.contract.ts";
import type { Ctx } from "./db.ts";

/** What the server says to people, by key, in `messages/{en,ru,sl}.yaml`; `npm run check` fails on a missing key. */
const texts = Object.fromEntries(languages.map((language) => [language, parse(readFileSync(new URL(`../messages/${language}.yaml`, import.meta.url), "utf8")) as Record<string, string>])) as Record<Language, Record<string, string>>;

export function translate(language: Language, key: string, params: Record<string, string | number> = {}): string {
  const text = texts[language][key] ?? texts.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => (name === "what" ? wordOf(language, String(params[name])) : String(params[name] ?? "")));
}

/** What is missing is named in code ("ticket"); people read it in their language. */
const wordOf = (language: Language, thing: string): string => texts[language][`thing_${thing}`] ?? thing;

export const hasMessage = (language: Language, key: string): boolean => key in texts[language];

/** The reader's language: the one the desk asked for, else what the browser prefers, else English. */
export function languageOf(request: FastifyRequest): Language {
  const wanted = [String(request.headers["x-language"] ?? ""), ...(request.headers["accept-language"] ?? "").split(",").map((part) => part.split(";")[0]!.trim().slice(0, 2))];
  return languages.find((language) => language === wanted.find((each) => (languages as readonly string[]).includes(each))) ?? "en";
}

/** Of whoever reads what is done here: their own at a desk, English for what nobody asked for. */
export const readerLanguage = ({ actor }: Pick<Ctx, "actor">): Language => (actor.kind === "user" ? languages.find((language) => language === actor.language) : undefined) ?? "en";
