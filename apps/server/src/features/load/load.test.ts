import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { inTx } from "../../platform/db.ts";
import { startDeliveries } from "../../platform/deliveries.ts";
import { onCommitted, registerDurable, type StoredEvent } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { checkProject } from "../projects/projects.check.rules.ts";
import { loadDeclarations } from "../projects/index.ts";
import { authorityKind, fireClock, getTicket, storeDeclarations, wantAssignment } from "../tickets/index.ts";
import { buildProjects, buildTicket, type BuiltTicket } from "../tickets/tickets.factory.ts";
import { buildProcess, CLAIM } from "../tickets/tickets.process.testing.ts";
import { loadListener } from "./load.listener.ts";
import { loadRoutes } from "./index.ts";
import { getLoad, giveTicket, type LoadDeps } from "./load.service.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const desks = new Set<string>();
const MODEM: Record<string, number> = { modem: 2 };
const deps: LoadDeps = { here: () => Promise.resolve(desks), queueSkills: (queueId) => (queueId === "internet.internet-support" ? MODEM : {}) };
type Role = "operator" | "supervisor" | "department_worker";
const person = async (name: string, over: { roles?: Role[]; projects?: string[]; department?: string; state?: string; languages?: string[]; skills?: Record<string, number> } = {}) => {
  const { state = "ready", languages = ["sl"], skills = {}, ...user } = over;
  const row = await buildUser(database.db, { name, projects: ["internet"], ...user });
  await sql`insert into operators (user_id, languages, skills) values (${row.id}, ${languages}, ${JSON.stringify(skills)}::jsonb) on conflict (user_id) do update set languages = excluded.languages, skills = excluded.skills`.execute(database.db);
  if (state !== "off") await sql`insert into operator_states (operator_id, state, since, idle_since) values (${row.id}, ${state}, now(), now())`.execute(database.db);
  return { id: row.id, name, ctx: database.ctx(actorOf(row)) };
};
type Person = Awaited<ReturnType<typeof person>>;
const ticketOf = async (over: BuiltTicket = {}) => (await buildTicket(system, over)).id;
const owning = async (who: Person, count: number) => { for (let i = 0; i < count; i++) await ticketOf({ ownerId: who.id }); };
const owner = async (id: string) => (await getTicket(system, id)).ownerName;
const give = async (id: string, userId: string | null = null) => (await giveTicket(boss.ctx, id, { userId }, deps)).to.name;
let told: StoredEvent[] = [];
onCommitted((events) => { told.push(...events); });

let boss: Person, ana: Person, maja: Person;
beforeEach(async () => {
  await sql`update users set disabled_at = now() where disabled_at is null`.execute(database.db);
  await sql`update tickets set status = 'closed', closed_at = now() where status <> 'closed'`.execute(database.db);
  desks.clear();
  [boss, ana, maja] = [await person("Boss", { roles: ["supervisor"], state: "off" }), await person("Ana"), await person("Maja")];
  told = [];
});

test("R218 given an overloaded operator, when a ticket is given by itself, then the least loaded who has the skill gets it", async () => {
  await sql`update operators set skills = '{"modem": 2}' where user_id = any(${[ana.id, maja.id]}::uuid[])`.execute(database.db);
  // Has nothing to do, and cannot do this.
  await person("Novice", { skills: { modem: 1 } });
  await owning(ana, 5);
  await owning(maja, 2);
  const interactionId = newId();
  await sql`insert into queues (id, project_key, name) values ('internet.internet-support', 'internet', '{}') on conflict do nothing`.execute(database.db);
  await sql`insert into interactions (id, channel, direction, state, project_key, queue_id, started_at, from_number, to_number) values (${interactionId}, 'voice', 'in', 'ended', 'internet', 'internet.internet-support', now(), '+38640111222', '+38612000000')`.execute(database.db);
  const id = await ticketOf({ ownerId: ana.id, interactionId });
  expect(await giveTicket(boss.ctx, id, { userId: null }, deps)).toEqual({ ticketId: id, to: { id: maja.id, name: "Maja" }, from: { id: ana.id, name: "Ana" } });
  expect(await owner(id)).toBe("Maja");
  const { people } = await getLoad(boss.ctx, {}, deps);
  expect(people.map(({ name, open }) => [name, open])).toEqual([["Ana", 5], ["Maja", 3], ["Novice", 0]]);
});

