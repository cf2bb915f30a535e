import { expect, test } from "vitest";
import { stalenessOf } from "./stale.ts";

const read = (name: string, input: unknown, data?: unknown) => ({ queryKey: [name, input], state: { data } });
const reached = (things: { kind: string; id: string }[], ...query: Parameters<typeof read>) => { const ids = stalenessOf(things).touch(read(...query)); return ids && [...ids].sort(); };
const ticket = { kind: "ticket", id: "t1" };
const timeline = (...items: { id: string; data: Record<string, unknown> }[]) => ({ pages: [{ items, next: null }] });

test("a change of one ticket makes only that open ticket stale", () => {
  expect(reached([ticket], "getTicket", { params: { id: "t1" } })).toEqual(["t1"]);
  expect(reached([ticket], "getTicket", { params: { id: "t2" } })).toBeNull();
});

test("lists of tickets are told which tickets changed", () => {
  expect(reached([ticket, { kind: "ticket", id: "t2" }, { kind: "client", id: "c1" }], "listTickets", { query: { view: "open" } })).toEqual(["t1", "t2"]);
});

test("a client's timeline is stale when the client, or a ticket or call in it, is meant, and not for those of others", () => {
  const input = { params: { id: "c1" } };
  const known = timeline({ id: "t1", data: {} }, { id: "n1", data: { ticketId: "t5" } });
  expect(reached([{ kind: "client", id: "c1" }], "clientTimeline", input, known)).not.toBeNull();
  expect(reached([ticket], "clientTimeline", input, known)).not.toBeNull();
  expect(reached([{ kind: "ticket", id: "t5" }], "clientTimeline", input, known)).not.toBeNull();
  expect(reached([{ kind: "ticket", id: "t6" }, { kind: "client", id: "c2" }], "clientTimeline", input, known)).toBeNull();
  expect(reached([{ kind: "ticket", id: "t6" }], "clientTimeline", input)).not.toBeNull();
});

test("the own line is asked for when its call changes, not at every call of the house", () => {
  const line = { call: { id: "k1" }, offer: null };
  expect(reached([{ kind: "call", id: "k1" }], "getLine", null, line)).not.toBeNull();
  expect(reached([{ kind: "call", id: "k2" }], "getLine", null, line)).toBeNull();
  expect(reached([{ kind: "call", id: "k2" }], "getLine", null, { call: null, offer: { interactionId: "k2" } })).not.toBeNull();
});

test("a change of a kind the desk does not know makes everything stale", () => {
  expect(stalenessOf([{ kind: "planet", id: "p" }]).everything).toBe(true);
  expect(stalenessOf([ticket, { kind: "project", id: "shop" }]).everything).toBe(false);
});
