import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { inTx, type Actor } from "../../platform/db.ts";
import { startDeliveries } from "../../platform/deliveries.ts";
import { registerDurable } from "../../platform/events.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildForm } from "../forms/forms.factory.ts";
import { ticketForms } from "../forms/index.ts";
import { attachRecord, createRecord, submitRecord } from "../forms/forms.service.ts";
import { decideApproval } from "../tickets/tickets.approvals.service.ts";
import { buildProcess } from "../tickets/tickets.process.testing.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import { getTicket, moveByClient, moveTicket } from "../tickets/index.ts";
import { wakingEvents, type WakingEvent } from "./automation.contract.ts";
import { wokenBy } from "./automation.facts.rules.ts";
import { rulesKind } from "./automation.kind.ts";
import { automationListener } from "./automation.listener.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProcess(system);
await buildForm(system);
await sql`insert into articles (project_key, key, kind, title, body, words, folded, search, updated_at) values ('internet', 't1', 'tariff', '{"en":"Fibre 300","ru":"Оптика 300","sl":"Optika 300"}', '{"en":"","ru":"","sl":""}', '{}', '', '', now())`.execute(database.db);
const user = async (name: string, over: object = {}) => actorOf(await buildUser(database.db, { name, projects: ["internet"], ...over }));
const ana = await user("Ana Kos");
const boris = await user("Boris Zajc", { roles: ["supervisor"] });
const keeper = await user("Miha Rus", { roles: ["department_worker"], department: "delivery" });
const as = (actor: Actor) => database.ctx(actor);

const listener = automationListener({ callWebhook: () => Promise.resolve() });
registerDurable(listener.name, (type) => listener.wants(type));

async function ran(ticketId: string): Promise<{ ruleKey: string; state: string }[]> {
  const deliveries = startDeliveries(system, [listener]);
  await deliveries.settled();
  await deliveries.stop();
  return sql<{ ruleKey: string; state: string }>`select rule_key, state from automation_runs where ticket_id = ${ticketId} order by id`.execute(database.db).then(({ rows }) => rows);
}
/** Which rules have fired on a ticket, when every waking event has one. */
async function fired(ticketId: string): Promise<string[]> {
  const rows = await ran(ticketId);
  expect(rows.every(({ state }) => state === "fired")).toBe(true);
  return rows.map(({ ruleKey }) => ruleKey);
}
const ruleOf = (event: WakingEvent) => event.replace("ticket.", "on_");
const go = async (actor: Actor, id: string, transition: string, input: Record<string, unknown> = {}) => moveTicket(as(actor), id, { version: (await getTicket(as(actor), id)).version, transition, input });
const taken = async () => {
  const ticket = await buildTicket(system, { type: "claim", ownerId: ana.kind === "user" ? ana.id : null });
  await go(ana, ticket.id, "take");
  return ticket.id;
};
const full = {
  subscriber: { surname: "Čuk", given: "Žiga" }, phone: "031 234 567", address: { city: "Maribor", street: "Glavna" }, building: "house", passport: { series: "12 34", number: "123456" },
  tariff: { id: "t1", name: "Fibre", monthly: { amount: "20.00", currency: "EUR" } }, consent: { given: true, text: "Ali soglašate?", recordingId: "r1", offsetMs: 61_500 },
};
const begin = (subject: { kind: "ticket"; id: string } | null) => createRecord(as(ana), { id: crypto.randomUUID(), projectKey: "internet", formKey: "connection", subject, data: full });

beforeEach(async () => {
  const texts = wakingEvents.map((event) => `key: ${ruleOf(event)}\nname: { en: ${event} }\non: { event: ${event} }\nsteps:\n  - do: tell_supervisor\n    with: { text: event.type }\n`);
  await inTx(system, (ctx) => rulesKind.use!(ctx, "internet", Object.fromEntries(texts.map((text, index) => [String(index), { text }]))));
});

test("R124 a rule is woken by an approval that was given, and by one that was refused", async () => {
  const id = await taken();
  const asked = await go(ana, id, "refund", { amount: "150.00" });
  await decideApproval(as(boris), { id, approvalId: asked.approvals[0]!.id }, { decision: "refuse", note: "Not without a photo" });
  expect(await fired(id)).toContain("on_refused");
  const again = await go(ana, id, "refund", { amount: "150.00" });
  await decideApproval(as(boris), { id, approvalId: again.approvals.find(({ state }) => state === "pending")!.id }, { decision: "approve", note: "" });
  const all = await fired(id);
  expect([all.filter((key) => key === "on_refused").length, all.filter((key) => key === "on_approved").length]).toEqual([1, 1]);
});

