import { sql } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { testHttp, type Browser } from "../../testing/http.ts";
import { newId } from "../../platform/ids.ts";
import { buildClient } from "./clients.factory.ts";
import { clientByPhone, clientsRoutes, rememberProject } from "./index.ts";
import { inTx } from "../../platform/db.ts";

const database = await testDatabase();
const http = await testHttp(database, clientsRoutes);
await sql`insert into projects (key, name, definition, hash) values ('internet', '{}', '{"project": {"caller_id": "+38615550100"}}', ''), ('taxi', '{}', '{"project": {"caller_id": "+74955550100"}}', ''), ('shop', '{}', '{}', '')`.execute(database.db);
await sql`insert into process_versions (id, project_key, key, hash, definition) values ('taxi/ride/1', 'taxi', 'ride', '1', '{"stages": {}, "transitions": {}, "checklists": {}}'), ('internet/fault/1', 'internet', 'fault', '1', '{"stages": {}, "transitions": {}, "checklists": {}}')`.execute(database.db);
const system = database.ctx();
const operator = await http.signIn({ projects: ["internet", "taxi"], name: "Ana Kos" });
const supervisor = await http.signIn({ roles: ["supervisor"], projects: ["internet", "taxi"] });
const worker = await http.signIn({ roles: ["department_worker"], projects: ["internet"] });
const stranger = await http.signIn({ projects: ["shop"] });

let numbers = 100_000;
const freshPhone = (): string => { numbers += 1; return `+38641${numbers}`; };
const create = async (body: object, who: Browser = operator) => (await who.send("POST", "/api/clients", { familyName: "Novak", projects: ["internet"], ...body })).json();
const names = async (text: string, who = operator): Promise<string[]> => (await who.send("GET", `/api/clients?text=${encodeURIComponent(text)}`)).json().items.map((row: { name: string }) => row.name);

async function insertCall(clientId: string | null, over: { projectKey?: string; at?: Date } = {}): Promise<string> {
  const id = newId();
  await sql`insert into interactions (id, channel, direction, project_key, client_id, state, outcome, from_number, started_at, operator_id)
    values (${id}, 'voice', 'in', ${over.projectKey ?? "internet"}, ${clientId}, 'ended', 'answered', '+38641999888', ${over.at ?? new Date()}, ${operator.userId})`.execute(database.db);
  return id;
}
async function insertTicket(clientId: string, projectKey: "taxi" | "internet" = "internet", at = new Date()): Promise<string> {
  const id = newId();
  await sql`insert into tickets (id, number, project_key, type, process_id, stage, status, client_id, subject, language, stage_since, link_hash, created_at, updated_at)
    values (${id}, ${id}, ${projectKey}, 'fault', ${projectKey === "taxi" ? "taxi/ride/1" : "internet/fault/1"}, 'new', 'open', ${clientId}, 'No signal', 'en', ${at}, ${Buffer.from(id)}, ${at}, ${at})`.execute(database.db);
  return id;
}

test("adds a client with numbers everybody can call, told in the way of the project's country (R070, R084)", async () => {
  const client = await create({ familyName: "Zupan", givenName: "Eva", phones: ["041 555 001", "+386 41 555 001"], emails: ["Eva@Example.com"], address: { city: "Celje" } });
  expect(client).toMatchObject({ name: "Eva Zupan", phones: ["+38641555001"], emails: ["eva@example.com"], projects: ["internet"], version: 1, archived: false, masked: false });
  expect(await create({ familyName: "Орлов", phones: ["8 912 555-00-02"], projects: ["taxi"], language: "ru", givenName: "Пётр" })).toMatchObject({ phones: ["+79125550002"], name: "Орлов Пётр" });
});

