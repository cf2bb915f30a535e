import { expect, test } from "vitest";
import { problemText, shapeProblems, type ProblemCode, type ShapeIssue } from "./index.ts";

const say = (issue: Record<string, unknown>, root: unknown, language: "en" | "ru" | "sl" = "en") =>
  shapeProblems(issue as unknown as ShapeIssue, root).map(({ path, code, params }) => `${path.join(".")}: ${code === "own" ? code : problemText({ code: code as ProblemCode, params }, language)}`);
const issue = (code: string, path: PropertyKey[], more: Record<string, unknown> = {}) => ({ code, path, message: "Words of a library", ...more });

test.each<[string, Record<string, unknown>, unknown, string]>([
  ["nothing where a text is expected", issue("invalid_type", ["a"], { expected: "string" }), {}, "a: Не указано; нужно: текст."],
  ["a number where keys are expected", issue("invalid_type", ["a"], { expected: "object" }), { a: 7 }, "a: Здесь целое число (7); нужно: ключи со значениями."],
  ["an empty value", issue("invalid_type", ["a"], { expected: "array" }), { a: null }, "a: Здесь пустое значение; нужно: список."],
  ["a value that is not offered", issue("invalid_value", ["a"], { values: ["low", "high"] }), { a: "middle" }, "a: «middle» здесь не подходит; допустимы: low, high."],
  ["an empty text", issue("too_small", ["a"], { minimum: 1, origin: "string" }), { a: "" }, "a: Пусто; нужно: текст."],
  ["a long text", issue("too_big", ["a"], { maximum: 3, origin: "string" }), { a: "four" }, "a: Слишком длинно, знаков: 4; допустимо не больше 3."],
  ["a number below its limit", issue("too_small", ["a"], { minimum: 0, origin: "number", inclusive: false }), { a: 0 }, "a: 0 — слишком мало: нужно больше 0."],
  ["an address that is none", issue("invalid_format", ["a"], { format: "email" }), { a: "x" }, "a: «x» — не адрес электронной почты; напишите его как ana@example.com."],
  ["a word nobody knows, at its own place", issue("unrecognized_keys", [], { keys: ["b"] }), { b: 1 }, "b: «b» здесь не предусмотрено."],
  ["the schema's own words", { ...issue("custom", ["a"]), message: "own_words" }, { a: 1 }, "a: own"],
])("a mistake in the shape of a document: %s", (_, found, root, expected) => {
  expect(say(found, root, "ru")).toEqual([expected]);
});

test("of several ways to write a part the one that fits best is told, and all of them when none does", () => {
  const ways = issue("invalid_union", ["who"], { errors: [
    [issue("invalid_type", [], { expected: "string" })],
    [issue("invalid_type", ["role"], { expected: "string" }), issue("unrecognized_keys", [], { keys: ["rolle"] })],
  ] });
  expect(say(ways, { who: { rolle: "a" } })).toEqual(["who.role: Not given; expected: text.", "who.rolle: “rolle” is not known here."]);
  const none = issue("invalid_union", ["who"], { errors: [[issue("invalid_type", [], { expected: "string" })], [issue("invalid_type", [], { expected: "array" })]] });
  expect(say(none, { who: 5 }, "sl")).toEqual(["who: Tu je celo število (5); pričakovano: besedilo / seznam."]);
});
