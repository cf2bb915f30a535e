import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { startDeliveries } from "../../platform/deliveries.ts";
import { onCommitted, registerDurable, type StoredEvent } from "../../platform/events.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { fireClock, getTicket, updateTicket } from "../tickets/index.ts";
import { buildProcess, CLAIM } from "../tickets/tickets.process.testing.ts";
import { listReasons } from "../tickets/tickets.checks.service.ts";
import { buildProjects, buildTicket, type BuiltTicket } from "../tickets/tickets.factory.ts";
import { handoversListener } from "./handovers.listener.ts";
import { moveOn } from "./handovers.loop.ts";
import { handoverChoices } from "./handovers.people.ts";
import { giveHandover, refuseHandover, takeHandover, withdrawHandover, type GiveInput } from "./handovers.service.ts";
import { clientHandovers, handoverFigures, listHandovers, ticketHandovers } from "./handovers.view.ts";
import { handoversRoutes } from "./index.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
type Role = "operator" | "supervisor" | "department_worker" | "administrator";
const desks = new Set<string>();
const deps = { here: () => Promise.resolve(desks) };
const person = async (roles: Role[], over: { projects?: string[]; department?: string; name?: string } = {}) => {
  const user = await buildUser(database.db, { roles, projects: ["internet"], ...over });
  return { id: user.id, name: user.name, ctx: database.ctx(actorOf(user)) };
};
type Person = Awaited<ReturnType<typeof person>>;
const line = async (who: Person, state: string, interactionId: string | null = null) => {
  await sql`insert into operators (user_id, languages, skills) values (${who.id}, '{sl}', '{}') on conflict do nothing`.execute(database.db);
  await sql`insert into operator_states (operator_id, state, since, idle_since, interaction_id) values (${who.id}, ${state}, now(), now(), ${interactionId}) on conflict (operator_id) do update set state = excluded.state, interaction_id = excluded.interaction_id`.execute(database.db);
};
const after = (base: Ctx, minutes: number): Ctx => ({ ...base, now: () => new Date(Date.now() + minutes * 60_000) });
const note = { wanted: "The money back", tried: "Asked the bank", expected: "A decision today", expectedBy: null };
const give = (who: Person, ticketId: string, over: Partial<GiveInput> = {}) => giveHandover(who.ctx, ticketId, { handoverId: newId(), circle: "supervisors", department: null, userId: null, insist: false, ...note, ...over }, deps);
const mine = async (who: Person) => (await listHandovers(who.ctx, { view: "mine" })).items;
const owner = async (id: string) => (await getTicket(system, id)).ownerId;
let told: StoredEvent[] = [];
onCommitted((events) => { told.push(...events); });
const alertsTo = (userId: string) => told.filter(({ type, data }) => type === "alert.raised" && (data as { userId?: string }).userId === userId).map(({ data }) => (data as { key: string }).key);

let ana: Person, boss: Person, chief: Person, ticketId: string;
const ticketOf = (over: BuiltTicket = {}) => buildTicket(system, { ownerId: ana.id, ...over });
beforeEach(async () => {
  await sql`update users set disabled_at = now() where disabled_at is null`.execute(database.db);
  await sql`update handovers set state = 'withdrawn', ended_at = now() where state = 'waiting'`.execute(database.db);
  [ana, boss, chief] = [await person(["operator"], { name: "Ana" }), await person(["supervisor"], { name: "Boss" }), await person(["supervisor"], { name: "Chief" })];
  desks.clear();
  for (const { id } of [ana, boss, chief]) desks.add(id);
  await line(ana, "ready");
  ticketId = (await ticketOf()).id;
  told = [];
});

