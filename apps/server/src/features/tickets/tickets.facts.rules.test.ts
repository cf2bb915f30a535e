import { expect, test } from "vitest";
import { processSchema } from "../processes/index.ts";
import { factsOf } from "./tickets.facts.rules.ts";

const name = (en: string) => ({ en, ru: `${en} (ru)`, sl: `${en} (sl)` });
const process = processSchema.parse({
  key: "loan", name: name("Loan"), start: "open", stages: { open: { name: name("Open"), client_sees: "received" } }, transitions: {}, clocks: { deadline_hours: null },
  fields: {
    contract: { kind: "text", name: name("Contract") }, verdict: { kind: "choice", name: name("Verdict"), options: { yes: name("Founded") } }, by: { kind: "employee", name: name("By") },
    given: { kind: "money", name: name("Given"), currency: "EUR" }, told: { kind: "boolean", name: name("Told") }, where: { kind: "department", name: name("Where") }, left: { kind: "text", name: name("Left") },
  },
});

test("what a step asked for is told on the ticket in the reader's language, colleagues' ids and what nobody declared are not (R110)", () => {
  const fields = { own: "x", told: false, contract: "KP-1", verdict: "yes", by: "0199-…", given: "8000.00", where: "credit", left: "", toString: 1 };
  expect(factsOf(process, { credit: name("Credit") }, { fields, language: "ru" }).map((fact) => [fact.key, fact.name, fact.value, fact.currency])).toEqual([
    ["contract", "Contract (ru)", "KP-1", null], ["verdict", "Verdict (ru)", "Founded (ru)", null], ["given", "Given (ru)", "8000.00", "EUR"], ["told", "Told (ru)", false, null], ["where", "Where (ru)", "Credit (ru)", null],
  ]);
});
