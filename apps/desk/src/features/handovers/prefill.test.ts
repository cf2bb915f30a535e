import { expect, test } from "vitest";
import { local, noteOf } from "./prefill.ts";

const note = (text: string, at: string) => ({ id: at, text, by: "Ana", at });
const ticket = { subject: "No internet", description: "", notes: [], dueAt: null };
const now = Date.parse("2026-11-23T08:00:00Z");

test("R137 the note begins with what the client asked for and the newest notes, oldest first", () => {
  const notes = ["4", "1", "3", "2"].map((day) => note(`note ${day}`, `2026-11-0${day}T10:00:00.000Z`));
  expect(noteOf({ ...ticket, description: "No light on the box", notes }, now)).toMatchObject({ wanted: "No light on the box", tried: "note 2\nnote 3\nnote 4", expected: "" });
  expect(noteOf(ticket, now)).toMatchObject({ wanted: "No internet", tried: "" });
});

test("a deadline that has passed is no time to expect anything by", () => {
  expect(noteOf({ ...ticket, dueAt: "2026-11-23T07:59:00.000Z" }, now).due).toBe("");
  expect(noteOf({ ...ticket, dueAt: "2026-11-23T09:00:00.000Z" }, now).due).toBe(local("2026-11-23T09:00:00.000Z"));
});