test("R137 a ticket handed over stays its giver's until the supervisor, who sees the client and the note, takes it", async () => {
  const client = await buildClient(system);
  ticketId = (await ticketOf({ clientId: client.id })).id;
  const given = await give(ana, ticketId);
  expect(given).toMatchObject({ state: "waiting", by: { id: ana.id }, offer: { to: { id: boss.id } }, mayTake: false, mayWithdraw: true });
  expect(await owner(ticketId)).toBe(ana.id);
  expect(await mine(boss)).toMatchObject([{ id: given.id, isMine: true, mayTake: true, note, client: { id: client.id }, ticket: { id: ticketId, opens: true } }]);
  expect(await mine(chief)).toEqual([]);
  expect(await takeHandover(boss.ctx, given.id)).toMatchObject({ state: "taken", takenBy: { id: boss.id }, owner: { id: boss.id } });
  expect(await owner(ticketId)).toBe(boss.id);
  expect(alertsTo(ana.id)).toEqual(["alert_handover_taken"]);
  expect(told.find(({ type }) => type === "handover.taken")).toMatchObject({ subject: { kind: "handover", id: given.id }, data: { ticketId, interactionId: null, from: ana.id, to: boss.id } });
  const reasons = await sql<{ what: string; value: unknown }>`select what, value from ticket_reasons where ticket_id = ${ticketId} and what = 'owner'`.execute(database.db);
  expect(reasons.rows).toHaveLength(1);
});

test("R137 nobody's ticket is its giver's from the giving on, so that it never lies between two chairs", async () => {
  const free = await buildTicket(system);
  await give(ana, free.id);
  expect(await owner(free.id)).toBe(ana.id);
});

test("R220 who is busy is not asked unless the giver insists, and the next free is named", async () => {
  const [maja, igor] = [await person(["operator"], { name: "Maja" }), await person(["operator"], { name: "Igor" })];
  await line(maja, "talking");
  await line(igor, "ready");
  const off = await person(["operator"], { name: "Olga" });
  const { circles } = await handoverChoices(ana.ctx, ticketId, deps);
  expect(circles.find(({ circle }) => circle === "operators")!.people).toMatchObject([{ name: "Igor", presence: "free", isNext: true, languages: ["sl"] }, { name: "Maja", presence: "in_call", isNext: false }, { name: "Olga", presence: "off" }]);
  await expect(give(ana, ticketId, { circle: "operators", userId: maja.id })).rejects.toMatchObject({ reason: "handover_busy", params: { name: "Maja", next: "Igor" } });
  await expect(give(ana, ticketId, { circle: "operators", userId: off.id, insist: true })).rejects.toMatchObject({ fields: [{ field: "userId", code: "handover_off" }] });
  expect(await give(ana, ticketId, { circle: "operators" })).toMatchObject({ offer: { to: { name: "Igor" } } });
  const other = await ticketOf();
  expect(await give(ana, other.id, { circle: "operators", userId: maja.id, insist: true })).toMatchObject({ offer: { to: { name: "Maja" } } });
});

test("R220 a refusal needs its reason and brings the next free; when the last has refused the giver is told and keeps it", async () => {
  const given = await give(ana, ticketId);
  expect(await refuseHandover(boss.ctx, given.id, "Not my project", deps)).toMatchObject({ state: "waiting", offer: { to: { id: chief.id } }, asked: [{ person: { id: boss.id }, state: "refused", reason: "Not my project" }, { person: { id: chief.id }, state: "offered" }] });
  expect(await mine(boss)).toEqual([]);
  expect(await refuseHandover(chief.ctx, given.id, "On leave from noon", deps)).toMatchObject({ state: "returned", endedAs: "all_refused", offer: null });
  expect(alertsTo(ana.id)).toEqual(["alert_handover_refused", "alert_handover_returned"]);
  expect(await owner(ticketId)).toBe(ana.id);
  await expect(takeHandover(boss.ctx, given.id)).rejects.toMatchObject({ reason: "handover_over" });
});

test("R137 without an answer the next free is asked once however many nodes look, also after all were away, and at the end the giver is told", async () => {
  const given = await give(ana, ticketId);
  await moveOn(after(system, 29), deps);
  expect(await mine(boss)).toHaveLength(1);
  await Promise.all([moveOn(after(system, 31), deps), moveOn(after(system, 31), deps)]);
  expect((await ticketHandovers(ana.ctx, ticketId)).items).toMatchObject([{ offer: { to: { id: chief.id } }, asked: [{ state: "missed" }, { state: "offered" }] }]);
  expect(told.filter(({ type }) => type === "ticket.handover_missed")).toHaveLength(1);
  await expect(takeHandover(after(ana.ctx, 31), given.id)).rejects.toMatchObject({ reason: "handover_elsewhere", params: { name: "Chief" } });
  // A day later somebody starts the program again.
  await moveOn(after(system, 24 * 60), deps);
  await moveOn(after(system, 24 * 60), deps);
  expect((await ticketHandovers(ana.ctx, ticketId)).items).toMatchObject([{ state: "returned" }]);
  expect(alertsTo(ana.id)).toEqual(["alert_handover_missed", "alert_handover_returned"]);
});