test("tells of a possible duplicate by phone with the client's id, and adds it when told to (R070)", async () => {
  const phone = freshPhone();
  const first = await create({ familyName: "Prva", phones: [phone] });
  const reply = await operator.send("POST", "/api/clients", { familyName: "Druga", phones: [freshPhone(), phone], projects: ["internet"] });
  expect(reply.statusCode).toBe(409);
  expect(reply.json()).toMatchObject({ code: "possible_duplicate", params: { ids: first.id, names: "Prva" }, errors: [{ field: "phones.1", code: "possible_duplicate" }] });
  expect((await create({ familyName: "Druga", phones: [phone], force: true })).phones).toEqual([phone]);
  expect((await stranger.send("POST", "/api/clients", { familyName: "Tuja", phones: [phone] })).statusCode).toBe(200);
});

test("makes one card when two operators add the same caller in the same moment", async () => {
  const phone = freshPhone();
  const replies = await Promise.all(Array.from({ length: 6 }, () => operator.send("POST", "/api/clients", { familyName: "Hkrati", phones: [phone], projects: ["internet"] })));
  expect(replies.map((reply) => reply.statusCode).sort((a, b) => a - b)).toEqual([200, 409, 409, 409, 409, 409]);
});

test("makes the unknown caller of a conversation the new client, once (R073)", async () => {
  const call = await insertCall(null);
  const client = await create({ familyName: "Klicatelj", interactionId: call });
  const row = await sql<{ clientId: string }>`select client_id from interactions where id = ${call}`.execute(database.db);
  expect(row.rows[0]!.clientId).toBe(client.id);
  expect((await operator.send("POST", "/api/clients", { familyName: "Neznanec", interactionId: call })).json().code).toBe("caller_is_known");
  expect(await names("Neznanec")).toEqual([]);
});

test.each([
  [{ phones: ["anna"] }, "phones.0", "not_a_phone"], [{ familyName: "" }, "familyName", "required"], [{ projects: ["shop"] }, "projects", "not_your_project"], [{ projects: [] }, "projects", "required"],
  [{ emails: ["x"] }, "emails.0", "wrong_email"], [{ phones: Array.from({ length: 11 }, freshPhone) }, "phones", "too_many_items"],
])("refuses %j and names the field", async (body, field, code) => {
  const reply = await operator.send("POST", "/api/clients", { familyName: "X", projects: ["internet"], ...body });
  expect(reply.statusCode).toBe(422);
  expect(reply.json().errors[0]).toMatchObject({ field, code });
});

test("saves only over the version one has seen, and changes nothing else", async () => {
  const client = await create({ familyName: "Spremenjen", phones: [freshPhone()] });
  const changed = await operator.send("PATCH", `/api/clients/${client.id}`, { version: 1, pinnedNote: "Prefers mornings" });
  expect(changed.json()).toMatchObject({ version: 2, pinnedNote: "Prefers mornings", familyName: "Spremenjen", phones: client.phones });
  const late = await supervisor.send("PATCH", `/api/clients/${client.id}`, { version: 1, pinnedNote: "Other" });
  expect(late.statusCode).toBe(409);
  expect(late.json().code).toBe("changed_meanwhile");
});

test("leaves projects of others alone when an operator changes a client", async () => {
  const client = await buildClient(system, { projects: ["internet", "shop"] });
  const changed = await operator.send("PATCH", `/api/clients/${client.id}`, { version: 1, projects: ["taxi"] });
  expect(changed.json().projects.sort()).toEqual(["shop", "taxi"]);
});

test("finds Иванов by Ivanov, ivanov and Иванова, Žnidaršič by znidarsic, and anyone by the digits of a number (R082)", async () => {
  await create({ familyName: "Ивановский", givenName: "Лев", language: "ru", phones: ["+386 41 777 123"] });
  await create({ familyName: "Žnidaršič", givenName: "Živa" });
  for (const text of ["Ivanovskij", "ivanovsk", "ИВАНОВ", "Иванова", "041 777 123", "777123", "00386 41777123"]) expect(await names(text)).toContain("Ивановский Лев");
  for (const text of ["znidarsic", "Žnidaršič", "ziva zni", "ŽNI"]) expect(await names(text)).toContain("Živa Žnidaršič");
  expect(await names("%")).toEqual([]);
});

