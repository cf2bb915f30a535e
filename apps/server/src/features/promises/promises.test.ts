import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { onCommitted, type StoredEvent } from "../../platform/events.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { selectAlerts } from "../floor/floor.sql.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { clientPromises, listPromises, promiseFigures, tellOverdue, ticketPromises } from "./promises.service.ts";
import { closePromise, makePromise, promisesRoutes } from "./index.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const of = async (roles: ["operator"] | ["supervisor"] | ["department_worker"], projects: string[]) => database.ctx(actorOf(await buildUser(database.db, { roles, projects })));
const [ana, boss, stranger] = [await of(["operator"], ["internet"]), await of(["supervisor"], ["internet"]), await of(["operator"], ["taxi"])];
const at = (base: typeof ana, hours: number) => ({ ...base, now: () => new Date(Date.now() + hours * 3_600_000) });
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const give = (ticketId: string, hours = 1) => makePromise(ana, { ticketId, clientId: null, text: "Call back today", dueAt: inHours(hours) });
const told: StoredEvent[] = [];
onCommitted((events) => { told.push(...events); });

const alerts = (promiseId: string) => told.filter(({ type, data }) => type === "alert.raised" && (data as { promiseId?: string }).promiseId === promiseId);

test("R216 a promise that is late is told once, to who gave it and to who supervises, and shown on the floor until it is closed", async () => {
  const ticket = await buildTicket(system);
  const promise = await give(ticket.id);
  await tellOverdue(at(system, 0.5));
  expect(alerts(promise.id)).toEqual([]);
  await Promise.all([tellOverdue(at(system, 2)), tellOverdue(at(system, 2))]);
  await tellOverdue(at(system, 3));
  expect(alerts(promise.id)).toMatchObject([{ subject: { kind: "ticket", id: ticket.id }, data: { key: "alert_promise_late", projectKey: "internet", userId: promise.by.id, params: { number: ticket.number, text: "Call back today" } } }]);
  const shown = async () => (await selectAlerts(database.db, { projects: ["internet"], readerId: null, since: new Date(0) })).filter(({ subjectId }) => subjectId === ticket.id).length;
  expect(await shown()).toBe(1);
  await closePromise(ana, promise.id, { version: 1, state: "kept", reason: "" });
  expect(await shown()).toBe(0);
});

test("R216 who promised and the supervisor see it in the order it must be kept; strangers do not", async () => {
  const ticket = await buildTicket(system);
  const [later, sooner] = [await give(ticket.id, 9), await give(ticket.id, 8)];
  const order = (items: { id: string }[]) => items.map(({ id }) => id).filter((id) => [later.id, sooner.id].includes(id));
  expect(order((await listPromises(ana, { view: "mine" })).items)).toEqual([sooner.id, later.id]);
  expect(order((await listPromises(boss, { view: "all" })).items)).toEqual([sooner.id, later.id]);
  const first = await listPromises(boss, { view: "all", limit: 1 });
  expect((await listPromises(boss, { view: "all", limit: 1, after: first.next! })).items[0]!.id).not.toBe(first.items[0]!.id);
  await expect(listPromises(ana, { view: "all" })).rejects.toMatchObject({ code: "forbidden" });
  await expect(ticketPromises(stranger, ticket.id)).rejects.toMatchObject({ code: "not_found" });
  await expect(closePromise(stranger, later.id, { version: 1, state: "kept", reason: "" })).rejects.toMatchObject({ code: "not_found" });
});

test("R129 what was promised about a ticket is shown only to those who may see the ticket", async () => {
  const client = await buildClient(system);
  const ticket = await buildTicket(system, { clientId: client.id });
  const promise = await give(ticket.id, 7);
  const worker = database.ctx(actorOf(await buildUser(database.db, { roles: ["department_worker"], projects: ["internet"], department: "technicians" })));
  expect((await clientPromises(worker, client.id)).items).toEqual([]);
  expect((await clientPromises(boss, client.id)).items).toMatchObject([{ id: promise.id }]);
  await sql`update tickets set about_user_ids = array[${boss.actor.kind === "user" ? boss.actor.id : ""}::uuid] where id = ${ticket.id}`.execute(database.db);
  expect((await clientPromises(boss, client.id)).items).toEqual([]);
  expect((await listPromises(boss, { view: "all" })).items.some(({ id }) => id === promise.id)).toBe(false);
});

test("R129 a promise about a ticket is not counted for whom the ticket is about, and takes no place in their list", async () => {
  const [giver, vera] = [await of(["operator"], ["taxi"]), await of(["supervisor"], ["taxi"])];
  const make = async () => makePromise(giver, { ticketId: (await buildTicket(system, { projectKey: "taxi" })).id, clientId: null, text: "Call back today", dueAt: inHours(1) });
  const [about, other] = [await make(), await make()];
  await make().then(({ id }) => closePromise(giver, id, { version: 1, state: "kept", reason: "" }));
  expect((await promiseFigures(vera)).people).toMatchObject([{ open: 2, kept: 1 }]);
  await sql`update tickets set about_user_ids = array[${vera.actor.kind === "user" ? vera.actor.id : ""}::uuid] where project_key = 'taxi' and id <> ${other.ticket!.id}`.execute(database.db);
  expect((await promiseFigures(vera)).people).toMatchObject([{ open: 1, kept: 0 }]);
  const first = await listPromises(vera, { view: "all", limit: 1 });
  expect(first).toMatchObject({ items: [{ id: other.id }], next: null });
  expect((await promiseFigures(await of(["supervisor"], ["taxi"]))).people).toMatchObject([{ open: 2, kept: 1 }]);
  expect((await listPromises(giver, { view: "mine" })).items.map(({ id }) => id)).toEqual(expect.arrayContaining([about.id, other.id]));
});

