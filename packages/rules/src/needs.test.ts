import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkRule, compare, compileExpression, compileRule, displayExpression, editRule, EXAMPLES, PRECEDENCE, sampleCatalogue, sampleContext } from "./index.ts";
import type { Expression, Rule } from "./index.ts";

/* Each need of the operators' chapter (R344–R357) with the check it names. */

const catalogue = sampleCatalogue();
const HEAD = "key: test\nname: { en: Test }\n";

function expression(text: string, expects?: string): Expression {
  const compiled = compileExpression(text, catalogue, { expects });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.expression;
}

function value(text: string, expects?: string): unknown {
  const compiled = expression(text, expects);
  const result = compiled.evaluate(sampleContext());
  return result.ok ? compiled.plain(result.value) : result.problem;
}

function rule(body: string): Rule {
  const compiled = compileRule(HEAD + body, catalogue);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.rule;
}

test("the rule in the README is accepted and runs", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const text = /```yaml\n([^]*?)```/.exec(readme)![1]!;
  expect(checkRule(text, catalogue)).toEqual([]);
  const compiled = compileRule(text, catalogue);
  expect(compiled.ok && compiled.rule.run(sampleContext())).toMatchObject({ ok: true, fired: true, actions: [{ action: "notify", params: { data: { sum: { amount: "15.01" } } } }] });
});