test("pages through clients without losing or repeating one", async () => {
  const made = await Promise.all(Array.from({ length: 7 }, (_, index) => create({ familyName: `Stranska${index}`, givenName: "Straničenje" })));
  const seen: string[] = [];
  for (let after = "", turn = 0; turn < 10; turn += 1) {
    const page = (await operator.send("GET", `/api/clients?text=stranicenje&limit=3${after && `&after=${after}`}`)).json();
    seen.push(...page.items.map((row: { id: string }) => row.id));
    if (!page.next) break;
    after = page.next;
  }
  expect(seen.length).toBe(7);
  expect([...seen].sort()).toEqual(made.map((client): string => client.id).sort());
  expect((await operator.send("GET", "/api/clients?after=bent")).json().errors[0].field).toBe("after");
});

test("counts open tickets of one's own projects in each row; a worker of a department those given to it or to the worker", async () => {
  const client = await buildClient(system, { familyName: "Štetje", projects: ["internet", "taxi"] });
  const [mine, ours] = [await insertTicket(client.id, "internet"), await insertTicket(client.id, "taxi")];
  const row = async (who: Browser) => (await who.send("GET", "/api/clients?text=stetje")).json().items[0];
  expect((await row(operator)).openTickets).toBe(2);
  expect((await row(worker)).openTickets).toBe(0);
  await sql`update tickets set department = 'delivery', project_key = 'internet' where id = ${ours}`.execute(database.db);
  expect((await row(worker)).openTickets).toBe(1);
  await sql`update tickets set owner_id = ${worker.userId}::uuid where id = ${mine}`.execute(database.db);
  expect((await row(worker)).openTickets).toBe(2);
  expect((await row(operator)).openTickets).toBe(2);
});

test("a task that a request brought is not counted as one more request of the client, but for the department that does it", async () => {
  const client = await buildClient(system, { familyName: "Enkrat", projects: ["internet"] });
  const [asked, task] = [await insertTicket(client.id), await insertTicket(client.id)];
  await sql`update tickets set parent_id = ${asked}, department = 'delivery' where id = ${task}`.execute(database.db);
  const told = async (who: Browser) => (await who.send("GET", "/api/clients?text=enkrat")).json().items[0].openTickets;
  expect([await told(operator), await told(worker)]).toEqual([1, 1]);
});

test("R129 the number of open tickets in a row, by search and by number, leaves out those about its reader", async () => {
  const phone = freshPhone();
  const client = await buildClient(system, { familyName: "Skrita", projects: ["internet"], phones: [phone] });
  await insertTicket(client.id);
  await sql`update tickets set about_user_ids = array[${operator.userId}]::uuid[] where id = ${await insertTicket(client.id)}`.execute(database.db);
  const told = async (who: Browser) => (await who.send("GET", "/api/clients?text=skrita")).json().items[0].openTickets;
  const called = async (who: Browser) => (await who.send("GET", `/api/clients/by-phone?phone=${encodeURIComponent(phone)}`)).json().items[0].openTickets;
  expect([await told(operator), await called(operator), await told(supervisor), await called(supervisor)]).toEqual([1, 1, 2, 2]);
});

test("opens the caller's card by number, the called project's clients first (R082)", async () => {
  const phone = freshPhone();
  const inTaxi = await buildClient(system, { phones: [phone], projects: ["taxi"] });
  const inInternet = await buildClient(system, { phones: [phone], projects: ["internet"] });
  expect((await clientByPhone(system, phone, "taxi")).map((row) => row.id)).toEqual([inTaxi.id, inInternet.id]);
  expect((await clientByPhone(system, phone, "internet")).map((row) => row.id)).toEqual([inInternet.id, inTaxi.id]);
  expect((await operator.send("GET", `/api/clients/by-phone?phone=${encodeURIComponent(phone)}`)).json().items).toHaveLength(2);
  expect((await stranger.send("GET", `/api/clients/by-phone?phone=${encodeURIComponent(phone)}`)).json().items).toEqual([]);
  expect(await clientByPhone(system, "anonymous")).toEqual([]);
});

