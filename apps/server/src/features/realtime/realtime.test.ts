import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { once } from "node:events";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import { announce } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { WebSocket } from "ws";
import { testHttp } from "../../testing/http.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { placed } from "./realtime.places.ts";
import { gather, startRealtime } from "./realtime.ts";

const database = await testDatabase();
const server = createServer((_request, response) => { response.end("here"); });
let push: (changes: unknown) => void = () => undefined;
const realtime = startRealtime(server, { db: database.db, log: database.ctx().log, rpc: { nodeId: "n", expose: (_name: string, handler: typeof push) => { push = handler; }, broadcast: () => Promise.resolve() } as never, deskGone: () => undefined, operators: () => Promise.resolve([]) });
await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
const { port } = server.address() as AddressInfo;
afterAll(() => { realtime.stop(); server.closeAllConnections(); server.close(); });

const http = await testHttp(database);

/** A signed-in desk and the alerts it hears; `settled` is a message sent after them. */
async function deskOf(roles: string[], projects: string[]) {
  const { cookie, userId } = await http.signIn({ roles, projects });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, { headers: { cookie } });
  const alerts: string[] = [];
  const reminders: object[] = [];
  const settled = Promise.withResolvers<void>();
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { kind: string; params?: { number?: string } };
    if (message.kind === "alert") alerts.push(message.params!.number!);
    if (message.kind === "reminded") reminders.push(message);
    if (message.kind === "changed") settled.resolve();
  });
  await once(socket, "open");
  return { userId, alerts, reminders, settled: settled.promise, close: () => { socket.close(); } };
}

test("an alert reaches the supervisors of its project and nobody else", async () => {
  const desks = await Promise.all([deskOf(["supervisor"], ["internet"]), deskOf(["supervisor"], ["taxi"]), deskOf(["operator"], ["internet"]), deskOf(["administrator"], ["internet", "taxi"])]);
  const alert = (projectKey: string | null, number: string) => ({ projectKey, alert: { kind: "alert", key: "alert_ticket_late", params: { number }, ticketId: null } });
  push({ things: [{ kind: "ticket", id: "x" }], lines: [], alerts: [alert("internet", "INT"), alert("taxi", "TAX"), alert(null, "ALL")] });
  await Promise.all(desks.map(({ settled }) => settled));
  expect(desks.map(({ alerts }) => alerts.join())).toEqual(["INT,ALL", "TAX,ALL", "", "INT,TAX,ALL"]);
  for (const desk of desks) desk.close();
});

test("R133 management of the project hears that a decision is waited for, and nothing else supervisors are alerted of", async () => {
  const desks = await Promise.all([deskOf(["management"], ["internet"]), deskOf(["management"], ["taxi"])]);
  const alert = (key: string) => ({ projectKey: "internet", alert: { kind: "alert", key, params: { number: key }, ticketId: null } });
  push({ things: [{ kind: "ticket", id: "x" }], lines: [], alerts: [alert("alert_ticket_late"), alert("alert_approval_wanted")] });
  await Promise.all(desks.map(({ settled }) => settled));
  expect(desks.map(({ alerts }) => alerts.join())).toEqual(["alert_approval_wanted", ""]);
  for (const desk of desks) desk.close();
});

test("a client's number in what a rule says is heard in part by who sees contacts in part", async () => {
  const desks = await Promise.all([deskOf(["supervisor"], ["internet"]), deskOf(["administrator"], ["internet"])]);
  const changes = { things: [{ kind: "ticket", id: "x" }], lines: [], alerts: [{ projectKey: "internet", alert: { kind: "alert", key: "alert_rule", params: { number: "Ring +38640777123" }, ticketId: null } }] };
  push(changes);
  await Promise.all(desks.map(({ settled }) => settled));
  expect(desks.map(({ alerts }) => alerts.join())).toEqual(["Ring +38640777123", "Ring •••••123"]);
  for (const desk of desks) desk.close();
});

test("what a rule says to one person is heard at their desks, not by those who supervise; what it says to supervisors, by those of the ticket's project", async () => {
  const desks = await Promise.all([deskOf(["operator"], ["internet"]), deskOf(["supervisor"], ["internet"]), deskOf(["supervisor"], ["taxi"]), deskOf(["administrator"], ["internet", "taxi"])]);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stop = gather(resolve);
  const said = (number: string, to: object) => ({ id: newId(), at: new Date(), type: "alert.raised", subject: { kind: "ticket", id: newId() }, actor: { kind: "system", name: "rule" } as Actor, data: { key: "alert_rule", params: { number, text: "Call" }, ...to }, depth: 1, requestId: "" });
  announce([said("ONE", { projectKey: null, userId: desks[0]!.userId }), said("ALL", { projectKey: "internet" })]);
  push(await promise);
  stop();
  await Promise.all(desks.map(({ settled }) => settled));
  expect(desks.map(({ alerts }) => alerts.join())).toEqual(["ONE", "ALL", "", "ALL"]);
  for (const desk of desks) desk.close();
});

