import { expect, test } from "vitest";
import { checkRule, compileExpression, compileRule, createCatalogue, problemText } from "./index.ts";
import { compileWords } from "./words.ts";

const says = (words: string[], text: string): boolean => {
  const compiled = compileWords(words);
  if (typeof compiled !== "function") throw new Error(compiled.unfit);
  return compiled(text);
};

test.each([
  [["fire"], "Fire in the flat!", true], [["fire"], "Firefox and its firewall", false], [["virus"], "an antivirus and an anti-virus", false],
  [["požar~"], "Prijavljam POŽARA dva", true], [["požar~"], "požarnica", false], [["dim"], "Lep pozdrav, Vladimir", false],
  [["искр~"], "видна искра, искрит", true], [["искр~"], "Искренне Ваш", false], [["wire on the ground"], "a wire, on the ground", true],
  [["wire on the ground"], "the wire is on the ground", false], [["трчен"], "", false], [["самолет~"], "опаздываю на самолёт", true],
  [["požar"], "poz\u030car", true],
] as const)("R344 of whole words, %j in “%s”: %s", (words, text, found) => {
  expect(says([...words], text)).toBe(found);
});

const order = ["low", "normal", "high"].map((value, rank) => ({ value, rank }));
const doc = { en: "x", ru: "x", sl: "x" };
const catalogue = createCatalogue({ variables: {
  priority: { type: "text", doc, values: order }, before: { type: "text", doc, values: order }, kind: { type: "text", doc, values: [{ value: "a" }, { value: "b" }] }, note: { type: "text", doc }, answer: { type: "text", doc, set: true },
} });
const value = (text: string, variables: Record<string, string>): unknown => {
  const compiled = compileExpression(text, catalogue, { expects: "boolean" });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const result = compiled.expression.evaluate({ variables: undefined, ...variables } as never);
  return result.ok ? result.value : result.problem;
};
const problems = (text: string) => {
  const compiled = compileExpression(text, catalogue);
  return compiled.ok ? [] : compiled.problems;
};

test("R344 words are looked for in as long a description as there may be", () => {
  const many = Array.from({ length: 40 }, (_, n) => `"word${n}"`).join(", ");
  expect(value(`note.says([${many}, "fire"])`, { note: `${"The modem blinks. ".repeat(1_120)} There is a fire` })).toBe(true);
});

test("R344 words to look for are written out and fit, or refused with their place", () => {
  expect(problems('note.says(["fire", "~x"])')).toMatchObject([{ code: "word_unfit", params: { word: "~x" }, column: 20 }]);
  expect(problems("note.says([])")).toMatchObject([{ code: "words_needed", column: 11 }]);
  expect(problems("note.says(note)")).toMatchObject([{ code: "words_needed" }]);
  expect(problems('kind.says(["a"])')).toEqual([]);
});

test("R344 priorities compare by their order and not by their letters", () => {
  expect(["low", "normal", "high"].map((priority) => value('priority > "low"', { priority }))).toEqual([false, true, true]);
  expect(value('"high" >= priority', { priority: "normal" })).toBe(true);
  expect(value("priority > before", { priority: "high", before: "normal" })).toBe(true);
  expect(value('priority.between("normal", "high")', { priority: "low" })).toBe(false);
  expect(problems('priority > "lwo"')).toMatchObject([{ code: "value_not_allowed", params: { suggestion: "low" }, column: 12 }]);
});

test("R344 a name of `let`, a choice and the first that is not empty keep the order of what they are of", () => {
  const says = (test: string, priority: string): unknown => {
    const compiled = compileRule(`key: a\nname: { en: A, ru: A, sl: A }\nsteps:\n  - let: { p: priority }\n  - if: ${JSON.stringify(test)}\n    then: [{ set: { answer: '"yes"' } }]`, catalogue);
    if (!compiled.ok) return compiled.problems.map(({ code }) => code);
    const result = compiled.rule.run({ priority, before: "normal" } as never);
    return result.ok ? result.changes.length > 0 : result.problem;
  };
  expect(["low", "normal", "high"].map((priority) => says('p > "low"', priority))).toEqual([false, true, true]);
  expect(["low", "high"].map((priority) => says("p >= before", priority))).toEqual([false, true]);
  expect(["low", "high"].map((priority) => says('(p == "low" ? before : p) > "low"', priority))).toEqual([true, true]);
  expect(["low", "high"].map((priority) => says('coalesce(p, "high") > before', priority))).toEqual([false, true]);
  expect(says('p > "lwo"', "low")).toEqual(["value_not_allowed"]);
});

test("R344 a name that has an order is set to what has the same, or refused at its place", () => {
  const refused = (value: string) => checkRule(`key: a\nname: { en: A, ru: A, sl: A }\nsteps:\n  - let: { p: priority, k: kind }\n  - set: { p: ${value}, k: note }`, catalogue).map(({ code, line, column }) => `${code} ${line}:${column}`);
  expect([refused("before"), refused("'\"high\"'"), refused("'before == \"low\" ? before : \"high\"'")]).toEqual([[], [], []]);
  expect(refused("note")).toEqual(["no_order_with 5:15"]);
  expect(refused("'\"hihg\"'")).toEqual(["value_not_allowed 5:15"]);
});

test("R344 an order of what has none is refused at its place, in three languages", () => {
  const [found] = problems('kind > "a"');
  expect(found).toMatchObject({ code: "no_order", params: { what: "kind", operator: ">" }, line: 1, column: 1 });
  expect((["en", "ru", "sl"] as const).map((language) => problemText(found!, language).includes("kind"))).toEqual([true, true, true]);
  expect(problems("priority > note")).toMatchObject([{ code: "no_order_with", column: 12 }]);
  expect(problems('note > "a"')).toEqual([]);
});
