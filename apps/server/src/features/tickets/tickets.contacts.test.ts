import { sql } from "kysely";
import { expect, test } from "vitest";
import type { AppError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { listAudit } from "../audit/audit.service.ts";
import { registerCallback } from "./tickets.callbacks.service.ts";
import { revealContacts } from "./tickets.contacts.service.ts";
import { buildProjects, buildTicket } from "./tickets.factory.ts";
import { listTickets } from "./tickets.list.service.ts";
import { editTicket, getTicket } from "./tickets.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const person = async (role: string, more: { department?: string } = {}) => database.ctx(actorOf(await buildUser(database.db, { name: role, projects: ["internet"], roles: [role], ...more })));
const operator = await person("operator");
const administrator = await person("administrator");
const worker = await person("department_worker", { department: "technicians" });
const PHONE = "+38641555029";
const MAIL = "neza.vidmar30@example.org";

const build = () => buildTicket(database.ctx(), { type: "question", department: "technicians", contactPhone: PHONE, contactEmail: MAIL, subject: "Call 00386 41 555 029", description: `Neža, +386 41 555-029 or ${MAIL}` });
async function tell(ticketId: string): Promise<void> {
  await sql`insert into notices (id, ticket_id, cause, key, language, recipient, subject, body_text, body_html, state, message_id, created_at) values (${newId()}, ${ticketId}, ${newId()}, 'received', 'sl', ${MAIL}, 's', ${`Your number is ${PHONE}.`}, '', 'sent', ${newId()}, now())`.execute(database.db);
}

test("who may not see contacts sees them in part on a ticket, in its lists, its letters and its texts; who may sees them whole", async () => {
  const { id } = await build();
  await tell(id);
  for (const reader of [worker, administrator]) {
    const seen = await getTicket(reader, id);
    expect(seen).toMatchObject({ masked: true, contactPhone: "•••••029", contactEmail: "n•••@example.org", notices: [{ recipient: "n•••@example.org" }] });
    const listed = await listTickets(reader, { view: reader === worker ? "department" : "open" });
    const all = JSON.stringify([seen, listed]);
    for (const secret of ["555029", "555 029", "555-029", MAIL]) expect(all, secret).not.toContain(secret);
    expect(await listTickets(reader, { view: "all", phone: PHONE })).toEqual({ items: [], next: null });
  }
  expect(await getTicket(operator, id)).toMatchObject({ masked: false, contactPhone: PHONE, contactEmail: MAIL, subject: "Call 00386 41 555 029" });
});

test("who sees contacts in part writes over none: not the number, not the mail, nor the texts that hold them", async () => {
  const { id } = await build();
  const seen = await getTicket(worker, id);
  const refusal = (change: object): Promise<AppError> => editTicket(worker, id, { version: seen.version, ...change }).then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
  expect(await refusal({ contactEmail: "me@example.org", priority: 3 })).toMatchObject({ code: "forbidden", fields: [{ field: "priority", code: "field_not_yours" }, { field: "contactEmail", code: "field_not_yours" }] });
  expect(await refusal({ description: `${seen.description} Urgent.` })).toMatchObject({ code: "invalid", fields: [{ field: "description", code: "text_masked" }] });
  expect(await getTicket(operator, id)).toMatchObject({ version: seen.version, contactEmail: MAIL, description: `Neža, +386 41 555-029 or ${MAIL}` });
  expect(await editTicket(worker, id, { version: seen.version, description: "The modem was replaced" })).toMatchObject({ description: "The modem was replaced" });
});

test("a callback says nothing of the number in its subject, which is in the reader's language, and is called by the name that was told", async () => {
  const call = newId();
  await sql`insert into interactions (id, channel, direction, project_key, state, outcome, from_number, caller_name, started_at) values (${call}, 'voice', 'in', 'internet', 'ended', 'abandoned', ${PHONE}, 'Mary Poppins', now())`.execute(database.db);
  const { id } = await registerCallback(database.ctx(), { projectKey: "internet", queueId: "internet.support", interactionId: call, clientId: null, phone: PHONE, language: "ru", dueAt: null, reason: "abandoned" });
  const { items } = await listTickets(administrator, { view: "callbacks" });
  expect(items.find((each) => each.id === id)).toMatchObject({ subject: "Call back", clientName: "Mary Poppins", contactPhone: "•••••029" });
  expect(await getTicket(operator, id)).toMatchObject({ clientName: "Mary Poppins" });
});

test("who works on a ticket is shown the number for a reason, which stays in the audit trail; who only reads is not", async () => {
  const { id } = await build();
  expect(await revealContacts(worker, id, "At the client's door, nobody opens")).toEqual({ phone: PHONE, email: MAIL });
  const { items } = await listAudit(administrator, { objectKind: "ticket", objectId: id });
  expect(items.find(({ action }) => action === "ticket.contacts_revealed")).toMatchObject({ actorName: "department_worker", reason: "At the client's door, nobody opens" });
  expect(JSON.stringify(items)).not.toContain(PHONE);
  expect(await revealContacts(administrator, id, "I would like to know").then(() => "none", (error: unknown) => (error as AppError).code)).toBe("forbidden");
  const other = await buildTicket(database.ctx(), { type: "question", department: "accounting" });
  expect(await revealContacts(worker, other.id, "Somebody else's").then(() => "none", (error: unknown) => (error as AppError).code)).toBe("not_found");
});