test("R137 of two who take it in one moment one wins and the other is told who; the winner may press again", async () => {
  const given = await give(ana, ticketId);
  const pressed = [boss, chief, boss];
  const both = await Promise.allSettled(pressed.map((who) => takeHandover(who.ctx, given.id)));
  const winner = pressed[both.findIndex(({ status }) => status === "fulfilled")]!;
  for (const [index, each] of both.entries()) {
    if (pressed[index] === winner) expect(each).toMatchObject({ status: "fulfilled", value: { takenBy: { id: winner.id } } });
    else expect(each).toMatchObject({ reason: { reason: "handover_taken", params: { name: winner.name } } });
  }
  const [now] = (await ticketHandovers(ana.ctx, ticketId)).items;
  expect(await owner(ticketId)).toBe(now!.takenBy!.id);
  expect(told.filter(({ type }) => type === "handover.taken")).toHaveLength(1);
});

test("a take and the end of its time in one moment: the ticket has one owner and nobody else is asked", async () => {
  const given = await give(ana, ticketId);
  const [taken] = await Promise.allSettled([takeHandover(boss.ctx, given.id), moveOn(after(system, 31), deps)]);
  const [now] = (await ticketHandovers(ana.ctx, ticketId)).items;
  if (taken.status === "fulfilled") expect(now).toMatchObject({ state: "taken", offer: null });
  else expect(now).toMatchObject({ state: "waiting", offer: { to: { id: chief.id } } });
});

test("sent twice it is one hand-over, and a second one is refused while the first waits", async () => {
  const handoverId = newId();
  const both = await Promise.all([give(ana, ticketId, { handoverId }), give(ana, ticketId, { handoverId })]);
  expect(both.map(({ id }) => id)).toEqual([handoverId, handoverId]);
  await expect(give(chief, ticketId)).rejects.toMatchObject({ reason: "handover_waiting", params: { name: "Boss" } });
  expect(told.filter(({ type }) => type === "ticket.handover_offered")).toHaveLength(1);
  // The answer was lost on the way, and the ticket is finished by the time it is sent again.
  await sql`update tickets set status = 'closed' where id = ${ticketId}`.execute(database.db);
  expect(await give(ana, ticketId, { handoverId })).toMatchObject({ id: handoverId });
  await expect(give(ana, ticketId)).rejects.toMatchObject({ reason: "handover_closed" });
  await expect(give(chief, (await ticketOf()).id, { handoverId })).rejects.toMatchObject({ reason: "changed_meanwhile" });
});

test.each([
  ["is completed", async () => { await sql`update tickets set status = 'done' where id = ${ticketId}`.execute(database.db); }, "closed"],
  ["is given to somebody else", async () => { const { version } = await getTicket(system, ticketId); await updateTicket(system, ticketId, { version, ownerId: chief.id }); }, "owner_changed"],
  ["is merged into another", async () => { await sql`update tickets set merged_into = ${(await ticketOf()).id}, status = 'closed' where id = ${ticketId}`.execute(database.db); }, "merged"],
])("a hand-over ends when its ticket %s, and is not taken any more", async (_how, change, endedAs) => {
  const given = await give(ana, ticketId);
  await change();
  const before = await owner(ticketId);
  await expect(takeHandover(boss.ctx, given.id)).rejects.toMatchObject({ reason: "handover_over" });
  await moveOn(system, deps);
  const { rows } = await sql<{ state: string; endedAs: string }>`select state, ended_as from handovers where id = ${given.id}`.execute(database.db);
  expect(rows).toEqual([{ state: "withdrawn", endedAs }]);
  expect(await mine(boss)).toEqual([]);
  expect(await owner(ticketId)).toBe(before);
});

test("R074 when the giver has gone home, who supervises is told that nobody took it", async () => {
  await give(ana, ticketId);
  await line(ana, "offline");
  await moveOn(after(system, 31), deps);
  await moveOn(after(system, 62), deps);
  const returned = told.filter(({ type, data }) => type === "alert.raised" && (data as { key: string }).key === "alert_handover_returned");
  expect(returned).toMatchObject([{ data: { projectKey: "internet", userId: ana.id } }]);
});

