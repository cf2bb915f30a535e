import { compileExpression, type Money } from "@linija/rules";
import { expect, test } from "vitest";
import { catalogueFor, type CatalogueOptions, type CatalogueProject } from "./rules.catalogue.ts";

const name = (text: string) => ({ en: text, ru: text, sl: text });
const project: CatalogueProject = {
  project: { key: "internet", time_zone: "Europe/Ljubljana", languages: ["en", "ru", "sl"] },
  types: [{ key: "fault", name: name("Fault") }], departments: { crew: name("Crew") }, notices: { late: { subject: name("We are late") } },
};
const process = { stages: { new: { name: name("New") }, done: { name: name("Done") } }, fields: { refund: { kind: "money", name: name("Refund") }, "when-home": { kind: "moment", name: name("When home") }, import: { kind: "text", name: name("A reserved word") } } };
const hours = () => ({ add: (from: Date, ms: number) => new Date(from.getTime() + ms), between: (from: Date, to: Date) => (to.getTime() - from.getTime()) / 2, isOpen: () => true });
const options: CatalogueOptions = { processes: [process], purpose: "guard", hours, authority: (deed, roles) => (deed !== "refund" ? null : roles.includes("administrator") ? "any" : { amount: "20.00", currency: "EUR" }) };

const evaluate = (text: string, context: Record<string, unknown> = {}) => {
  const compiled = compileExpression(text, catalogueFor(project, options));
  if (!compiled.ok) throw new Error(compiled.problems.map((one) => `${one.code} ${JSON.stringify(one.params)}`).join("; "));
  const result = compiled.expression.evaluate(context);
  return result.ok ? result.value : result.problem.code;
};

test("R356 fields of a ticket are offered after a dot, in the reader's language", () => {
  const offered = catalogueFor(project, options).complete("ticket.", 7, { language: "ru" });
  expect(offered.find(({ insert }) => insert === "priority")?.doc).toBe("Приоритет");
  expect(catalogueFor(project, options).complete("ticket.fields.", 14).map(({ insert }) => insert)).toEqual(["refund", "when_home"]);
});

test("a stage that the process does not have is refused at save", () => {
  const compiled = compileExpression('ticket.stage == "doen"', catalogueFor(project, options));
  expect(compiled.ok ? [] : compiled.problems.map(({ code, params }) => [code, params])).toEqual([["value_not_allowed", { value: "doen", suggestion: "done" }]]);
});

test("no rule reads what its author may not", () => {
  const compiled = compileExpression("client.phone", catalogueFor(project, options), { rights: new Set(["tickets.read"]) });
  expect(compiled.ok ? "compiled" : compiled.problems[0]?.code).toBe("unknown_field");
});

test("working hours are asked of the project's calendar", () => {
  expect(evaluate("working_hours_between(ticket.created, now)", { ticket: { created: "2026-11-01T10:00:00Z" }, now: "2026-11-01T14:00:00Z" })).toBe(2);
  expect(evaluate('add_working_hours(now, 1.5) == timestamp("2026-11-01T15:30:00Z")', { now: "2026-11-01T14:00:00Z" })).toBe(true);
  expect(evaluate("working_hours_between(ticket.created, now) == null", { ticket: { created: "0001-01-01T10:00:00Z" }, now: "2026-11-01T14:00:00Z" })).toBe(true);
  expect(evaluate("is_open(now)", { now: "2026-11-01T14:00:00Z" })).toBe(true);
});

test("R216 authority is an amount by the actor's roles; none is empty, any is more than any amount", () => {
  const ticket = { fields: { refund: { amount: "25.00", currency: "EUR" } } };
  expect(evaluate('within_authority(actor, "refund", ticket.fields.refund)', { ticket, actor: { roles: ["operator"] } })).toBe(false);
  expect(evaluate('actor.within_authority("refund", ticket.fields.refund)', { ticket, actor: { roles: ["administrator"] } })).toBe(true);
  expect(String(evaluate('actor.authority("refund")', { actor: { roles: ["operator"] } }) as Money)).toBe("20.00 EUR");
  expect(evaluate('actor.authority("jump") == null', { actor: { roles: ["operator"] } })).toBe(true);
});
