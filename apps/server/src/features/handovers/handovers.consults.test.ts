import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import type { Ctx } from "../../platform/db.ts";
import { onCommitted, type StoredEvent } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { addNote, getTicket, moveTicket, updateTicket } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { answerConsult, askColleague, type AskInput } from "./handovers.consults.service.ts";
import { moveOn } from "./handovers.loop.ts";
import { giveHandover, refuseHandover, takeHandover, withdrawHandover } from "./handovers.service.ts";
import { handoverFigures, listHandovers, ticketHandovers } from "./handovers.view.ts";
import { handoversRoutes } from "./index.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
type Role = "operator" | "supervisor" | "department_worker";
const desks = new Set<string>();
const deps = { here: () => Promise.resolve(desks) };
const person = async (roles: Role[], over: { projects?: string[]; department?: string; name?: string } = {}) => {
  const user = await buildUser(database.db, { roles, projects: ["internet"], ...over });
  desks.add(user.id);
  return { id: user.id, name: user.name, ctx: database.ctx(actorOf(user)) };
};
type Person = Awaited<ReturnType<typeof person>>;
const after = (base: Ctx, hours: number): Ctx => ({ ...base, now: () => new Date(Date.now() + hours * 3_600_000) });
const ask = (who: Person, ticketId: string, over: Partial<AskInput> = {}) => askColleague(who.ctx, ticketId, { handoverId: newId(), circle: "department", department: "technicians", userId: null, insist: false, expectedBy: null, question: "Is the node down?", tried: "Restarted the box", ...over }, deps);
const list = async (who: Person, view: "mine" | "advice" | "given") => (await listHandovers(who.ctx, { view })).items;
const reads = (who: Person, at = who.ctx) => getTicket(at, ticketId);
let told: StoredEvent[] = [];
onCommitted((events) => { told.push(...events); });
const alertsTo = (userId: string) => told.filter(({ type, data }) => type === "alert.raised" && (data as { userId?: string }).userId === userId).map(({ data }) => (data as { key: string }).key);

let ana: Person, boss: Person, tina: Person, ticketId: string;
beforeEach(async () => {
  await sql`update users set disabled_at = now() where disabled_at is null`.execute(database.db);
  await sql`update handovers set state = 'withdrawn', ended_at = now() where state = 'waiting'`.execute(database.db);
  desks.clear();
  [ana, boss, tina] = [await person(["operator"], { name: "Ana" }), await person(["supervisor"], { name: "Boss" }), await person(["department_worker"], { department: "technicians", name: "Tina" })];
  ticketId = (await buildTicket(system, { ownerId: ana.id, clientId: (await buildClient(system)).id, contactPhone: "+38640111222" })).id;
  told = [];
});

test("R214 a question sent again under its id is the same; other words under it are refused, not thrown away", async () => {
  const { id } = await buildTicket(system, { ownerId: ana.id, language: "en" });
  const sent = { handoverId: newId() };
  const first = await ask(ana, id, sent);
  expect((await ask(ana, id, sent)).id).toBe(first.id);
  await expect(ask(ana, id, { ...sent, question: "Is the street dark?" })).rejects.toMatchObject({ reason: "sent_before" });
});

