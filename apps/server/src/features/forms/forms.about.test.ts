import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { clientTimeline } from "../clients/clients.list.service.ts";
import { selectAlerts } from "../floor/floor.sql.ts";
import { addNote, createTicket, getTicket, listTickets, moveTicket, updateTicket } from "../tickets/index.ts";
import { listReasons } from "../tickets/tickets.checks.service.ts";
import { createTicket as contract, type TicketView } from "../tickets/tickets.contract.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { findTickets } from "../views/views.find.service.ts";
import { buildForm } from "./forms.factory.ts";
import { attachRecord, createRecord, getRecord, listRecords, saveRecord, submitRecord } from "./forms.service.ts";
import { ticketForms } from "./forms.tickets.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
await buildForm(database.ctx(), { projectKey: "taxi", text: readFileSync(new URL("../../../../../projects/taxi/forms/ride-complaint.yaml", import.meta.url), "utf8") });
const user = async (name: string, over: object = {}) => actorOf(await buildUser(database.db, { name, projects: ["taxi"], ...over }));
const idOf = (actor: Actor): string => (actor.kind === "user" ? actor.id : "");
const ana = await user("Ana Kos");
const boss = await user("Boris Zajc", { roles: ["supervisor"] });
const driver = await user("Dušan Kralj");
const dispatcher = await user("Pavla Hribar", { roles: ["supervisor"] });
const client = await buildClient(database.ctx(), { projects: ["taxi"] });
const as = (actor: Actor) => database.ctx(actor);
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const about = (whom: Actor) => ({ about: "driver", employee: { id: idOf(whom), name: "whatever the browser says" } });
const begin = (data: Record<string, unknown>, over: object = {}, actor = ana) => createRecord(as(actor), { id: crypto.randomUUID(), projectKey: "taxi", formKey: "ride-complaint", subject: null, data, ...over });
const register = (over: object = {}, actor = ana): Promise<TicketView> =>
  createTicket(as(actor), contract.body.parse({ projectKey: "taxi", type: "complaint", subject: "Zebra was rude", description: "On Monday", clientId: client.id, contactPhone: "+38640123456", ...over }), { forms: ticketForms });
const sees = (actor: Actor, id: string): Promise<boolean> => getTicket(as(actor), id).then(() => true, (error: unknown) => { if ((error as AppError).code === "not_found") return false; throw error; });

test("R129 the driver or dispatcher whom the form of a ride complaint names neither sees nor moves it: by id, lists, search and events", async () => {
  for (const blamed of [driver, dispatcher]) {
    const form = await begin(about(blamed));
    const ticket = await register({ formRecordId: form.id });
    const reader = as(blamed);
    await addNote(as(boss), ticket.id, "The recording was heard");
    for (const refused of [
      () => getTicket(reader, ticket.id), () => moveTicket(reader, ticket.id, { version: ticket.version, transition: "take", input: {} }), () => updateTicket(reader, ticket.id, { version: ticket.version, subject: "All was well" }),
      () => addNote(reader, ticket.id, "Not true"), () => listReasons(reader, ticket.id, {}), () => getRecord(reader, form.id), () => listRecords(reader, { subjectKind: "ticket", subjectId: ticket.id }),
    ]) expect((await refusal(refused())).code).toBe("not_found");
    const listed = async (actor: Actor) => [
      ...await Promise.all((["open", "all", "unassigned"] as const).map(async (view) => (await listTickets(as(actor), { view })).items)), (await listTickets(as(actor), { view: "all", number: ticket.number })).items,
      (await listTickets(as(actor), { view: "all", clientId: client.id })).items, (await findTickets(as(actor), { filter: JSON.stringify({ text: "zebra" }), sort: "changed" })).items,
    ].map((rows) => rows.some(({ id }) => id === ticket.id));
    expect([await listed(blamed), (await listed(boss)).filter(Boolean).length >= 4]).toEqual([[false, false, false, false, false, false], true]);
    expect(JSON.stringify([await clientTimeline(reader, client.id, {}), await selectAlerts(database.db, { projects: ["taxi"], readerId: idOf(blamed), since: new Date(0) })])).not.toContain(ticket.id);
    expect(JSON.stringify(await clientTimeline(as(boss), client.id, {}))).toContain(ticket.id);
  }
});

