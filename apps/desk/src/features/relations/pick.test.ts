import { expect, test } from "vitest";
import { offered, wholeNumber, type Offered } from "./pick.ts";

const row = (over: Partial<Offered>): Offered => ({ id: "a", number: "INT-1", subject: "Fault", status: "open", stageName: "Registered", clientName: "Ana", createdAt: "2026-01-01T00:00:00Z", type: "fault", projectKey: "internet", ...over });

test("a ticket is not offered to itself, callbacks are not, and for merging only those of its project are", () => {
  const items = [row({ id: "self" }), row({ id: "b" }), row({ id: "c", type: "callback" }), row({ id: "d", projectKey: "shop" })];
  const ticket = { id: "self", projectKey: "internet" };
  expect(offered(items, ticket, false).map(({ id }) => id)).toEqual(["b", "d"]);
  expect(offered(items, ticket, true).map(({ id }) => id)).toEqual(["b"]);
  expect(offered(undefined, ticket, false)).toEqual([]);
});

test.each([["INT-482-109-375-4", true], ["482 109 375 4", true], ["int4821093754", true], ["INT-482-109", false], ["4821093754 fault", false], ["router", false], ["", false]])("Enter takes %j as a whole number: %s", (text, isWhole) => {
  expect(wholeNumber(text) !== null).toBe(isWhole);
});
