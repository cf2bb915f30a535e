import { expect, test } from "vitest";
import { keyOf, newPhonePassword } from "./operators.password.ts";
import { changedSkills, isExtension, skillsOfQueues, type SkilledQueue } from "./operators.rules.ts";

test("makes passwords that ten keys can type without waiting: twenty small letters, never the same key twice in a row, never the same password", () => {
  const made = Array.from({ length: 2_000 }, newPhonePassword);
  expect(new Set(made).size).toBe(made.length);
  for (const password of made) {
    expect(password).toMatch(/^[abdeghjkmnptuwx]{20}$/);
    const keys = password.split("").map(keyOf);
    expect(keys.some((key, index) => key === keys[index - 1])).toBe(false);
  }
});

test("uses every letter about as often as the others", () => {
  const letters = Array.from({ length: 2_000 }, newPhonePassword).join("");
  for (const letter of "abdeghjkmnptuwx") expect(letters.split(letter).length / letters.length).toBeGreaterThan(1 / 15 / 1.25);
});

test("knows each skill once, with every project whose queues ask for it", () => {
  const queues: SkilledQueue[] = [{ projectKey: "internet", skills: { internet: 2, modem: 1 } }, { projectKey: "shop", skills: { shop: 1, internet: 1 } }, { projectKey: "shop", skills: {} }];
  expect([...skillsOfQueues(queues)]).toEqual([["internet", ["internet", "shop"]], ["modem", ["internet"]], ["shop", ["shop"]]]);
});

test.each([
  [{ a: 1, b: 2 }, { a: 1, b: 2 }, []], [{ a: 1 }, { a: 2 }, ["a"]], [{ a: 1 }, {}, ["a"]], [{}, { b: 1 }, ["b"]],
])("sees which skills differ between %j and %j", (before, after, changed) => {
  expect(changedSkills(before, after)).toEqual(changed);
});

test.each([["20", true], ["201999", true], ["007", true], ["2", false], ["2019999", false], ["20 1", false], ["+201", false], ["２０１", false], ["", false]])("takes %j as an extension: %s", (text, is) => {
  expect(isExtension(text)).toBe(is);
});