test("R095 an alert about a ticket or a client tells no number of theirs, however it is dialled, to whom contacts are told in part", async () => {
  await buildProjects(database.ctx());
  const card = await buildClient(database.ctx(), { projects: ["internet"], phones: ["+38631777461"] } as never);
  const { id } = await buildTicket(database.ctx(), { clientId: card.id, contactPhone: "+38641555029" });
  const desks = await Promise.all([deskOf(["supervisor"], ["internet"]), deskOf(["administrator"], ["internet"])]);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stop = gather(resolve);
  announce([{ kind: "ticket", id }, { kind: "client", id: card.id }].map((subject) => ({ id: newId(), at: new Date(), type: "alert.raised", subject, actor: { kind: "system", name: "rule" } as Actor, data: { key: "alert_rule", params: { number: "Ring 041 555 029 or 031 777 461" }, projectKey: "internet" }, depth: 1, requestId: "" })));
  push(await promise);
  stop();
  await Promise.all(desks.map(({ settled }) => settled));
  expect(desks.map(({ alerts }) => alerts)).toEqual([Array(2).fill("Ring 041 555 029 or 031 777 461"), ["Ring •••••029 or •••••461", "Ring 041 555 029 or •••••461"]]);
  for (const desk of desks) desk.close();
});

/** What each desk is told has changed, until it is told of `END` so many times. */
async function hearing(roles: string[], projects: string[], ends = 1) {
  let left = ends;
  const { cookie, userId } = await http.signIn({ roles, projects });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, { headers: { cookie } });
  const heard: string[] = [];
  const ended = Promise.withResolvers<void>();
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { kind: string; things?: { kind: string; id: string }[] };
    for (const { kind, id } of message.things ?? []) { if (kind === "end") left -= 1; else heard.push(`${kind}:${id}`); }
    if (left === 0) ended.resolve();
  });
  await once(socket, "open");
  return { userId, socket, heard: async () => { await ended.promise; socket.close(); return heard; } };
}
const END = { kind: "end", id: "end" };

test("a desk is told ids only of what is in its projects; an administrator of all, and everybody of what belongs to none", async () => {
  await buildProjects(database.ctx());
  const ctx = database.ctx();
  const [internet, taxi] = [await buildTicket(ctx), await buildTicket(ctx, { projectKey: "taxi" })];
  const [card, nobodys] = [await buildClient(ctx, { projects: ["taxi"], familyName: "Kos" } as never), await buildClient(ctx, { projects: ["taxi"], familyName: "Zajc" } as never)];
  await sql`update clients set projects = '{}' where id = ${nobodys.id}`.execute(database.db);
  const call = newId();
  await sql`insert into interactions (id, channel, direction, project_key, state, from_number, started_at) values (${call}, 'voice', 'in', 'taxi', 'waiting', '+38640111222', now())`.execute(database.db);
  const things = [{ kind: "ticket", id: internet.id }, { kind: "ticket", id: taxi.id }, { kind: "client", id: card.id }, { kind: "client", id: nobodys.id }, { kind: "call", id: call }, { kind: "floor", id: "floor" }, { kind: "floor", id: "taxi" }];
  const desks = [await hearing(["operator"], ["internet"]), await hearing(["supervisor"], ["taxi"]), await hearing(["administrator"], [])];
  push({ things: [...things, END], lines: [], alerts: [] });
  const told = (indexes: number[]): string[] => indexes.map((index) => `${things[index]!.kind}:${things[index]!.id}`);
  expect(await Promise.all(desks.map(({ heard }) => heard()))).toEqual([told([0, 3, 5]), told([1, 2, 3, 4, 5, 6]), told([0, 1, 2, 3, 4, 5, 6])]);
});

test("R129 whom a ticket is about hears nothing of it, of its form or of what was promised; when it becomes about them, that there is something to read anew, and not what", async () => {
  await buildProjects(database.ctx());
  const [vera, marko] = [await hearing(["supervisor"], ["internet"], 2), await hearing(["supervisor"], ["internet"], 2)];
  const { id } = await buildTicket(database.ctx(), { type: "complaint", fields: { about: "employee", employee: vera.userId } });
  const promise = newId();
  await sql`insert into promises (id, project_key, ticket_id, text, due_at, created_at) values (${promise}, 'internet', ${id}, 'x', now(), now())`.execute(database.db);
  push({ things: [{ kind: "ticket", id }, { kind: "promise", id: promise }, END], lines: [], alerts: [] });
  push({ things: [{ kind: "ticket", id, leaves: true }, END], lines: [], alerts: [] });
  expect(await Promise.all([vera, marko].map(async ({ heard }) => (await heard()).toSorted()))).toEqual([["everything:"], [`promise:${promise}`, `ticket:${id}`, `ticket:${id}`]]);
});

test("where it cannot be looked up what changed belongs to, each desk reads everything again", async () => {
  expect(await placed(undefined as never, [{ kind: "ticket", id: newId() }])).toEqual([{ kind: "everything", id: "", place: null }]);
});

