import { sql } from "kysely";
import { expect, test } from "vitest";
import { audit } from "../../platform/audit.ts";
import { inTx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { listAudit } from "../audit/audit.service.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { getFloor } from "./floor.service.ts";
import { buildForm } from "../forms/forms.factory.ts";
import { createRecord, getRecord, recordHistory, saveRecord } from "../forms/forms.service.ts";
import { clientPromises, makePromise, ticketPromises } from "../promises/promises.service.ts";
import { listStays } from "../reports/reports.service.ts";
import { callWebhook, listDeliveries } from "../webhooks/webhooks.service.ts";
import { listReasons } from "../tickets/tickets.checks.service.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { getTicket, moveTicket } from "../tickets/index.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
await buildForm(system);
const person = async (role: string, more: { department?: string } = {}) => database.ctx(actorOf(await buildUser(database.db, { name: role, projects: ["internet"], roles: [role], ...more })));
const [operator, boss, administrator, worker] = await Promise.all([person("operator"), person("supervisor"), person("administrator"), person("department_worker", { department: "technicians" })]);

/** The first stands on the ticket, the second only on the card: both as they are dialled at home. */
const SAID = "Ring 041 555 029 or 031/777-461";
const HIDDEN = "Ring •••••029 or •••••461";
const card = await buildClient(system, { projects: ["internet"], phones: ["+38631777461"] } as never);
const ticket = await buildTicket(system, { type: "fault", department: "technicians", clientId: card.id, contactPhone: "+38641555029", subject: SAID, description: SAID });

/** The texts in which the number was written. */
const said = (told: unknown): string[] => [...JSON.stringify(told).matchAll(/Ring [^"]*/g)].map(([text]) => text);
const everybody = async (read: (ctx: typeof operator) => Promise<unknown>, readers: [typeof operator, string][]): Promise<void> => {
  for (const [reader, shown] of readers) expect(new Set(said(await read(reader))), reader.actor.name).toEqual(new Set([shown]));
};

test("R095 a number as it is dialled at home, of the ticket or of its client's card, stands whole on the ticket for who sees contacts only", async () => {
  await everybody((ctx) => getTicket(ctx, ticket.id), [[operator, SAID], [worker, HIDDEN], [administrator, HIDDEN]]);
});

test("R095 nor does it stand whole in alerts on the floor or in the list behind the report of stages", async () => {
  await inTx(system, (ctx) => emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id: ticket.id }, data: { key: "alert_rule", params: { number: ticket.number, text: SAID }, projectKey: "internet", ticketId: ticket.id } }));
  await inTx(system, (ctx) => emit(ctx, { type: "alert.raised", subject: { kind: "client", id: card.id }, data: { key: "alert_promise_late", params: { number: "N", text: "Ring 031/777-461" }, projectKey: "internet" } }));
  const deps = { queues: [], hours: () => ({ open: true, opensAt: null }), timeZone: "UTC", router: {} as never };
  const texts = async (ctx: typeof boss) => said((await getFloor(ctx, deps)).alerts).sort();
  expect(await texts(boss)).toEqual([expect.stringContaining("Ring 031/777-461"), expect.stringContaining(SAID)]);
  expect(await texts(administrator)).toEqual([expect.stringContaining(HIDDEN), expect.stringContaining("Ring •••••461")]);
  const { version } = await getTicket(operator, ticket.id);
  await moveTicket(operator, ticket.id, { version, transition: "take", input: {} });
  const period = { project: "internet", from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 3_600_000).toISOString(), process: "fault", stage: "registered" };
  await everybody((ctx) => listStays(ctx, period), [[boss, SAID], [administrator, HIDDEN]]);
});

test("R095 nor in a form of the ticket, its changes, and what it says when two write at once; what is shown in bullets is not written back", async () => {
  const { id, version } = await createRecord(operator, { id: crypto.randomUUID(), projectKey: "internet", formKey: "connection", subject: { kind: "ticket", id: ticket.id }, data: { note: SAID } });
  await everybody((ctx) => getRecord(ctx, id), [[operator, SAID], [worker, HIDDEN], [administrator, HIDDEN]]);
  await everybody((ctx) => recordHistory(ctx, id, {}), [[operator, SAID], [worker, HIDDEN], [administrator, HIDDEN]]);
  await expect(saveRecord(worker, id, { version, changes: [{ path: "note", value: `${HIDDEN}!` }] })).rejects.toMatchObject({ code: "invalid" });
  expect((await getRecord(operator, id)).data).toMatchObject({ note: SAID });
});

test("R095 nor among the reasons of a decision", async () => {
  await sql`insert into ticket_reasons (id, at, ticket_id, what, value, kind, version, path, text, inputs) select ${newId()}, now(), id, 'fields.note', ${JSON.stringify(SAID)}::jsonb, 'rule', process_id, 'x', 'x', ${JSON.stringify({ "ticket.subject": SAID })}::jsonb from tickets where id = ${ticket.id}`.execute(database.db);
  await everybody((ctx) => listReasons(ctx, ticket.id, {}), [[operator, SAID], [worker, HIDDEN], [administrator, HIDDEN]]);
});

test("R095 nor in a promise, about the ticket or about its client alone", async () => {
  const dueAt = new Date(Date.now() + 3_600_000).toISOString();
  await makePromise(operator, { ticketId: ticket.id, clientId: null, text: SAID, dueAt });
  await everybody((ctx) => ticketPromises(ctx, ticket.id), [[operator, SAID], [worker, HIDDEN], [administrator, HIDDEN]]);
  const other = await buildClient(system, { projects: ["internet"], phones: ["+38641555029", "+38631777461"] } as never);
  await makePromise(operator, { ticketId: null, clientId: other.id, projectKey: "internet", text: SAID, dueAt });
  await everybody((ctx) => clientPromises(ctx, other.id), [[operator, SAID], [administrator, HIDDEN]]);
});

test("R312 nor in the audit trail and in what was sent to other systems", async () => {
  await inTx(operator, (ctx) => audit(ctx, { action: "ticket.note", object: { kind: "ticket", id: ticket.id }, before: { text: SAID }, after: { deep: [{ text: SAID }] }, reason: SAID }));
  await everybody((ctx) => listAudit(ctx, { objectKind: "ticket", objectId: ticket.id }), [[administrator, HIDDEN]]);
  await sql`insert into webhooks (id, project_key, key, name, url, secret, enabled, created_at, updated_at) values (${newId()}, 'internet', 'crm', 'CRM', 'http://127.0.0.1:1/', '\\x00', true, now(), now())`.execute(database.db);
  await inTx(system, (ctx) => callWebhook(ctx, { projectKey: "internet", key: "crm", ticketId: ticket.id, cause: "x", data: { text: SAID } }));
  await everybody((ctx) => listDeliveries(ctx, "internet", {}), [[administrator, HIDDEN]]);
});
