import { expect, test } from "vitest";
import { lateShare, sumOf } from "./figures.ts";

test("R003 the late share of several projects is that of all their tickets, not of the projects' shares, and of nothing closed there is none", () => {
  expect(lateShare([{ closed: 90, late: 0 }, { closed: 10, late: 10 }])).toBe(0.1);
  expect(lateShare([{ closed: 0, late: 0 }])).toBeNull();
  expect(sumOf([{ overdue: 2 }, { overdue: 3 }], "overdue")).toBe(5);
});
