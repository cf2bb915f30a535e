import { expect, test } from "vitest";
import { nameBehind, writeInput, type Writing } from "./tickets.why.rules.ts";
import { sayCondition } from "./tickets.why.words.rules.ts";

const doc = (en: string, ru = en, sl = en) => ({ en, ru, sl });
const vocabulary: Writing["vocabulary"] = {
  records: {
    ticket: { doc: doc("A ticket"), fields: { fields: { type: "fields", doc: doc("Fields") }, due: { type: "datetime", doc: doc("To be solved by") } } },
    fields: { doc: doc("Fields"), fields: {
      amount: { type: "money<EUR>", doc: doc("Amount", "Сумма", "Znesek") }, days: { type: "int", doc: doc("Days") }, note: { type: "text", doc: doc("Note") }, ok: { type: "boolean", doc: doc("Spoken with") }, who: { type: "text", doc: doc("Who") },
      verdict: { type: "text", doc: doc("Verdict", "Вывод", "Ugotovitev"), values: [{ value: "founded", doc: doc("Founded", "Обоснована", "Utemeljena") }, { value: "unfounded", doc: doc("Unfounded", "Не обоснована", "Neutemeljena") }] },
    } },
  },
  variables: { ticket: { type: "ticket", doc: doc("The ticket") } },
};
const writing = (language: Writing["language"] = "en"): Writing => ({ language, timeZone: "Europe/Ljubljana", vocabulary, people: new Map([["7", "Ana Kos"]]) });
const inputs = { "ticket.fields.amount": { amount: "1200.00", currency: "EUR" }, "ticket.fields.days": 4, "ticket.fields.verdict": "founded", "ticket.fields.ok": true, "ticket.fields.note": null, "ticket.fields.who": "7", "ticket.due": "2026-03-02T09:00:00Z" };

test.each([
  ["ticket.fields.days > 1000", "Days (4) > 1,000"],
  ['ticket.fields.verdict != "unfounded" && ticket.fields.ok == true', "Verdict (Founded) ≠ Unfounded and Spoken with (yes) = yes"],
  ['!(ticket.fields.note == "x" || ticket.fields.days in [1, 4])', "not (Note (empty) = “x” or Days (4) is one of [1, 4])"],
  ["has(ticket.fields.note) && ticket.fields.amount != null", "Note is filled in and Amount (€1,200.00) ≠ empty"],
  ['ticket.fields.who == "7"', "Who (Ana Kos) = “7”"],
])("a condition is said with names and values: %s", (text, said) => {
  expect(sayCondition(text, inputs, writing())).toBe(said);
});

test("the same condition in the three languages", () => {
  const text = 'ticket.fields.verdict == "founded" && ticket.fields.days >= 1.5';
  expect((["en", "ru", "sl"] as const).map((language) => sayCondition(text, inputs, writing(language)))).toEqual([
    "Verdict (Founded) = Founded and Days (4) ≥ 1.5", "Вывод (Обоснована) = Обоснована и Days (4) ≥ 1,5", "Ugotovitev (Utemeljena) = Utemeljena in hkrati Days (4) ≥ 1,5",
  ]);
});

test.each([
  ["size(ticket.fields.note) > 1", "Note (empty): number of characters > 1", "Note (пусто): число знаков > 1", "Note (prazno): število znakov > 1"],
  ["ticket.due.addDays(3) < now", "To be solved by (2 Mar 2026, 10:00) + 3 days < now", "To be solved by (2 мар. 2026 г., 10:00) + 3 дня < now", "To be solved by (2. mar. 2026, 10:00) + 3 dni < now"],
  ['ticket.fields.note.matches("(?i)fire|пожар")', "Note (empty) contains one of “fire”, “пожар”", "Note (пусто) содержит что-либо из «fire», «пожар»", "Note (prazno) vsebuje nekaj od »fire«, »пожар«"],
  ['ticket.fields.note.matches("^A[0-9]+$") || ticket.fields.note.lower().contains("b")', "Note (empty) fits the pattern “^A[0-9]+$” or Note (empty) contains “b”", "Note (пусто) подходит под шаблон «^A[0-9]+$» или Note (пусто) содержит «b»", "Note (prazno) ustreza vzorcu »^A[0-9]+$« ali Note (prazno) vsebuje »b«"],
  ['roles.exists(role, role == "x") && !roles.all(role, size(role) > 2)', "roles contains “x” and not (roles, every one: this one: number of characters > 2)", "roles содержит «x» и не (roles, каждое: это: число знаков > 2)", "roles vsebuje »x« in hkrati ne (roles, vsako: to: število znakov > 2)"],
  ['ticket.fields.amount.between(money("20", "EUR"), money("50.5", "EUR"))', "Amount (€1,200.00) is between €20.00 and €50.50", "Сумма (1 200,00 €) от 20,00 € до 50,50 €", "Znesek (1.200,00 €) je med 20,00 € in 50,50 €"],
  ['now - ticket.due > duration("1d12h")', "now - To be solved by (2 Mar 2026, 10:00) > 1 day 12 hours", "now - To be solved by (2 мар. 2026 г., 10:00) > 1 день 12 часов", "now - To be solved by (2. mar. 2026, 10:00) > 1 dan 12 ur"],
])("functions are said in words, too: %s", (text, ...said) => {
  expect((["en", "ru", "sl"] as const).map((language) => sayCondition(text, inputs, writing(language))?.replaceAll(/[\u00a0\u202f]/g, " "))).toEqual(said);
});

test("what was not looked at is said without a value", () => {
  expect(sayCondition('ticket.fields.days > 1 || ticket.fields.unread == "x"', inputs, writing())).toBe("Days (4) > 1 or unread = “x”");
});

test.each(["{1: 2} == {1: 2}", '"a\\n" == ticket.fields.note', 'actor.authority("refund") > 1', "ticket.fields.list[0] == 1", "items.filter(item, item.price > 1).size() > 0"])("what there are no words for is left to its text: %s", (text) => {
  expect(sayCondition(text, inputs, writing())).toBeNull();
});

test("moments are those of the project's place, and what is no longer declared keeps its last name", () => {
  expect(writeInput("2026-03-02T09:00:00Z", vocabulary.records!["ticket"]!.fields["due"], writing())).toBe("2 Mar 2026, 10:00");
  expect(nameBehind(writing(), "ticket.fields.old_name")).toBe("old name");
});
