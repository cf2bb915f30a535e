import { expect, test } from "vitest";
import { nameBehind, sayCondition, writeInput, type Writing } from "./tickets.why.rules.ts";

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
    "Verdict (Founded) = Founded and Days (4) ≥ 1.5", "Вывод (Обоснована) = Обоснована и Days (4) ≥ 1,5", "Ugotovitev (Utemeljena) = Utemeljena in Days (4) ≥ 1,5",
  ]);
});

test.each(['actor.roles.exists(role, role == "x")', "size(ticket.fields.note) > 1", "ticket.fields.unread > 1", "{1: 2} == {1: 2}", '"a\\n" == ticket.fields.note'])("what cannot be said in words is left to its text: %s", (text) => {
  expect(sayCondition(text, inputs, writing())).toBeNull();
});

test("moments are those of the project's place, and what is no longer declared keeps its last name", () => {
  expect(writeInput("2026-03-02T09:00:00Z", vocabulary.records!["ticket"]!.fields["due"], writing())).toBe("2 Mar 2026, 10:00");
  expect(nameBehind(writing(), "ticket.fields.old_name")).toBe("old name");
});
