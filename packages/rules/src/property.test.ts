import { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileExpression } from "./expression.ts";
import { printExpression } from "./print.ts";
import { checkRule, compileRule } from "./rule.ts";
import { sampleCatalogue, sampleContext } from "./sample.ts";
import { createCatalogue } from "./catalogue.ts";
import { parseExpression } from "./syntax.ts";
import type { ASTNode } from "./syntax.ts";
import { tokenize } from "./tokens.ts";

/* fast-check prints the seed and the smallest failing case of whatever fails. */

const doc = { en: "", ru: "", sl: "" };
const numbers = createCatalogue({ variables: { i: { type: "int", doc }, j: { type: "int", doc }, x: { type: "double", doc }, p: { type: "boolean", doc }, q: { type: "boolean", doc } } });

/** A text with what plain JavaScript computes for it; null for a division by zero. */
interface Case {
  text: string;
  value: number | boolean | null;
}
const VARIABLES = { i: 7, j: -3, x: 2.5, p: true, q: false };

const { int, double, logic } = fc.letrec<{ int: Case; double: Case; logic: Case }>((tie) => {
  const binary = (kind: "int" | "double", ops: readonly string[]): fc.Arbitrary<Case> => fc.tuple(tie(kind), fc.constantFrom(...ops), tie(kind)).map(([a, op, b]) => ({ text: `(${a.text} ${op} ${b.text})`, value: arithmetic(kind, op, [a.value, b.value]) }));
  const compared = fc.oneof(fc.tuple(tie("int"), tie("int")), fc.tuple(tie("double"), tie("double")));
  return {
    int: fc.oneof({ depthSize: "small" }, fc.nat(20).map((n) => ({ text: `${n}`, value: n })), fc.constantFrom({ text: "i", value: VARIABLES.i }, { text: "j", value: VARIABLES.j }), binary("int", ["+", "-", "*", "/", "%"]), tie("int").map(({ text, value }) => ({ text: `-${text}`, value: value === null ? null : 0 - (value as number) })), fc.tuple(tie("logic"), tie("int"), tie("int")).map(([c, a, b]) => ({ text: `(${c.text} ? ${a.text} : ${b.text})`, value: c.value === null ? null : c.value ? a.value : b.value }))),
    double: fc.oneof({ depthSize: "small" }, fc.nat(40).map((n) => ({ text: `${(n / 4).toFixed(2)}`, value: n / 4 })), fc.constant({ text: "x", value: VARIABLES.x }), binary("double", ["+", "-", "*", "/"])),
    logic: fc.oneof({ depthSize: "small" }, fc.constantFrom({ text: "true", value: true }, { text: "false", value: false }, { text: "p", value: true }, { text: "q", value: false }), tie("logic").map(({ text, value }) => ({ text: `!${text}`, value: value === null ? null : !value })),
      fc.tuple(tie("logic"), fc.constantFrom("&&", "||"), tie("logic")).map(([a, op, b]) => ({ text: `(${a.text} ${op} ${b.text})`, value: either(op, a.value, b.value) })),
      fc.tuple(compared, fc.constantFrom("<", "<=", ">", ">=", "==", "!=")).map(([[a, b], op]) => ({ text: `(${a.text} ${op} ${b.text})`, value: comparison(op, a.value, b.value) }))),
  };
});

function arithmetic(kind: "int" | "double", op: string, [a, b]: [Case["value"], Case["value"]]): number | null {
  if (typeof a !== "number" || typeof b !== "number") return null;
  if (op === "+") return a + b + 0;
  if (op === "-") return a - b + 0;
  if (op === "*") return a * b + 0;
  if (b === 0) return null;
  if (op === "%") return (a % b) + 0;
  return kind === "int" ? Math.trunc(a / b) + 0 : a / b + 0;
}

/** One side that decides outweighs a problem on the other, as CEL has it. */
function either(op: string, a: Case["value"], b: Case["value"]): boolean | null {
  const decisive = op === "||";
  if (a === decisive || b === decisive) return decisive;
  return a === null || b === null ? null : !decisive;
}

