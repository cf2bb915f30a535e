import { expect, test } from "vitest";
import { deedOf } from "./keys.ts";

const press = (key: string, over: object = {}) => ({ key, code: /^\d$/.test(key) ? `Digit${key}` : key, ctrlKey: false, metaKey: false, altKey: false, typing: false, ...over });

test("R137 a guide is walked by the keyboard alone: digits choose, Enter goes on, Backspace goes back", () => {
  expect(deedOf(press("2"), 3)).toEqual({ kind: "choose", index: 1 });
  expect(deedOf(press("4"), 3)).toBeNull();
  expect(deedOf(press("Enter"), 0)).toEqual({ kind: "on" });
  expect(deedOf(press("Backspace"), 3)).toEqual({ kind: "back" });
});

test("who is typing types: digits are text, and Alt+1 changes the conversation", () => {
  expect(deedOf(press("2", { typing: true }), 3)).toBeNull();
  expect(deedOf(press("1", { altKey: true }), 3)).toBeNull();
  expect(deedOf(press("Enter", { typing: true, ctrlKey: true }), 0)).toEqual({ kind: "on" });
});
