import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { EXAMPLE, complete, compute, diff, mask, merge, readForm, submission, validate } from "./index.ts";
import type { Form, FormData } from "./index.ts";

const NAME = "{ en: A, ru: А, sl: A }";
const HEAD = `key: test\nname: ${NAME}\n`;
const a = (field: string, more = "", name = `x-name: ${NAME}, `): string => `${HEAD}schema:\n  properties:\n    a: { ${name}${field} }\n${more}`;
const two = (more: string): string => `${HEAD}schema:\n  properties:\n    a: { type: string, x-name: ${NAME} }\n    b: { type: string, x-name: ${NAME} }\n${more}`;
const LIMIT_MS = 50;

/** Time of this thread's processor, not of the clock on the wall: another job on the machine must not fail the build. */
const spentMs = (): number => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1_000; };

/** The best of a few: a collection of garbage may fall into one. */
function timed<R>(work: () => R): { result: R; ms: number } {
  let best = Infinity;
  let result!: R;
  for (let i = 0; i < 5 && best >= LIMIT_MS; i++) {
    const started = spentMs();
    result = work();
    best = Math.min(best, spentMs() - started);
  }
  return { result, ms: best };
}

const form = ((): Form => {
  const read = readForm(EXAMPLE);
  if (!read.ok) throw new Error("the example is refused");
  return read.form;
})();

beforeAll(() => { for (let i = 0; i < 20; i++) { readForm(EXAMPLE); validate(form, {}); } });

describe("a form that cannot work is refused where it is wrong", () => {
  test.each([
    ["an unknown keyword", a("type: string, allOf: []"), "unknown_keyword", 5], ["a slip in an annotation", a("type: string, x-hnit: b"), "unknown_keyword", 5], ["a keyword of another kind", a("x-kind: yes_no, maxLength: 5"), "keyword_of_other_kind", 5],
    ["a name missing", a("type: string", "", ""), "name_missing", 5], ["a translation missing", a("type: string, x-name: { en: A, ru: A }", "", ""), "shape_missing", 5],
    ["a reference to elsewhere", a('$ref: "http://x/y"'), "bad_ref", 5], ["a reference to nothing", a('$ref: "#/$defs/x"'), "bad_ref", 5], ["a reference to itself", a('$ref: "#/$defs/x"', '  $defs: { x: { $ref: "#/$defs/x" } }'), "ref_loop", 5],
    ["a loop of two", a('$ref: "#/$defs/x"', '  $defs: { x: { $ref: "#/$defs/y" }, y: { $ref: "#/$defs/x" } }'), "ref_loop", 5], ["a loop through groups", a('$ref: "#/$defs/x"', '  $defs: { x: { properties: { b: { $ref: "#/$defs/x" } } } }'), "fields_too_deep", 5],
    ["a catastrophic pattern", a('type: string, pattern: "^(a+)+$"'), "pattern_refused", 5], ["a back-reference", a(String.raw`type: string, pattern: "(a)\\1"`), "pattern_refused", 5], ["a costly pattern", a('type: string, maxLength: 10000, pattern: "^[a-z]{100}$"'), "pattern_refused", 5],
    ["a mistyped condition", two("show: { a: form.b + 1 }"), "text_and_other", 7], ["a condition about nothing", two("show: { a: form.zzz == \"\" }"), "unknown_field", 7], ["a condition of no field", two("show: { zzz: true }"), "unknown_field_path", 7],
    ["a condition that is no question", two("require: { a: form.b }"), "wrong_type", 7], ["a ring of conditions", two('show: { a: form.b == "", b: form.a == "" }'), "ring", 7], ["a field that computes itself", two("computed: { a: form.a }"), "ring", 7],
    ["a ring of computations", two("computed: { a: form.b, b: form.a }"), "ring", 7], ["a computed group", a("x-kind: person", "computed: { a: 'form.a' }"), "cannot_compute", 6],
    ["a layout naming a missing field", two(`layout: { sections: [{ key: s, name: ${NAME}, fields: [a, c] }] }`), "unknown_field_path", 7], ["a field placed twice", two(`layout: { sections: [{ key: s, name: ${NAME}, fields: [a, a] }] }`), "placed_twice", 7],
    ["a required field nobody sees", two("  required: [a]\nlayout: { sections: [], hidden: [a] }"), "required_but_hidden", 7], ["a required field never shown", two('  required: [a]\nshow: { a: "false" }'), "required_but_hidden", 7], ["a required field that is not there", two("  required: [c]"), "unknown_required", 7],
    ["a table within a table", a("type: array, items: { properties: { b: { type: array, x-name: { en: A, ru: A, sl: A }, items: { properties: {} } } } }"), "fields_too_deep", 5], ["limits the wrong way round", a("type: string, minLength: 5, maxLength: 3"), "bad_limits", 5], ["a default of another kind", a("type: integer, default: x"), "bad_default", 5],
    ["an option twice", a(`x-kind: choice, x-options: [{ value: x, name: ${NAME} }, { value: x, name: ${NAME} }]`), "double_option", 5], ["a document without a right", a("x-kind: document"), "kind_needs", 5], ["a word of the language as a name", `${HEAD}schema:\n  properties:\n    in: { type: string, x-name: ${NAME} }\n`, "reserved_name", 5],
    ["a key twice", `${HEAD}schema: { properties: {} }\nschema: { properties: {} }`, "key_twice", 4], ["an alias", `${HEAD}schema: &x { properties: {} }\nshow: *x`, "yaml_feature", 3], ["__proto__ as a field", `${HEAD}schema:\n  properties:\n    __proto__: { type: string }\n`, "reserved_name", 5],
  ])("%s", (_, text, code, line) => {
    const { result, ms } = timed(() => readForm(text));
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.problems.map((problem) => `${problem.code} ${problem.line}`)).toContain(`${code} ${line}`);
    expect(ms).toBeLessThan(LIMIT_MS);
  });

  test("the place of a mistake in an expression is that of the expression's own sign", () => {
    const read = readForm(two("show:\n  a: |\n    form.b == \"\" &&\n    form.zzz == 1"));
    expect(read.ok ? null : read.problems[0]).toMatchObject({ code: "unknown_field", line: 10, column: 10, length: 3, path: ["show", "a"] });
  });
});

