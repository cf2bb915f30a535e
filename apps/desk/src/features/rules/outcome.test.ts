import { expect, test } from "vitest";
import { shownValue } from "./Outcome.tsx";

test("R344 what a trial of a rule read and set is written as its reader writes money and numbers", () => {
  const plain = (value: unknown, locale: string) => shownValue(value, locale).replaceAll(/[\u00A0\u202F]/g, " ");
  expect([plain({ amount: "1250.00", currency: "EUR" }, "sl-SI"), plain({ amount: "1250.00", currency: "EUR" }, "en-GB"), plain({ amount: "1250", currency: "RUB" }, "ru-RU")]).toEqual(["1.250,00 €", "€1,250.00", "1 250,00 ₽"]);
  expect([plain(1234.5678, "sl-SI"), plain(["a", { amount: "5", currency: "EUR" }], "sl-SI"), plain(null, "sl-SI"), plain(false, "sl-SI"), plain({ key: 1 }, "sl-SI")]).toEqual(["1.234,5678", "a; 5,00 €", "–", "false", '{"key":1}']);
});
