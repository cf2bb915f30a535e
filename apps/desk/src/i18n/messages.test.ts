import { expect, test } from "vitest";
import { innerQuotes } from "./intl.tsx";

type Messages = Record<string, string>;
const texts = import.meta.glob<Messages>("./*.json", { eager: true, import: "default" });
const part = (name: string): Messages => texts[`./${name}.json`]!;
/** The desk's texts and those of the editors, which come with their screens. */
const read = (language: string): Messages => ({ ...part(language), ...part(`editors.${language}`) });
const all = { en: read("en"), ru: read("ru"), sl: read("sl") };
const code = Object.values(import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.ts"], { eager: true, query: "?raw", import: "default" })).join("\n");

/** Names and kinds of the places to be filled, and the plural forms of each, without a parser's tree. */
function placesOf(text: string): string[] {
  return [...text.matchAll(/\{\s*(\w+)\s*(?:,\s*(\w+))?/g)].filter((match) => !/(?:\b(?:one|two|few|many|other)|=\d+)\s*$/.test(text.slice(0, match.index))).map((match) => `${match[1]}:${match[2] ?? "text"}`).sort();
}
const pluralForms = (text: string) => new Set([...text.matchAll(/(one|two|few|many|other)\s*\{/g)].map((match) => match[1]));
const needed = { en: ["one", "other"], ru: ["one", "few", "many", "other"], sl: ["one", "two", "few", "other"] } as const;

test.each(["ru", "sl"] as const)("every English text has its translation in %s, and no other", (language) => {
  expect(Object.keys(all[language]).sort()).toEqual(Object.keys(all.en).sort());
});

test.each(["en", "ru", "sl"] as const)("no text of %s stands in both files", (language) => {
  const desk = part(language);
  expect(Object.keys(part(`editors.${language}`)).filter((key) => desk[key] !== undefined)).toEqual([]);
});

test.each(["en", "ru", "sl"] as const)("no text of %s is empty", (language) => {
  expect(Object.entries(all[language]).filter(([, text]) => text.trim() === "")).toEqual([]);
});

test.each(["ru", "sl"] as const)("texts of %s have the same places to fill as the English ones", (language) => {
  const different = Object.keys(all.en).filter((key) => placesOf(all.en[key] ?? "").join() !== placesOf(all[language][key] ?? "").join());
  expect(different).toEqual([]);
});

test.each(["en", "ru", "sl"] as const)("every plural of %s has all forms of that language", (language) => {
  const short = Object.entries(all[language]).filter(([, text]) => text.includes(", plural,") && needed[language].some((form) => !pluralForms(text).has(form)));
  expect(short).toEqual([]);
});

test("every key written in the code exists", () => {
  const used = [...code.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((match) => match[1] ?? "");
  const chosen = [...code.matchAll(/\bt\([^"`()]*\?\s*"([\w.]+)"\s*:\s*"([\w.]+)"/g)].flatMap((match) => [match[1] ?? "", match[2] ?? ""]);
  expect(used.length).toBeGreaterThan(150);
  expect([...used, ...chosen].filter((key) => all.en[key] === undefined)).toEqual([]);
});

test("no text is left that nothing shows", () => {
  const literal = new Set([...code.matchAll(/"([a-zA-Z]+(?:\.\w+)+)"/g)].map((match) => match[1]));
  const families = [...[...code.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1] ?? ""), ...[...code.matchAll(/\bword\("(\w+)"/g)].map((match) => `${match[1]}.`)];
  const unused = Object.keys(all.en).filter((key) => !literal.has(key) && !families.some((family) => key.startsWith(family)));
  expect(unused).toEqual([]);
});

/** Words that say the same as one of `docs/glossary.md`, which is the one to use. */
const strangers: Record<"ru" | "sl", [RegExp, string][]> = {
  ru: [[/стади/i, "этап"], [/суперва?[йи]зер|супервизор/i, "руководитель"], [/подраздел/i, "отдел"], [/задач/i, "задание"], [/тикет/i, "заявка"], [/список проверки/i, "контрольный список"]],
  sl: [[/nadzornik/i, "nadrejeni"], [/\bproces(?:a|u|om|i|ov|e|ih)?\b/i, "postopek"], [/veščin/i, "znanje"], [/opomb/i, "zabeležka"]],
};
test.each(["ru", "sl"] as const)("texts of %s say one thing by one word, that of the glossary", (language) => {
  expect(Object.entries(all[language]).flatMap(([key, text]) => strangers[language].filter(([stranger]) => stranger.test(text)).map(([, word]) => `${key}: ${text} → ${word}`))).toEqual([]);
});

test("quotes within quotes of a Russian text are the inner ones", () => {
  expect(innerQuotes("Новый проект по шаблону «Банк «Парус»»")).toBe("Новый проект по шаблону «Банк „Парус“»");
  expect(innerQuotes("Заявка перешла из «Новая» в «Закрыта»")).toBe("Заявка перешла из «Новая» в «Закрыта»");
});
