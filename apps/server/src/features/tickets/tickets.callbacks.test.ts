import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { registerCallback, takeCallback, type CallbackInput } from "./tickets.callbacks.service.ts";
import { touched } from "./tickets.effects.ts";
import { buildProjects, buildTicket } from "./tickets.factory.ts";
import { listTickets } from "./tickets.list.service.ts";
import { getTicket, updateTicket } from "./tickets.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet", "shop"], roles: ["supervisor", "operator"] }));
const reader = database.ctx(ana);
const monday = new Date("2026-03-02T09:00:00Z");
const minute = (minutes: number) => new Date(monday.getTime() + minutes * 60_000);

let numbers = 0;
const newNumber = () => `+3864055${String(++numbers).padStart(4, "0")}`;
/** A call that ended while waiting, with what call control asks for it: a quarter of an hour from its end. */
async function abandoned(phone: string, over: Partial<CallbackInput> = {}): Promise<CallbackInput> {
  const interactionId = newId();
  await sql`insert into interactions (id, channel, direction, project_key, state, outcome, from_number, started_at) values (${interactionId}, 'voice', 'in', 'internet', 'ended', 'abandoned', ${phone}, now())`.execute(database.db);
  return { projectKey: "internet", queueId: "internet.support", interactionId, clientId: null, phone, language: "sl", dueAt: minute(15), reason: "abandoned", ...over };
}
const give = (call: CallbackInput, atMinute: number) => registerCallback(database.ctx(undefined, () => minute(atMinute)), call);
const linksOf = (call: CallbackInput) => sql<{ ticketId: string; callbackId: string }>`select ticket_id, callback_id from interactions where id = ${call.interactionId}`.execute(database.db).then((result) => result.rows[0]!);
const events = (id: string, type: string) => sql<{ data: Record<string, unknown> }>`select data from events where subject_id = ${id} and type = ${type} order by at, id`.execute(database.db).then((result) => result.rows.map((row) => row.data));

test("a client who gives up again before anybody called back is counted on the same callback, with the earlier time (R024)", async () => {
  const phone = newNumber();
  const [first, second] = [await abandoned(phone), await abandoned(phone, { dueAt: minute(22) })];
  const made = await give(first, 0);
  const seen = await getTicket(reader, made.id);
  expect(seen).toMatchObject({ calls: 1, lastCallAt: null });
  expect(await give(second, 7)).toEqual({ ...made, isNew: false, calls: 2 });
  const ticket = await getTicket(reader, made.id);
  expect(ticket).toMatchObject({ calls: 2, lastCallAt: minute(7).toISOString(), dueAt: minute(15).toISOString(), version: seen.version });
  expect((await listTickets(reader, { view: "callbacks" })).items.filter((each) => each.contactPhone === phone)).toMatchObject([{ id: made.id, calls: 2, lastCallAt: minute(7).toISOString() }]);
  expect(await events(made.id, "ticket.called_again")).toEqual([{ number: made.number, projectKey: "internet", interactionId: second.interactionId, calls: 2, reason: "abandoned" }]);
  for (const call of [first, second]) expect(await linksOf(call)).toEqual({ ticketId: made.id, callbackId: made.id });
});

test("a call that is asked for again is not counted twice", async () => {
  const phone = newNumber();
  const [first, second] = [await abandoned(phone), await abandoned(phone)];
  const { id } = await give(first, 0);
  for (const call of [second, second, first]) expect(await give(call, 3)).toMatchObject({ id, isNew: false, calls: 2 });
});

