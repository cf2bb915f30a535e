import { expect, test } from "vitest";
import { amountOf, digitsOf, exactOf, moneyOf, numberOf, readOf, writtenOf } from "./numbers.ts";

test("R154 a number is read as the person's language writes it, and kept with a point", () => {
  expect(["9,90", "9.90", "1.234,50", "1 234,50", "1\u00A0234,50", "1.234", "1.234.567", "12,", "-3,5", "\u22121.234,5"].map((text) => exactOf(text, "sl-SI"))).toEqual(["9.90", "9.90", "1234.50", "1234.50", "1234.50", "1234", "1234567", "12", "-3.5", "-1234.5"]);
  expect(["9,90", "1 234,5", "1.234", "0,125", ",5"].map((text) => exactOf(text, "ru-RU"))).toEqual(["9.90", "1234.5", "1.234", "0.125", "0.5"]);
  expect(["9.90", "9,90", "1,234.50", "1,234", "0,125", "1,234,567.8"].map((text) => exactOf(text, "en-GB"))).toEqual(["9.90", "9.90", "1234.50", "1234", "0.125", "1234567.8"]);
});

test("what is no number stays as it was typed, so that the field can say so", () => {
  expect(["ten", "1,2,3", "1..2", "12.34,5", "", "1 / 2", "0x10", "1e5"].map((text) => exactOf(text, "sl-SI"))).toEqual(["ten", "1,2,3", "1..2", "12.34,5", "", "1 / 2", "0x10", "1e5"]);
});

test("R154 no part of what is no number is taken for one, nor a number that would be kept with other digits", () => {
  expect(["1/2", "0x10", "1e5", "", "-", "12345678901234567890", "0,1234567890123456"].map((text) => numberOf(text, "sl-SI"))).toEqual([null, null, null, null, null, null, null]);
  expect(["1.234,5", "-0,5", "1,", "999999999999999", "0,000000123456789"].map((text) => numberOf(text, "sl-SI"))).toEqual([1234.5, -0.5, 1, 999999999999999, 0.000000123456789]);
  expect([0.1, 1e-7, 123456789012345, 0.123456789012345].map(digitsOf)).toEqual(["0.1", "0.0000001", "123456789012345", "0.123456789012345"]);
});

test("an amount that is pasted with its currency is read with it, and never in another one", () => {
  expect(["1.234,50 €", "€ 12", "12,5 EUR", "100 $", "-3 eur", "12,5"].map((text) => amountOf(text, "sl-SI"))).toEqual([
    { amount: "1234.50", currency: "EUR" }, { amount: "12", currency: "EUR" }, { amount: "12.5", currency: "EUR" }, { amount: "100", currency: "USD" }, { amount: "-3", currency: "EUR" }, { amount: "12.5", currency: null }]);
  expect(["1 234,50 ₽", "300 руб.", "300 р."].map((text) => amountOf(text, "ru-RU"))).toEqual([{ amount: "1234.50", currency: "RUB" }, { amount: "300", currency: "RUB" }, { amount: "300", currency: "RUB" }]);
  // A word that is no currency, two currencies, no amount.
  expect(["12 abc", "€ 12 $", "ten €", "1/2 €"].map((text) => amountOf(text, "en-GB"))).toEqual(["12 abc", "€ 12 $", "ten €", "1/2 €"].map((amount) => ({ amount, currency: null })));
});

test("R154 a kept number stands in its box with the reader's own mark", () => {
  expect([writtenOf("29.70", "sl-SI"), writtenOf("29.70", "ru-RU"), writtenOf("29.70", "en-GB"), writtenOf("ten", "sl-SI"), writtenOf("1234", "sl-SI")]).toEqual(["29,70", "29,70", "29.70", "ten", "1234"]);
  expect([readOf("1234.50", "sl-SI"), readOf("1234.50", "en-GB"), readOf("1.2.3", "sl-SI")]).toEqual(["1.234,50", "1,234.50", "1.2.3"]);
});

test("an amount of four digits is grouped as one of five, so that a column is even", () => {
  expect(["1234.5", "12345.6"].map((amount) => moneyOf({ amount, currency: "EUR" }, "sl-SI").replaceAll("\u00A0", " "))).toEqual(["1.234,50 €", "12.345,60 €"]);
  expect(moneyOf({ amount: "••••", currency: "EUR" }, "en-GB")).toBe("•••• EUR");
});