test("R074 whoever speaks with the client while the owner is off shift sees whose it is and the note; others of the project's tickets do not", async () => {
  const client = await buildClient(system);
  ticketId = (await ticketOf({ clientId: client.id })).id;
  await takeHandover(boss.ctx, (await give(ana, ticketId)).id);
  desks.delete(boss.id);
  const maja = await person(["operator"]);
  expect((await clientHandovers(maja.ctx, client.id, deps)).items).toMatchObject([{ state: "taken", note, owner: { id: boss.id }, ownerPresence: "off", ticket: { id: ticketId } }]);
  const worker = await person(["department_worker"], { department: "technicians" });
  expect((await clientHandovers(worker.ctx, client.id, deps)).items).toEqual([]);
  await sql`update tickets set about_user_ids = array[${maja.id}::uuid] where id = ${ticketId}`.execute(database.db);
  expect((await clientHandovers(maja.ctx, client.id, deps)).items).toEqual([]);
});

test("only the giver and who leads take it back; the person asked is no longer asked", async () => {
  const given = await give(ana, ticketId);
  const maja = await person(["operator"]);
  await expect(withdrawHandover(maja.ctx, given.id)).rejects.toMatchObject({ code: "forbidden" });
  expect(await withdrawHandover(ana.ctx, given.id)).toMatchObject({ state: "withdrawn", endedAs: "by_hand" });
  expect(await mine(boss)).toEqual([]);
  await expect(withdrawHandover(ana.ctx, given.id)).rejects.toMatchObject({ reason: "handover_over" });
});

test("R220 several tickets handed over in one moment go each to another free person, and with nobody free left it is said", async () => {
  const tickets = [ticketId, (await ticketOf()).id, (await ticketOf()).id];
  const all = await Promise.allSettled(tickets.map((id) => give(ana, id)));
  expect(all.flatMap((one) => (one.status === "fulfilled" ? one.value.offer!.to.name : [])).sort()).toEqual(["Boss", "Chief"]);
  expect(all.find(({ status }) => status === "rejected")).toMatchObject({ reason: { reason: "handover_nobody" } });
});

test.each([
  ["is blocked", (id: string) => sql`update users set disabled_at = now() where id = ${id}`],
  ["works in the project no more", (id: string) => sql`update users set projects = array['taxi'] where id = ${id}`],
])("R137 an offer to somebody who %s goes to the next at once, not when its time is over", async (_how, change) => {
  const given = await give(ana, ticketId);
  await change(boss.id).execute(database.db);
  await moveOn(system, deps);
  expect((await ticketHandovers(ana.ctx, ticketId)).items).toMatchObject([{ id: given.id, offer: { to: { name: "Chief" } }, asked: [{ state: "withdrawn" }, { state: "offered" }] }]);
});

test("R220 who was asked alone and refused is named to the giver: it is not said that nobody took it", async () => {
  desks.delete(chief.id);
  const given = await give(ana, ticketId);
  expect(await refuseHandover(boss.ctx, given.id, "Not my project", deps)).toMatchObject({ state: "returned", asked: [{ state: "refused", reason: "Not my project" }] });
  expect(told.filter(({ type }) => type === "alert.raised")).toMatchObject([{ data: { key: "alert_handover_refused_back", userId: ana.id, params: { name: "Boss" } } }]);
});

test("R129 whom the ticket is about is never offered it, does not see it and cannot take it", async () => {
  await sql`update tickets set about_user_ids = array[${boss.id}::uuid] where id = ${ticketId}`.execute(database.db);
  const { circles } = await handoverChoices(ana.ctx, ticketId, deps);
  expect(circles.flatMap(({ people }) => people).map(({ id }) => id)).not.toContain(boss.id);
  await expect(give(ana, ticketId, { userId: boss.id, insist: true })).rejects.toMatchObject({ fields: [{ field: "userId", code: "unknown_owner" }] });
  const given = await give(ana, ticketId);
  expect(given.offer!.to.id).toBe(chief.id);
  await expect(takeHandover(boss.ctx, given.id)).rejects.toMatchObject({ code: "not_found" });
  await expect(withdrawHandover(boss.ctx, given.id)).rejects.toMatchObject({ code: "not_found" });
  expect((await listHandovers(boss.ctx, { view: "all" })).items.filter(({ id }) => id === given.id)).toEqual([]);
});

