import { expect, test } from "vitest";
import { detailOf, sentenceOf, sentencesOf, tellsNotice, type Words } from "./told.ts";

type Texts = Record<string, string>;
const texts = import.meta.glob<Texts>("../../i18n/*.json", { eager: true, import: "default" });
const server = Object.entries(import.meta.glob<string>(["../../../../server/src/**/*.ts", "!../../../../server/src/**/*.test.ts", "!../../../../server/src/**/*.testing.ts"], { eager: true, query: "?raw", import: "default" }));
/** Deeds of the audit log, which have words of their own, and names of conditions and of jobs: not facts. */
const notFacts = /\b(?:action|path):\s*(?:\w+ \? )?"[\w.]+"(?:\s*:\s*"[\w.]+")?/g;
const others = new Set(["ticket.timer", "ticket.bring_along", "ticket.owner", "ticket.subtasks", "ticket.open_subtasks", "ticket.undone_subtasks", "ticket.open_approvals", "ticket.approved", "ticket.refused", "ticket.subtask_done", "ticket.form_submitted", "ticket.description", "ticket.files",
  "client.email", "client.phone", "client.tickets", "client.open_tickets", "client.recent_tickets"]);

/** Every fact about a ticket or a client that is written anywhere in the server, as its code has it: the conservative way, by what looks like one. */
const facts = [...new Set(server.flatMap(([, code]) => [...code.replaceAll(notFacts, "").matchAll(/"((?:ticket|client)\.[a-z_]+)"/g)].map((match) => match[1]!)))].filter((type) => !others.has(type)).sort();
/** Those whose names are put together. */
const puzzled = [...new Set(server.flatMap(([, code]) => [...code.matchAll(/type: `([^`]*)`/g)].map((match) => match[1]!)))].filter((type) => /ticket|client|\$\{promise/.test(type));
const promises = ["made", "kept", "broken", "overdue"].flatMap((end) => [`ticket.promise_${end}`, `client.promise_${end}`]);
/** Told by lines of their own kind. */
const elsewhere = new Set(["ticket.registered", "ticket.note_added"]);
const told = [...facts, ...promises].filter((type) => !elsewhere.has(type));

test("R123 facts are found in the server's code, and those with names put together are known", () => {
  expect(facts.length).toBeGreaterThan(40);
  expect(puzzled).toEqual(['${promise.ticketId ? "ticket" : "client"}.${type.replace(".", "_")}']);
  const ends = new Set(server.flatMap(([, code]) => [...code.matchAll(/tell\(ctx, (?:"promise\.(\w+)"|`promise\.([^`]*)`)/g)].map((match) => match[1] ?? match[2]!)));
  expect([...ends].sort()).toEqual(["${input.state}", "made", "overdue"]);
});

test.each(["en", "ru", "sl"])("R123 every fact of a ticket and of a client that the server can write is told in a sentence of %s", (language) => {
  const known = texts[`../../i18n/${language}.json`]!;
  expect(told.flatMap(sentencesOf).filter((sentence) => known[`event.${sentence}`] === undefined)).toEqual([]);
});

test.each(["en", "ru", "sl"])("R123 whatever of the program does something to a ticket has a name in %s", (language) => {
  const doers = new Set(server.flatMap(([, code]) => [...code.matchAll(/kind: "system", (?:id: null, )?name: "([a-z]+)"/g)].map((match) => match[1]!)));
  // What only fills the demo or stands in for the program in its tests.
  const unseen = new Set(["demo", "test"]);
  expect(doers).toContain("process");
  expect([...doers].filter((name) => !unseen.has(name) && texts[`../../i18n/${language}.json`]![`actor.${name}`] === undefined)).toEqual([]);
});

const words: Words = { word: (family, name, otherwise) => otherwise ?? `${family} ${name}`, minutes: (count) => `${count} min`, money: (amount) => (amount === null ? "" : JSON.stringify(amount)), moment: (iso) => iso };
const line = (type: string, data: Record<string, unknown>, names = {}) => [sentenceOf({ type, data }), detailOf({ type, data, names }, words)];

test("R123 a fact names stages, steps and people as they are called, never by their keys", () => {
  expect(line("ticket.moved", { to: "akt" }, { stage: "Акт подписан" })).toEqual(["ticket.moved", "Акт подписан"]);
  expect(line("ticket.approval_wanted", { deed: "refund", amount: 40 }, { deed: "Refund", step: "Give back" })).toEqual(["ticket.approval_wanted", "Refund, 40"]);
  expect(line("ticket.approval_decided", { decision: "approve", amount: null }, { deed: "Refund" })).toEqual(["ticket.approval_granted", "Refund"]);
  expect(line("ticket.approval_decided", { decision: "refuse", amount: null }, { deed: "Refund" })).toEqual(["ticket.approval_decided", "Refund"]);
  expect(line("ticket.assigned", { to: null })).toEqual(["ticket.assigned_nobody", ""]);
  expect(line("ticket.assigned", { to: "id" }, { owner: "Ana Kos" })).toEqual(["ticket.assigned", "Ana Kos"]);
  expect(line("ticket.item_ticked", { item: "a", done: false }, { item: "Cable checked" })).toEqual(["ticket.item_unticked", "Cable checked"]);
  expect(line("ticket.subtask_ended", { key: "t", subtaskNumber: "INT-1" }, { task: "Go there" })).toEqual(["ticket.subtask_ended", "Go there, INT-1"]);
  expect(line("ticket.promise_made", { text: "Call at noon" })).toEqual(["ticket.promise_made", "Call at noon"]);
  expect(line("ticket.something_new", { name: "x" })).toEqual(["ticket.something_new", ""]);
});

test("R123 only what went out is said to be told to the client", () => {
  expect(["sent", "queued", "no_address", "failed"].map(tellsNotice)).toEqual(["story.told", "story.telling", "story.notTold", "story.notTold"]);
});
