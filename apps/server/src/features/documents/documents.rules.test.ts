import { createCatalogue } from "@linija/rules";
import { expect, test } from "vitest";
import { wordsOf } from "../projects/index.ts";
import { documentSchema } from "./documents.declaration.contract.ts";
import { compileDocument, cutText, printDocument } from "./documents.rules.ts";

const words = (text: string) => ({ en: text, ru: text, sl: text });
const catalogue = createCatalogue({
  timeZone: "Europe/Ljubljana",
  records: {
    line: { doc: words("Line"), fields: { kind: { type: "text", doc: words("Kind"), values: [{ value: "rent", doc: { en: "Rented", ru: "Аренда", sl: "Najem" } }, { value: "own", doc: { en: "Own", ru: "Своё", sl: "Lastno" } }] }, what: { type: "text", doc: words("What") }, price: { type: "money<EUR>", doc: words("Price") } } },
    ticket: { doc: words("Ticket"), fields: {
      number: { type: "text", doc: words("Number") }, created: { type: "datetime", doc: words("Created") }, refund: { type: "money<EUR>", doc: words("Refund") },
      urgent: { type: "boolean", doc: words("Urgent") }, extras: { type: "list<text>", doc: words("Extras"), values: [{ value: "tv", doc: { en: "Television", ru: "Телевидение", sl: "Televizija" } }, { value: "ip", doc: { en: "Fixed address", ru: "Постоянный адрес", sl: "Stalni naslov" } }] }, lines: { type: "list<line>", doc: words("Lines") }, took: { type: "duration", doc: words("Took") }, secret: { type: "text", read: "clients.documents", doc: words("Secret") },
    } },
  },
  variables: { ticket: { type: "ticket", doc: words("Ticket") } },
});
const context = { ticket: {
  number: "INT-1", created: "2026-03-28T23:00:00Z", refund: { amount: "1234.5", currency: "EUR" }, urgent: true, extras: ["ip", "tv"], took: 5_400_000,
  lines: [{ kind: "rent", what: "Modem", price: { amount: "49.90", currency: "EUR" } }, { kind: "own", what: "Кабель", price: { amount: "3.00", currency: "EUR" } }],
} };
const declared = (content: unknown[]) => documentSchema.parse({ key: "act", name: words("Act"), title: { en: "Act for {{ticket.number}}", ru: "Акт по {{ticket.number}}", sl: "Zapisnik {{ticket.number}}" }, content });
const print = (content: unknown[], language: "en" | "ru" | "sl" = "en") => {
  const compiled = compileDocument(declared(content), catalogue);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const result = printDocument(compiled.document, context, { language, timeZone: "Europe/Ljubljana" });
  if (!result.ok) throw new Error(result.problem.code);
  return result.printed;
};

test("R118 a document writes values as its language does", () => {
  const content = [{ facts: [{ name: words("Refund"), value: "ticket.refund" }, { name: words("On"), value: "ticket.created" }, { name: words("Urgent"), value: "ticket.urgent" }, { name: words("Took"), value: "ticket.took" }] }];
  const facts = (language: "en" | "ru" | "sl") => (print(content, language).content[0] as { facts: [string, string][] }).facts.map(([, value]) => value.replaceAll(/\s/g, " "));
  expect(facts("en")).toEqual(["€1,234.50", "29 March 2026", "yes", "1 h 30 min"]);
  expect(facts("ru")).toEqual(["1 234,50 €", "29 марта 2026 г.", "да", "1 ч 30 мин"]);
  expect(facts("sl")).toEqual(["1.234,50 €", "29. marec 2026", "da", "1 h 30 min"]);
  expect(print(content, "ru").title).toBe("Акт по INT-1");
});

