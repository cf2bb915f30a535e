import { sql } from "kysely";
import { expect, test } from "vitest";
import { inTx, type Actor, type Ctx } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { decideApproval } from "../tickets/tickets.approvals.service.ts";
import { getTicket, moveTicket, retireProject } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { mergeTicket } from "../relations/relations.merge.service.ts";
import { buildProcess } from "../tickets/tickets.process.testing.ts";
import type { BulkAction } from "./bulk.contract.ts";
import { runStep } from "./bulk.jobs.ts";
import { getBulk, listBulkItems, previewBulk, startBulk, undoBulk } from "./bulk.service.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
await buildProcess(system);
const as = (actor: Actor) => database.ctx(actor);
const emily = as(actorOf(await buildUser(database.db, { name: "Emily Carter", projects: ["internet", "shop", "taxi"] })));
const veraUser = await buildUser(database.db, { name: "Vera Orlova", projects: ["internet"], roles: ["supervisor"] });
const vera = as(actorOf(veraUser));

async function work(who: Ctx, id: string) {
  while (["checking", "running", "undoing"].includes((await getBulk(who, id)).state)) await runStep(system, id);
  return getBulk(who, id);
}
async function run(who: Ctx, ids: string[], action: BulkAction): Promise<string> {
  const { id } = await previewBulk(who, { selection: { ids }, action });
  expect((await work(who, id)).counts).toMatchObject({ refused: 0 });
  await startBulk(who, id, { tell: null });
  expect((await work(who, id)).counts).toMatchObject({ failed: 0 });
  return id;
}
/** What was brought back, and why the rest was kept. */
async function undone(who: Ctx, id: string) {
  await undoBulk(who, id);
  const { counts } = await work(who, id);
  return { undone: counts.undone, kept: (await listBulkItems(who, id, { state: "kept" })).items.map(({ number, reason }) => ({ number, reason })) };
}
const step = async (who: Ctx, id: string, transition: string, input: Record<string, unknown> = {}) => moveTicket(who, id, { transition, input, version: (await getTicket(system, id)).version });
const stateOf = (ids: string[]) => sql`select id, stage, status, owner_id, priority, due_at, fields, resolution, closed_at, closed_as, about_user_ids, (select jsonb_agg(to_jsonb(c) order by name) from clocks c where c.subject_id = t.id) as clocks,
  (select jsonb_agg(jsonb_build_array(a.id, a.state, a.decided_at)) from ticket_approvals a where a.ticket_id = t.id) as approvals from tickets t where id = any(${ids}::uuid[]) order by id`.execute(database.db).then(({ rows }) => rows);
/** A complaint that waits for a department, and the task. */
async function waiting(): Promise<{ parent: string; task: string }> {
  const { id: parent } = await buildTicket(system, { type: "complaint" });
  await step(emily, parent, "take");
  const { subtasks } = await step(emily, parent, "ask_department", { department: "technicians", task: "Look" });
  return { parent, task: subtasks[0]!.id };
}
const aboutVera = (id: string) => sql`update tickets set about_user_ids = ${[veraUser.id]}::uuid[] where id = ${id}`.execute(database.db);

test("R123 what a step did to sub-tasks is brought back with it", async () => {
  const { parent, task } = await waiting();
  const before = await stateOf([parent, task]);
  const id = await run(emily, [parent], { kind: "move", transition: "cancel", input: { reason: "By mistake" } });
  expect((await getTicket(emily, task)).stage).toBe("cancelled");
  expect(await undone(emily, id)).toEqual({ undone: 1, kept: [] });
  expect(await stateOf([parent, task])).toEqual(before);
  // The department's answer is still what the complaint waits for.
  await step(emily, task, "answer", { resolution: "Looked" });
  expect(await getTicket(emily, parent)).toMatchObject({ stage: "in_work" });
});

test("R123 a parent that went on with an answered task goes back with it, also where several of its tasks were answered at once", async () => {
  const { id: parent } = await buildTicket(system, { type: "claim" });
  await step(emily, parent, "take");
  const tasks = (await step(emily, parent, "ask_warehouse")).subtasks.map(({ id }) => id);
  expect(tasks).toHaveLength(2);
  const before = await stateOf([parent, ...tasks]);
  const id = await run(emily, tasks, { kind: "move", transition: "answer", input: { resolution: "Looked" } });
  expect(await getTicket(emily, parent)).toMatchObject({ stage: "in_work" });
  expect(await undone(emily, id)).toEqual({ undone: tasks.length, kept: [] });
  expect(await stateOf([parent, ...tasks])).toEqual(before);
});

test("R123 R125 what a task's answer did to a ticket whose task was merged into it is brought back with it", async () => {
  const [one, two] = [await waiting(), await waiting()];
  const version = async (id: string) => (await getTicket(system, id)).version;
  await mergeTicket(emily, one.task, { goneId: two.task, keptVersion: await version(one.task), goneVersion: await version(two.task) });
  const all = [one.parent, one.task, two.parent, two.task];
  const before = await stateOf(all);
  const id = await run(emily, [one.task], { kind: "move", transition: "answer", input: { resolution: "Looked" } });
  for (const { parent } of [one, two]) expect(await getTicket(emily, parent)).toMatchObject({ stage: "in_work" });
  expect(await undone(emily, id)).toEqual({ undone: 1, kept: [] });
  expect(await stateOf(all)).toEqual(before);
});

