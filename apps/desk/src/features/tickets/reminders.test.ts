import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Reminder } from "../../shared/realtime.ts";

let push: (reminder: Reminder) => void = () => undefined;
vi.mock("../../shared/realtime.ts", () => ({ onReminder: (listener: typeof push) => { push = listener; return () => undefined; } }));
const { tellReminders } = await import("./reminders.ts");

const page = Object.assign(new EventTarget(), { hidden: false });
const look = (isLooked: boolean) => { page.hidden = !isLooked; page.dispatchEvent(new Event("visibilitychange")); };
const stored = new Map<string, string>();
const reminder = (id: string, ticketId = "one"): Reminder => ({ kind: "reminded", id, ticketId, number: "INT-1", reason: "other" });
let stop: () => void = () => undefined;
function listen(): string[] {
  const told: string[] = [];
  stop = tellReminders(({ id }) => { told.push(id); });
  return told;
}

beforeEach(() => {
  stored.clear();
  page.hidden = false;
  vi.stubGlobal("document", page);
  vi.stubGlobal("localStorage", { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => stored.set(key, value) });
});
afterEach(() => { stop(); vi.unstubAllGlobals(); });

test("a reminder is told once, however often and in however many windows it arrives", () => {
  const told = listen();
  push(reminder("a"));
  push(reminder("a"));
  const other = listen();
  push(reminder("a"));
  push(reminder("b"));
  expect([told, other]).toEqual([["a"], ["b"]]);
});

test("what comes while nobody looks waits until somebody does, and a ticket is told of once", () => {
  const told = listen();
  look(false);
  push(reminder("a"));
  push(reminder("b"));
  push(reminder("c", "another"));
  expect(told).toEqual([]);
  look(true);
  expect(told).toEqual(["b", "c"]);
  look(true);
  expect(told).toEqual(["b", "c"]);
});

test("where the browser keeps nothing a reminder is told all the same", () => {
  vi.stubGlobal("localStorage", { getItem: () => { throw new Error("refused"); }, setItem: () => { throw new Error("refused"); } });
  const told = listen();
  push(reminder("a"));
  expect(told).toEqual(["a"]);
});