test("R118 a table has a row for each element, and blocks stand only when their condition is true", () => {
  const printed = print([
    { table: { rows: "ticket.lines", as: "line", columns: [{ name: words("What"), value: "line.what" }, { name: words("Price"), value: "line.price", align: "right" }] } },
    { text: words("Nobody sees this"), when: "!ticket.urgent" }, { text: words('Total {{sum(ticket.lines.map(one, one.price))}} and "{{"}}"}}"') },
  ]);
  expect(printed.content).toMatchObject([{ kind: "table", rows: [["Modem", "€49.90"], ["Кабель", "€3.00"]] }, { kind: "text", text: 'Total €52.90 and "}}"' }]);
});

test("R118 choices stand by their names in the paper's language: one, several of one field, and those in rows of a table", () => {
  const content = [
    { facts: [{ name: words("Extras"), value: "ticket.extras" }] }, { text: words("With {{ticket.extras}}") },
    { table: { rows: "ticket.lines", as: "line", columns: [{ name: words("What"), value: "line.what" }, { name: words("Kind"), value: "line.kind" }] } },
  ];
  expect((["en", "ru", "sl"] as const).map((language) => print(content, language).content)).toMatchObject([
    [{ facts: [["Extras", "Fixed address, Television"]] }, { text: "With Fixed address, Television" }, { rows: [["Modem", "Rented"], ["Кабель", "Own"]] }],
    [{ facts: [["Extras", "Постоянный адрес, Телевидение"]] }, {}, { rows: [["Modem", "Аренда"], ["Кабель", "Своё"]] }],
    [{ facts: [["Extras", "Stalni naslov, Televizija"]] }, {}, { rows: [["Modem", "Najem"], ["Кабель", "Lastno"]] }],
  ]);
});

test("R118 braces that are not closed are refused at save with their place: they would stand on the paper as they are", () => {
  const told = compileDocument(declared([{ text: { ...words("Plain"), ru: 'Заявка {{ticket.number}} о {{ticket.what + "}}"' } }, { list: [words("a }} b"), words("{{ never")] }]), catalogue);
  const unclosed = told.ok ? [] : told.problems.filter(({ code }) => code === "document_unclosed");
  expect(unclosed.map(({ path }) => path.join("."))).toEqual(["content.0.text.ru", "content.1.list.1.en", "content.1.list.1.ru", "content.1.list.1.sl"]);
  expect(wordsOf(unclosed[0]!, "ru")).toEqual({ message: '«{{ticket.what + "}}"» не закрыто', remedy: "поставьте }} после выражения" });
});

test("a mistake in any expression is refused at save with its place", () => {
  const compiled = compileDocument(declared([{ text: words("{{ticket.nubmer}}") }, { text: words("x"), when: "ticket.number" }, { table: { rows: "ticket.lines", columns: [{ name: words("x"), value: "row.wat" }] } }]), catalogue);
  if (compiled.ok) throw new Error("compiled");
  expect(compiled.problems.map(({ path }) => path.join("."))).toEqual(["content.0.text.en", "content.0.text.ru", "content.0.text.sl", "content.1.when", "content.2.table.columns.0.value"]);
  expect((compiled.problems[0]!.params["text"] as { en: string }).en).toContain("number");
});

test("a document cannot read what its author may not", () => {
  const compiled = compileDocument(declared([{ text: words("{{ticket.secret}}") }]), catalogue, new Set<string>());
  expect(compiled.ok).toBe(false);
});

test("a value that cannot be computed gives no document", () => {
  const compiled = compileDocument(declared([{ text: words("{{1 / (size(ticket.lines) - 2)}}") }]), catalogue);
  if (!compiled.ok) throw new Error("refused");
  expect(printDocument(compiled.document, context, { language: "en", timeZone: "UTC" })).toMatchObject({ ok: false });
});

test("texts are cut at expressions, not at braces within quotes", () => {
  expect(cutText('a {{ "}}" + x }} b {{y}}')).toEqual(["a ", { expression: '"}}" + x' }, " b ", { expression: "y" }]);
  expect(cutText("a {{ never closed")).toEqual(["a {{ never closed"]);
  expect(cutText("")).toEqual([]);
});