test("R218 ten tickets given at once go each fairly, and of equals whoever was given one the longest ago is next", async () => {
  await person("Nina");
  await owning(maja, 2);
  const ids: string[] = [];
  for (let i = 0; i < 10; i++) ids.push(await ticketOf());
  await Promise.all(ids.map((id) => give(id)));
  const { people } = await getLoad(boss.ctx, {}, deps);
  expect(people.map(({ name, open }) => [name, open])).toEqual([["Ana", 4], ["Maja", 4], ["Nina", 4]]);
  // All done: nobody has anything, and who was given one last is not next.
  await sql`update tickets set status = 'closed', closed_at = now() where status <> 'closed'`.execute(database.db);
  const three: string[] = [];
  for (let i = 0; i < 3; i++) {
    const id = await ticketOf();
    three.push(await give(id));
    await sql`update tickets set status = 'closed', closed_at = now() where id = ${id}`.execute(database.db);
  }
  expect(three.toSorted()).toEqual(["Ana", "Maja", "Nina"]);
});

test("R218 R129 a ticket is never given to whom it is about, to who is off, or to who speaks another language while somebody speaks it", async () => {
  await person("Off", { state: "off" });
  await person("German", { languages: ["de"] });
  await owning(maja, 3);
  const id = await ticketOf({ language: "sl" });
  await sql`update tickets set about_user_ids = array[${ana.id}::uuid] where id = ${id}`.execute(database.db);
  expect(await give(id)).toBe("Maja");
  await expect(give(id, ana.id)).rejects.toMatchObject({ fields: [{ field: "userId", code: "unknown_owner" }] });
  for (const role of ["management", "administrator"] as const) await expect(give(id, (await buildUser(database.db, { roles: [role], projects: ["internet"] })).id), "nobody there may write or move it").rejects.toMatchObject({ fields: [{ field: "userId", code: "unknown_owner" }] });
  await sql`update tickets set language = 'en' where id = ${id}`.execute(database.db);
  expect(await give(id)).toBe("German");
});

test("R218 a task of a department goes to the least loaded of that department who is there", async () => {
  const [tina, tom] = [await person("Tina", { roles: ["department_worker"], department: "technicians", state: "off" }), await person("Tom", { roles: ["department_worker"], department: "technicians", state: "off" })];
  await person("Away", { roles: ["department_worker"], department: "technicians", state: "off" });
  for (const { id } of [tina, tom]) desks.add(id);
  await owning(tina, 1);
  expect(await give(await ticketOf({ department: "technicians" }))).toBe("Tom");
});

test("R218 with nobody at work who could take it, it is said, and what a process wanted stays as it is and is told to the supervisors", async () => {
  await sql`update operator_states set state = 'offline'`.execute(database.db);
  const id = await ticketOf();
  await expect(give(id)).rejects.toMatchObject({ reason: "load_nobody" });
  await inTx(system, (ctx) => loadListener(deps).hear([{ ctx, event: { id: newId(), type: "ticket.assignment_wanted", subject: { kind: "ticket", id }, data: { askedBy: "rule.x" }, at: new Date(), actor: system.actor, depth: 0, requestId: "" } }]));
  expect(await owner(id)).toBe("");
  expect(told.filter(({ type }) => type === "alert.raised")).toMatchObject([{ data: { key: "alert_load_nobody", projectKey: "internet", ticketId: id } }]);
});

