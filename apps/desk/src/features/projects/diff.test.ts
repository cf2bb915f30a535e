import fc from "fast-check";
import { expect, test } from "vitest";
import { diff, shorten } from "./diff.ts";

test("a changed line is shown as gone and new, at its place", () => {
  expect(diff("a\nb\nc", "a\nB\nc").map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([["same", "a", 1, 1], ["gone", "b", 2, null], ["new", "B", null, 2], ["same", "c", 3, 3]]);
});
test("a comparison gives both texts back, whatever they are", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 }), fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 }), (a, b) => {
    const lines = diff(a.join("\n"), b.join("\n"));
    expect(lines.filter(({ kind }) => kind !== "new").map(({ text }) => text).join("\n")).toBe(a.join("\n"));
    expect(lines.filter(({ kind }) => kind !== "gone").map(({ text }) => text).join("\n")).toBe(b.join("\n"));
  }));
});
test("what is far from any change is left out", () => {
  const text = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const changed = text.with(20, "other").join("\n");
  const shown = shorten(diff(text.join("\n"), changed));
  expect(shown).toHaveLength(1 + 3 + 2 + 3 + 1);
  expect(shown[0]).toBeNull();
});
