import { expect, test } from "vitest";
import { hideContacts, maskWithin } from "./access.masking.rules.ts";
import { toldAtDesk, toldTo } from "./access.told.rules.ts";

test("numbers and mails are hidden wherever people wrote them, and nothing else is", () => {
  expect(hideContacts("Call +386 (40) 777-123 or +38640777123, write to ana.kos@mail.example.si")).toBe("Call •••••123 or •••••123, write to a•••@mail.example.si");
  const at = new Date(0);
  const told = { number: "INT-482-109-375-4", at, due: "2026-03-29T10:00:00+02:00", sum: "+12 EUR", version: 3, rows: [{ text: "x@y.si" }, null] };
  expect(hideContacts(told)).toEqual({ ...told, rows: [{ text: "x•••@y.si" }, null] });
});

test("a text's own number is found however it is spaced, even without its plus", () => {
  expect(maskWithin("386 40 777 123 called", { phone: "+38640777123", email: null })).toBe("•••••123 called");
});

test.each([
  ["+38640777123", ["38640777123", "00386 40 777-123", "+386 (0)40 777 123", "040 777 123", "(040) 777-123", "040/777-123", "0 40 777 123", "40777123", "386\u00a040\u2011777\u2011123"]],
  ["040 777 123", ["040777123", "40 777 123", "+386 40 777 123", "38640777123", "(040) 777 123"]],
  ["38640777123", ["+386 40 777 123", "040 777 123"]],
  ["+79261234123", ["8 (926) 123-41-23", "7 926 123 41 23", "89261234123", "926 123 41 23"]],
  ["+36201234123", ["06 20 123 4123", "0036201234123"]],
])("R095 a text's own number %s is found as it is dialled at home and from abroad, in whatever groups", (phone, spellings) => {
  for (const text of spellings) expect(hideContacts(`Ring ${text}, thanks`, { phone, email: null }), text).toBe("Ring •••••123, thanks");
});

test("digits that are only a part of others are no number, nor is anything in an id or a moment", () => {
  const own = { phone: "+38620260329", email: null };
  const told = { id: "20260329-0000-4000-8000-202603290000", at: "2026-03-29T10:00:00.000Z", day: "2026-03-29", bill: "1202603291", short: "461" };
  expect(hideContacts(told, own)).toEqual(told);
  expect(hideContacts("461 people", { phone: "461", email: null })).toBe("461 people");
});

test("who sees contacts is told everything, a department worker in part", () => {
  const as = (role: string) => ({ actor: { kind: "user" as const, id: "1", roles: [role], projects: ["internet"] } });
  expect(["operator", "supervisor", "department_worker", "administrator", "management"].map((role) => toldTo(as(role), "+38640777123"))).toEqual(["+38640777123", "+38640777123", "•••••123", "•••••123", "•••••123"]);
});

test("R95 a client is told their own at the door where people at desks are told in part", () => {
  expect(toldAtDesk({ actor: { kind: "client" } }, { phone: "+38640777123" })).toEqual({ phone: "+38640777123" });
  expect(toldAtDesk({ actor: { kind: "user", id: "1", roles: ["department_worker"], projects: [] } }, Object.assign(Object.create(null) as object, { phone: "+38640777123" }))).toEqual({ phone: "•••••123" });
});
