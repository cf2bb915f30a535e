import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { planOf } from "../calls/index.ts";
import { describeProblems, loadDeclarations } from "../projects/index.ts";
import type { RouterClient } from "../queues/index.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { callbackDone, listTickets } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { getFloor, type FloorDeps } from "./floor.service.ts";

const database = await testDatabase();
const loaded = await loadDeclarations(fileURLToPath(new URL("../../../../../projects", import.meta.url)));
if (!loaded.ok) throw new Error(describeProblems(loaded));
const { declarations } = loaded;

const deps: FloorDeps = {
  queues: declarations.projects.map(({ project, queues }) => ({ id: `${project.key}.${queues[0]!.key}`, projectKey: project.key, name: queues[0]!.name, color: project.colour, percent: 80, withinS: 20, languages: project.languages, wrapUpS: 90 })),
  hours: planOf(declarations).hours, timeZone: declarations.company.time_zone, router: {} as RouterClient,
};
const floorAt = async (instant: string) => {
  const floor = await getFloor(database.ctx({ kind: "user", roles: ["supervisor"] }, () => new Date(instant)), deps);
  return Object.fromEntries(floor.queues.map((queue) => [queue.projectKey, { open: queue.open, opensAt: queue.opensAt }]));
};
const OPEN = { open: true, opensAt: null };

test("a queue is open or closed by its project's calendar, on the clock of its place", async () => {
  const zone = declarations.projects.find(({ project }) => project.key === "shop")!.project.time_zone;
  expect(zone, "the hours below are of this place").toBe("Europe/Ljubljana");
  expect((await floorAt("2026-07-15T08:00:00Z")).shop).toEqual(OPEN);
  expect((await floorAt("2026-07-15T02:00:00Z")).shop, "04:00 in summer").toEqual({ open: false, opensAt: "2026-07-15T04:00:00.000Z" });
  expect((await floorAt("2026-01-15T04:30:00Z")).shop, "05:30 in winter").toEqual({ open: false, opensAt: "2026-01-15T05:00:00.000Z" });
});

test("a supervisor's tile counts the callbacks that its list has, from the moment one is registered", async () => {
  await buildProjects(database.ctx());
  const vera = await buildUser(database.db, { roles: ["supervisor"], projects: ["internet"] });
  const reader = database.ctx(actorOf(vera));
  const both = async () => [(await getFloor(reader, deps)).day.callbacksDue, (await listTickets(reader, { view: "callbacks" })).items.length];
  expect(await both()).toEqual([0, 0]);
  const { id } = await buildTicket(database.ctx(), { type: "callback", requiredBy: new Date(Date.now() + 14 * 60_000) });
  await buildTicket(database.ctx(), { type: "callback", projectKey: "taxi" });
  expect(await both()).toEqual([1, 1]);
  await callbackDone(database.ctx(), id, { result: "cancelled" });
  expect(await both()).toEqual([0, 0]);
});

test("R129 a supervisor's figures do not count what is about them", async () => {
  const [vera, marko] = [await buildUser(database.db, { roles: ["supervisor"], projects: ["internet"] }), await buildUser(database.db, { roles: ["supervisor"], projects: ["internet"] })];
  const figures = async (user: typeof vera) => { const { openTickets, callbacksDue, unconfirmed } = (await getFloor(database.ctx(actorOf(user)), deps)).day; return { openTickets, callbacksDue, unconfirmed }; };
  const before = await figures(vera);
  const { id } = await buildTicket(database.ctx(), { type: "complaint" });
  await buildTicket(database.ctx(), { type: "callback" });
  const both = { ...before, openTickets: before.openTickets + 2, callbacksDue: before.callbacksDue + 1 };
  expect(await figures(vera)).toEqual(both);
  await sql`update tickets set about_user_ids = ${[vera.id]}::uuid[] where id = ${id}`.execute(database.db);
  expect(await figures(vera)).toEqual({ ...both, openTickets: before.openTickets + 1 });
  expect(await figures(marko)).toEqual(both);
});

test("a closed queue says when it opens again over a holiday, and its neighbours stay open", async () => {
  const floor = await floorAt("2026-12-24T14:00:00Z");
  expect(floor.shop, "Christmas Eve after two; Christmas Day is closed").toEqual({ open: false, opensAt: "2026-12-26T05:00:00.000Z" });
  expect(floor.taxi, "round the clock").toEqual(OPEN);
});

test("a tile says when the wrap-up should be over by its queue, and an administrator sees who waits by a part of the number (decision 0046)", async () => {
  const [emily, chief, boss] = [await buildUser(database.db, { name: "Emily", projects: ["internet"] }), await buildUser(database.db, { roles: ["supervisor"], projects: ["internet"] }), await buildUser(database.db, { roles: ["administrator"], projects: ["internet"] })];
  const queueId = deps.queues.find(({ projectKey }) => projectKey === "internet")!.id;
  await database.pool.query(`insert into queues (id, project_key, name) values ($1, 'internet', '{"en": "Support"}')`, [queueId]);
  const [wrapped, waits] = [newId(), newId()];
  const since = new Date("2026-07-15T08:00:00Z");
  for (const [id, state] of [[wrapped, "wrap_up"], [waits, "waiting"]]) await database.pool.query("insert into interactions (id, channel, direction, project_key, queue_id, state, from_number, language, started_at, queued_at) values ($1, 'voice', 'in', 'internet', $2, $3, '+38641555777', 'sl', $4, $4)", [id, queueId, state, since]);
  await database.pool.query("insert into operators (user_id, languages) values ($1, '{en}')", [emily.id]);
  await database.pool.query("insert into operator_states (operator_id, state, since, idle_since, interaction_id) values ($1, 'wrap_up', $2, $2, $3)", [emily.id, since, wrapped]);
  const seen = async (reader: typeof chief) => {
    const floor = await getFloor(database.ctx(actorOf(reader)), deps);
    return { tile: floor.operators.find(({ id }) => id === emily.id), waiting: floor.waiting.find(({ id }) => id === waits) };
  };
  expect(await seen(chief)).toMatchObject({ tile: { wrapUpEndsAt: "2026-07-15T08:01:30.000Z", clientName: "+38641555777" }, waiting: { fromNumber: "+38641555777", language: "sl" } });
  expect(await seen(boss)).toMatchObject({ tile: { clientName: "•••••777" }, waiting: { fromNumber: "•••••777" } });
});
