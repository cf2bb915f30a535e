import { beforeAll, describe, expect, test } from "vitest";
import { checkRule, compileExpression, compileRule, createCatalogue, sampleCatalogue, sampleContext } from "./index.ts";

const catalogue = sampleCatalogue();
const HEAD = "key: test\nname: { en: Test }\n";
const LIMIT_MS = 50;

/** The best of a few: another job on the machine must not fail the build. */
function timed<R>(work: () => R): { result: R; ms: number } {
  let best = Infinity;
  let result!: R;
  for (let i = 0; i < 5 && best >= LIMIT_MS; i++) {
    const started = performance.now();
    result = work();
    best = Math.min(best, performance.now() - started);
  }
  return { result, ms: best };
}

beforeAll(() => {
  compileExpression("client.vip && 1 + 1 == 2", catalogue);
  checkRule(`${HEAD}steps: [{ set: { request.attempts: 1 } }]`, catalogue);
});

describe("a hostile expression is refused in time", () => {
  const deep = (open: string, close: string, times: number): string => open.repeat(times) + "1" + close.repeat(times);
  test.each([
    ["five megabytes", "1 + ".repeat(1_250_000) + "1", "too_long"], ["parentheses", deep("(", ")", 4900), "too_deep"], ["lists", deep("[", "]", 4900), "too_deep"],
    ["negations", "!".repeat(9000) + "true", "too_deep"], ["minuses", "-".repeat(9000) + "1", "too_deep"], ["a long sum", "1" + "+1".repeat(900), "too_deep"], ["very many parts", "1" + "+1".repeat(4900), "too_many_parts"], ["many fields", "client" + ".name".repeat(900), "too_deep"],
    ["ternaries", "true?1:".repeat(1400) + "1", "too_deep"], ["calls", deep("abs(", ")", 1900), "too_deep"], ["a long list", `[${"1,".repeat(4900)}1]`, "too_many_parts"], ["an open text", `'${"a".repeat(9990)}`, "unterminated_text"],
    ["zero characters", "\u0000".repeat(9000), "unexpected_character"], ["a huge number", "9".repeat(9000), "bad_number"], ["a huge exponent", "1e999", "bad_number"],
    ["__proto__", "__proto__.x", "reserved_word"], ["constructor", "constructor.constructor('x')", "unknown_variable"], ["a call of constructor", "constructor('return 1')", "unknown_function"], ["a method constructor", "client.constructor('x')", "unknown_function"],
    ["a key __proto__", "{'__proto__': 1}", "object_key"], ["a name toString", "client.toString", "unknown_field"], ["a loop over toString", "client.orders.map(toString, 1)", "loop_variable"],
    ["nested repetitions", "client.name.matches('((a+)+)+$')", "pattern_unsafe"], ["many repetitions", "client.name.matches('((a{90}){90}){90}')", "pattern_too_long"], ["a long pattern", `client.name.matches('${"(a|".repeat(3000)}')`, "pattern_too_long"],
  ])("%s", (_, text, code) => {
    const { result, ms } = timed(() => compileExpression(text, catalogue));
    expect(result.ok ? "" : result.problems[0]!.code).toBe(code);
    expect(ms).toBeLessThan(LIMIT_MS);
  });
});

