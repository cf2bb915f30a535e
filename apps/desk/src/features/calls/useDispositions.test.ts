import { expect, test } from "vitest";
import { choosable, type Disposition } from "./useDispositions.ts";

const disposition = (key: string, directions: Disposition["directions"]): Disposition => ({ key, name: key, requiresNotes: false, requiresTicket: false, requiresClient: false, directions });

test("the wrap-up offers only the results that are declared for calls of its direction", () => {
  const all = [disposition("solved", ["in", "out"]), disposition("not-reached", ["out"]), disposition("prank", ["in"])];
  expect(choosable(all, "in").map(({ key }) => key)).toEqual(["solved", "prank"]);
  expect(choosable(all, "out").map(({ key }) => key)).toEqual(["solved", "not-reached"]);
});