test("R124 a rule of the parent is woken when a department has answered its task", async () => {
  const id = await taken();
  const waiting = await go(ana, id, "ask_warehouse");
  expect(await fired(id)).not.toContain("on_subtask_done");
  await go(keeper, waiting.subtasks[0]!.id, "answer", { resolution: "On shelf B12" });
  expect((await fired(id)).filter((key) => key === "on_subtask_done")).toHaveLength(1);
});

test("R124 a rule is woken once by the ticket's form, submitted on the ticket or before it was attached", async () => {
  const early = await taken();
  const record = await begin(null);
  await submitRecord(as(ana), record.id, { version: record.version });
  expect(await fired(early)).not.toContain("on_form_submitted");
  await attachRecord(as(ana), record.id, { kind: "ticket", id: early });
  expect((await fired(early)).filter((key) => key === "on_form_submitted")).toHaveLength(1);
  const late = await taken();
  const other = await begin({ kind: "ticket", id: late });
  expect(await fired(late)).not.toContain("on_form_submitted");
  await submitRecord(as(ana), other.id, { version: other.version });
  expect((await fired(late)).filter((key) => key === "on_form_submitted")).toHaveLength(1);
});

test("R124 a rule is woken by what the client has written", async () => {
  const { id } = await buildTicket(system, { ownerId: ana.kind === "user" ? ana.id : null });
  await go(ana, id, "take");
  const asked = await go(ana, id, "ask_client", { question: "Which of the two invoices?" });
  expect(await fired(id)).not.toContain("on_client_wrote");
  await moveByClient(database.ctx({ kind: "client" }), id, { stageSince: asked.stageSince }, { transition: "client_answered", input: { answer: "The one of May" } });
  expect((await fired(id)).filter((key) => key === "on_client_wrote")).toHaveLength(1);
});

test("R124 R362 a ticket registered together with its form wakes a rule that waits for either once; a form that comes later wakes it again", async () => {
  const text = "key: both\nname: { en: both }\non: { event: [ticket.registered, ticket.form_submitted] }\nsteps:\n  - do: add_note\n    with: { text: '\"x\"' }\n";
  const form = text.replace("key: both", "key: only").replace("[ticket.registered, ticket.form_submitted]", "ticket.form_submitted");
  await inTx(system, (ctx) => rulesKind.use!(ctx, "internet", { both: { text }, only: { text: form } }));
  const { id } = await buildTicket(system, { type: "claim" });
  const record = await begin(null);
  await inTx(as(ana), (ctx) => ticketForms.submitFor(ctx, record.id, { id, projectKey: "internet", formKey: "connection" }));
  expect((await fired(id)).toSorted()).toEqual(["both", "only"]);
  const later = await begin({ kind: "ticket", id });
  await submitRecord(as(ana), later.id, { version: later.version });
  expect((await fired(id)).toSorted()).toEqual(["both", "both", "only", "only"]);
});

test("R344 a rule that asks which of its two events woke it is woken by each, also when a ticket came together with its form", async () => {
  const text = "key: both\nname: { en: both }\non: { event: [ticket.registered, ticket.form_submitted] }\nwhen: event.type == \"ticket.form_submitted\"\nsteps:\n  - do: add_note\n    with: { text: event.type }\n";
  await inTx(system, (ctx) => rulesKind.use!(ctx, "internet", { both: { text } }));
  const { id } = await buildTicket(system, { type: "claim" });
  const record = await begin(null);
  await inTx(as(ana), (ctx) => ticketForms.submitFor(ctx, record.id, { id, projectKey: "internet", formKey: "connection" }));
  await ran(id);
  expect((await getTicket(as(ana), id)).notes.map(({ text: note }) => note)).toEqual(["ticket.form_submitted"]);
});

test("facts of forms that are about no ticket wake nobody", () => {
  const fact = (type: string, data: object) => ({ type, subject: { kind: "form", id: "f" }, data });
  expect(wokenBy(fact("form.submitted", { subject: null }))).toBeNull();
  expect(wokenBy(fact("form.submitted", { subject: { kind: "client", id: "c" } }))).toBeNull();
  expect(wokenBy(fact("form.attached", { subject: { kind: "ticket", id: "t" }, state: "draft" }))).toBeNull();
  expect(wokenBy({ type: "ticket.told", subject: { kind: "ticket", id: "t" }, data: {} })).toBeNull();
});
