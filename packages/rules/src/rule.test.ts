import { describe, expect, test } from "vitest";
import { createCatalogue } from "./catalogue.ts";
import { compileRule, checkRule } from "./rule.ts";
import type { Rule, RunOptions, RunResult } from "./rule.ts";
import { sampleCatalogue, sampleContext } from "./sample.ts";

const catalogue = sampleCatalogue();
const HEAD = "key: test\nname: { en: Test }\n";

function rule(body: string): Rule {
  const compiled = compileRule(HEAD + body, catalogue);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.rule;
}

function run(body: string, options: RunOptions = {}): RunResult {
  return rule(body).run(sampleContext(), options);
}

function outcome(body: string): unknown {
  const result = run(body);
  if (!result.ok) return `${result.problem.code} ${result.problem.line}:${result.problem.column}`;
  return Object.fromEntries(result.changes.map(({ target, to }) => [target, to]));
}

function refusals(body: string): string[] {
  return checkRule(HEAD + body, catalogue).map(({ code, line, column, length }) => `${code} ${line}:${column}+${length}`);
}

describe("steps", () => {
  test.each([
    ["set writes a field", `steps:\n  - set: { request.priority: '"high"', request.attempts: request.attempts + 1 }`, { "request.priority": "high", "request.attempts": 2 }],
    ["a later step sees what an earlier one set", "steps:\n  - set: { request.attempts: 5 }\n  - set: { request.attempts: request.attempts * 2 }", { "request.attempts": 10 }],
    ["let names a value, set changes it", "steps:\n  - let: { n: 1 }\n  - set: { n: n + 1 }\n  - set: { request.attempts: n }", { "request.attempts": 2 }],
    ["if takes the first branch that holds", "steps:\n  - if: request.attempts > 5\n    then: [{ set: { request.attempts: 1 } }]\n    else_if:\n      - if: request.attempts == 1\n        then: [{ set: { request.attempts: 7 } }]\n    else:\n      - set: { request.attempts: 3 }", { "request.attempts": 7 }],
    ["else when none holds", "steps:\n  - if: request.attempts > 5\n    then: []\n    else:\n      - set: { request.attempts: 3 }", { "request.attempts": 3 }],
    ["for visits every element", "steps:\n  - let: { total: 'money(0, \"EUR\")' }\n  - for: one\n    in: client.orders\n    do:\n      - set: { total: total + one.total }\n  - set: { request.compensation: total * 0.1 }", { "request.compensation": { amount: "15.01", currency: "EUR" } }],
    ["while repeats as long as it holds", "steps:\n  - let: { n: 0 }\n  - while: n < 10\n    do:\n      - set: { n: n + 3 }\n  - set: { request.attempts: n }", { "request.attempts": 12 }],
    ["stop ends the rule, also from within loops", "steps:\n  - for: one\n    in: client.orders\n    do:\n      - set: { request.attempts: request.attempts + 1 }\n      - stop: enough\n  - set: { request.attempts: 99 }", { "request.attempts": 2 }],
    ["when decides whether anything is done", "when: request.attempts > 5\nsteps:\n  - set: { request.attempts: 99 }", {}],
    ["what ends up as it was is no change", "steps:\n  - set: { request.attempts: 5 }\n  - set: { request.attempts: 1 }", {}],
    ["a field is emptied", `steps:\n  - set: { request.priority: '"low"' }\n  - set: { request.score: null }`, { "request.priority": "low", "request.score": null }],
    ["a list is set", "steps:\n  - set: { client.tags: 'client.tags + [\"late\"]' }", { "client.tags": ["loyal", "late"] }],
    ["a moment is set", "steps:\n  - set: { request.dueAt: 'now + duration(\"2h\")' }", { "request.dueAt": "2026-03-04T11:00:00.000Z" }],
    ["a whole number is set into a double", "steps:\n  - set: { request.score: 1 }", { "request.score": 1 }],
  ])("%s", (_, body, expected) => {
    expect(outcome(body)).toEqual(expected);
  });

  test("do asks for an action with its parameters, in order", () => {
    const result = run(`steps:\n  - do: notify\n    with: { to: client.email, template: '"late"', data: '{"sum": order.total, "days": [1, 2]}' }\n  - do: assign\n    with: { queue: '"vip"' }`);
    expect(result.ok && result.actions).toEqual([
      { action: "notify", params: { to: "ziga@example.org", template: "late", data: { sum: { amount: "120.00", currency: "EUR" }, days: [1, 2] } }, path: ["steps", 0] },
      { action: "assign", params: { queue: "vip" }, path: ["steps", 1] },
    ]);
  });

  test("money set into a field is rounded half to even", () => {
    expect(outcome("steps:\n  - set: { request.compensation: order.total / 7 }")).toEqual({ "request.compensation": { amount: "17.14", currency: "EUR" } });
    expect(outcome("steps:\n  - set: { request.compensation: 0.125 }")).toEqual({ "request.compensation": { amount: "0.12", currency: "EUR" } });
  });

  test("a problem on the way leaves nothing, and names its place in the document", () => {
    const result = run("steps:\n  - set: { request.attempts: 5 }\n  - set:\n      request.score: >\n        1.0 +\n        request.attempts /\n        (request.attempts - 5)");
    expect(result).toMatchObject({ ok: false, problem: { code: "division_by_zero", line: 8, column: 9, path: ["steps", 1, "set", "request.score"] } });
    expect("changes" in result).toBe(false);
  });

  test("a value that is not allowed is refused while running where it could not be known before", () => {
    expect(outcome("steps:\n  - set: { request.priority: client.name }")).toBe("value_not_allowed 4:30");
    expect(outcome("steps:\n  - set: { request.priority: request.queue }")).toBe("null_value 4:30");
  });

  test("setting a field of a record that is not there is a problem", () => {
    const result = rule("steps:\n  - set: { request.attempts: 1 }").run({ request: null });
    expect(result).toMatchObject({ ok: false, problem: { code: "null_value", params: { what: "request" } } });
  });

  test("the record given is not changed, nor anything in it", () => {
    const context = sampleContext();
    const before = structuredClone(context);
    const frozen = deepFreeze(context);
    const result = rule("steps:\n  - set: { request.attempts: 5, order.discount: 5, client.tags: '[\"a\"]' }\n  - for: one\n    in: client.orders\n    do:\n      - set: { request.score: 0.1 }").run(frozen);
    expect(result.ok).toBe(true);
    expect(context).toEqual(before);
  });
});

