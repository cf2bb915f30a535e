import { expect, test } from "vitest";
import { AppError } from "./errors.ts";
import { newId } from "./ids.ts";
import { decodeCursor, encodeCursor, pageOf } from "./page.ts";

test("goes on exactly where the page before ended", () => {
  const id = newId();
  const at = new Date("2026-03-04T05:06:07.089Z");
  expect(decodeCursor(encodeCursor(at, id))).toEqual(["2026-03-04T05:06:07.089Z", id]);
  expect(decodeCursor(encodeCursor(7, 7), "number")).toEqual(["7", "7"]);
  expect(decodeCursor(undefined)).toBeNull();
});

test("refuses a bent cursor as the field `after`, before the database sees it", () => {
  const bent = ["x", "W10", encodeCursor("yesterday", newId()), encodeCursor("2026-99-99T00:00:00Z", newId()), encodeCursor(new Date(), "1"), Buffer.from("[1,2]").toString("base64url"), "%%%"];
  for (const after of bent) {
    const refusal = (() => { try { return decodeCursor(after); } catch (error) { return error; } })();
    expect(refusal, after).toBeInstanceOf(AppError);
    expect((refusal as AppError).fields[0]?.field).toBe("after");
  }
});

test("says there is no next page when the rows end with this one", () => {
  expect(pageOf([1, 2, 3], 2, String)).toEqual({ items: [1, 2], next: "2" });
  expect(pageOf([1, 2], 2, String)).toEqual({ items: [1, 2], next: null });
  expect(pageOf<number>([], 2, String)).toEqual({ items: [], next: null });
});

test("carries a rank before the instant where a list has one, and refuses one that is bent", () => {
  const [id, at] = [newId(), new Date("2026-03-04T05:06:07.089Z")];
  expect(decodeCursor(encodeCursor(`1:${at.toISOString()}`, id), "ranked")).toEqual(["1:2026-03-04T05:06:07.089Z", id]);
  for (const sort of [at.toISOString(), `x:${at.toISOString()}`, "1:2026-99-99T00:00:00Z", "1:"]) expect(() => decodeCursor(encodeCursor(sort, id), "ranked"), sort).toThrow(AppError);
});
