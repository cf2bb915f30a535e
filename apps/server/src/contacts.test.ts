import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "./platform/db.ts";
import { newId } from "./platform/ids.ts";
import { testDatabase } from "./testing/database.ts";
import { actorOf, buildUser } from "./features/access/access.factory.ts";
import { ticketSolutions } from "./features/articles/articles.service.ts";
import { attachSolution, offerVariant } from "./features/articles/articles.solutions.service.ts";
import { getRun, listTicketRuns } from "./features/automation/automation.runs.service.ts";
import { certify, dryRun } from "./features/automation/automation.service.ts";
import { buildClient } from "./features/clients/clients.factory.ts";
import { clientTimeline } from "./features/clients/clients.list.service.ts";
import { giveHandover } from "./features/handovers/handovers.service.ts";
import { listHandovers } from "./features/handovers/handovers.view.ts";
import { listMessages } from "./features/messages/messages.service.ts";
import { makePromise, ticketPromises } from "./features/promises/promises.service.ts";
import { listRelations } from "./features/relations/relations.service.ts";
import { buildProjects, buildTicket } from "./features/tickets/tickets.factory.ts";
import { addNote, getTicket, listTickets } from "./features/tickets/index.ts";
import { findTickets } from "./features/views/views.find.service.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const ana = actorOf(await buildUser(database.db, { name: "Ana", projects: ["internet"] }));
const tina = actorOf(await buildUser(database.db, { name: "Tina", roles: ["department_worker"], department: "technicians", projects: ["internet"] }));
const as = (actor: Actor) => database.ctx(actor);
const idOf = (actor: Actor): string => (actor.kind === "user" ? actor.id : "");
const here = { here: () => Promise.resolve(new Set([idOf(tina)])) };

/** A ticket of Tina's department with the client's number in every text that people, rules and processes write. */
async function ticketThatSays(said: string): Promise<{ id: string; clientId: string; runId: string }> {
  const client = await buildClient(system, { phones: ["+38640123456"], projects: ["internet"] });
  const { id } = await buildTicket(system, { subject: `Subject ${said}`, description: `Description ${said}`, contactPhone: "+38640123456", clientId: client.id, ownerId: idOf(ana), department: "technicians" });
  const parent = await buildTicket(system, { subject: `Parent ${said}`, contactPhone: "+38640123456", department: "technicians" });
  await sql`update tickets set parent_id = ${parent.id} where id = ${id}`.execute(database.db);
  await addNote(as(ana), id, `Note ${said}`);
  await makePromise(as(ana), { ticketId: id, clientId: client.id, text: `Promise ${said}`, dueAt: new Date(Date.now() + 3_600_000).toISOString() });
  await giveHandover(as(ana), id, { handoverId: newId(), circle: "department", department: "technicians", userId: null, insist: false, wanted: `Wanted ${said}`, tried: `Tried ${said}`, expected: `Expected ${said}`, expectedBy: null }, here);
  await sql`insert into ticket_messages (id, ticket_id, text, at, by_client) values (${newId()}, ${id}, ${`Message ${said}`}, now(), true)`.execute(database.db);
  const runId = newId();
  await sql`insert into automation_runs (id, at, project_key, rule_key, version_id, ticket_id, cause, woken_by, state, changes, actions, trace) values (${runId}, now(), 'internet', 'r', 'v', ${id}, ${runId}, 'event', 'fired',
    ${JSON.stringify([{ target: "ticket.subject", from: "", to: `Set ${said}` }])}, ${JSON.stringify([{ action: "add_note", params: { text: `Done ${said}` } }])}, ${JSON.stringify({ entries: [{ kind: "when", inputs: { "event.by": `Read ${said}` }, result: true }], dropped: 0 })})`.execute(database.db);
  return { id, clientId: client.id, runId };
}

const read = async (actor: Actor, { id, clientId, runId }: { id: string; clientId: string; runId: string }) => JSON.stringify([
  await getTicket(as(actor), id), (await listTickets(as(actor), { view: "department" })).items, (await listHandovers(as(actor), { view: "mine" })).items, await ticketPromises(as(actor), id), await listTicketRuns(as(actor), id, {}), await getRun(as(actor), runId),
  await listMessages(as(actor), id), await listRelations(as(actor), id), await ticketSolutions(as(actor), id, ""), await clientTimeline(as(actor), clientId, {}),
]);

