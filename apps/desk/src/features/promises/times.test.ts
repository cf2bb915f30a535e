import { expect, test } from "vitest";
import { local, picks } from "./times.ts";

test("R216 offers only times that are ahead", () => {
  expect(picks(new Date(2026, 10, 22, 9, 30)).map(({ key }) => key)).toEqual(["hour", "today", "tomorrow", "week"]);
  expect(picks(new Date(2026, 10, 22, 16, 30)).map(({ key }) => key)).toEqual(["hour", "tomorrow", "week"]);
  for (const { at } of picks(new Date(2026, 9, 25, 1, 30))) expect(at.getTime()).toBeGreaterThan(new Date(2026, 9, 25, 1, 30).getTime());
});

test("a moment is written as the field of the reader's own time wants it", () => {
  expect(local(new Date(2026, 10, 22, 9, 5))).toBe("2026-11-22T09:05");
});
