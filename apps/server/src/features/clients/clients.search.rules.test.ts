import { expect, test } from "vitest";
import { countryOf, normalizePhone } from "./clients.phones.rules.ts";
import { fold, looksForContact, searchTerms, searchText } from "./clients.search.rules.ts";

/** What `like` does, for the patterns we make. */
const finds = (typed: string, stored: string): boolean => searchTerms(typed)?.patterns.every((pattern) => stored.includes(pattern.slice(1, -1))) ?? false;
const person = (...names: string[]) => searchText({ names, places: ["Maribor", "Dunajska 12"], phones: ["+38641123456", "+79123456789"], emails: ["Janez.Novak@Example.com"] });

test.each([
  ["Иванов", "Ivanov"], ["Иванов", "ivanov"], ["Иванов", "иван"], ["Иванов", "Иванова"], ["Иванова", "Иванов"], ["Ivanov", "Иванов"], ["Щербаков", "Shcherbakov"], ["Щербаков", "Scherbakov"],
  ["Жуков", "Zhukov"], ["Жуков", "Žukov"], ["Хомяков", "Khomyakov"], ["Хомяков", "Homjakov"], ["Юлия", "Yulia"], ["Юлия", "Julija"], ["Елена", "Yelena"], ["Цой", "Tsoy"], ["Алексей", "Aleksey"], ["Максим", "Maxim"],
  ["Крамской", "Крамская"], ["Семёнов", "Семенов"], ["Žnidaršič", "znidarsic"], ["Žnidaršič", "ŽNIDARŠIČ"], ["Znidarsic", "Žnidaršič"], ["Kovač-Novak", "novak"], ["Kovač-Novak", "Kovač-Novak"], ["Đorđe", "dorde"],
  ["Müller", "muller"], ["Łukasz", "lukasz"], ["Telekom d.o.o.", "telekom doo"], ["Ljubljana", "lj"], ["Андрей", "Andrey"], ["Dvořák", "dvorak"],
])("finds %s when one types %s (R082)", (stored, typed) => {
  expect(finds(typed, person(stored))).toBe(true);
});

test.each(["041 123 456", "041123456", "+386 41 123 456", "00386 41 123-456", "+386 (0)41 123456", "123 456", "23456", "8 912 345-67-89", "+7 (912) 345-67-89", "ivanov 041 123 456", "041/123-456 ivanov"])(
  "finds the client by the number written as %s (R082)", (typed) => { expect(finds(typed, person("Иванов"))).toBe(true); });

test("finds by parts of a mail address and by several words in any order", () => {
  expect(finds("novak@example", person("Novak"))).toBe(true);
  expect(finds("janez.novak@example.com", person("Novak"))).toBe(true);
  expect(finds("Janez Novak Maribor", person("Novak", "Janez"))).toBe(true);
  expect(finds("Janez Kranjc", person("Novak", "Janez"))).toBe(false);
});

test("looks for one and two letters at the beginning of words only", () => {
  expect(searchTerms("iv")!.patterns).toEqual(["% iv%"]);
  expect(finds("iv", person("Ivanov"))).toBe(true);
  expect(finds("va", person("Ivanov"))).toBe(false);
});

test("tells names from where somebody lives, and words that may begin a name from numbers and addresses", () => {
  expect(searchText({ names: ["Kovač-Novak", "Ana", "", ""], places: ["Novo mesto", "Nova 7"], phones: ["+38641123456"], emails: ["a@b.si"] })).toBe(" kovac novak ana | novo mesto nova 7 38641123456 a@bsi");
  expect(searchText({ names: ["Novak"], places: [], phones: [], emails: [] })).toBe(" novak |");
  expect(searchTerms("Иванова 041 123 456 a@b.si 12 b2")).toEqual({ patterns: ["%41123456%", "%ivanov%", "%a@bsi%", "% 12%", "% b2%"], starts: ["ivanov"], numbers: ["41123456"] });
});

test("cannot be made to look for everything or to bend the pattern", () => {
  for (const typed of ["%", "_", "%%%", "\\", "'; --", "@", "…", "()"]) expect(searchTerms(typed)).toBeNull();
  expect(searchTerms("a%b_c")!.patterns).toEqual(["% a%", "% b%", "% c%"]);
  expect(searchTerms("word ".repeat(50))!.patterns).toHaveLength(6);
  expect(fold("я".repeat(100_000)).length).toBeLessThan(5_000);
});

test("knows when somebody looks for a number or an address", () => {
  expect(["041 123", "a@b", "Ivanov 555"].map(looksForContact)).toEqual([true, true, true]);
  expect(["Ivanov", "Dunajska 12"].map(looksForContact)).toEqual([false, false]);
});

test.each([["041 123 456", [], "+38641123456"], ["+386 (0)41 123 456", [], "+38641123456"], ["00386 41 123 456", [], "+38641123456"], ["8 (912) 345-67-89", ["RU"], "+79123456789"], ["+7 912 345 67 89", [], "+79123456789"],
  ["020 7946 0958", ["GB"], "+442079460958"], ["12", [], null], ["anna", [], null], ["", [], null], ["+38641123456789012", [], null]] as const)(
  "writes the number %s as one everybody can call", (raw, countries, e164) => { expect(normalizePhone(raw, countries)).toBe(e164); });

test("reads a project's country from the number it calls with", () => {
  expect(countryOf("+38615550100")).toBe("SI");
  expect(countryOf("")).toBeUndefined();
});
