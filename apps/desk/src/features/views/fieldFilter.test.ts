import { expect, test } from "vitest";
import { asksOf, wordOf } from "./FieldFilter.tsx";

test("R123 of a field is asked what its kind can answer, in words of that kind", () => {
  const asked = (kind: "text" | "number" | "money" | "date" | "moment" | "yes_no", options = 0, many = false) => asksOf({ kind, many, options: Array.from({ length: options }, () => ({ value: "a", name: "A" })) }).join(" ");
  expect(asked("text")).toBe("contains equal not_equal filled empty");
  expect(asked("text", 3)).toBe("equal not_equal filled empty");
  expect(asked("text", 3, true)).toBe("contains filled empty");
  expect(asked("yes_no")).toBe("equal filled empty");
  expect(asked("money")).toBe("equal not_equal less more filled empty");
  // A moment is never met to the second.
  expect(asked("moment")).toBe("less more filled empty");
  expect([wordOf({ kind: "date" }, "less"), wordOf({ kind: "date" }, "more"), wordOf({ kind: "money" }, "more")]).toEqual(["views.is.before", "views.is.after", "views.is.more"]);
});