test("R129 what is said of a ticket reaches the desks of supervisors, never the desk of whom the ticket is about", async () => {
  await buildProjects(database.ctx());
  const [vera, marko] = [await deskOf(["supervisor"], ["internet"]), await deskOf(["supervisor"], ["internet"])];
  const { id } = await buildTicket(database.ctx(), { type: "complaint", fields: { about: "employee", employee: vera.userId } });
  const alert = (key: string, to: object) => ({ ...to, alert: { kind: "alert", key, params: { number: key }, ticketId: id } });
  push({ things: [{ kind: "ticket", id }, { kind: "form", id: newId() }], lines: [], alerts: [alert("alert_rule", { projectKey: "internet" }), alert("alert_told", { projectKey: null, userId: vera.userId })], reminders: [{ userId: vera.userId, push: { kind: "reminded", id: newId(), ticketId: id, number: "N", reason: "other" } }] });
  await Promise.all([vera.settled, marko.settled]);
  expect([vera.alerts, vera.reminders, marko.alerts]).toEqual([[], [], ["alert_rule"]]);
  for (const desk of [vera, marko]) desk.close();
});

test("a reminder reaches the desks of whom it reminds, not of others, and nobody is reminded of what they did themselves", async () => {
  const [ana, other] = [await deskOf(["operator"], ["internet"]), await deskOf(["supervisor"], ["internet"])];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stop = gather(resolve);
  const told = (actor: Actor, data: object) => ({ id: newId(), at: new Date(), type: "ticket.reminded", subject: { kind: "ticket", id: newId() }, actor, data: { operatorId: ana.userId, ...data }, depth: 0, requestId: "" });
  const system: Actor = { kind: "system", name: "clocks" };
  const own = { ...system, kind: "user", id: ana.userId } as unknown as Actor;
  announce([told(system, { number: "INT-1", reason: "untouched" }), told(system, { number: "INT-2" }), told(own, { number: "INT-3" }), told(system, { number: "INT-4", text: "told as an alert" }), told(system, { operatorId: null, number: "INT-5" })]);
  push(await promise);
  stop();
  await Promise.all([ana.settled, other.settled]);
  expect(ana.reminders).toMatchObject([{ number: "INT-1", reason: "untouched" }, { number: "INT-2", reason: "other" }]);
  expect(other.reminders).toEqual([]);
  for (const desk of [ana, other]) desk.close();
});

const UPGRADE = "GET /api/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: linija_session=abcdefabcdef\r\n\r\n";

test("a desk whose connection is reset while the server asks who it is harms nobody", async () => {
  const closed: Promise<unknown>[] = [];
  for (let n = 0; n < 200; n++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    closed.push(once(socket, "close"));
    await once(socket, "connect");
    socket.write(UPGRADE, () => { socket.resetAndDestroy(); });
  }
  await Promise.all(closed);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
});

test("who has no session is told so and gets no socket", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.write(UPGRADE);
  const [answer] = await once(socket, "data") as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
});

test("a session that cannot be decoded is nobody's", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.write(UPGRADE.replace("abcdefabcdef", "%E0%A4%A"));
  const [answer] = await once(socket, "data") as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
});

test("a desk that read before it could hear is told what has changed since, and one that was deaf for long to read everything again (R090)", async () => {
  const { cookie } = await http.signIn({ roles: ["operator"], projects: ["internet"] });
  const id = newId();
  const read = performance.now();
  push({ things: [{ kind: "form", id }], lines: [], alerts: [] });
  let isLineTold = false;
  const told = async (deaf: () => number): Promise<string[]> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, { headers: { cookie } });
    const { promise, resolve } = Promise.withResolvers<string[]>();
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { kind: string; things?: { kind: string; id: string }[] };
      if (message.kind === "line") isLineTold = true;
      if (message.kind === "changed") resolve(message.things!.map((thing) => `${thing.kind}:${thing.id}`));
    });
    await once(socket, "open");
    socket.send(JSON.stringify({ deaf: deaf() }));
    const things = await promise;
    socket.close();
    return things;
  };
  expect(await told(() => Math.ceil(performance.now() - read + 200))).toContain(`form:${id}`);
  // What was told before this process began, or very long ago, it does not know.
  expect(await told(() => 600_000)).toEqual(["everything:"]);
  expect(isLineTold).toBe(true);
  // More than anybody could be told of one by one.
  push({ things: Array.from({ length: 501 }, () => ({ kind: "form", id: newId() })), lines: [], alerts: [] });
  expect(await told(() => Math.ceil(performance.now() - read + 200))).toEqual(["everything:"]);
});

test("one person has so many desks at once and no more", async () => {
  const { cookie } = await http.signIn({ roles: ["operator"], projects: ["internet"] });
  const open = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, { headers: { cookie } });
    const outcome = await Promise.race([once(socket, "open").then(() => 101), new Promise<number>((resolve) => { socket.on("unexpected-response", (_request, response) => resolve(response.statusCode!)); })]);
    return { socket, outcome };
  };
  const desks: Awaited<ReturnType<typeof open>>[] = [];
  for (let count = 0; count < 31; count += 1) desks.push(await open());
  expect(desks.map(({ outcome }) => outcome)).toEqual([...Array<number>(30).fill(101), 429]);
  for (const { socket } of desks.slice(0, 30)) socket.close();
});
