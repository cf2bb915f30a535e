import { expect, test } from "vitest";
import { isOpen, openFirst } from "../tickets/words.ts";
import { firstTab, type Tab } from "./firstTab.ts";

const tabs: Tab[] = ["register", "tickets", "details"];

test("when a client with open tickets calls, their tickets are shown; with none, the form that registers one", () => {
  expect([firstTab(tabs, "register", 2), firstTab(tabs, "register", 0)]).toEqual(["tickets", "register"]);
});

test("without a call the panel opens as it is told, and who may not register sees the tickets", () => {
  expect([firstTab(tabs, undefined, 2), firstTab(tabs, "tickets", 0), firstTab(["tickets", "details"], "register", 0)]).toEqual(["register", "tickets", "tickets"]);
});

test("open tickets stand above those done, and these above the closed, otherwise in their order; one that waits for the client is open", () => {
  const list = [{ id: 1, status: "closed" }, { id: 2, status: "waiting" }, { id: 3, status: "done" }, { id: 4, status: "closed" }, { id: 5, status: "open" }];
  expect(openFirst(list).map(({ id }) => id)).toEqual([2, 5, 3, 1, 4]);
  expect(list.filter(isOpen)).toHaveLength(2);
});
