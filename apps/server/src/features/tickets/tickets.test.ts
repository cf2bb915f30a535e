import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { callbackDone, registerCallback, takeCallback } from "./tickets.callbacks.service.ts";
import { createTicket as createTicketContract } from "./tickets.contract.ts";
import { drawNumber } from "./tickets.keys.ts";
import { buildProjects, buildTicket } from "./tickets.factory.ts";
import { listTickets, ticketTypes } from "./tickets.list.service.ts";
import { fireClock } from "./tickets.clocks.ts";
import { moveByClient, moveTicket } from "./tickets.move.service.ts";
import { addNote, createTicket, getTicket, updateTicket } from "./tickets.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const monday = new Date("2026-03-02T09:00:00Z");
const at = (hours: number) => () => new Date(monday.getTime() + hours * 3_600_000);

const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const boris = actorOf(await buildUser(database.db, { name: "Boris Zajc", projects: ["internet"], roles: ["supervisor"] }));
const taxi = actorOf(await buildUser(database.db, { name: "Tone Hren", projects: ["taxi"] }));
const technician = actorOf(await buildUser(database.db, { name: "Miha Rus", projects: ["internet"], roles: ["department_worker"], department: "technicians" }));
const as = (actor: Actor, now = at(0)) => database.ctx(actor, now);
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const input = (over: object = {}) => createTicketContract.body.parse({ projectKey: "internet", type: "question", subject: "Does the tariff include television?", contactPhone: "+38640123456", contactEmail: "m@example.test", ...over });
const eventsOf = (id: string, type: string) => sql<{ data: Record<string, never> }>`select data from events where subject_id = ${id} and type = ${type} order by id`.execute(database.db).then((result) => result.rows.map((row) => row.data as Record<string, unknown>));
const clocks = (id: string) => sql<{ name: string; nextAt: Date | null; nextThreshold: number }>`select name, next_at, next_threshold from clocks where subject_kind = 'ticket' and subject_id = ${id} order by name`.execute(database.db).then((result) => result.rows);

test("registers a request at once with a number that can be said, an author and the first step of its process (R105, R106)", async () => {
  const ticket = await createTicket(as(ana), input());
  expect(ticket.number).toMatch(/^INT-\d{3}-\d{3}-\d{3}-\d$/);
  expect(ticket).toMatchObject({ stage: "registered", status: "open", ownerName: "Ana Kos", version: 1, stageName: "Registered" });
  expect(await eventsOf(ticket.id, "ticket.registered")).toMatchObject([{ number: ticket.number, notices: ["received"] }]);
  expect(ticket.transitions.map((each) => each.key)).toEqual(["take", "ask_client", "ask_department", "refuse", "cancel"]);
  expect(ticket.transitions.find((each) => each.key === "ask_department")!.fields.map((field) => [field.key, field.kind, field.required])).toEqual([["department", "department", true], ["task", "text", true]]);
});

test("gives 10,000 tickets registered side by side 10,000 different numbers (R106)", async () => {
  const numbers: string[] = [];
  await Promise.all(Array.from({ length: 10 }, async () => {
    for (let count = 0; count < 1_000; count += 1) numbers.push((await drawNumber(database.db, newId(), "INT")).number);
  }));
  expect(new Set(numbers).size).toBe(10_000);
  expect(new Set(numbers.map((number) => number.slice(-13))).size).toBe(10_000);
});

test("makes one ticket of a form that was sent three times at once", async () => {
  const draft = input({ draftId: crypto.randomUUID() });
  const made = await Promise.all([1, 2, 3].map(() => createTicket(as(ana), draft)));
  expect(new Set(made.map((ticket) => ticket.number)).size).toBe(1);
  expect(await eventsOf(draft.draftId!, "ticket.registered")).toHaveLength(1);
  expect((await refusal(createTicket(as(boris), draft))).code).toBe("conflict");
});

test("counts the deadline from the kind of request on the project's working hours when none is given (R104)", async () => {
  const complaint = await createTicket(as(ana), input({ type: "complaint", description: "Nobody came.", clientId: await client() }));
  expect(complaint.priority).toBe(2);
  expect(complaint.dueAt).not.toBeNull();
  expect((await clocks(complaint.id)).find(({ name }) => name === "solution")).toMatchObject({ nextThreshold: 75 });
  expect((await createTicket(as(ana), input())).dueAt).toBeNull();
  const asked = at(100)().toISOString();
  expect((await createTicket(as(ana), input({ dueAt: asked }))).dueAt).toBe(asked);
});