test("lets a project's operators see a client from the moment a colleague has said that it came to them", async () => {
  const client = await buildClient(system, { projects: ["taxi"] });
  expect((await stranger.send("GET", `/api/clients/${client.id}`)).statusCode).toBe(404);
  await inTx(system, (ctx) => rememberProject(ctx, client.id, "shop"));
  expect((await stranger.send("GET", `/api/clients/${client.id}`)).statusCode).toBe(200);
});

test("shows a department worker numbers and mails only in part, everywhere (R079)", async () => {
  const client = await create({ familyName: "Zakrita", phones: ["+38641888777"], emails: ["zakrita@example.com"] });
  await insertCall(client.id);
  const card = (await worker.send("GET", `/api/clients/${client.id}`)).json();
  expect(card).toMatchObject({ masked: true, phones: ["•••••777"], emails: ["z•••@example.com"] });
  const found = (await worker.send("GET", "/api/clients?text=zakrita")).body + (await worker.send("GET", `/api/clients/${client.id}/timeline`)).body;
  expect(found).toContain("•••••777");
  expect(found).not.toMatch(/38641888777|zakrita@|38641999888/);
  expect((await worker.send("GET", "/api/clients?text=41888777")).json().items).toEqual([]);
  expect((await worker.send("GET", "/api/clients/by-phone?phone=%2B38641888777")).json().items).toEqual([]);
});

test("tells a department of a client's tickets only those given to it or to its worker, with their talks (R130)", async () => {
  const client = await buildClient(system, { projects: ["internet"] });
  const technician = await http.signIn({ roles: ["department_worker"], projects: ["internet"], department: "technicians" });
  const [parent, task, own] = [await insertTicket(client.id), await insertTicket(client.id), await insertTicket(client.id)];
  const [call, other] = [await insertCall(client.id), await insertCall(client.id)];
  await sql`update tickets set department = 'technicians', interaction_id = ${call} where id = ${task}`.execute(database.db);
  await sql`update tickets set department = 'billing', owner_id = ${technician.userId} where id = ${own}`.execute(database.db);
  await sql`insert into ticket_notes (id, ticket_id, author_id, text, at) values (${newId()}, ${parent}, ${operator.userId}, 'Between us', now())`.execute(database.db);
  const told = async (who: Browser): Promise<string> => (await who.send("GET", `/api/clients/${client.id}/timeline`)).body;
  const [theirs, ours] = [await told(technician), await told(operator)];
  expect([parent, task, own, call, other, "Between us"].map((each) => [theirs.includes(each), ours.includes(each)])).toEqual([[false, true], [true, true], [true, true], [true, true], [false, true], [false, true]]);
});