function comparison(op: string, a: Case["value"], b: Case["value"]): boolean | null {
  if (a === null || b === null) return null;
  const results: Record<string, boolean> = { "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a === b, "!=": a !== b };
  return results[op]!;
}

function evaluated(text: string): unknown {
  const compiled = compileExpression(text, numbers);
  if (!compiled.ok) return compiled.problems[0]!.code;
  const result = compiled.expression.evaluate(VARIABLES);
  return result.ok ? result.value : result.problem.code;
}

describe("random expressions", () => {
  test("give what plain JavaScript gives", () => {
    fc.assert(fc.property(fc.oneof(int, double, logic), ({ text, value }) => {
      const got = evaluated(text);
      if (got === "overflow" || got === "too_deep" || (typeof value === "number" && !Number.isSafeInteger(Math.trunc(value)))) return;
      expect(got).toBe(value ?? "division_by_zero");
    }), { numRuns: 500 });
  });

  test("give what the CEL library's own evaluator gives", () => {
    const library = new Environment().registerVariable("i", "int").registerVariable("j", "int").registerVariable("x", "double").registerVariable("p", "bool").registerVariable("q", "bool");
    const context = { ...VARIABLES, i: 7n, j: -3n };
    fc.assert(fc.property(fc.oneof(int, logic), ({ text }) => {
      const got = evaluated(text);
      // The library's double division by zero is infinity, and its whole numbers have 64 bits.
      if (typeof got === "string" || text.includes("/")) return;
      const theirs: unknown = library.evaluate(text, context);
      expect(typeof theirs === "bigint" ? Number(theirs) : theirs).toBe(got);
    }), { numRuns: 400 });
  });

  test("are the same after printing and parsing again", () => {
    const anything = fc.letrec<{ e: string }>((tie) => ({
      e: fc.oneof({ depthSize: "medium" }, fc.constantFrom("a", "1", "1.5", "'t'", "true", "null", "client"),
        fc.tuple(tie("e"), fc.constantFrom("+", "-", "*", "/", "%", "&&", "||", "==", "!=", "<", ">=", "in"), tie("e")).map(([a, op, b]) => `(${a}) ${op} (${b})`),
        fc.tuple(tie("e"), tie("e"), tie("e")).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`), tie("e").map((a) => `!(${a})`), tie("e").map((a) => `-(${a})`), tie("e").map((a) => `(${a}).f`),
        fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a})[${b}]`), fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a}).g(${b}, [${a}])`), fc.tuple(tie("e"), tie("e")).map(([a, b]) => `f(${a}, {'k': ${b}})`)),
    })).e;
    const tree = (node: ASTNode): string => JSON.stringify(node, (key, part: unknown) => (["pos", "start", "end"].includes(key) ? undefined : typeof part === "bigint" ? `${part}n` : part));
    fc.assert(fc.property(anything, (text) => {
      const first = parseExpression(text);
      if (!first.ok) return;
      const printed = printExpression(first.node);
      const second = parseExpression(printed);
      expect(second.ok && tree(second.node)).toBe(tree(first.node));
      expect(second.ok && printExpression(second.node)).toBe(printed);
    }), { numRuns: 400 });
  });
});

describe("anything at all", () => {
  const catalogue = sampleCatalogue();
  const piece = fc.constantFrom("client", ".", "orders", "(", ")", "[", "]", "{", "}", "'", '"', "\\", "\n", " ", "&&", "!", "-", "0", "1.5", ",", ":", "?", "exists", "o", "map", "in", "null", "é", "//", "request.priority", "==", "\u0000", "ѕ");

  test("as an expression is answered, not thrown at", () => {
    fc.assert(fc.property(fc.oneof(fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")), fc.string()), fc.nat(60), (text, offset) => {
      const compiled = compileExpression(text, catalogue);
      if (compiled.ok) compiled.expression.evaluate(sampleContext());
      else expect(compiled.problems.length).toBeGreaterThan(0);
      catalogue.complete(text, offset);
      expect(tokenize(text).every(({ from, to }) => to > from && to <= text.length)).toBe(true);
    }), { numRuns: 500 });
  });

  const words = fc.constantFrom("request.attempts", "request.attempts + 1", "n", "n + 1", "true", "client.vip", "n > 3", "request.attempts > 2", "1 / 0", "client.orders", "one.total", "order.total * 2", "order.total", '"high"', "request.queue", "null", "clent", "1 +", "client.orders.map(o, o.items).sum() > 2");
  const target = fc.constantFrom("request.priority", "request.attempts", "request.score", "request.compensation", "order.discount", "n", "client.name", "__proto__");
  const { steps } = fc.letrec<{ step: object; steps: object[] }>((tie) => ({
    steps: fc.array(tie("step"), { maxLength: 4 }),
    step: fc.oneof({ depthSize: "small" },
      fc.tuple(target, words).map(([name, text]) => ({ set: { [name]: text } })), words.map((text) => ({ let: { n: text } })), fc.constant({ stop: true }),
      fc.tuple(words, words).map(([to, template]) => ({ do: "notify", with: { to, template } })),
      fc.tuple(words, tie("steps"), tie("steps")).map(([test, yes, no]) => Object.fromEntries(["if", "then", "else"].map((key, i) => [key, [test, yes, no][i]] as const))), fc.tuple(words, tie("steps")).map(([test, body]) => ({ while: test, do: body })),
      fc.tuple(words, tie("steps")).map(([list, body]) => ({ for: "one", in: list, do: body }))),
  }));

  test("as a rule is checked and run without ever throwing or changing the record", () => {
    let ran = 0;
    fc.assert(fc.property(steps, (body) => {
      const text = JSON.stringify({ key: "random", name: { en: "Random" }, steps: body });
      const compiled = compileRule(text, catalogue);
      expect(compiled.ok).toBe(checkRule(text, catalogue).length === 0);
      if (!compiled.ok) return;
      ran++;
      const context = sampleContext();
      const result = compiled.rule.run(context, { steps: 500 });
      expect(context).toEqual(sampleContext());
      if (result.ok) expect(result.changes.every(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to))).toBe(true);
      else expect(result.problem.line).toBeGreaterThan(0);
    }), { numRuns: 400 });
    expect(ran).toBeGreaterThan(10);
  });

  test("as a record is answered with a result or a problem", () => {
    const compiled = compileRule('key: a\nname: { en: A }\nsteps:\n  - set: { request.attempts: "client.orders.filter(o, o.total > 5 && o.due < now).size()" }\n  - set: { request.compensation: order.total * order.weight }', catalogue);
    const thing = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true });
    const record = fc.dictionary(fc.constantFrom("attempts", "orders", "total", "due", "weight", "compensation", "vip"), thing);
    fc.assert(fc.property(fc.record({ client: fc.oneof(record, thing), request: fc.oneof(record, thing), order: fc.oneof(record, thing), now: thing }), (context) => {
      const result = compiled.ok && compiled.rule.run(context as Record<string, unknown>);
      expect(result && (result.ok || result.problem.code !== "internal")).toBe(true);
    }), { numRuns: 200 });
  });
});