describe("operators of the rule language", () => {
  test("R344: a rule's text is parsed and type-checked when saved, and errors show their position", () => {
    const text = `${HEAD}when: client.vip &&\n  request.atempts > 2\nsteps:\n  - set: { request.score: '1 + "a"' }\n`;
    expect(checkRule(text, catalogue)).toEqual([
      { code: "unknown_field", params: { type: "request", name: "atempts", suggestion: "attempts" }, line: 4, column: 11, length: 7, path: ["when"] },
      { code: "text_and_other", params: { left: "int", right: "text", other: "int" }, line: 6, column: 28, length: 7, path: ["steps", 0, "set", "request.score"] },
    ]);
  });

  test("R345: 2+3*4 is 14 and (2+3)*4 is 20, and the order of operators is published", () => {
    expect(value("2+3*4")).toBe(14);
    expect(value("(2+3)*4")).toBe(20);
    expect(PRECEDENCE["*"]).toBeGreaterThan(PRECEDENCE["+"]!);
  });

  test("R346: 0.1 + 0.2 of money is 0.30, and division by zero is a problem with a place", () => {
    expect(value("0.1+0.2", "money<EUR>")).toEqual({ amount: "0.30", currency: "EUR" });
    expect(value('money("0.1", "EUR") + money("0.2", "EUR")')).toEqual({ amount: "0.30", currency: "EUR" });
    expect(value("order.total / (request.attempts - 1)")).toEqual({ code: "division_by_zero", params: {}, line: 1, column: 1, length: 35 });
  });

  test("R347: не (да и нет) is what !(true && false) is shown as, and it is true", () => {
    expect(displayExpression("!(true && false)", "ru")).toBe("не (да и нет)");
    expect(value("!(true && false)")).toBe(true);
    expect(value("true || 1 / 0 > 1")).toBe(true);
  });

  test("R348: set changes a settable field and leaves a trace; anything else is refused at save", () => {
    const result = rule(`steps:\n  - set: { request.priority: '"high"' }`).run(sampleContext());
    expect(result).toMatchObject({ ok: true, changes: [{ target: "request.priority", from: "normal", to: "high" }] });
    expect(result.trace.entries).toMatchObject([{ kind: "set", target: "request.priority", result: "high", line: 4 }]);
    expect(checkRule(`${HEAD}steps:\n  - set: { client.name: '"x"' }`, catalogue)).toMatchObject([{ code: "not_settable", params: { target: "client.name" }, line: 4, column: 12 }]);
  });

  test("R349: comparing a date with a date gives yes or no", () => {
    expect(expression("now > order.due").type).toBe("boolean");
    expect(value("now > order.due")).toBe(true);
    expect(value('"a" in ["a"] && "abc".contains("b") && "abc".matches("^a") && 2.between(1, 3) && order.total != client.balance')).toBe(true);
  });

  test("R350: changing a branch in the visual builder changes the text", () => {
    const text = `${HEAD}steps:\n  # by value\n  - if: order.total > 100\n    then:\n      - set: { request.priority: '"high"' }\n    else:\n      - set: { request.priority: '"low"' } # small\n`;
    const edited = editRule(text, { op: "set", path: ["steps", 0, "else", 0, "set", "request.priority"], value: '"normal"' });
    expect(edited).toEqual({ ok: true, text: text.replace('"low"', '"normal"') });
  });

  test("R351: while true ends with the budget's problem and without changes", () => {
    const endless = rule("steps:\n  - set: { request.attempts: 5 }\n  - while: true\n    do:\n      - set: { request.attempts: request.attempts + 1 }");
    const result = endless.run(sampleContext());
    expect(result).toMatchObject({ ok: false, problem: { code: "budget_steps", params: { limit: 10_000 } } });
    expect("changes" in result).toBe(false);
    let ms = 0;
    expect(endless.run(sampleContext(), { steps: 1e9, ms: 50, clock: () => ms++ })).toMatchObject({ ok: false, problem: { code: "budget_time", params: { limit: 50 } } });
  });

  test.each([
    ["steps:\n  - while: true\n    do: []", "endless_loop", 4],
    ["steps:\n  - let: { n: 1 }\n  - while: request.attempts > 0\n    do:\n      - set: { n: n + 1 }", "endless_loop", 5],
    ["steps:\n  - let: { n: 1 }\n  - while: n > 0\n    do:\n      - set: { n: n + 1 }", "endless_run", 7],
    ["when: request.attempts > 3\nsteps:\n  - let: { n: 1 }\n  - if: true\n    then:\n      - while: n != 0\n        do:\n          - set: { n: n + 2 }", "endless_run", 8],
  ])("R351: a loop that would not end is told with its place before the rule is saved: %s", (steps, code, line) => {
    expect(rule(steps).endless()).toMatchObject({ code, line });
  });

  test.each([
    "steps:\n  - let: { n: 1 }\n  - while: n < 10\n    do:\n      - set: { n: n * 2 }",
    "steps:\n  - while: request.attempts > 0\n    do:\n      - set: { request.attempts: request.attempts - 1 }",
    "steps:\n  - while: request.attempts > 0\n    do:\n      - stop: enough",
    "steps:\n  - set: { request.attempts: 1 }",
  ])("R351: a loop that can end is let through: %s", (steps) => {
    expect(rule(steps).endless()).toBeNull();
  });

  test.each(EXAMPLES.map((example) => [example.name.en, example] as const))("R352: the example “%s” runs green as inserted", (_, example) => {
    if (example.kind === "expression") {
      expect(value(example.text)).toEqual(example.result);
      return;
    }
    const compiled = compileRule(example.text, catalogue);
    const result = compiled.ok ? compiled.rule.run(sampleContext()) : compiled;
    expect(result).toMatchObject({ ok: true });
    if (!("changes" in result)) return;
    expect(Object.fromEntries(result.changes.map(({ target, to }) => [target, to]))).toEqual(example.changes);
    expect(result.actions).toHaveLength(example.actions);
  });

  test("R353: every type can be worked with, and text + number is a type error", () => {
    const types = ["1", "1.5", "order.weight", "order.total", '"a"', "true", "now", "call.waited", "[1]", "order", "null"].map((text) => expression(text).type);
    expect(types).toEqual(["int", "double", "decimal", "money<EUR>", "text", "boolean", "datetime", "duration", "list<int>", "order", "null"]);
    expect(compileExpression('"a" + 1', catalogue)).toMatchObject({ ok: false, problems: [{ code: "text_and_other", line: 1, column: 1, length: 7 }] });
  });

  test("R354: a second version tried on a hundred past requests shows which decisions change", () => {
    const version = (limit: number): Rule => rule(`when: request.attempts > ${limit}\nsteps:\n  - set: { request.priority: '"high"' }\n  - do: notify\n    with: { to: client.email, template: '"x"' }`);
    const past = Array.from({ length: 100 }, (_, i) => ({ id: `R-${i}`, context: { ...sampleContext(), request: { attempts: i % 10, priority: "normal" } } }));
    const compared = [...compare(version(5), version(7), past)];
    expect(compared.at(-1)).toMatchObject({ done: 100, differing: 20, failed: 0 });
    expect(compared.find(({ differences }) => differences.length > 0)).toMatchObject({
      id: "R-6",
      differences: [{ kind: "change", target: "request.priority", from: "normal", before: "high", after: "normal" }, { kind: "action", side: "only_before", action: "notify" }],
    });
    expect([...compare(null, version(5), past)].at(-1)).toMatchObject({ differing: 40 });
  });

  test("R355: who may not edit rules is denied", () => {
    expect(checkRule(`${HEAD}steps: []`, catalogue, new Set(["requests.route"]))).toMatchObject([{ code: "not_permitted" }]);
    expect(checkRule(`${HEAD}steps: []`, catalogue, new Set(["rules.edit"]))).toEqual([]);
  });

  test("R356: client. lists the fields of a client with their documentation", () => {
    const items = catalogue.complete("client.", 7, { language: "ru" });
    expect(items.find(({ insert }) => insert === "email")).toMatchObject({ kind: "field", detail: "text", doc: "Адрес почты" });
    expect(items).toHaveLength(9);
  });

  test("R357: a run says which step computed what, from which inputs, and when", () => {
    let ms = 100;
    const result = rule(`when: client.vip\nsteps:\n  - set: { request.dueAt: request.createdAt + duration("4h") }`).run(sampleContext(), { clock: () => ms++ });
    expect(result.trace).toEqual({
      dropped: 0,
      entries: [
        { kind: "when", path: ["when"], line: 3, inputs: { "client.vip": true }, result: true, atMs: 1 },
        { kind: "set", path: ["steps", 0, "set", "request.dueAt"], line: 5, target: "request.dueAt", inputs: { "request.createdAt": "2026-03-03T08:00:00.000Z" }, result: "2026-03-03T12:00:00.000Z", atMs: 2 },
      ],
    });
  });
});
