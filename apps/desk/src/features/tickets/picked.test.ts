import { expect, test } from "vitest";
import { pickNext } from "./picked.ts";

const order = ["a", "b", "c", "d"];
test("R123 a press picks a ticket and a second one gives it back", () => {
  const one = pickNext(new Set(), "b", null);
  expect([...one]).toEqual(["b"]);
  expect([...pickNext(one, "b", null)]).toEqual([]);
});
test("R123 a range takes all between two tickets, upwards and downwards, and keeps what was picked before", () => {
  expect([...pickNext(new Set(["d"]), "c", { order, last: "a" })]).toEqual(["d", "a", "b", "c"]);
  expect([...pickNext(new Set(["c"]), "a", { order, last: "c" })].toSorted()).toEqual(["a", "b", "c"]);
});
test("R123 a range without a beginning, or from a ticket that left the list, picks the one pressed", () => {
  expect([...pickNext(new Set(), "c", { order, last: null })]).toEqual(["c"]);
  expect([...pickNext(new Set(["x"]), "c", { order, last: "x" })]).toEqual(["x", "c"]);
});