test("R129 who is named after having been asked is passed over in silence", async () => {
  const given = await give(ana, ticketId);
  await sql`update tickets set about_user_ids = array[${boss.id}::uuid] where id = ${ticketId}`.execute(database.db);
  expect(await mine(boss)).toEqual([]);
  await expect(refuseHandover(boss.ctx, given.id, "What is this?", deps)).rejects.toMatchObject({ code: "not_found" });
  await moveOn(system, deps);
  expect(await mine(chief)).toMatchObject([{ id: given.id }]);
});

test("R220 a specialist of a department is shown enough to answer, with contacts in part, and has the ticket only once it is taken", async () => {
  const tina = await person(["department_worker"], { department: "technicians", name: "Tina" });
  const other = await person(["department_worker"], { department: "accounting" });
  for (const { id } of [tina, other]) desks.add(id);
  const given = await give(ana, ticketId, { circle: "department", department: "technicians", tried: "Called +386 40 111 222 twice" });
  expect(given.offer!.to.id).toBe(tina.id);
  await expect(getTicket(tina.ctx, ticketId)).rejects.toMatchObject({ code: "not_found" });
  expect(await mine(tina)).toMatchObject([{ note: { tried: "Called •••••222 twice" }, ticket: { opens: false } }]);
  await expect(takeHandover(other.ctx, given.id)).rejects.toMatchObject({ code: "not_found" });
  await takeHandover(tina.ctx, given.id);
  expect(await getTicket(tina.ctx, ticketId)).toMatchObject({ ownerId: tina.id });
});

test("who was asked and works in the project no more neither sees nor takes it", async () => {
  const given = await give(ana, ticketId);
  const moved = database.ctx({ ...boss.ctx.actor, projects: ["taxi"] } as Ctx["actor"]);
  expect((await listHandovers(moved, { view: "mine" })).items).toEqual([]);
  await expect(takeHandover(moved, given.id)).rejects.toMatchObject({ code: "not_found" });
});

test("hand-overs that are due are found by an index however many have ended", async () => {
  await sql`insert into handovers (id, project_key, ticket_id, circle, wanted, tried, expected, state, ended_at, look_at, created_at) select gen_random_uuid(), 'internet', ${ticketId}, 'supervisors', '', '', '', 'taken', now(), now(), now() from generate_series(1, 20000)`.execute(database.db);
  await give(ana, ticketId);
  await sql`analyze handovers`.execute(database.db);
  const plan = await sql<object>`explain select 1 from handovers h join tickets t on t.id = h.ticket_id where h.state = 'waiting' and (h.look_at <= now() or t.status = 'closed')`.execute(database.db);
  expect(JSON.stringify(plan.rows)).toMatch(/handovers_(waiting|look)/);
  await sql`delete from handovers where state = 'taken' and taken_by is null`.execute(database.db);
});

test("strangers to the project, and to the ticket, neither give nor take nor see", async () => {
  const stranger = await person(["supervisor"], { projects: ["taxi"] });
  const given = await give(ana, ticketId);
  await expect(give(stranger, ticketId)).rejects.toMatchObject({ code: "not_found" });
  await expect(takeHandover(stranger.ctx, given.id)).rejects.toMatchObject({ code: "not_found" });
  await expect(ticketHandovers(stranger.ctx, ticketId)).rejects.toMatchObject({ code: "not_found" });
  expect((await listHandovers(stranger.ctx, { view: "all" })).items).toEqual([]);
  const admin = await person(["administrator"]);
  await expect(give(admin, ticketId)).rejects.toMatchObject({ code: "forbidden" });
  await expect(takeHandover(admin.ctx, given.id)).rejects.toMatchObject({ reason: "handover_elsewhere" });
  await expect(listHandovers(ana.ctx, { view: "all" })).rejects.toMatchObject({ code: "forbidden" });
});