test("names every field that the kind of request needs and the form has not (R103)", async () => {
  const error = await refusal(createTicket(as(ana), input({ type: "fault", contactPhone: null })));
  expect(error.fields.map((each) => each.field)).toEqual(["clientId", "description", "contactPhone", "fields.address"]);
  expect((await refusal(createTicket(as(ana), input({ type: "spaceship" })))).fields).toEqual([{ field: "type", code: "unknown_type", params: {} }]);
  expect((await refusal(createTicket(as(ana), input({ dueAt: at(-1)().toISOString() })))).fields[0]!.code).toBe("deadline_passed");
});

test("takes phone, mail and language from the client's card", async () => {
  const ticket = await createTicket(as(ana), input({ contactPhone: undefined, contactEmail: undefined, clientId: await client("ru") }));
  expect(ticket).toMatchObject({ contactPhone: "+38641555666", contactEmail: "irina@example.test", language: "ru", clientName: "Петрова Ирина" });
});

test("refuses a jump over the process and tells what is missing for a step (R108)", async () => {
  const ticket = await createTicket(as(ana), input());
  const refused = await refusal(moveTicket(as(ana), ticket.id, { version: 1, transition: "confirm", input: { score: 5 } }));
  expect(refused).toMatchObject({ code: "conflict", reason: "transition_wrong_stage" });
  const taken = await moveTicket(as(ana), ticket.id, { version: 1, transition: "take", input: {} });
  const lacking = await refusal(moveTicket(as(ana), ticket.id, { version: taken.version, transition: "finish", input: { resolution_kind: "impossible" } }));
  expect(lacking.fields.map((each) => [each.field, each.code])).toEqual([["input.resolution", "required"], ["input.reason", "required"]]);
  expect((await refusal(moveTicket(as(ana), ticket.id, { version: taken.version, transition: "refuse", input: { reason: "x" } }))).code).toBe("forbidden");
});

test("lets only the version seen be changed, whoever is first", async () => {
  const ticket = await createTicket(as(ana), input());
  const outcomes = await Promise.allSettled([1, 2, 3].map((n) => updateTicket(as(ana), ticket.id, { version: 1, subject: `Subject ${n}` })));
  expect(outcomes.filter((each) => each.status === "fulfilled")).toHaveLength(1);
  for (const each of outcomes) if (each.status === "rejected") expect((each.reason as AppError).reason).toBe("changed_meanwhile");
  expect((await getTicket(as(ana), ticket.id)).version).toBe(2);
});

test("gives a ticket to a department, whose worker sees it, answers and no longer sees the others (R109)", async () => {
  const ticket = await createTicket(as(ana), input({ type: "invoice", description: "No signal", clientId: await client() }));
  expect((await refusal(getTicket(as(technician), ticket.id))).code).toBe("not_found");
  const departments = ticket.transitions.find((each) => each.key === "ask_department")!.fields[0]!.options.map((option) => option.key);
  const worker = { ...technician, department: departments[0]! };
  expect((await refusal(moveTicket(as(ana), ticket.id, { version: 1, transition: "ask_department", input: { department: "nowhere", task: "Measure" } }))).fields[0]!.code).toBe("unknown_department");
  await moveTicket(as(ana), ticket.id, { version: 1, transition: "ask_department", input: { department: departments[0]!, task: "Measure the line" } });
  const seen = await getTicket(as(worker), ticket.id);
  expect(seen.department).toBe(departments[0]);
  expect((await listTickets(as(worker), { view: "department" })).items.map((row) => row.id)).toEqual([ticket.id]);
  expect((await listTickets(as(worker), { view: "all" })).items.map((row) => row.id)).toEqual([ticket.id]);
  expect((await refusal(updateTicket(as(worker), ticket.id, { version: seen.version, ownerId: worker.id }))).code).toBe("forbidden");
  const back = await moveTicket(as(worker), ticket.id, { version: seen.version, transition: "department_answered", input: { answer: "The line is fine" } });
  expect(back).toMatchObject({ stage: "in_work", department: null, ownerId: ana.id });
  expect(await eventsOf(ticket.id, "ticket.reminded")).toMatchObject([{ operatorId: ana.id }]);
  expect((await refusal(getTicket(as(worker), ticket.id))).code).toBe("not_found");
});

