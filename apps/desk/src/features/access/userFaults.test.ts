import { PASSWORD_MIN } from "@linija/server/contract/access/access.password";
import { expect, test } from "vitest";
import { faultsOf } from "./userFaults.ts";

test("a new user without name, sign-in name or password is told so at each field, and how much a short password lacks", () => {
  const required = { key: "form.required" };
  expect(faultsOf({ login: " ", name: "", password: "" }, true)).toEqual({ login: required, name: required, password: required });
  expect(faultsOf({ login: "maja", name: "Maja", password: "x".repeat(PASSWORD_MIN - 2) }, true)).toEqual({ password: { key: "password.short", count: 2 } });
  expect(faultsOf({ login: "maja", name: "Maja", password: "x".repeat(PASSWORD_MIN) }, true)).toEqual({});
});

test("a user that is changed keeps the password when none is typed", () => {
  expect(faultsOf({ login: "", name: "Maja", password: "" }, false)).toEqual({});
});
