import { expect, test } from "vitest";
import { onlyOnes, saidBy } from "./said.ts";

const field = (key: string, kind: Parameters<ReturnType<typeof saidBy>>[0][number]["kind"], ...options: string[]) => ({ key, kind, options: options.map((option) => ({ key: option, name: option })) });
const asked = [field("about", "choice", "service", "employee"), field("employee", "employee", "u1", "u2"), field("desired", "text"), field("amount", "money"), field("question", "text")];

test("R129 a step that asks what the complaint's form already says begins with it", () => {
  const said = saidBy({ data: { about: "employee", employee: { id: "u2", name: "Ana" }, desired: "An apology", amount: { amount: "12.50", currency: "EUR" } }, masked: [] }, {});
  expect(said(asked)).toEqual({ about: "employee", employee: "u2", desired: "An apology", amount: "12.50" });
});

test("what was said later on the ticket goes before its form; what is not of the form is asked anew each time", () => {
  const said = saidBy({ data: { about: "employee", desired: "An apology" }, masked: [] }, { about: "service", question: "Which day?" });
  expect(said(asked)).toEqual({ about: "service", desired: "An apology" });
});

test("what does not fit is left empty, and what is shown in part only is never sent back as it is shown", () => {
  const said = saidBy({ data: { about: "weather", employee: { id: "gone", name: "Ana" }, desired: "•••", amount: null }, masked: [{ path: "desired", mayReveal: true }] }, {});
  expect(said(asked)).toEqual({});
});

test("where one department alone can be asked nobody has to choose it; several, or one that need not be asked, are left open", () => {
  const department = (required: boolean, ...options: string[]) => onlyOnes([{ ...field("department", "department", ...options), required }]);
  expect([department(true, "grid"), department(true, "grid", "maintenance"), department(false, "grid")]).toEqual([{ department: "grid" }, {}, {}]);
});