describe("a form that is too large is refused at once", () => {
  const many = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join("\n");
  test.each([
    ["five megabytes", HEAD + "# x\n".repeat(1_300_000), "too_long"], ["five megabytes of one text", `${HEAD}x: ${"y".repeat(5_000_000)}`, "too_long"], ["open brackets", "[".repeat(190_000), "too_deep"], ["many keys", many(9_000, (i) => `k${i}: 1`), "too_many_parts"], ["many lines", "\n".repeat(100_000), "too_many_parts"],
    ["references that multiply", a('$ref: "#/$defs/x0"', `  $defs:\n${many(4, (i) => `    x${i}: { properties: { ${Array.from({ length: 12 }, (_, k) => `b${k}: { $ref: "#/$defs/x${i + 1}" }`).join(", ")} } }`)}\n    x4: { type: string, x-name: ${NAME} }\n`), "too_many_fields"],
    ["conditions in a long chain with a ring", `${HEAD}schema:\n  properties:\n${many(400, (i) => `    f${i}: { type: string, x-name: ${NAME} }`)}\nshow:\n${many(400, (i) => `  f${i}: form.f${(i + 1) % 400} == ""`)}`, "ring"],
  ])("%s", (_, text, code) => {
    const started = spentMs();
    const read = readForm(text);
    const ms = spentMs() - started;
    expect(read.ok ? [] : read.problems.map((problem) => problem.code)).toContain(code);
    expect(ms).toBeLessThan(1_000);
  });
});