test.each(["38640123456", "00386 40 123-456", "040 123 456", "(040) 123-456", "40/123-456"])("R095 a ticket's own number written as %s is told to no specialist: not in its texts and notes, nor in a hand-over, promises, runs of rules, messages, relations and the client's story", async (said) => {
  await sql`update handover_offers set state = 'withdrawn' where state = 'offered'`.execute(database.db);
  const ticket = await ticketThatSays(said);
  expect(await read(ana, ticket)).toContain(said);
  const told = await read(tina, ticket);
  expect(told).not.toContain(said);
  for (const what of ["Subject", "Description", "Parent", "Note", "Promise", "Wanted", "Tried", "Expected", "Message"]) expect(told).toMatch(new RegExp(`${what} \\(?•••••456`));
});

test.each(["38631987654", "00386 31 987-654", "031/987-654"])("R095 a number that stands on the client's card alone, written as %s, is told to no specialist either", async (said) => {
  await sql`update handover_offers set state = 'withdrawn' where state = 'offered'`.execute(database.db);
  const ticket = await ticketThatSays(said);
  await sql`insert into client_phones (client_id, e164, position) values (${ticket.clientId}, '+38631987654', 7)`.execute(database.db);
  await sql`update tickets set client_id = ${ticket.clientId} where id = (select parent_id from tickets where id = ${ticket.id})`.execute(database.db);
  await offerVariant(as(ana), ticket.id, { title: `Variant ${said}`, pros: "", cons: "", price: "", duration: "" });
  const other = await buildTicket(system, { clientId: ticket.clientId });
  await sql`update tickets set resolution = ${`Resolved ${said}`} where id = ${other.id}`.execute(database.db);
  await attachSolution(as(ana), ticket.id, { source: "ticket", ticketId: other.id });
  expect(await read(ana, ticket)).toContain(said);
  const told = await read(tina, ticket);
  expect(told).not.toContain(said);
  for (const what of ["Subject", "Description", "Parent", "Note", "Promise", "Wanted", "Tried", "Expected", "Message", "Variant", "Resolved"]) expect(told).toMatch(new RegExp(`${what} \\(?•••••654`));
});

test("R095 a column of a list, and a rule tried on tickets, tell no number of the card to whom contacts are told in part", async () => {
  const client = await buildClient(system, { phones: ["+38640123456", "+38631987654"], projects: ["internet"] });
  const { id } = await buildTicket(system, { subject: "Call 031/987-654", clientId: client.id, department: "technicians", fields: { resolution: "Column 031/987-654" } });
  const shown = async (actor: Actor) => (await findTickets(as(actor), { filter: "{}", sort: "changed", columns: "fields.resolution" })).items.find((item) => item.id === id);
  expect(await shown(ana)).toMatchObject({ subject: "Call 031/987-654", cells: { "fields.resolution": { text: "Column 031/987-654" } } });
  expect(await shown(tina)).toMatchObject({ subject: "Call •••••654", cells: { "fields.resolution": { text: "Column •••••654" } } });
  const peter = actorOf(await buildUser(database.db, { name: "Peter", roles: ["administrator"], projects: ["internet"] }));
  await certify(as(actorOf(await buildUser(database.db, { name: "Other", roles: ["administrator"], projects: ["internet"] }))), idOf(peter), true);
  const text = `key: raise
name: { en: Raise }
on: { event: ticket.registered }
when: ticket.subject.contains("031/987") || ticket.subject.contains("Call")
steps:
  - set: { ticket.priority: '"urgent"' }
`;
  const { rows, problems } = await dryRun(as(peter), "internet", { text, before: null, limit: 200 });
  expect(problems).toEqual([]);
  expect(rows.find(({ ticketId }) => ticketId === id)).toMatchObject({ subject: "Call •••••654" });
  const told = await dryRun(as(peter), "internet", { text: text.replace(/ \|\| .*/, ""), before: null, limit: 200 });
  expect(told.rows.map(({ ticketId }) => ticketId)).not.toContain(id);
});