test("R218 a process gives a late ticket to the least loaded by itself, and its history says so", async () => {
  await buildProcess(system, CLAIM.replace("{ clock: first_answer, at_percent: 100, does: [tell_supervisor] }", "{ at_percent: 100, does: [assign_least_loaded] }"));
  const listener = loadListener(deps);
  registerDurable(listener.name, (type) => listener.wants(type));
  await owning(ana, 2);
  const id = await ticketOf({ type: "claim", ownerId: ana.id });
  await fireClock({ ...system, now: () => new Date(Date.now() + 40 * 3_600_000) }, { ticketId: id, name: "solution", percent: 100 });
  const other = await ticketOf();
  await inTx(system, (ctx) => wantAssignment(ctx, { id: other, number: "", projectKey: "internet" }, "rule.spread"));
  const deliveries = startDeliveries(system, [listener]);
  await deliveries.settled();
  await deliveries.stop();
  expect([await owner(id), await owner(other)]).toEqual(["Maja", "Maja"]);
  expect(told.filter(({ type }) => type === "ticket.assignment_wanted").map(({ data }) => (data as { askedBy: string }).askedBy)).toEqual(["deadline_100", "rule.spread"]);
  await buildProjects(system);
});

test("R218 supervisors see who has how much open, overdue and waiting, and how much nobody has; R129 keeps what is about them out of the numbers", async () => {
  await owning(ana, 3);
  const [late, waits, about] = [await ticketOf({ ownerId: ana.id }), await ticketOf({ ownerId: ana.id }), await ticketOf({ ownerId: ana.id })];
  await sql`update tickets set due_at = now() - interval '1 hour' where id = ${late}`.execute(database.db);
  await sql`update tickets set status = 'waiting' where id = ${waits}`.execute(database.db);
  await sql`update tickets set about_user_ids = array[${boss.id}::uuid] where id = ${about}`.execute(database.db);
  await ticketOf();
  const load = await getLoad(boss.ctx, { project: "internet" }, deps);
  expect(load.people.find(({ name }) => name === "Ana")).toMatchObject({ open: 5, overdue: 1, waiting: 1, atWork: true });
  expect(load.unowned).toEqual({ open: 1, overdue: 0, waiting: 0 });
  await expect(getLoad(boss.ctx, { project: "taxi" }, deps)).rejects.toMatchObject({ code: "not_found" });
  await expect(getLoad(ana.ctx, {}, deps)).rejects.toMatchObject({ code: "forbidden" });
  await expect(giveTicket(ana.ctx, late, { userId: maja.id }, deps)).rejects.toMatchObject({ code: "forbidden" });
  await expect(giveTicket(boss.ctx, about, { userId: maja.id }, deps)).rejects.toMatchObject({ code: "not_found" });
  expect(await give(late, maja.id)).toBe("Maja");
});

test("R218 the skills of its type come before those of the queue; a type that asks for one no queue knows is refused with its place", async () => {
  const loaded = await loadDeclarations(fileURLToPath(new URL("../../../../../projects", import.meta.url)), { kinds: [authorityKind] });
  if (!loaded.ok) throw new Error("the templates are broken");
  const project = loaded.declarations.projects.find((each) => each.project.key === "internet")!;
  const type = project.types.find(({ key }) => key === "question")!;
  type.skills = { sales: 3 };
  expect(checkProject(project)).toEqual([]);
  await storeDeclarations(system, loaded.declarations, { kinds: [authorityKind] });
  await sql`update operators set skills = '{"sales": 3}' where user_id = ${maja.id}`.execute(database.db);
  await owning(maja, 4);
  expect(await give(await ticketOf())).toBe("Maja");
  type.skills = { telepathy: 1 };
  expect(checkProject(project)).toMatchObject([{ file: "types.yaml", path: ["types", project.types.indexOf(type), "skills", "telepathy"] }]);
  await buildProjects(system);
});

test("every route of the load asks strangers to sign in", async () => {
  const http = await testHttp(database, (app) => loadRoutes(app, deps));
  expect((await http.anonymous("GET", "/api/load")).statusCode).toBe(401);
  expect((await http.anonymous("POST", `/api/tickets/${newId()}/give`, {})).statusCode).toBe(401);
});
