import { expect, test } from "vitest";
import { cutText, shortText } from "./cut.ts";

test("a text is cut between signs, never within one: no database keeps a half", () => {
  expect([cutText("ab😀", 4), cutText("ab😀", 3), cutText("ab😀c", 4), cutText("abc", 3), cutText("", 0)]).toEqual(["ab😀", "ab", "ab😀", "abc", ""]);
  expect([shortText("x".repeat(199) + "😀 help", 200), shortText("x", 200)]).toEqual([`${"x".repeat(199)}…`, "x"]);
  for (let most = 0; most < 12; most++) expect(cutText("😀é😀žш😀", most).isWellFormed(), String(most)).toBe(true);
});
