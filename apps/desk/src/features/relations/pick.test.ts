import { expect, test } from "vitest";
import { offered, wholeNumber, type Offered } from "./pick.ts";

const row = (over: Partial<Offered>): Offered => ({ id: "a", number: "INT-1", subject: "Fault", status: "open", stageName: "Registered", clientName: "Ana", createdAt: "2026-01-01T00:00:00Z", type: "fault", projectKey: "internet", isTask: false, ...over });

test("a ticket is not offered to itself, callbacks are not, and for merging only those of its project are, and no task as the duplicate of a request", () => {
  const items = [row({ id: "self" }), row({ id: "b" }), row({ id: "c", type: "callback" }), row({ id: "d", projectKey: "shop" }), row({ id: "e", type: "task", isTask: true })];
  const ticket = { id: "self", projectKey: "internet", isTask: false };
  expect(offered(items, ticket, false).map(({ id }) => id)).toEqual(["b", "d", "e"]);
  expect(offered(items, ticket, true).map(({ id }) => id)).toEqual(["b"]);
  expect(offered(items, { ...ticket, isTask: true }, true).map(({ id }) => id)).toEqual(["e"]);
  expect(offered(undefined, ticket, false)).toEqual([]);
});

test.each([["INT-482-109-375-4", true], ["482 109 375 4", true], ["int4821093754", true], ["INT-482-109", false], ["4821093754 fault", false], ["router", false], ["", false]])("Enter takes %j as a whole number: %s", (text, isWhole) => {
  expect(wholeNumber(text) !== null).toBe(isWhole);
});