test("R214 a colleague who accepts a question sees the card read-only, writes notes and answers; the ticket stays whose it is, and who asked is told", async () => {
  const asked = await ask(ana, ticketId);
  expect(asked).toMatchObject({ kind: "consult", state: "waiting", offer: { to: { name: "Tina" } }, note: { wanted: "", tried: "Restarted the box", expected: "Is the node down?" } });
  await expect(reads(tina)).rejects.toMatchObject({ code: "not_found" });
  expect(await list(tina, "mine")).toMatchObject([{ id: asked.id, kind: "consult", isMine: true, ticket: { opens: false } }]);
  expect(await takeHandover(tina.ctx, asked.id)).toMatchObject({ state: "taken", owner: { id: ana.id }, advises: true, mayAnswer: true, ticket: { opens: true } });
  const seen = await reads(tina);
  expect(seen).toMatchObject({ ownerId: ana.id, readOnly: true, transitions: [], masked: true, contactPhone: expect.stringContaining("•") });
  expect((await getTicket(ana.ctx, ticketId)).readOnly).toBe(false);
  await addNote(tina.ctx, ticketId, "The node answers");
  await expect(updateTicket(tina.ctx, ticketId, { version: seen.version, subject: "Mine now" })).rejects.toMatchObject({ code: "forbidden" });
  await expect(moveTicket(tina.ctx, ticketId, { version: seen.version, transition: "start", input: {} })).rejects.toMatchObject({ code: "forbidden" });
  expect(await list(tina, "advice")).toMatchObject([{ id: asked.id, mayAnswer: true }]);
  expect(await answerConsult(tina.ctx, asked.id, "It is the client's box")).toMatchObject({ answer: "It is the client's box", mayAnswer: false });
  expect(alertsTo(ana.id)).toEqual(["alert_consult_taken", "alert_consult_answered"]);
  const now = await getTicket(ana.ctx, ticketId);
  expect(now.ownerId).toBe(ana.id);
  expect(now.notes.map(({ text, by }) => [text, by])).toEqual([["The node answers", "Tina"], ["It is the client's box", "Tina"]]);
  expect((await ticketHandovers(ana.ctx, ticketId)).items).toMatchObject([{ id: asked.id, answer: "It is the client's box", takenBy: { name: "Tina" } }]);
});

test("R214 who answered reads on for a day; then, also when nothing ran meanwhile, the ticket is closed to them", async () => {
  const asked = await ask(ana, ticketId);
  await takeHandover(tina.ctx, asked.id);
  // However long the answer takes.
  await moveOn(after(system, 24 * 30), deps);
  await answerConsult(tina.ctx, asked.id, "No");
  await moveOn(after(system, 23), deps);
  expect(await reads(tina)).toMatchObject({ readOnly: true });
  await Promise.all([moveOn(after(system, 25), deps), moveOn(after(system, 25), deps)]);
  await expect(reads(tina)).rejects.toMatchObject({ code: "not_found" });
  expect(await list(tina, "advice")).toEqual([]);
  expect((await ticketHandovers(ana.ctx, ticketId)).items).toMatchObject([{ state: "taken", answer: "No", advises: false }]);
});

test.each([
  ["the ticket is closed", async () => { await sql`update tickets set status = 'closed' where id = ${ticketId}`.execute(database.db); }],
  ["who asked takes the question back", async (id: string) => { await withdrawHandover(ana.ctx, id); }],
  ["the ticket turns out to be about them", async () => { await sql`update tickets set about_user_ids = array[${tina.id}::uuid] where id = ${ticketId}`.execute(database.db); }],
  ["they work in the project no more", async () => { tina.ctx = { ...tina.ctx, actor: { ...tina.ctx.actor, projects: ["shop"] } as Ctx["actor"] }; }],
])("R214 R129 a colleague who was asked sees nothing of the ticket from the moment on when %s", async (_when, end) => {
  const asked = await ask(ana, ticketId);
  await takeHandover(tina.ctx, asked.id);
  await addNote(tina.ctx, ticketId, "Looking");
  await end(asked.id);
  await expect(reads(tina)).rejects.toMatchObject({ code: "not_found" });
  await expect(addNote(tina.ctx, ticketId, "Still here")).rejects.toMatchObject({ code: "not_found" });
  expect(await list(tina, "advice")).toEqual([]);
  await expect(answerConsult(tina.ctx, asked.id, "Yes")).rejects.toMatchObject({ code: expect.stringMatching(/not_found|conflict/) });
  await moveOn(system, deps);
  expect((await ticketHandovers(ana.ctx, ticketId)).items[0]).toMatchObject({ kind: "consult" });
});

