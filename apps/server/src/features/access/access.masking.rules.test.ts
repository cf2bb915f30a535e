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

test("who sees contacts is told everything, a department worker in part", () => {
  const as = (role: string) => ({ actor: { kind: "user" as const, id: "1", roles: [role], projects: ["internet"] } });
  expect(["operator", "supervisor", "department_worker", "administrator"].map((role) => toldTo(as(role), "+38640777123"))).toEqual(["+38640777123", "+38640777123", "•••••123", "•••••123"]);
});

test("R95 a client is told their own at the door where people at desks are told in part", () => {
  expect(toldAtDesk({ actor: { kind: "client" } }, { phone: "+38640777123" })).toEqual({ phone: "+38640777123" });
  expect(toldAtDesk({ actor: { kind: "user", id: "1", roles: ["department_worker"], projects: [] } }, Object.assign(Object.create(null) as object, { phone: "+38640777123" }))).toEqual({ phone: "•••••123" });
});
