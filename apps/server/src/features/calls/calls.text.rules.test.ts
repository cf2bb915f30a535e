import { expect, test } from "vitest";
import { plainText } from "./calls.text.rules.ts";

test("a name is cut between characters, never within one", () => {
  expect(plainText(`${"a".repeat(79)}😀😀`, 80)).toBe(`${"a".repeat(79)}😀`);
  expect(plainText("😀".repeat(100), 80)).toBe("😀".repeat(80));
  expect(plainText("\ud83d broken \ude00", 80).isWellFormed()).toBe(true);
});

test("control characters separate words and are not kept", () => {
  expect(plainText("\0Ana\u0000\tKos\u001b\u0085", 80)).toBe("Ana Kos");
  expect(plainText("\0\0", 80)).toBe("");
});

test("ordinary names of all our languages are left as they are", () => {
  for (const name of ["Žiga Čuk", "Пётр Орлов", "Ana \"Anči\" Kos"]) expect(plainText(name, 80)).toBe(name);
});