test("R214 whom the ticket is about is never asked and gets no answer told", async () => {
  await sql`update tickets set about_user_ids = array[${tina.id}::uuid] where id = ${ticketId}`.execute(database.db);
  await expect(ask(ana, ticketId, { userId: tina.id, insist: true })).rejects.toMatchObject({ fields: [{ field: "userId", code: "unknown_owner" }] });
  await expect(ask(ana, ticketId)).rejects.toMatchObject({ reason: "handover_nobody" });
  const asked = await ask(ana, ticketId, { circle: "supervisors", department: null });
  await takeHandover(boss.ctx, asked.id);
  await sql`update tickets set about_user_ids = array[${ana.id}::uuid] where id = ${ticketId}`.execute(database.db);
  told = [];
  await answerConsult(boss.ctx, asked.id, "I take this over");
  expect(alertsTo(ana.id)).toEqual([]);
});

test("R214 a question does not stand in the way of a hand-over, nor of a new owner; refused by all it comes back to who asked", async () => {
  const asked = await ask(ana, ticketId);
  await expect(ask(ana, ticketId)).rejects.toMatchObject({ reason: "consult_waiting", params: { name: "Tina" } });
  const given = await giveHandover(ana.ctx, ticketId, { handoverId: newId(), circle: "supervisors", department: null, userId: null, insist: false, wanted: "W", tried: "T", expected: "E", expectedBy: null }, deps);
  await takeHandover(boss.ctx, given.id);
  await moveOn(system, deps);
  expect(await list(tina, "mine")).toMatchObject([{ id: asked.id }]);
  expect(await refuseHandover(tina.ctx, asked.id, "Not my network", deps)).toMatchObject({ state: "returned" });
  expect(alertsTo(ana.id)).toEqual(["alert_handover_taken", "alert_consult_refused_back"]);
  expect(told.filter(({ type }) => type.startsWith("ticket.consult")).map(({ type }) => type)).toEqual(["ticket.consult_offered", "ticket.consult_refused", "ticket.consult_returned"]);
  expect((await getTicket(system, ticketId)).ownerId).toBe(boss.id);
  // The figures are of hand-overs.
  expect(await handoverFigures(boss.ctx)).toMatchObject({ returned: 0 });
});

test("R214 sent twice it is one question, answered twice one answer, and two who were asked one after the other each read for themselves", async () => {
  const handoverId = newId();
  const [one, other] = await Promise.all([ask(ana, ticketId, { handoverId }), ask(ana, ticketId, { handoverId })]);
  expect([one.id, other.id]).toEqual([handoverId, handoverId]);
  await takeHandover(tina.ctx, handoverId);
  await Promise.all([answerConsult(tina.ctx, handoverId, "Yes"), answerConsult(tina.ctx, handoverId, "Yes")]);
  expect((await getTicket(ana.ctx, ticketId)).notes).toHaveLength(1);
  await expect(answerConsult(tina.ctx, handoverId, "No")).rejects.toMatchObject({ reason: "consult_over" });
  const olga = await person(["department_worker"], { department: "accounting", name: "Olga" });
  const second = await ask(ana, ticketId, { department: "accounting" });
  await takeHandover(olga.ctx, second.id);
  expect([(await reads(tina)).readOnly, (await reads(olga)).readOnly]).toEqual([true, true]);
  await moveOn(after(system, 25), deps);
  await expect(reads(tina)).rejects.toMatchObject({ code: "not_found" });
  expect(await reads(olga)).toMatchObject({ readOnly: true });
  await sql`update tickets set status = 'done' where id = ${ticketId}`.execute(database.db);
  await expect(ask(ana, ticketId)).rejects.toMatchObject({ reason: "consult_closed" });
});

test("every route of questions asks strangers to sign in", async () => {
  const http = await testHttp(database, (app) => handoversRoutes(app, deps));
  const id = newId();
  expect((await http.anonymous("POST", `/api/tickets/${id}/consults`, { handoverId: id, circle: "supervisors", question: "?" })).statusCode).toBe(401);
  expect((await http.anonymous("POST", `/api/handovers/${id}/answer`, { text: "x" })).statusCode).toBe(401);
});
