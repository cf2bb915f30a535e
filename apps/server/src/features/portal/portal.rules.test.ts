import fc from "fast-check";
import { expect, test } from "vitest";
import { lastFour, underWhite } from "./portal.rules.ts";

test("makes every colour dark enough for white words and leaves alone those that are", () => {
  expect(underWhite("#1b5e8c")).toBe("#1b5e8c");
  expect(underWhite("#e67700")).not.toBe("#e67700");
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
    const colour = underWhite(`#${value.toString(16).padStart(6, "0")}`);
    expect(colour).toMatch(/^#[0-9a-f]{6}$/);
    expect(underWhite(colour)).toBe(colour);
  }));
});

test("takes the last four digits however a phone is written", () => {
  expect(lastFour("+386 40 111-222")).toBe("1222");
  expect(lastFour("12")).toBeNull();
});