test("R137 with the client on the line it is said so, and there are three minutes to answer", async () => {
  const client = await buildClient(system);
  ticketId = (await ticketOf({ clientId: client.id })).id;
  const call = newId();
  await sql`insert into interactions (id, channel, direction, state, project_key, client_id, operator_id, started_at, answered_at, from_number, to_number) values (${call}, 'voice', 'in', 'talking', 'internet', ${client.id}, ${ana.id}, now(), now(), '+38640111222', '+38612000000')`.execute(database.db);
  await line(ana, "talking", call);
  expect(await handoverChoices(ana.ctx, ticketId, deps)).toMatchObject({ isLive: true, answerMinutes: 3 });
  const given = await give(ana, ticketId);
  expect(given).toMatchObject({ interactionId: call, isLive: true });
  expect(Date.parse(given.offer!.answerBy) - Date.parse(given.offer!.offeredAt)).toBe(3 * 60_000);
  await takeHandover(boss.ctx, given.id);
  expect(alertsTo(ana.id)).toEqual(["alert_handover_taken_live"]);
  expect(told.find(({ type }) => type === "handover.taken")!.data).toMatchObject({ interactionId: call });
});

test("what a process asks for waits for who is free, is one however often it is heard, and ends with its ticket", async () => {
  desks.clear();
  const event = { id: newId(), type: "ticket.handover_wanted", subject: { kind: "ticket", id: ticketId }, data: { to: "", askedBy: "deadline_100", text: "" }, at: new Date(), actor: system.actor, depth: 0, requestId: "" };
  for (let time = 0; time < 2; time++) await inTx(system, (ctx) => handoversListener.hear([{ ctx, event }]));
  await moveOn(after(system, 1), deps);
  expect((await ticketHandovers(ana.ctx, ticketId)).items).toMatchObject([{ state: "waiting", by: null, askedBy: "deadline_100", offer: null }]);
  desks.add(chief.id);
  await moveOn(after(system, 2), deps);
  const [given] = await mine(chief);
  await takeHandover(chief.ctx, given!.id);
  expect(await owner(ticketId)).toBe(chief.id);
  expect(alertsTo(ana.id)).toEqual(["alert_handover_taken"]);
});

const wanted = { id: "", type: "ticket.handover_wanted", subject: { kind: "ticket", id: "" }, data: { to: "", askedBy: "deadline_100", text: "Late" }, at: new Date(), actor: system.actor, depth: 0, requestId: "" };
const escalate = async (id = newId()): Promise<void> => inTx(system, (ctx) => handoversListener.hear([{ ctx, event: { ...wanted, id, subject: { kind: "ticket", id: ticketId } } }]));
const ofTicket = async () => (await ticketHandovers(ana.ctx, ticketId)).items.map(({ state, askedBy, by }) => `${by ? "by hand" : askedBy} ${state}`);

test.each([
  ["is refused", (given: string, maja: Person) => refuseHandover(maja.ctx, given, "No time", deps), "returned"],
  ["is taken back by its giver", (given: string) => withdrawHandover(ana.ctx, given), "withdrawn"],
  ["is answered by nobody", () => moveOn(after(system, 31), deps), "returned"],
])("R213 R137 an escalation that comes while the owner's own hand-over waits asks the supervisors once that %s, one time, also when nothing ran meanwhile", async (_how, end, state) => {
  const maja = await person(["operator"], { name: "Maja" });
  await line(maja, "ready");
  const given = await give(ana, ticketId, { circle: "operators" });
  const cause = newId();
  for (let time = 0; time < 2; time++) await escalate(cause);
  await moveOn(system, deps);
  expect([await ofTicket(), await mine(boss)]).toEqual([["by hand waiting"], []]);
  await end(given.id, maja);
  await Promise.all([moveOn(after(system, 32), deps), moveOn(after(system, 32), deps)]);
  await moveOn(after(system, 32), deps);
  await escalate(cause);
  expect(await ofTicket()).toEqual(["deadline_100 waiting", `by hand ${state}`]);
  expect(await mine(boss)).toMatchObject([{ ticket: { id: ticketId }, note: { expected: "Late" } }]);
  await takeHandover(after(boss.ctx, 33), (await mine(boss))[0]!.id);
  expect(await owner(ticketId)).toBe(boss.id);
});

