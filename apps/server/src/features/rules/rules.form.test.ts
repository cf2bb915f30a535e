import { compileExpression } from "@linija/rules";
import { EXAMPLE, formHost, readForm } from "@linija/forms";
import { expect, test } from "vitest";
import { catalogueFor, type CatalogueProject } from "./rules.catalogue.ts";

const name = (text: string) => ({ en: text, ru: text, sl: text });
const documentOf = (text: string) => { const read = readForm(text, formHost("UTC")); if (!read.ok) throw new Error(JSON.stringify(read.problems)); return read.form.document; };
const order = documentOf(EXAMPLE);
const other = documentOf(`key: other
name: { en: O, ru: О, sl: O }
schema:
  properties:
    building: { x-kind: choice, x-name: { en: B, ru: З, sl: S }, x-options: [{ value: tower, name: { en: T, ru: Б, sl: S } }] }
    note: { x-kind: number, x-name: { en: N, ru: Ч, sl: Š } }
    reason: { x-kind: text, x-name: { en: R, ru: П, sl: R } }
`);
const project = (types: CatalogueProject["types"]): CatalogueProject => ({ project: { key: "internet", time_zone: "Europe/Ljubljana", languages: ["en"] }, types, more: { forms: { connection: order, other } } });
const process = { key: "connection", stages: { new: { name: name("New") } }, fields: {} };
const problems = (text: string, of: CatalogueProject, rights?: ReadonlySet<string>): string[] => {
  const compiled = compileExpression(text, catalogueFor(of, { processes: [process], purpose: "guard" }), rights ? { rights } : {});
  return compiled.ok ? [] : compiled.problems.map(({ code }) => code);
};
const one = project([{ key: "connect", name: name("Connect"), process: "connection", form: "connection" }, { key: "ask", name: name("Ask"), process: "question", form: "other" }]);

test("guards of a process see the fields of its types' form, typed", () => {
  expect(problems('form.building == "flat" && form.total > 100 && form.equipment.all(row, row.count < 5) && form.issue_on > now', one)).toEqual([]);
  expect(problems('form.building == "tower"', one)).toEqual(["value_not_allowed"]);
  expect(problems("form.reason", one)).toEqual(["unknown_field"]);
});

test("a masked field is read only by who has its right", () => {
  expect(problems('form.passport.number == ""', one, new Set(["tickets.read"]))).toEqual(["unknown_field"]);
  expect(problems('form.passport.number == ""', one, new Set(["clients.documents"]))).toEqual([]);
});

test("where types have different forms, what is two different things is left out", () => {
  const both = project([{ key: "connect", name: name("Connect"), process: "connection", form: "connection" }, { key: "ask", name: name("Ask"), process: "connection", form: "other" }]);
  expect(problems('form.reason == "" || form.building == "tower" || form.building == "flat"', both)).toEqual([]);
  expect(problems('form.note == ""', both)).toEqual(["unknown_field"]);
});

test("without a form there is no such variable", () => {
  expect(problems("form.total > 1", project([{ key: "connect", name: name("Connect"), process: "connection" }]))).toEqual(["unknown_variable"]);
});