test("R129 a form put on the ticket afterwards, changed or submitted there is followed; the desk hears of it and it is audited", async () => {
  const ticket = await register();
  expect(await sees(driver, ticket.id)).toBe(true);
  const form = await begin(about(driver));
  await attachRecord(as(ana), form.id, { kind: "ticket", id: ticket.id });
  expect([await sees(driver, ticket.id), await sees(dispatcher, ticket.id)]).toEqual([false, true]);
  const { record } = await saveRecord(as(ana), form.id, { version: form.version, changes: [{ path: "employee", value: about(dispatcher).employee }] });
  expect([await sees(driver, ticket.id), await sees(dispatcher, ticket.id)]).toEqual([true, false]);
  await submitRecord(as(ana), form.id, { version: record.version, changes: [{ path: "employee", value: about(driver).employee }] });
  expect([await sees(driver, ticket.id), await sees(dispatcher, ticket.id)]).toEqual([false, true]);
  const { rows } = await sql<{ changes: number; audits: number }>`select (select count(*)::int from events where type = 'ticket.changed' and subject_id = ${ticket.id}) as changes,
    (select count(*)::int from audit_log where action = 'ticket.update' and object_id = ${ticket.id}) as audits`.execute(database.db);
  expect(rows).toEqual([{ changes: 3, audits: 3 }]);
});

test("R129 whose draft has turned out to be about themselves is told of it neither among their drafts nor by sending it again", async () => {
  const ticket = await register({}, ana);
  const id = crypto.randomUUID();
  const draft = { id, projectKey: "taxi", formKey: "ride-complaint", subject: { kind: "ticket", id: ticket.id }, data: { about: "dispatcher" } } as const;
  const form = await createRecord(as(ana), draft);
  const mine = async () => (await listRecords(as(ana), {})).items.some((item) => item.id === id);
  expect([(await createRecord(as(ana), draft)).id, await mine()]).toEqual([id, true]);
  await saveRecord(as(boss), id, { version: form.version, changes: [{ path: "employee", value: about(ana).employee }] });
  expect([(await refusal(createRecord(as(ana), draft))).code, await mine()]).toEqual(["not_found", false]);
});

test("R129 whom a step names and whom the form names are kept away together, and a step does not forget the form", async () => {
  const form = await begin(about(driver));
  const ticket = await register({ formRecordId: form.id });
  const taken = await moveTicket(as(ana), ticket.id, { version: ticket.version, transition: "take", input: { employee: idOf(dispatcher) } });
  expect([await sees(driver, ticket.id), await sees(dispatcher, ticket.id)]).toEqual([false, false]);
  expect((await refusal(updateTicket(as(boss), ticket.id, { version: taken.version, ownerId: idOf(driver) }))).fields).toMatchObject([{ field: "ownerId", code: "unknown_owner" }]);
  // An empty form beside it takes nothing back.
  await begin({}, { subject: { kind: "ticket", id: ticket.id } });
  await updateTicket(as(boss), ticket.id, { version: (await getTicket(as(boss), ticket.id)).version, fields: { employee: "" } });
  expect([await sees(driver, ticket.id), await sees(dispatcher, ticket.id)]).toEqual([false, true]);
});

test("R129 who writes down a complaint about themselves does not keep it", async () => {
  const form = await begin(about(driver), {}, driver);
  const { id } = await register({ formRecordId: form.id }, driver);
  expect([await sees(driver, id), (await getTicket(as(boss), id)).ownerId]).toEqual([false, null]);
});