test("merges a double: numbers, conversations, tickets and history go to the kept card (R070)", async () => {
  const [mine, theirs] = [freshPhone(), freshPhone()];
  const kept = await create({ familyName: "Ohranjena", phones: [mine], pinnedNote: "first" });
  const other = await create({ familyName: "Dvojna", givenName: "Ema", phones: [theirs], pinnedNote: "second", projects: ["taxi"] });
  const call = await insertCall(other.id);
  const ticket = await insertTicket(other.id);
  const merged = (await operator.send("POST", `/api/clients/${kept.id}/merge`, { otherId: other.id, version: 1 })).json();
  expect(merged).toMatchObject({ familyName: "Ohranjena", givenName: "Ema", phones: [mine, theirs], pinnedNote: "first\nsecond", version: 2 });
  expect(merged.projects.sort()).toEqual(["internet", "taxi"]);
  const timeline = (await operator.send("GET", `/api/clients/${kept.id}/timeline`)).json().items;
  expect(timeline.map((item: { id: string }) => item.id)).toEqual(expect.arrayContaining([call, ticket]));
  expect((await operator.send("GET", `/api/clients/${other.id}`)).json()).toMatchObject({ archived: true, mergedInto: kept.id, phones: [] });
  expect(await names("Dvojna")).toEqual([]);
  const history = (await supervisor.send("GET", `/api/clients/${kept.id}/history`)).json().items;
  expect(history.map((row: { action: string }) => row.action)).toEqual(["client.merged_away", "client.merged", "client.created", "client.created"]);
  expect((await operator.send("PATCH", `/api/clients/${other.id}`, { version: 3, familyName: "X" })).json().code).toBe("client_merged");
});

test("lets one of two merges crossing each other win, without a deadlock", async () => {
  const [one, two] = [await create({ familyName: "Ena" }), await create({ familyName: "Dve" })];
  const replies = await Promise.all([operator.send("POST", `/api/clients/${one.id}/merge`, { otherId: two.id, version: 1 }), supervisor.send("POST", `/api/clients/${two.id}/merge`, { otherId: one.id, version: 1 })]);
  expect(replies.map((reply) => reply.statusCode).sort((a, b) => a - b)).toEqual([200, 409]);
  expect((await operator.send("POST", `/api/clients/${one.id}/merge`, { otherId: one.id, version: 1 })).statusCode).toBe(422);
});

test("puts a client away and brings the client back; only a supervisor may", async () => {
  const client = await create({ familyName: "Arhivirana" });
  expect((await operator.send("POST", `/api/clients/${client.id}/archive`, { archived: true, version: 1 })).statusCode).toBe(403);
  expect((await supervisor.send("POST", `/api/clients/${client.id}/archive`, { archived: true, version: 1 })).json().archived).toBe(true);
  expect(await names("Arhivirana")).toEqual([]);
  expect((await operator.send("PATCH", `/api/clients/${client.id}`, { version: 2, familyName: "X" })).json().code).toBe("client_archived");
  await supervisor.send("POST", `/api/clients/${client.id}/archive`, { archived: false, version: 2 });
  expect(await names("Arhivirana")).toEqual(["Arhivirana"]);
});

test("keeps the day when the client confirmed the data (R071)", async () => {
  const client = await create({ familyName: "Potrjena" });
  const confirmed = (await operator.send("POST", `/api/clients/${client.id}/confirm`, { version: 1 })).json();
  expect(Date.parse(confirmed.dataConfirmedAt)).toBeGreaterThan(Date.now() - 60_000);
});

test("tells the client's story over calls, tickets, moves, notes and notices, newest first, in pages (R074)", async () => {
  const client = await create({ familyName: "Zgodba" });
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10, minute));
  await insertCall(client.id, { at: at(1) });
  const ticket = await insertTicket(client.id, "internet", at(2));
  await sql`insert into events (id, at, type, subject_kind, subject_id, actor, data) values (${newId()}, ${at(3)}, 'ticket.moved', 'ticket', ${ticket}, '{"kind":"user","name":"Ana Kos"}', '{"to":"in_work"}'),
    (${newId()}, ${at(2)}, 'ticket.registered', 'ticket', ${ticket}, '{"kind":"user","name":"Ana Kos"}', '{}')`.execute(database.db);
  await sql`insert into ticket_notes (id, ticket_id, author_id, text, at) values (${newId()}, ${ticket}, ${operator.userId}, 'Cable cut', ${at(4)})`.execute(database.db);
  await sql`insert into notices (id, ticket_id, cause, key, language, recipient, subject, body_text, body_html, state, message_id, created_at) values (${newId()}, ${ticket}, ${newId()}, 'received', 'en', 'a@b.c', 'We have it', '', '', 'sent', '', ${at(5)})`.execute(database.db);
  const items: { kind: string; by: string }[] = [];
  for (let after = ""; ;) {
    const page = (await operator.send("GET", `/api/clients/${client.id}/timeline?limit=2${after && `&after=${after}`}`)).json();
    items.push(...page.items);
    if (!page.next) break;
    after = page.next;
  }
  expect(items.map((item) => item.kind)).toEqual(["event", "notice", "note", "event", "ticket", "interaction"]);
  expect(items[2]).toMatchObject({ by: "Ana Kos", data: { text: "Cable cut" } });
});