describe("a hostile document is refused in time", () => {
  test.each([
    ["five megabytes", HEAD + "# x\n".repeat(1_300_000), "too_long"], ["open brackets", "[".repeat(60_000), "too_deep"], ["open braces", "{a: ".repeat(15_000), "too_deep"], ["dashes", "- ".repeat(30_000), "too_deep"],
    ["question marks", "? ".repeat(2000), "too_deep"], ["keys", "a: ".repeat(20_000), "yaml_feature"], ["quotes", '"'.repeat(60_000), "yaml"], ["colons", ": ".repeat(2000), "yaml_feature"], ["commas", `[${",".repeat(4000)}`, "yaml"], ["closing brackets", "]".repeat(4000), "yaml"], ["many braces", "{a: 1}".repeat(700), "yaml"], ["few quotes", '"'.repeat(8000), "yaml"],
    ["a bomb of references", "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", "yaml_feature"], ["a tag", "key: !!js/function x", "yaml_feature"], ["blank lines", "\n".repeat(60_000), "too_many_parts"],
    ["many keys", Array.from({ length: 7000 }, (_, i) => `k${i}: 1`).join("\n"), "too_many_parts"], ["two documents", `${HEAD}steps: []\n---\n${HEAD}`, "yaml"],
    ["__proto__ as a key", `${HEAD}__proto__: { x: 1 }\nsteps: []`, "unknown_key"], ["__proto__ as a target", `${HEAD}steps:\n  - set: { __proto__.x: 1 }`, "not_settable"], ["__proto__ in a target", `${HEAD}steps:\n  - set: { request.__proto__: 1 }`, "not_settable"],
    ["constructor as a name", `${HEAD}steps:\n  - let: { constructor: 1 }`, "bad_name"], ["constructor as an action", `${HEAD}steps:\n  - do: constructor`, "unknown_action"], ["constructor as a parameter", `${HEAD}steps:\n  - do: assign\n    with: { queue: '"a"', constructor: 1 }`, "unknown_parameter"],
    ["too many steps", `${HEAD}steps:\n${"  - stop:\n".repeat(900)}`, "too_many_parts"], ["deep steps", `${HEAD}steps: ${"[{while: true, do: ".repeat(15)}[]${"}]".repeat(15)}`, "too_deep"],
  ])("%s", (_, text, code) => {
    const { result, ms } = timed(() => checkRule(text, catalogue));
    expect(result.map((problem) => problem.code)).toContain(code);
    expect(ms).toBeLessThan(LIMIT_MS);
  });
});

describe("a hostile run ends in time, without changes", () => {
  const loop = (start: string, grow: string): string => `steps:\n  - let: { n: '${start}' }\n  - while: true\n    do:\n      - set: { n: '${grow}' }`;
  test.each([
    ["text that doubles", loop('"ab"', "n + n"), "too_long"], ["a list that doubles", loop("[1]", "n + n"), "list_too_long"], ["text replaced by more", loop('"aa"', 'n.replace("a", "aaaaaaaaaa")'), "too_long"],
    ["joined lists", loop('"aa"', '["a","b","c","d"].map(x, n).join(n)'), "too_long"], ["numbers that grow", loop("2", "n * n"), "overflow"], ["decimals that grow", loop('decimal("1.5")', "n * n"), "overflow"],
    ["nothing but turning", "steps:\n  - while: true\n    do: []", "budget_steps"], ["loops in loops", `steps:\n  - let: { n: '[1,2,3,4,5,6,7,8,9,10]' }\n  - let: { m: 'n.map(a, n.map(b, n.map(c, n.map(d, n.map(e, a + b + c + d + e).sum()).sum()).sum()).sum()).sum()' }`, "budget_steps"],
    ["actions without end", `steps:\n  - while: true\n    do:\n      - do: notify\n        with: { to: '"a"', template: '"b"' }`, "too_many_actions"],
    ["long texts searched again and again", `steps:\n  - let: { t: '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"' }\n  - set: { t: 't.replace("a", t).substring(0, 9999)' }\n  - while: '!t.matches("^(?:.?){20}.*.*.*=$")'\n    do: []`, "budget_steps"],
  ])("%s", (_, body, code) => {
    const compiled = compileRule(HEAD + body, catalogue);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    const { result, ms } = timed(() => compiled.rule.run(sampleContext()));
    expect(result).toMatchObject({ ok: false, problem: { code } });
    expect(JSON.stringify(result).length).toBeLessThan(200_000);
    // Searching long texts is the dearest thing there is for a step.
    expect(ms).toBeLessThan(code === "budget_steps" ? 400 : LIMIT_MS);
  });

  test("a function of the host that throws is a problem with a place", () => {
    const context = { ...sampleContext(), now: "not a moment" };
    const compiled = compileExpression("now > now", catalogue);
    expect(compiled.ok && compiled.expression.evaluate(context)).toMatchObject({ ok: false, problem: { code: "bad_value", column: 1 } });
  });
});

test("functions of the host that take long end a run when its time is over, however few steps they were", () => {
  let [atMs, called] = [0, 0];
  const doc = { en: "slow", ru: "медленно", sl: "počasi" };
  const slow = { doc, params: [{ key: "n", type: "int", doc }], result: "int", call: (n: bigint) => { called += 1; atMs += 100; return n; } };
  const compiled = compileExpression("[1, 2, 3, 4, 5, 6].map(n, slow(n)).size()", createCatalogue({ timeZone: "UTC", edit: "x", records: {}, variables: {}, actions: {}, functions: { slow } }));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const result = compiled.expression.evaluate({}, { ms: 250, clock: () => atMs });
  expect([result.ok ? "" : result.problem.code, called]).toEqual(["budget_time", 3]);
});