test("R123 a ticket whose step changed others stays where one of these has been changed since, and says so; nothing of it is brought back by half", async () => {
  const { parent, task } = await waiting();
  const id = await run(emily, [task], { kind: "move", transition: "answer", input: { resolution: "Looked" } });
  await step(emily, parent, "ask_client", { question: "When?" });
  const before = await stateOf([parent, task]);
  expect(await undone(emily, id)).toEqual({ undone: 0, kept: [{ number: expect.stringMatching(/^INT/), reason: "A ticket that was changed along with it has been changed since, so all of it stays." }] });
  expect(await stateOf([parent, task])).toEqual(before);
});

test("R123 an approval that lapsed with a step waits again when the step is taken back, and can be given", async () => {
  const { id: refund } = await buildTicket(system, { type: "refund" });
  await step(emily, refund, "approve", { amount: "150", account: "SI56 1234 5678", resolution: "Paid twice" });
  const before = await stateOf([refund]);
  expect((await getTicket(emily, refund)).approvals).toMatchObject([{ state: "pending" }]);
  const id = await run(emily, [refund], { kind: "move", transition: "cancel", input: {} });
  expect((await getTicket(emily, refund)).approvals).toMatchObject([{ state: "lapsed" }]);
  expect(await undone(emily, id)).toEqual({ undone: 1, kept: [] });
  expect(await stateOf([refund])).toEqual(before);
  await decideApproval(vera, { id: refund, approvalId: (await getTicket(vera, refund)).approvals[0]!.id }, { decision: "approve", note: "" });
  expect(await getTicket(emily, refund)).toMatchObject({ stage: "approved" });
});

test("R123 two runs over one ticket are taken back one after the other", async () => {
  const { parent, task } = await waiting();
  const before = await stateOf([parent, task]);
  const first = await run(emily, [task], { kind: "change", priority: 3 });
  const second = await run(emily, [parent], { kind: "move", transition: "cancel", input: {} });
  expect(await undone(emily, second)).toMatchObject({ undone: 1 });
  expect(await undone(emily, first)).toMatchObject({ undone: 1 });
  expect(await stateOf([parent, task])).toEqual(before);
});

test("R129 nobody takes a ticket about themselves back with an undo: it stays, and is not told from one that is not there", async () => {
  const { parent, task } = await waiting();
  const id = await run(vera, [task], { kind: "change", priority: 3 });
  await aboutVera(parent);
  await aboutVera(task);
  expect(await undone(vera, id)).toEqual({ undone: 0, kept: [{ number: "", reason: "You cannot change it any more, so it stays." }] });
  await expect(getTicket(vera, task)).rejects.toMatchObject({ code: "not_found" });
  expect((await getTicket(emily, task)).priority).toBe(3);
});

test("R129 an undo by a colleague leaves whom a ticket is about as it stands, and gives it to none of them", async () => {
  const [one, two] = [(await waiting()).task, (await buildTicket(system, { type: "complaint", ownerId: veraUser.id })).id];
  const id = await run(emily, [one, two], { kind: "change", priority: 3, ownerId: emily.actor.kind === "user" ? emily.actor.id : null });
  await aboutVera(one);
  await aboutVera(two);
  expect(await undone(emily, id)).toEqual({ undone: 1, kept: [{ number: expect.any(String), reason: "Whoever had it may not have it any more, so it stays." }] });
  expect(await stateOf([one])).toMatchObject([{ aboutUserIds: [veraUser.id] }]);
  await expect(getTicket(vera, one)).rejects.toMatchObject({ code: "not_found" });
  await expect(getTicket(vera, two)).rejects.toMatchObject({ code: "not_found" });
});

test("R129 a step that named whom a complaint is about is not taken back with its name", async () => {
  const { id: complaint } = await buildTicket(system, { type: "complaint" });
  const id = await run(emily, [complaint], { kind: "move", transition: "take", input: { employee: veraUser.id } });
  await expect(getTicket(vera, complaint)).rejects.toMatchObject({ code: "not_found" });
  expect(await undone(emily, id)).toMatchObject({ undone: 0, kept: [{ reason: "It says now whom it is about, so it stays." }] });
  await expect(getTicket(vera, complaint)).rejects.toMatchObject({ code: "not_found" });
});

test("R123 an undo goes by the rights its author has at that moment: a ticket of a project they left stays as it is", async () => {
  const [ours, shops] = [await buildTicket(system, { priority: 1 }), await buildTicket(system, { priority: 1, projectKey: "shop" })];
  const id = await run(emily, [ours.id, shops.id], { kind: "change", priority: 3 });
  const userId = emily.actor.kind === "user" ? emily.actor.id : "";
  await sql`update users set projects = '{internet}' where id = ${userId}`.execute(database.db);
  await undoBulk(emily, id);
  expect((await work(emily, id)).counts).toMatchObject({ undone: 1, kept: 1 });
  await sql`update users set projects = '{internet,shop,taxi}' where id = ${userId}`.execute(database.db);
  expect((await getTicket(emily, shops.id)).priority).toBe(3);
});

test("R123 R004 nothing of a project out of use is taken back: no ticket of it is open again", async () => {
  const ticket = await buildTicket(system, { projectKey: "taxi", type: "question" });
  const id = await run(emily, [ticket.id], { kind: "move", transition: "cancel", input: {} });
  await inTx(system, (ctx) => retireProject(ctx, "taxi", { note: "Sold", refuse: async () => undefined }));
  expect(await undone(emily, id)).toMatchObject({ undone: 0, kept: [{ reason: "Its project is out of use, so it stays." }] });
  expect((await getTicket(emily, ticket.id)).status).toBe("closed");
  await inTx(system, (ctx) => retireProject(ctx, "taxi", null));
});