test("hides conversations and tickets of other projects from the story", async () => {
  const client = await buildClient(system, { projects: ["internet", "shop"] });
  await insertCall(client.id, { projectKey: "internet" });
  await insertTicket(client.id, "internet");
  const kinds = (await stranger.send("GET", `/api/clients/${client.id}/timeline`)).json().items.map((item: { kind: string }) => item.kind);
  expect(kinds).toEqual(["event"]);
});

test("shows every change with before and after, and by whom (R312)", async () => {
  const client = await create({ familyName: "Stara", phones: [freshPhone()] });
  await operator.send("PATCH", `/api/clients/${client.id}`, { version: 1, familyName: "Nova" });
  const { items } = (await supervisor.send("GET", `/api/clients/${client.id}/history`)).json();
  expect(items[0]).toMatchObject({ action: "client.changed", by: "Ana Kos", before: { familyName: "Stara" }, after: { familyName: "Nova" } });
});

const id = newId();
const routes: [method: "GET" | "POST" | "PATCH", url: string, body?: unknown][] = [
  ["GET", "/api/clients"], ["GET", "/api/clients/by-phone?phone=1"], ["GET", `/api/clients/${id}`], ["GET", `/api/clients/${id}/timeline`], ["GET", `/api/clients/${id}/history`],
  ["POST", "/api/clients", { familyName: "X" }], ["PATCH", `/api/clients/${id}`, { version: 1 }], ["POST", `/api/clients/${id}/merge`, { otherId: newId(), version: 1 }],
  ["POST", `/api/clients/${id}/archive`, { archived: true, version: 1 }], ["POST", `/api/clients/${id}/confirm`, { version: 1 }],
];
test.each(routes)("asks an unknown visitor to sign in: %s %s", async (method, url, body) => { expect((await http.anonymous(method, url, body)).statusCode).toBe(401); });

test("lets a department worker read and not write, and an operator not read the history", async () => {
  const client = await create({ familyName: "Branje" });
  expect((await worker.send("GET", `/api/clients/${client.id}`)).statusCode).toBe(200);
  const writes: typeof routes = [["POST", "/api/clients", { familyName: "X" }], ["PATCH", `/api/clients/${client.id}`, { version: 1 }], ["POST", `/api/clients/${client.id}/merge`, { otherId: newId(), version: 1 }],
    ["POST", `/api/clients/${client.id}/archive`, { archived: true, version: 1 }], ["POST", `/api/clients/${client.id}/confirm`, { version: 1 }], ["GET", `/api/clients/${client.id}/history`]];
  for (const [method, url, body] of writes) expect((await worker.send(method, url, body)).statusCode, url).toBe(403);
  expect((await operator.send("GET", `/api/clients/${client.id}/history`)).statusCode).toBe(403);
});

test("does not tell an operator of another project that a client exists", async () => {
  const client = await create({ familyName: "Skrita" });
  for (const [method, url, body] of routes.filter((route) => route[1].includes(id)))
    expect((await stranger.send(method, url.replace(id, client.id), body)).statusCode).toBe(404);
  expect(await names("Skrita", stranger)).toEqual([]);
  expect((await stranger.send("GET", "/api/clients?project=internet")).statusCode).toBe(403);
});