test("does not show or change another project's ticket", async () => {
  const ticket = await createTicket(as(ana), input());
  expect((await refusal(getTicket(as(taxi), ticket.id))).code).toBe("not_found");
  expect((await refusal(moveTicket(as(taxi), ticket.id, { version: 1, transition: "take", input: {} }))).code).toBe("not_found");
  expect((await refusal(createTicket(as(taxi), input()))).code).toBe("forbidden");
  expect((await refusal(listTickets(as(taxi), { view: "open", project: "internet" }))).code).toBe("forbidden");
  expect((await listTickets(as(taxi), { view: "all", number: ticket.number })).items).toEqual([]);
});

test("reopens on the client's no: same number, higher, to the same person, and tells supervisors (R114)", async () => {
  const done = await finished();
  const stageSince = { stageSince: done.stageSince };
  expect(await moveByClient(database.ctx({ kind: "client" }, at(3)), done.id, stageSince, { transition: "reopen", input: { reason: "Still slow" } })).toBe("moved");
  expect(await moveByClient(database.ctx({ kind: "client" }, at(3)), done.id, stageSince, { transition: "reopen", input: { reason: "Still slow" } })).toBe("moved_on");
  const after = await getTicket(as(ana), done.id);
  expect(after).toMatchObject({ number: done.number, stage: "reopened", status: "open", reopened: 1, priority: done.priority + 1, ownerId: ana.id, clientComment: "Still slow" });
  expect(await eventsOf(done.id, "ticket.reopened")).toMatchObject([{ times: 1, ownerId: ana.id, reason: "Still slow" }]);
  expect(await eventsOf(done.id, "alert.raised")).toMatchObject([{ key: "alert_ticket_reopened", params: { number: done.number } }]);
});

test("closes with a score on the client's yes (R113)", async () => {
  const done = await finished();
  await moveByClient(database.ctx({ kind: "client" }, at(3)), done.id, { stageSince: done.stageSince }, { transition: "confirm", input: { score: 4, answer: "Thank you" } });
  expect(await getTicket(as(ana), done.id)).toMatchObject({ status: "closed", closedAs: "confirmed", score: 4, clientComment: "Thank you" });
});

test("closes as unconfirmed after silence, lists it apart, and a late or second timer changes nothing (R113)", async () => {
  const done = await finished();
  const timer = (await clocks(done.id)).find(({ name }) => name === "timer.unconfirmed")!;
  expect(timer.nextAt!.getTime() - new Date(done.stageSince).getTime()).toBe(72 * 3_600_000);
  const rings = { ticketId: done.id, name: "timer.unconfirmed", percent: 100 };
  await fireClock(database.ctx(undefined, at(80)), rings);
  await fireClock(database.ctx(undefined, at(80)), rings);
  expect(await getTicket(as(ana), done.id)).toMatchObject({ stage: "closed_unconfirmed", closedAs: "unconfirmed", score: null });
  expect(await eventsOf(done.id, "ticket.moved")).toHaveLength(3);
  expect((await listTickets(as(boris), { view: "unconfirmed" })).items.map((row) => row.id)).toContain(done.id);
});

test("alerts supervisors when the deadline passes, once", async () => {
  const ticket = await buildTicket(as(ana), { type: "invoice" });
  await fireClock(database.ctx(undefined, () => ticket.dueAt!), { ticketId: ticket.id, name: "solution", percent: 100 });
  expect(await eventsOf(ticket.id, "alert.raised")).toMatchObject([{ key: "alert_ticket_late" }]);
  expect((await listTickets(as(ana, () => new Date(ticket.dueAt!.getTime() + 1)), { view: "breaching" })).items.map((row) => row.id)).toContain(ticket.id);
});

