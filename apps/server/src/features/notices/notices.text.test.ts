import { expect, test } from "vitest";
import { languages } from "../api.contract.ts";
import type { FactView } from "../tickets/index.ts";
import { fieldValues, momentText } from "./notices.text.ts";

const winter = new Date("2026-12-01T10:00:00Z");
const summer = new Date("2026-07-01T06:05:00Z");

test.each([
  ["en", "Europe/Ljubljana", winter, "1 December 2026 at 11:00 CET"],
  ["en", "Europe/Ljubljana", summer, "1 July 2026 at 08:05 CEST"],
  ["en", "Europe/Moscow", winter, "1 December 2026 at 13:00 GMT+3"],
  ["ru", "Europe/Moscow", winter, "1 декабря 2026\u202fг. в 13:00 МСК"],
  ["ru", "Europe/Ljubljana", summer, "1 июля 2026\u202fг. в 08:05 CEST"],
  ["sl", "Europe/Ljubljana", winter, "1. december 2026 ob 11:00 CET"],
  ["sl", "Europe/Ljubljana", summer, "1. julij 2026 ob 08:05 CEST"],
  ["sl", "Europe/Moscow", winter, "1. december 2026 ob 13:00 GMT +3"],
] as const)("in %s a time of %s at %o is told to a client with its zone: %s", (language, timeZone, at, text) => {
  expect(momentText(at, language, timeZone)).toBe(text);
});

test("midnight is 00:00, and no moment is no words", () => {
  for (const language of languages) {
    expect(momentText(new Date("2026-12-01T23:00:00Z"), language, "Europe/Ljubljana")).toContain("00:00");
    expect(momentText(null, language, "Europe/Ljubljana")).toBe("");
  }
});

test.each([
  ["en", "1 December 2026 at 11:00 CET", "2 December 2026", "€12,345.50", "yes"], ["ru", "1 декабря 2026\u202fг. в 11:00 CET", "2 декабря 2026 г.", "12\u00a0345,50\u00a0€", "да"], ["sl", "1. december 2026 ob 11:00 CET", "2. december 2026", "12.345,50\u00a0€", "da"],
] as const)("R112 in %s a client reads the fields of a request in words", (language, ...[moment, date, money, yes]) => {
  const fact = (kind: FactView["kind"], value: FactView["value"], currency: string | null = null): FactView => ({ key: kind, name: "", kind, value, currency });
  const facts = [fact("moment", winter.toISOString()), fact("date", "2026-12-02"), fact("money", "12345.50", "EUR"), fact("boolean", true), fact("number", 7), fact("text", "LJ AB-123"), fact("choice", "Line")];
  expect(fieldValues(facts, language, "Europe/Ljubljana")).toEqual({ "fields.moment": moment, "fields.date": date, "fields.money": money, "fields.boolean": yes, "fields.number": "7", "fields.text": "LJ AB-123", "fields.choice": "Line" });
});
