import { MAX_FILE_BYTES } from "@linija/server/contract/tickets/tickets.files";
import { expect, test } from "vitest";
import { sortChosen } from "./chosen.ts";

test("a file larger than the limit and an empty one are refused when they are chosen, each by its name, and the others stay", () => {
  const file = (name: string, size: number) => ({ name, size });
  const { taken, refused } = sortChosen([file("scan.pdf", MAX_FILE_BYTES), file("film.mp4", MAX_FILE_BYTES + 1), file("empty.txt", 0), file("a.png", 1)]);
  expect(taken.map(({ name }) => name)).toEqual(["scan.pdf", "a.png"]);
  expect(refused.map(({ file: { name }, why }) => [name, why])).toEqual([["film.mp4", "too_large"], ["empty.txt", "empty"]]);
});
