import { expect, test } from "vitest";
import { newId } from "./ids.ts";

test("ids of the desk are version 7: valid, all different, and later ones sort after earlier ones", () => {
  const ids = Array.from({ length: 1_000 }, (_, n) => newId(1_800_000_000_000 + n));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  expect(parseInt(ids[7]!.slice(0, 13).replace("-", ""), 16)).toBe(1_800_000_000_007);
});
