import { expect, test } from "vitest";
import { defaultColumns, MOST_COLUMNS, readColumns, tracksOf, type Column } from "./columns.ts";

const none = () => "text" as const;

test("R123 columns of an address bent by hand are those that can be understood, each once and not too many", () => {
  expect(readColumns("number,nonsense,form.total,number,fields.x y,<b>")).toEqual(["number", "form.total"]);
  expect(readColumns(Array.from({ length: 40 }, (_, n) => `form.f${n}`).join(","))).toHaveLength(MOST_COLUMNS);
});

test("R123 the usual columns fit a window of 1280, and many columns push the list sideways instead of breaking it", () => {
  expect(tracksOf(defaultColumns, none, {}).minWidth).toBeLessThan(1280 - 56 - 40 - 80);
  expect(tracksOf(["number", "form.total"], () => "money", {})).toEqual({ gridTemplateColumns: "3px 146px minmax(104px, 1fr)", minWidth: 3 + 12 + 146 + 12 + 104 });
});

test("R123 a width drawn by hand holds, and something always takes what is left", () => {
  const { gridTemplateColumns, minWidth } = tracksOf(["subject", "owner"], none, { subject: 300 });
  expect([gridTemplateColumns, minWidth]).toEqual(["3px 300px minmax(96px, 1fr)", 3 + 12 + 300 + 12 + 96]);
  const all: Column[] = ["subject", "owner"];
  expect(tracksOf(all, none, { subject: 300, owner: 200 }).gridTemplateColumns).toBe("3px 300px minmax(200px, 1fr)");
});
