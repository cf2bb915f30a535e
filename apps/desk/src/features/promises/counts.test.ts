import { expect, test } from "vitest";
import { countsAt, isKeptLate } from "./counts.ts";

const now = Date.parse("2026-03-02T12:00:00Z");
const [before, after] = ["2026-03-02T11:59:00Z", "2026-03-02T12:01:00Z"];

test("R216 of what was promised to a client the late is told apart from what is still ahead", () => {
  const promises = [{ state: "open", dueAt: before }, { state: "open", dueAt: after }, { state: "open", dueAt: after }, { state: "kept", dueAt: before }, { state: "broken", dueAt: before }] as const;
  expect(countsAt([...promises], now)).toEqual({ late: 1, open: 2 });
});

test.each([["kept", before, true], ["kept", after, false], ["broken", before, false]] as const)("R216 a promise that is %s and was due at %s counts as kept late: %s", (state, dueAt, expected) => {
  expect(isKeptLate({ state, dueAt, closed: { at: "2026-03-02T12:00:00Z", by: "Ana" } })).toBe(expected);
});
