import { expect, test } from "vitest";
import { nameIn } from "./declarations.name.rules.ts";

test.each([
  ["on one line", "# A loan\nkey: loan\nname: { en: Loan, ru: Кредит, sl: Kredit }\nstart: a\n", "Кредит"],
  ["over several lines", "name:\n  en: Loan\n  ru: \"Кредит: новый\"\n  sl: Kredit\nstages:\n  a: { name: { ru: Этап } }\n", "Кредит: новый"],
  ["as a title, of an article", "title: { en: A lost card, ru: Карта утеряна, sl: Izgubljena kartica }\nwords: [card]\n", "Карта утеряна"],
  ["as a name, where a document has a title, too", "title: { ru: \"Ответ {{number}}\" }\nname: { en: Answer, ru: Ответ, sl: Odgovor }\n", "Ответ"],
  ["not at all: the names of its stages are not its own", "stages:\n  a:\n    name: { en: Stage, ru: Этап, sl: Faza }\n", null],
  ["while it is being written", "name: { en: Loan, ru: ", null],
  ["only in another language", "name: { en: Loan }\n", null],
])("a text is found by the name its author gave it, in the reader's language: %s", (_how, text, name) => {
  expect(nameIn(text, "ru")).toBe(name);
});