test("R216 a broken promise needs its reason, and two who close one at once do it once", async () => {
  const promise = await give((await buildTicket(system)).id);
  await expect(closePromise(ana, promise.id, { version: 1, state: "broken", reason: "" })).rejects.toMatchObject({ fields: [{ field: "reason", code: "promise_reason" }] });
  const both = await Promise.allSettled([closePromise(ana, promise.id, { version: 1, state: "broken", reason: "The client did not answer" }), closePromise(boss, promise.id, { version: 1, state: "kept", reason: "" })]);
  expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("R216 promises are counted by who gave them: in time, late and broken", async () => {
  const me = await of(["operator"], ["shop"]);
  const ticket = await buildTicket(system, { projectKey: "shop" });
  const make = () => makePromise(me, { ticketId: ticket.id, clientId: null, text: "Write today", dueAt: inHours(1) });
  const [kept, late, broken] = [await make(), await make(), await make()];
  await make();
  await closePromise(me, kept.id, { version: 1, state: "kept", reason: "" });
  await closePromise(at(me, 2), late.id, { version: 1, state: "kept", reason: "" });
  await closePromise(me, broken.id, { version: 1, state: "broken", reason: "No stock" });
  const { people } = await promiseFigures(at(await of(["supervisor"], ["shop"]), 3));
  expect(people).toMatchObject([{ open: 1, overdue: 1, kept: 1, keptLate: 1, broken: 1 }]);
  await expect(promiseFigures(me)).rejects.toMatchObject({ code: "forbidden" });
});

test("R216 a promise to a client without a ticket stands in the list of what is due, and is kept from there; it is made in a project of the client's and of one's own", async () => {
  const client = await buildClient(system, { projects: ["internet"], familyName: "Obljuba" });
  const me = await of(["operator"], ["internet", "shop"]);
  const [boss, worker] = [await of(["supervisor"], ["internet"]), await of(["department_worker"], ["internet"])];
  const make = (who: typeof me, projectKey?: string) => makePromise(who, { ticketId: null, clientId: client.id, ...(projectKey && { projectKey }), text: "Send the price list", dueAt: inHours(2) });
  await expect(make(me)).rejects.toMatchObject({ fields: [{ field: "projectKey", code: "required" }] });
  await expect(make(me, "taxi")).rejects.toMatchObject({ fields: [{ field: "projectKey", code: "required" }] });
  await expect(make(me, "shop")).rejects.toMatchObject({ fields: [{ field: "projectKey", code: "promise_not_theirs" }] });
  await expect(make(worker, "internet")).rejects.toMatchObject({ code: "forbidden" });
  const { id } = await make(me, "internet");
  expect((await listPromises(me, { view: "mine" })).items).toMatchObject([{ id, ticket: null, client: { id: client.id }, text: "Send the price list" }]);
  expect((await listPromises(boss, { view: "all" })).items.map((each) => each.id)).toContain(id);
  await expect(closePromise(worker, id, { version: 1, state: "kept", reason: "" })).rejects.toMatchObject({ code: "not_found" });
  expect(await closePromise(me, id, { version: 1, state: "kept", reason: "" })).toMatchObject({ state: "kept" });
  expect((await listPromises(me, { view: "mine" })).items).toEqual([]);
});

test("R216 a client without a ticket can be promised something, too, but nothing in the past", async () => {
  const client = await buildClient(system);
  const promise = await makePromise(ana, { ticketId: null, clientId: client.id, projectKey: "internet", text: "Send the price list", dueAt: inHours(2) });
  expect((await clientPromises(ana, client.id)).items).toMatchObject([{ id: promise.id, client: { id: client.id }, ticket: null, state: "open" }]);
  await tellOverdue(at(system, 5));
  expect(alerts(promise.id)).toMatchObject([{ subject: { kind: "client", id: client.id } }]);
  await expect(makePromise(ana, { ticketId: null, clientId: client.id, projectKey: "internet", text: "x", dueAt: inHours(-1) })).rejects.toMatchObject({ fields: [{ field: "dueAt", code: "promise_past" }] });
});

test("late promises are found by their index however many there are", async () => {
  const { id } = await buildTicket(system);
  await sql`insert into promises (id, project_key, ticket_id, text, due_at, created_at) select gen_random_uuid(), 'internet', ${id}, 'x', now() + n * interval '1 hour', now() from generate_series(1, 20000) n`.execute(database.db);
  await sql`analyze promises`.execute(database.db);
  const plan = await sql<object>`explain select id from promises where state = 'open' and told_at is null and due_at <= now() order by due_at, id limit 100`.execute(database.db);
  expect(JSON.stringify(plan.rows)).toContain("promises_untold");
});

test("every route of promises asks strangers to sign in", async () => {
  const http = await testHttp(database, promisesRoutes);
  const id = newId();
  for (const url of ["/api/promises", "/api/promises/figures", `/api/tickets/${id}/promises`, `/api/clients/${id}/promises`]) expect((await http.anonymous("GET", url)).statusCode, url).toBe(401);
  expect((await http.anonymous("POST", "/api/promises", { text: "x", dueAt: inHours(1) })).statusCode).toBe(401);
  expect((await http.anonymous("POST", `/api/promises/${id}/close`, { version: 1, state: "kept" })).statusCode).toBe(401);
});
