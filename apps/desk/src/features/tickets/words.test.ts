import { expect, test } from "vitest";
import { isAmongUs, urgency } from "./words.ts";

const now = Date.parse("2026-01-01T10:00:00Z");

test.each([
  ["2026-01-01T09:59:59Z", "open", "late"],
  ["2026-01-01T10:30:00Z", "open", "soon"],
  ["2026-01-01T12:00:00Z", "open", "calm"],
  ["2026-01-01T09:00:00Z", "done", "calm"],
  [null, "open", "calm"],
] as const)("a ticket due at %s that is %s is %s at ten", (dueAt, status, expected) => {
  expect(urgency({ dueAt, status, waitsFor: null }, now)).toBe(expected);
});

test.each(["client", "department", "other"] as const)("a ticket whose clock stands still for the %s is never late", (waitsFor) => {
  expect(urgency({ dueAt: "2025-01-01T00:00:00Z", status: "waiting", waitsFor }, now)).toBe("calm");
});

test.each([
  [{ clientId: null, contactPhone: "", contactEmail: null }, false, true],
  [{ clientId: null, contactPhone: "", contactEmail: null }, true, false],
  [{ clientId: null, contactPhone: "+38640111222", contactEmail: null }, false, false],
  [{ clientId: "id", contactPhone: "", contactEmail: null }, false, false],
])("R219 work of %o, of a type that is registered by hand: %s, is among us: %s", (whose, registrable, expected) => {
  expect(isAmongUs(whose, { registrable })).toBe(expected);
});
