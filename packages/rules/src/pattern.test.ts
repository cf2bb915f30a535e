import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern } from "./pattern.ts";

const matches = (pattern: string, text: string): boolean => compilePattern(pattern).test(text);

test.each([
  ["^\\+386\\d{8}$", "+38631234567", true], ["^\\+386\\d{8}$", "+3863123456", false], ["(?i)срочно", "Очень СРОЧНО!", true],
  ["^[^a-z]+$", "ŠČŽ", true], ["^(?:da|ne)$", "ne", true], ["^(?:da|ne)$", "nee", false], ["\\bcat\\b", "a cat.", true],
  ["\\bcat\\b", "concat", false], ["^\\p{Cyrillic}+$", "Иван", true], ["^\\p{Lu}\\p{L}*$", "Žiga", true], ["a.c", "a\nc", false],
  ["^[a\\-z]$", "-", true], ["^a{2,3}$", "aaaa", false], ["^a{2,}$", "aaaa", true], ["", "x", true], ["(?i)^[^a]$", "A", false],
  ["😀+$", "😀😀", true], ["^x*?y$", "xxy", true], ["a||b", "", true], ["[]]", "]", true],
])("pattern %s on %s finds %s", (pattern, text, found) => {
  expect(matches(pattern, text)).toBe(found);
});

test.each([
  ["(a+)+$", "pattern_unsafe"], ["(a*)*", "pattern_unsafe"], ["((ab|c)+d)*", "pattern_unsafe"], ["a**", "pattern_invalid"],
  ["(", "pattern_invalid"], [")", "pattern_invalid"], ["[a", "pattern_invalid"], ["[z-a]", "pattern_invalid"], ["*a", "pattern_invalid"],
  ["(a)\\1", "pattern_unsupported"], ["(?=a)", "pattern_unsupported"], ["(?<!a)b", "pattern_unsupported"], ["a{3,2}", "pattern_invalid"],
  ["a{9999}", "pattern_too_long"], ["((a{50}){50}){50}", "pattern_too_long"], ["a".repeat(300), "pattern_too_long"],
  ["(".repeat(90), "pattern_too_long"], ["\\", "pattern_invalid"], ["\\p{Nope}", "pattern_unsupported"],
])("pattern %s is refused as %s", (pattern, code) => {
  expect(() => compilePattern(pattern)).toThrow(code);
});

test("a search takes time in proportion to the text, whatever the pattern", () => {
  const pattern = compilePattern("^(?:a|a|ab?)*(?:.?){20}.*.*.*=$");
  const started = performance.now();
  expect(pattern.test("a".repeat(10_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});

test("finds what the built-in engine finds", () => {
  const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\w", "\\b", "^", "$", "a?", "b*", "(a|b)", "(?:ab)+", "a{1,2}");
  const pattern = fc.array(fc.array(atom, { maxLength: 5 }), { minLength: 1, maxLength: 3 }).map((ways) => ways.map((way) => way.join("")).join("|"));
  fc.assert(fc.property(pattern, fc.string({ unit: fc.constantFrom("a", "b", " ", "\n"), maxLength: 8 }), (source, text) => {
    expect(matches(source, text)).toBe(new RegExp(source, "u").test(text));
  }), { numRuns: 2000 });
});
