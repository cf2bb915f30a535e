import { expect, test } from "vitest";
import { strengthOf } from "./strength.ts";

const judge = (password: string) => strengthOf(password, ["maja.novak", "Maja Novak"], "the present one");

test("says how many characters are missing, then how good a password is, and why it is not (R303)", () => {
  expect(judge("")).toEqual({ word: "empty" });
  expect(judge("quiet rive")).toEqual({ word: "short", missing: 2 });
  expect(judge("maja.novak.7")).toEqual({ word: "password_name" });
  expect(judge("the present one")).toEqual({ word: "password_same" });
  expect(judge("quiet river ")).toEqual({ word: "good" });
  expect(judge("quiet river under birches")).toEqual({ word: "strong" });
});