describe("no data throws or takes long", () => {
  const budget = 64 * 1024;
  test.each<[string, () => unknown]>([
    ["nested lists", () => JSON.parse(`{"note":${"[".repeat(30_000)}${"]".repeat(30_000)}}`)], ["nested objects in a choice", () => JSON.parse(`{"extras":[${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}]}`)], ["many unknown fields", () => Object.fromEntries(Array.from({ length: 6_000 }, (_, i) => [`k${i}`, 1]))],
    ["one long text", () => ({ note: "a".repeat(budget) })], ["a long address of mail", () => ({ email: `${"a.".repeat(20_000)}@${"b.".repeat(10_000)}c` })], ["a long amount", () => ({ total: { amount: "9".repeat(budget), currency: "EUR" } })], ["a long name", () => ({ subscriber: { surname: "Ž".repeat(60_000), given: "-".repeat(4_000) } })],
    ["many rows", () => ({ equipment: Array.from({ length: 1_500 }, () => ({ what: "x", count: 1, price: { amount: "1.00", currency: "EUR" } })) })], ["many equal options", () => ({ extras: Array.from({ length: 12_000 }, () => "tv") })], ["many files", () => ({ photos: Array.from({ length: 6_000 }, (_, i) => `f${i}`) })],
    ["a list for a form", () => [1]], ["nothing", () => null], ["a function", () => () => 1], ["not a number", () => ({ equipment: [{ count: NaN }, { count: Infinity }, { count: 1e308 }] })], ["a date of no year", () => ({ issue_on: "0000-00-00", agreed_at: "9999-99-99T99:99:99Z" })],
  ])("%s", (_, make) => {
    const data = make();
    const { result, ms } = timed(() => validate(form, data));
    if (data !== null && !(typeof data === "object" && "equipment" in data && (data.equipment as unknown[]).length === 0)) expect(result.length).toBeGreaterThan(0);
    expect(ms).toBeLessThan(LIMIT_MS);
  });

  const scalar = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constantFrom("2026-03-29", "+38631234567", "flat", "house", "EUR", "9.90", "•"));
  const leaf = fc.oneof(scalar, fc.array(scalar, { maxLength: 4 }), fc.dictionary(fc.constantFrom("amount", "currency", "from", "to", "id", "name", "given", "surname", "city", "street", "what", "count", "price", "sum", "__proto__", "length"), scalar, { maxKeys: 4 }));
  const anything = fc.oneof({ weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...form.fields.keys(), "__proto__", "constructor"), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxKeys: 12 }) }, { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<FormData> });

  test("whatever is sent: no function throws, each is quick, and what is valid stays valid when stored", () => {
    const seed = Date.now() % 2 ** 31;
    fc.assert(fc.property(anything, anything, (one, other) => {
      const { result: problems, ms } = timed(() => validate(form, one));
      expect(ms).toBeLessThan(LIMIT_MS);
      complete(form, one);
      compute(form, one);
      mask(form, one, () => false);
      diff(form, one, other);
      merge(form, { base: {}, mine: one, theirs: other });
      const stored = submission(form, one);
      if (problems.length === 0) expect(validate(form, stored)).toEqual([]);
    }), { numRuns: 1_500, seed, verbose: 1 });
  });

  test("merging with oneself changes nothing, and what only one changed is taken whole", () => {
    const seed = Date.now() % 2 ** 31;
    const known = fc.record({ note: fc.string(), building: fc.constantFrom("flat", "house"), subscriber: fc.record({ surname: fc.string(), given: fc.string() }, { requiredKeys: [] }), equipment: fc.array(fc.record({ what: fc.string(), count: fc.nat(9) }, { requiredKeys: [] }), { maxLength: 3 }) }, { requiredKeys: [] });
    fc.assert(fc.property(known, known, (base, mine) => {
      expect(diff(form, merge(form, { base, mine, theirs: mine }).data, mine)).toEqual([]);
      expect(diff(form, merge(form, { base, mine: base, theirs: mine }).data, mine)).toEqual([]);
      expect(merge(form, { base, mine, theirs: base }).conflicts).toEqual([]);
    }), { numRuns: 500, seed, verbose: 1 });
  });

  test("whatever text is read as a form: refused or read, never thrown", () => {
    const seed = Date.now() % 2 ** 31;
    const lines = EXAMPLE.split("\n");
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(lines.length - 1), fc.constantFrom("drop", "double", "indent", "junk"), fc.string({ maxLength: 12 })), { minLength: 1, maxLength: 4 }), (changes) => {
      const text = [...lines];
      for (const [at, change, junk] of changes) text[at] = { drop: "", double: `${text[at]}\n${text[at]}`, indent: `  ${text[at]}`, junk: `${text[at]}${junk}` }[change];
      const read = readForm(text.join("\n"));
      if (!read.ok) for (const problem of read.problems) expect(problem.line).toBeGreaterThan(0);
    }), { numRuns: 150, seed, verbose: 1 });
  });
});

test("tables whose columns look at each other's rows are computed within one budget, and what it does not reach is told", () => {
  const columns = Array.from({ length: 8 }, (_, index) => index);
  const number = `{ x-kind: number, x-name: ${NAME} }`;
  const table = (more: string): string => `\n      x-kind: table\n      x-name: ${NAME}\n      items:\n        properties:\n          n: ${number}\n${more}`;
  const read = readForm(`${HEAD}schema:\n  properties:\n    src:${table("")}    rows:${table(columns.map((index) => `          c${index}: ${number}\n`).join(""))}computed:\n${columns.map((index) => `  rows.c${index}: 'form.src.map(r, form.src.filter(q, q.n >= r.n).size() + ${index}).sum() + row.n'`).join("\n")}\n`);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const rows = (count: number): FormData => ({ src: Array.from({ length: count }, (_, n) => ({ n })), rows: Array.from({ length: count }, (_, n) => ({ n })) });
  const small = compute(read.form, rows(10))["rows"] as FormData[];
  expect([small[9]!["c0"], small[9]!["c7"]]).toEqual([64, 134]);
  expect(validate(read.form, rows(10))).toEqual([]);
  const { result, ms } = timed(() => validate(read.form, rows(150)));
  expect(result).toContainEqual({ path: expect.stringMatching(/^rows\.\d+\.c\d$/) as string, code: "too_much_computed", params: { limit: 200_000 } });
  expect(ms).toBeLessThan(LIMIT_MS * 4);
});