function deepFreeze<V>(value: V): V {
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

describe("what is refused at save", () => {
  test.each([
    ["steps:\n  - set: { client.name: '\"x\"' }", ["not_settable 4:12+11"]],
    ["steps:\n  - set: { request: null }", ["not_settable 4:12+7"]],
    ["steps:\n  - set: { request.prioriti: '\"high\"' }", ["not_settable 4:12+16"]],
    ["steps:\n  - set: { request.priority: '\"hihg\"' }", ["value_not_allowed 4:30+8"]],
    ["steps:\n  - set: { request.priority: null }", ["null_value 4:30+4"]],
    ["steps:\n  - set: { request.attempts: '\"five\"' }", ["wrong_type 4:31+6"]],
    ["steps:\n  - set: { request.attempts: 1.5 }", ["wrong_type 4:30+3"]],
    ["steps:\n  - let: { n: 1 }\n  - set: { n: '\"a\"' }", ["wrong_type 5:16+3"]],
    ["steps:\n  - let: { now: 1 }", ["name_taken 4:12+3"]], ["steps:\n  - let: { n: 1 }\n  - let: { n: 2 }", ["name_taken 5:12+1"]],
    ["steps:\n  - let: { constructor: 1 }", ["bad_name 4:12+11"]], ["steps:\n  - let: { n: null }", ["type_unclear 4:15+4"]], ["steps:\n  - let: { n: [] }", ["expected_text 4:15+2"]],
    ["steps:\n  - if: true\n    then: [{ let: { n: 1 } }]\n  - set: { request.attempts: n }", ["unknown_variable 6:30+1"]],
    ["steps:\n  - for: x\n    in: client.orders\n    do:\n      - set: { x: null }", ["not_settable 7:16+1"]],
    ["steps:\n  - for: x\n    in: client.name\n    do: []", ["wrong_type 5:9+11"]],
    ["steps:\n  - if: request.attempts\n    then: []", ["wrong_type 4:9+16"]], ["steps:\n  - while: 1\n    do: []", ["wrong_type 4:12+1"]], ["when: now\nsteps: []", ["wrong_type 3:7+3"]],
    ["steps:\n  - do: notifi\n    with: { to: client.emial }", ["unknown_action 4:9+6", "unknown_field 5:24+5"]],
    ["steps:\n  - do: notify\n    with: { to: 5, what: 1, template: '\"x\"' }", ["wrong_type 5:17+1", "unknown_parameter 5:20+4"]],
    ["steps:\n  - do: notify\n    with: { to: client.email }", ["missing_parameter 4:9+6"]],
    ["steps:\n  - do: notify\n    with: { to: client.email, template: null, data: client }", ["null_value 5:41+4", "unsupported 5:53+6"]],
    ["steps:\n  - fo: x", ["unknown_step 4:5+5"]], ["steps: {}", ["expected_list 3:8+2"]], ["steps:\n  - 5", ["expected_map 4:5+1"]], ["steps:\n  - if: true", ["missing_key 4:5+8"]],
    ["steps: []\nstep: []", ["unknown_key 4:1+4"]], ["steps: []\nsteps: []", ["duplicate_key 4:1+5"]], ["", ["missing_key 1:1+29"]],
    ["when: &a true\nsteps: []", ["yaml_feature 3:7+2"]], ["when: !client.vip\nsteps: []", ["yaml_feature 3:7+11"]], ["when: *a\nsteps: []", ["yaml_feature 3:7+2"]], ["when: now > now ? true : false\nsteps: []", ["yaml_feature 3:24+1"]],
    ["when: {\nsteps: []", ["yaml 4:1+1"]],
    ["when: \"client.vip \\u0026& clent.vip\"\nsteps: []", ["unknown_variable 3:27+5"]],
    ["when: 'client.name == ''x'' && clent.vip'\nsteps: []", ["unknown_variable 3:32+5"]],
    ["when: |\n  client.vip &&\n    clent.vip\nsteps: []", ["unknown_variable 5:5+5"]],
    ["when: client.vip\n  && clent.vip\nsteps: []", ["unknown_variable 4:6+5"]],
    ["when:\nsteps: []", ["empty_expression 3:6+0"]],
  ])("%j", (body, expected) => {
    expect(refusals(body)).toEqual(expected);
  });

  test("places are right with the line ends of any system", () => {
    const text = `${HEAD}when: |\n  client.vip &&\n    clent.vip\nsteps:\n  - set: { request.prioriti: 'clent.vip' }\n`.replaceAll("\n", "\r\n");
    expect(checkRule(text, catalogue).map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual(["unknown_variable 5:5", "not_settable 7:12", "unknown_variable 7:31"]);
  });

  test("a rule without key or name, or with wrong ones", () => {
    const codes = (text: string): string[] => checkRule(text, catalogue).map(({ code, path }) => `${code} ${path?.join(".")}`);
    expect(codes("steps: []")).toEqual(["missing_key ", "missing_key "]);
    expect(codes("key: 5 x\nname: { de: Regel }\nsteps: []")).toEqual(["bad_name key", "missing_key name", "unknown_key name"]);
  });

  test("rights of the author hide fields, actions and targets", () => {
    const body = `${HEAD}when: client.passport == "x"\nsteps:\n  - do: assign\n    with: { queue: '"a"' }\n  - set: { request.queue: '"a"' }`;
    expect(checkRule(body, catalogue, new Set(["rules.edit"])).map(({ code }) => code)).toEqual(["unknown_field", "unknown_action", "not_settable"]);
    expect(checkRule(body, catalogue, new Set(["rules.edit", "clients.documents", "requests.route"]))).toEqual([]);
  });
});

describe("the trace", () => {
  test("stays small whatever the rule does, and keeps where it ended", () => {
    const result = run(`steps:\n  - let: { t: '"${"x".repeat(500)}"' }\n  - while: true\n    do:\n      - set: { t: 't.replace("x", "y") + ""' }`);
    expect(result.ok).toBe(false);
    expect(result.trace.entries).toHaveLength(301);
    expect(result.trace.dropped).toBeGreaterThan(5000);
    expect(result.trace.entries.at(-1)).toMatchObject({ problem: "budget_steps" });
    expect(JSON.stringify(result.trace).length).toBeLessThan(150_000);
  });

  test("is left out when it is not wanted", () => {
    expect(run("steps:\n  - set: { request.attempts: 5 }", { trace: false }).trace).toEqual({ entries: [], dropped: 0 });
  });

  test("shows what was read before it was changed", () => {
    const { trace } = run("steps:\n  - set: { request.attempts: request.attempts + 1 }\n  - set: { request.attempts: request.attempts + 1 }");
    expect(trace.entries.map(({ inputs, result }) => [inputs["request.attempts"], result])).toEqual([[1, 2], [2, 3]]);
  });
});

test("a name that is looked up in capitals or small letters alike is taken so at save and at work; another is not", () => {
  const doc = { en: "x", ru: "x", sl: "x" };
  const catalogue = createCatalogue({ variables: { who: { type: "text", doc } }, actions: { tell: { doc, params: { login: { type: "text", doc, values: [{ value: "vera.orlova" }], anyCase: true } } } } });
  const of = (login: string) => compileRule(`${HEAD}steps:\n  - do: tell\n    with: { login: '${login}' }\n`, catalogue, "all");
  expect(['"Vera.Orlova"', '"vera"', "who"].map((login) => of(login).ok)).toEqual([true, false, true]);
  const computed = of("who");
  expect(computed.ok && ["VERA.ORLOVA", "nobody"].map((who) => computed.rule.run({ who }).ok)).toEqual([true, false]);
});