test("keeps one callback ticket a call, however often it is asked for, and closes it once when the client was reached", async () => {
  const interactionId = newId();
  await sql`insert into interactions (id, channel, direction, project_key, state, from_number, started_at) values (${interactionId}, 'voice', 'in', 'internet', 'ended', '+38640777888', now())`.execute(database.db);
  const asked = { projectKey: "internet", queueId: "internet-support", interactionId, clientId: null, phone: "+38640777888", language: "sl" as const, dueAt: at(1)(), reason: "abandoned" };
  const made = await Promise.all([1, 2, 3].map(() => registerCallback(database.ctx(undefined, at(0)), asked)));
  expect(new Set(made.map((each) => each.id)).size).toBe(1);
  expect(made.filter((each) => each.isNew)).toHaveLength(1);
  const [callback] = (await listTickets(as(ana), { view: "callbacks" })).items;
  expect(callback).toMatchObject({ id: made[0]!.id, contactPhone: "+38640777888", dueAt: at(1)().toISOString(), ownerId: null });
  expect(await takeCallback(as(ana), made[0]!.id)).toBe(true);
  expect(await callbackDone(database.ctx(), made[0]!.id, { result: "missed" })).toBe("moved");
  expect(await callbackDone(database.ctx(), made[0]!.id, { result: "reached", operatorId: ana.id, resolution: "Explained" })).toBe("moved");
  expect(await callbackDone(database.ctx(), made[0]!.id, { result: "reached", operatorId: ana.id })).toBe("moved_on");
  expect(await getTicket(as(ana), made[0]!.id)).toMatchObject({ status: "closed", resolution: "Explained", ownerId: ana.id });
});

test("pages through a view without losing or repeating a ticket", async () => {
  const made = new Set<string>();
  for (let count = 0; count < 25; count += 1) made.add((await buildTicket(database.ctx(undefined, at(1000 + Math.floor(count / 3))), { projectKey: count % 2 ? "taxi" : "shop" })).id);
  const reader = as({ ...taxi, projects: ["taxi", "shop"] });
  const read: string[] = [];
  let after: string | undefined;
  do {
    const page = await listTickets(reader, { view: "open", limit: 4, ...(after && { after }) });
    read.push(...page.items.map((row) => row.id));
    after = page.next ?? undefined;
  } while (after);
  expect(new Set(read)).toEqual(made);
  expect(read).toHaveLength(25);
});

test("finds a ticket by its number as it was said, and says when a digit is wrong", async () => {
  const ticket = await createTicket(as(ana), input());
  const said = ticket.number.toLowerCase().replaceAll("-", " ");
  expect((await listTickets(as(ana), { view: "mine", number: said })).items.map((row) => row.id)).toEqual([ticket.id]);
  expect((await listTickets(as(ana), { view: "mine", number: said.slice(4) })).items.map((row) => row.id)).toEqual([ticket.id]);
  const wrong = `${ticket.number.slice(0, -1)}${(Number(ticket.number.at(-1)) + 1) % 10}`;
  expect((await refusal(listTickets(as(ana), { view: "mine", number: wrong }))).fields[0]).toMatchObject({ field: "number", code: "ticket_number_mistyped" });
});

test("keeps notes where no client can read them", async () => {
  const ticket = await createTicket(as(ana), input());
  await addNote(as(boris), ticket.id, "Careful, journalist");
  expect((await getTicket(as(ana), ticket.id)).notes).toMatchObject([{ text: "Careful, journalist", by: "Boris Zajc" }]);
});

test("lists the kinds of requests and the departments in the reader's language", async () => {
  const { projects } = await ticketTypes(as({ ...ana, language: "ru" }));
  expect(projects.map((project) => project.key)).toEqual(["internet"]);
  expect(projects[0]!.types.find((type) => type.key === "fault")).toMatchObject({ name: "Неисправность", registrable: true, deadlineHours: 6 });
  expect(projects[0]!.types.find((type) => type.key === "callback")!.registrable).toBe(false);
  expect(projects[0]!.departments).toContainEqual({ key: "technicians", name: "Монтажники" });
});

async function finished() {
  const ticket = await createTicket(as(ana, at(0)), input({ type: "invoice", description: "Twice", clientId: await client() }));
  const taken = await moveTicket(as(ana, at(1)), ticket.id, { version: ticket.version, transition: "take", input: {} });
  return moveTicket(as(ana, at(2)), ticket.id, { version: taken.version, transition: "finish", input: { resolution: "Corrected", resolution_kind: "solved" } });
}

async function client(language = "sl"): Promise<string> {
  const id = newId();
  await sql`insert into clients (id, given_name, family_name, language, projects, address) values (${id}, 'Ирина', 'Петрова', ${language}, '{internet}', '{"city":"Ljubljana"}')`.execute(database.db);
  await sql`insert into client_phones (client_id, e164) values (${id}, '+38641555666')`.execute(database.db);
  await sql`insert into client_emails (client_id, address) values (${id}, 'irina@example.test')`.execute(database.db);
  return id;
}