test("twenty calls of one number that end in the same moment are one callback that counts twenty (R024)", async () => {
  const phone = newNumber();
  const calls: CallbackInput[] = [];
  for (let index = 0; index < 20; index += 1) calls.push(await abandoned(phone, { dueAt: minute(15 + index) }));
  const made = await Promise.all(calls.map((call) => give(call, 0)));
  expect(new Set(made.map((each) => each.id)).size).toBe(1);
  expect(made.filter((each) => each.isNew)).toHaveLength(1);
  expect(made.map((each) => each.calls).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  const { id } = made[0]!;
  expect(await getTicket(reader, id)).toMatchObject({ calls: 20, dueAt: minute(15).toISOString() });
  expect(await events(id, "ticket.called_again")).toHaveLength(19);
  for (const call of calls) expect((await linksOf(call)).callbackId).toBe(id);
  const { rows } = await sql<{ runAt: Date }>`select due_at as run_at from clocks where subject_id = ${id} and name = 'solution'`.execute(database.db);
  expect(rows).toEqual([{ runAt: minute(15) }]);
});

test("once somebody has begun to call back, the next call of the client is a callback of its own", async () => {
  const phone = newNumber();
  const first = await give(await abandoned(phone), 0);
  await takeCallback(reader, first.id);
  const second = await give(await abandoned(phone), 4);
  expect(second).toMatchObject({ isNew: true, calls: 1 });
  expect(await give(await abandoned(phone), 5)).toMatchObject({ id: second.id, calls: 2 });
  expect((await getTicket(reader, first.id)).calls).toBe(1);
});

test("an operator who dials in the moment of the second call loses nothing: it is counted before, or stands by itself", async () => {
  for (let round = 0; round < 10; round += 1) {
    const phone = newNumber();
    const first = await give(await abandoned(phone), 0);
    const call = await abandoned(phone);
    const [second] = await Promise.all([give(call, 1), takeCallback(reader, first.id)]);
    expect(await getTicket(reader, first.id)).toMatchObject({ stage: "in_work", calls: second.id === first.id ? 2 : 1 });
    expect((await linksOf(call)).callbackId).toBe(second.id);
  }
});

test("another number, project or queue is another callback", async () => {
  const phone = newNumber();
  const made = [await abandoned(phone), await abandoned(newNumber()), await abandoned(phone, { queueId: "internet.sales" }), await abandoned(phone, { projectKey: "shop" })];
  expect(new Set((await Promise.all(made.map((call) => give(call, 0)))).map((each) => each.id)).size).toBe(4);
});

test("a callback that was put off is due again by the time the new call was promised", async () => {
  const phone = newNumber();
  const { id } = await give(await abandoned(phone), 0);
  const { version } = await getTicket(reader, id);
  await updateTicket(reader, id, { version, dueAt: new Date(Date.now() + 86_400_000).toISOString() });
  await give(await abandoned(phone, { dueAt: minute(35) }), 20);
  expect(await getTicket(reader, id)).toMatchObject({ calls: 2, dueAt: minute(35).toISOString() });
});

test("a call with a ticket of its own keeps it beside its callback", async () => {
  const phone = newNumber();
  const call = await abandoned(phone, { reason: "interrupted" });
  const ticketId = newId();
  await sql`update interactions set ticket_id = ${ticketId} where id = ${call.interactionId}`.execute(database.db);
  const { id } = await give(call, 0);
  expect(await linksOf(call)).toEqual({ ticketId, callbackId: id });
});

test("callbacks stand as they are to be called: due now or missed since yesterday, then those left for longer, then those put off", async () => {
  const reads = database.ctx({ ...ana, projects: ["taxi"] }, () => monday);
  const hours = { "put off": 30, "three weeks late": -500, "in 14 minutes": 0.25, "late since noon": -5, "eight days late": -200, "in ten hours": 10 };
  for (const [phone, due] of Object.entries(hours)) await buildTicket(database.ctx(undefined, () => monday), { projectKey: "taxi", type: "callback", contactPhone: phone, requiredBy: minute(due * 60) });
  const read: string[] = [];
  let after: string | undefined;
  do {
    const page = await listTickets(reads, { view: "callbacks", limit: 2, ...(after && { after }) });
    read.push(...page.items.map((ticket) => ticket.contactPhone!));
    after = page.next ?? undefined;
  } while (after);
  expect(read).toEqual(["late since noon", "in 14 minutes", "in ten hours", "three weeks late", "eight days late", "put off"]);
});

test("supervisors' screens are told of callbacks, not of every ticket", async () => {
  const kinds = async (type: string) => touched(await buildTicket(database.ctx(), { type })).map(({ kind }) => kind);
  expect(await kinds("callback")).toContain("floor");
  expect(await kinds("question")).not.toContain("floor");
});