test.each([
  ["is taken", async (given: string) => { await takeHandover(boss.ctx, given); }],
  ["is taken by whose it is", async (given: string) => { await takeHandover({ ...ana.ctx, actor: { ...boss.ctx.actor, id: ana.id } as Ctx["actor"] }, given); }],
  ["ends with the ticket", async () => { await sql`update tickets set status = 'done' where id = ${ticketId}`.execute(database.db); }],
])("R213 an escalation that came while another hand-over waited asks nobody once that %s", async (_how, end) => {
  const given = await give(ana, ticketId);
  await escalate();
  await end(given.id);
  for (let time = 0; time < 3; time++) await moveOn(after(system, 1), deps);
  expect(await ofTicket()).toEqual([expect.stringMatching(/^by hand (taken|withdrawn)$/)]);
  expect(await mine(chief)).toEqual([]);
  await sql`update tickets set status = 'open' where id = ${ticketId}`.execute(database.db);
  expect(await moveOn(after(system, 1), deps)).toBe(false);
});

test("R137 a process whose deadline has passed hands the ticket over as a person would, and the ticket says why it changed hands", async () => {
  await buildProcess(system, CLAIM.replace("{ clock: first_answer, at_percent: 100, does: [tell_supervisor] }", "{ at_percent: 100, does: [tell_supervisor, hand_over] }"));
  registerDurable(handoversListener.name, handoversListener.wants);
  const ticket = await ticketOf({ type: "claim" });
  await fireClock(after(system, 40 * 60), { ticketId: ticket.id, name: "solution", percent: 100 });
  const deliveries = startDeliveries(system, [handoversListener]);
  await deliveries.settled();
  await deliveries.stop();
  await moveOn(system, deps);
  const [given] = await mine(boss);
  expect(given).toMatchObject({ ticket: { id: ticket.id }, by: null, askedBy: "deadline_100" });
  await takeHandover(boss.ctx, given!.id);
  const { items } = await listReasons(boss.ctx, ticket.id, {});
  expect(items.find(({ what }) => what === "owner")).toMatchObject({ said: { sentence: "handed_over_by_itself", to: "Boss" } });
  await buildProjects(system);
});

test("supervisors see how long hand-overs waited and who refused; others do not", async () => {
  const project = await person(["supervisor"], { projects: ["shop"], name: "Bo" });
  const giver = await person(["operator"], { projects: ["shop"] });
  const second = await person(["supervisor"], { projects: ["shop"], name: "Cy" });
  for (const { id } of [project, second]) desks.add(id);
  const given = await give(giver, (await buildTicket(system, { projectKey: "shop", ownerId: giver.id })).id);
  await refuseHandover(project.ctx, given.id, "Not mine", deps);
  await takeHandover(after(second.ctx, 10), given.id);
  expect(await handoverFigures(project.ctx)).toMatchObject({ given: 1, taken: 1, returned: 0, people: [{ name: "Bo", asked: 1, refused: 1, taken: 0 }, { name: "Cy", taken: 1 }] });
  expect((await handoverFigures(project.ctx)).waitMedianS).toBeGreaterThanOrEqual(590);
  await expect(handoverFigures(giver.ctx)).rejects.toMatchObject({ code: "forbidden" });
  // R129: whom the ticket is about finds nothing of it, in no number.
  await sql`update tickets set about_user_ids = ${[project.id]}::uuid[] where id = ${given.ticket.id}`.execute(database.db);
  expect(await handoverFigures(project.ctx)).toMatchObject({ given: 0, taken: 0, waitMedianS: null, people: [] });
  expect(await handoverFigures(second.ctx)).toMatchObject({ given: 1, taken: 1, people: [{ name: "Bo" }, { name: "Cy" }] });
});

test("every route of hand-overs asks strangers to sign in", async () => {
  const http = await testHttp(database, (app) => handoversRoutes(app, deps));
  const id = newId();
  for (const url of ["/api/handovers", "/api/handovers/figures", `/api/tickets/${id}/handovers`, `/api/tickets/${id}/handovers/choices`, `/api/clients/${id}/handovers`]) expect((await http.anonymous("GET", url)).statusCode, url).toBe(401);
  expect((await http.anonymous("POST", `/api/tickets/${id}/handovers`, { handoverId: id, circle: "supervisors", ...note })).statusCode).toBe(401);
  for (const deed of ["take", "withdraw"]) expect((await http.anonymous("POST", `/api/handovers/${id}/${deed}`)).statusCode).toBe(401);
  expect((await http.anonymous("POST", `/api/handovers/${id}/refuse`, { reason: "x" })).statusCode).toBe(401);
});
