import { EXAMPLE, fieldAt, formHost, readForm, type Field } from "@linija/forms";
import { expect, test } from "vitest";
import { wordsOf, type Writing } from "./history.ts";

const read = readForm(EXAMPLE, formHost("UTC"));
if (!read.ok) throw new Error("the example is wrong");
const { fields } = read.form;
const en: Writing = { language: "en", locale: "en-GB", yes: "Yes", no: "No" };
const named = (kind: Field["kind"]) => [...fields.values()].find((field) => field.kind === kind);

test("R158 the history of a field tells values as the field is written, in the reader's language", () => {
  const building = fieldAt(fields, "building")!;
  const [option] = building.document["x-options"]!;
  expect(wordsOf(building, option!.value, en)).toBe(option!.name.en);
  expect(wordsOf(building, option!.value, { ...en, language: "ru" })).toBe(option!.name.ru);
  expect(wordsOf(named("money"), { amount: "1234.50", currency: "EUR" }, en)).toBe("€1,234.50");
  // To the last digit, and with none that was not written.
  expect([0.123456, 1234567.1, 1e-7].map((value) => wordsOf(named("number"), value, en))).toEqual(["0.123456", "1,234,567.1", "0.0000001"]);
  expect(wordsOf(named("date") ?? null, "2026-03-29", { ...en, locale: "sl-SI" })).toMatch(/29|2026/);
  expect(wordsOf(named("person"), { surname: "Čuk", given: "Žiga", patronymic: "" }, en)).toBe("Čuk Žiga");
  expect(wordsOf(named("address"), { city: "Maribor", cityKey: "maribor", street: "Glavna" }, en)).toBe("Maribor Glavna");
  expect([wordsOf(null, true, en), wordsOf(null, null, en), wordsOf(null, [], en), wordsOf(null, "", en)]).toEqual(["Yes", "–", "–", "–"]);
});

test("what is masked stays bullets, whatever its field is", () => {
  expect(wordsOf(fieldAt(fields, "passport"), { series: "••••", number: "••••56" }, en)).toBe("•••• ••••56");
  expect(wordsOf(named("date") ?? null, "••••", en)).toBe("••••");
});
