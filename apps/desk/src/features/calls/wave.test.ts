import { expect, test } from "vitest";
import { barsOf } from "./wave.ts";

test("a bar shows the loudest moment it covers, so a short shout is not averaged away", () => {
  expect(barsOf([0, 0, 255, 0], 2)).toEqual([0, 1]);
});

test("a short recording fills the whole width", () => {
  expect(barsOf([255], 4)).toEqual([1, 1, 1, 1]);
});

test("a recording without sound is drawn flat", () => {
  expect(barsOf([], 3)).toEqual([0, 0, 0]);
});
