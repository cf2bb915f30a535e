import { expect, test } from "vitest";
import { exactOf, moneyOf, readOf, writtenOf } from "./numbers.ts";

test("R154 a number is read as the person's language writes it, and kept with a point", () => {
  expect(["9,90", "9.90", "1.234,50", "1 234,50", "1\u00A0234,50", "1.234", "1.234.567", "12,", "-3,5", "\u22121.234,5"].map((text) => exactOf(text, "sl-SI"))).toEqual(["9.90", "9.90", "1234.50", "1234.50", "1234.50", "1234", "1234567", "12", "-3.5", "-1234.5"]);
  expect(["9,90", "1 234,5", "1.234", "0,125"].map((text) => exactOf(text, "ru-RU"))).toEqual(["9.90", "1234.5", "1.234", "0.125"]);
  expect(["9.90", "9,90", "1,234.50", "1,234", "0,125", "1,234,567.8"].map((text) => exactOf(text, "en-GB"))).toEqual(["9.90", "9.90", "1234.50", "1234", "0.125", "1234567.8"]);
});

test("what is no number stays as it was typed, so that the field can say so", () => {
  expect(["ten", "1,2,3", "1..2", "12.34,5", ""].map((text) => exactOf(text, "sl-SI"))).toEqual(["ten", "1.2.3", "1..2", "12.34.5", ""]);
});

test("R154 a kept number stands in its box with the reader's own mark", () => {
  expect([writtenOf("29.70", "sl-SI"), writtenOf("29.70", "ru-RU"), writtenOf("29.70", "en-GB"), writtenOf("ten", "sl-SI"), writtenOf("1234", "sl-SI")]).toEqual(["29,70", "29,70", "29.70", "ten", "1234"]);
  expect([readOf("1234.50", "sl-SI"), readOf("1234.50", "en-GB"), readOf("1.2.3", "sl-SI")]).toEqual(["1.234,50", "1,234.50", "1.2.3"]);
});

test("an amount of four digits is grouped as one of five, so that a column is even", () => {
  expect(["1234.5", "12345.6"].map((amount) => moneyOf({ amount, currency: "EUR" }, "sl-SI").replaceAll("\u00A0", " "))).toEqual(["1.234,50 €", "12.345,60 €"]);
  expect(moneyOf({ amount: "••••", currency: "EUR" }, "en-GB")).toBe("•••• EUR");
});
