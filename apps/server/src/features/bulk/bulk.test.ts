import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Ctx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { isQuiet } from "../../platform/quiet.ts";
import { testDatabase } from "../../testing/database.ts";
import { noticesListener } from "../notices/index.ts";
import { getTicket, updateTicket } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import type { BulkAction } from "./bulk.contract.ts";
import { runStep } from "./bulk.jobs.ts";
import { getBulk, listBulk, listBulkItems, previewBulk, startBulk, stopBulk, undoBulk } from "./bulk.service.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const [ana, boris] = [newId(), newId()];
await sql`insert into users (id, login, name, roles, projects, password_hash) values (${ana}, 'ana', 'Ana', '{operator}', '{internet}', ''), (${boris}, 'boris', 'Boris', '{operator}', '{internet,taxi}', '')`.execute(database.db);
const asAna = database.ctx({ kind: "user", id: ana, name: "Ana", roles: ["operator"], projects: ["internet"] });
const asBoris = database.ctx({ kind: "user", id: boris, name: "Boris", roles: ["operator"], projects: ["internet", "taxi"] });

const several = (count: number, over: Parameters<typeof buildTicket>[1] = {}) => Promise.all(Array.from({ length: count }, () => buildTicket(system, over)));
const idsOf = (tickets: { id: string }[]) => tickets.map(({ id }) => id);
/** As the node's jobs do, until nothing is left. */
async function work(id: string): Promise<void> {
  while (["checking", "running", "undoing"].includes((await getBulk(asAna, id)).state)) await runStep(system, id);
}
async function preview(ids: string[], action: BulkAction, ctx: Ctx = asAna) {
  const { id } = await previewBulk(ctx, { selection: { ids }, action });
  await work(id);
  return getBulk(asAna, id);
}
async function run(ids: string[], action: BulkAction) {
  const { id } = await preview(ids, action);
  await startBulk(asAna, id, { tell: null });
  await work(id);
  return getBulk(asAna, id);
}
const rowsOf = async (ids: string[]) => (await sql<Record<string, unknown>>`select id, stage, status, owner_id, priority, due_at, stage_since, paused_at, department, resolution, closed_as, (select jsonb_agg(to_jsonb(c) order by name) from clocks c where c.subject_id = t.id) as clocks from tickets t where id = any(${ids}::uuid[]) order by id`.execute(database.db)).rows;

test("R123 previews a bulk change: who would refuse and why, and nothing is changed", async () => {
  const [own, other, foreign] = [await several(2), await buildTicket(system), await buildTicket(system, { projectKey: "taxi" })];
  await sql`update tickets set merged_into = ${own[0]!.id}, status = 'closed', closed_at = now() where id = ${other.id}`.execute(database.db);
  const before = await rowsOf([...idsOf(own), other.id]);
  const shown = await preview([...idsOf(own), other.id, foreign.id, newId()], { kind: "change", priority: 3, ownerId: ana });
  expect(shown).toMatchObject({ state: "ready", total: 3, counts: { ready: 2, refused: 1 }, tells: 0 });
  const { items } = await listBulkItems(asAna, shown.id, { state: "refused" });
  // Another project's ticket is not told from one that is not there.
  expect(items).toMatchObject([{ id: other.id, number: other.number, state: "refused" }]);
  expect(items[0]!.reason).toBeTruthy();
  expect(await rowsOf([...idsOf(own), other.id])).toEqual(before);
  expect((await sql<{ n: number }>`select count(*)::int as n from events where subject_id = any(${idsOf(own)}::text[]) and type <> 'ticket.registered'`.execute(database.db)).rows[0]!.n).toBe(0);
});

test("R123 the preview tells of each ticket what stands there and what would, with what follows from it; the step is told by its name", async () => {
  const [plain, urgent] = [await buildTicket(system, { ownerId: ana, priority: 1 }), await buildTicket(system, { ownerId: boris, priority: 3 })];
  const { id } = await preview([plain.id, urgent.id], { kind: "change", priority: 3, ownerId: boris });
  const [first, second] = (await listBulkItems(asAna, id, {})).items;
  expect(first).toMatchObject({ state: "ready", changes: [{ field: "owner", was: "Ana", now: "Boris" }, { field: "priority", was: "1", now: "3" }] });
  expect(second).toMatchObject({ state: "kept", changes: [], reason: null });
  const before = await getTicket(asAna, plain.id);
  const moved = await preview([plain.id], { kind: "move", transition: "take", input: {} });
  expect(moved.stepName).toBe(before.transitions.find(({ key }) => key === "take")!.name);
  expect((await listBulkItems(asAna, moved.id, {})).items[0]!.changes).toContainEqual({ field: "stage", was: before.stageName, now: expect.stringMatching(/./) });
});

test("R123 what stands as it was chosen already is not counted among what would be changed, and is not touched", async () => {
  const [other, same] = [await buildTicket(system, { priority: 1 }), await buildTicket(system, { priority: 3 })];
  const done = await run([other.id, same.id], { kind: "change", priority: 3 });
  expect(done).toMatchObject({ state: "done", counts: { changed: 1, kept: 1, ready: 0, failed: 0 } });
  expect((await getTicket(asAna, same.id)).version).toBe(same.version);
  await undoBulk(asAna, done.id);
  await work(done.id);
  expect((await rowsOf([other.id, same.id])).map(({ id, priority }) => [id, priority])).toEqual(expect.arrayContaining([[other.id, 1], [same.id, 3]]));
});

test("R123 changes what was chosen, with an audit line on each ticket under the name of who did it", async () => {
  const tickets = await several(25);
  const done = await run(idsOf(tickets), { kind: "change", ownerId: boris, priority: 2 });
  expect(done).toMatchObject({ state: "done", counts: { changed: 25, failed: 0 } });
  for (const row of await rowsOf(idsOf(tickets))) expect(row).toMatchObject({ ownerId: boris, priority: 2 });
  const lines = await sql<{ n: number; who: string }>`select count(distinct object_id)::int as n, min(actor_name) as who from audit_log where action = 'ticket.update' and object_id = any(${idsOf(tickets)}::text[])`.execute(database.db);
  expect(lines.rows[0]).toEqual({ n: 25, who: "Ana" });
});

test("R123 undo gives back what was changed, unless somebody has changed it since, and tells the two apart", async () => {
  const tickets = await several(3, { ownerId: ana, priority: 1 });
  const before = await rowsOf(idsOf(tickets));
  const { id } = await run(idsOf(tickets), { kind: "change", ownerId: boris, priority: 3, dueAt: "2030-01-01T10:00:00.000Z" });
  const touched = await getTicket(asBoris, tickets[1]!.id);
  await updateTicket(asBoris, touched.id, { version: touched.version, subject: "Mine now" });
  await undoBulk(asAna, id);
  await work(id);
  expect(await getBulk(asAna, id)).toMatchObject({ state: "undone", counts: { undone: 2, kept: 1, changed: 0 } });
  const after = await rowsOf(idsOf(tickets));
  for (const [index, row] of after.entries()) expect(row).toEqual(row["id"] === touched.id ? expect.objectContaining({ ownerId: boris, priority: 3 }) : before[index]);
  expect((await listBulkItems(asAna, id, { state: "kept" })).items).toMatchObject([{ id: touched.id, reason: "Somebody has changed it since, so it stays as they left it." }]);
});

test("R123 a bulk step moves each ticket by its process, tells no client without the tick, and can be taken back with its clocks", async () => {
  const tickets = await several(3);
  const before = await rowsOf(idsOf(tickets));
  const shown = await preview(idsOf(tickets), { kind: "move", transition: "take", input: {} });
  expect(shown.counts).toMatchObject({ ready: 3 });
  expect(shown.tells).toBe(3);
  await expect(startBulk(asAna, shown.id, { tell: 2 })).rejects.toMatchObject({ fields: [{ field: "tell", code: "bulk_tell", params: { count: 3 } }] });
  await startBulk(asAna, shown.id, { tell: null });
  await work(shown.id);
  expect((await rowsOf(idsOf(tickets))).map(({ stage }) => stage)).toEqual(["in_work", "in_work", "in_work"]);
  expect(await heardNotices(idsOf(tickets))).toBe(0);
  await undoBulk(asAna, shown.id);
  await work(shown.id);
  expect((await rowsOf(idsOf(tickets)))).toEqual(before);
});

test("R123 with the tick and the number of clients each is told, and what they were told of is not taken back", async () => {
  const tickets = await several(2);
  const shown = await preview(idsOf(tickets), { kind: "move", transition: "take", input: {} });
  await startBulk(asAna, shown.id, { tell: 2 });
  await work(shown.id);
  expect(await heardNotices(idsOf(tickets))).toBe(2);
  await undoBulk(asAna, shown.id);
  await work(shown.id);
  expect(await getBulk(asAna, shown.id)).toMatchObject({ counts: { kept: 2, undone: 0 } });
});

/** Lets the notices feature hear what happened to the tickets; how many letters came of it. */
async function heardNotices(ids: string[]): Promise<number> {
  const { inTx } = await import("../../platform/db.ts");
  const listener = noticesListener({ publicUrl: () => "http://127.0.0.1" });
  const moved = (await sql<{ id: string; at: Date; type: string; subjectId: string; data: object; requestId: string }>`select id, at, type, subject_id, data, request_id from events where type = 'ticket.moved' and subject_id = any(${ids}::text[])`.execute(database.db)).rows;
  for (const event of moved) await inTx({ ...system, requestId: event.requestId }, (ctx) => listener.hear([{ ctx, event: { ...event, subject: { kind: "ticket", id: event.subjectId }, actor: system.actor, depth: 0 } }]));
  expect(moved.length).toBeGreaterThan(0);
  return (await sql<{ n: number }>`select count(*)::int as n from notices where ticket_id = any(${ids}::uuid[])`.execute(database.db)).rows[0]!.n;
}

test("R123 a node killed in the middle of a step does it again from the beginning, and nothing happens twice", async () => {
  const tickets = await several(30);
  const shown = await preview(idsOf(tickets), { kind: "change", priority: 3 });
  await startBulk(asAna, shown.id, { tell: null });
  // The connection dies while the step is at work, as with kill -9: PostgreSQL takes the whole step back.
  let asked = 0;
  const dying: Ctx = { ...system, now: () => { if (++asked > 40) throw Object.assign(new Error("killed"), { code: "57P01" }); return new Date(); } };
  await expect(runStep(dying, shown.id)).rejects.toThrow("killed");
  expect((await getBulk(asAna, shown.id)).counts).toMatchObject({ ready: 30, changed: 0 });
  await runStep(system, shown.id);
  expect((await getBulk(asAna, shown.id)).counts).toMatchObject({ ready: 10, changed: 20 });
  // The job that comes once more, on two nodes at once.
  await Promise.all([runStep(system, shown.id), runStep(system, shown.id)]);
  expect(await getBulk(asAna, shown.id)).toMatchObject({ state: "done", counts: { changed: 30 } });
  const twice = await sql`select 1 from audit_log where action = 'ticket.update' and object_id = any(${idsOf(tickets)}::text[]) group by object_id having count(*) > 1`.execute(database.db);
  expect(twice.rows).toEqual([]);
});

test("R123 a ticket that a fault of ours keeps from being changed is named and holds up no other", async () => {
  const tickets = await several(5);
  const shown = await preview(idsOf(tickets), { kind: "change", priority: 3 });
  await sql`create function fault() returns trigger language plpgsql as $$ begin if new.id = ${sql.lit(tickets[2]!.id)} then raise exception 'a fault'; end if; return new; end $$`.execute(database.db);
  await sql`create trigger fault before update on tickets for each row execute function fault()`.execute(database.db);
  await startBulk(asAna, shown.id, { tell: null });
  await work(shown.id);
  await sql`drop trigger fault on tickets`.execute(database.db);
  expect(await getBulk(asAna, shown.id)).toMatchObject({ state: "done", counts: { changed: 4, failed: 1 } });
  expect((await listBulkItems(asAna, shown.id, { state: "failed" })).items).toMatchObject([{ id: tickets[2]!.id, reason: expect.stringContaining("fault of ours") }]);
});

test("R123 stops when asked, and what was done can be taken back", async () => {
  const tickets = await several(30);
  const shown = await preview(idsOf(tickets), { kind: "change", priority: 0 });
  await startBulk(asAna, shown.id, { tell: null });
  await runStep(system, shown.id);
  await stopBulk(asAna, shown.id);
  await runStep(system, shown.id);
  expect(await getBulk(asAna, shown.id)).toMatchObject({ state: "stopped", counts: { changed: 20, ready: 10 } });
  await undoBulk(asAna, shown.id);
  await work(shown.id);
  expect(await getBulk(asAna, shown.id)).toMatchObject({ state: "undone", counts: { undone: 20, ready: 10 } });
});

test("R123 all of a view is fixed at the preview, and a run is nobody else's", async () => {
  const tickets = await several(3, { department: "technicians" });
  const { id } = await previewBulk(asAna, { selection: { filter: JSON.stringify({ departments: ["technicians"], statuses: ["open"] }), sort: "changed" }, action: { kind: "change", priority: 3 } });
  await several(1, { department: "technicians" });
  await work(id);
  expect((await listBulkItems(asAna, id, {})).items.map((item) => item.id).toSorted()).toEqual(idsOf(tickets).toSorted());
  await expect(getBulk(asBoris, id)).rejects.toMatchObject({ code: "not_found" });
  await expect(stopBulk(asBoris, id)).rejects.toMatchObject({ code: "not_found" });
  await expect(previewBulk(asAna, { selection: { ids: [newId()] }, action: { kind: "change", priority: 3 } })).rejects.toMatchObject({ fields: [{ code: "bulk_empty" }] });
  await expect(previewBulk(asAna, { selection: { ids: idsOf(tickets) }, action: { kind: "change" } })).rejects.toMatchObject({ fields: [{ code: "bulk_nothing" }] });
  await expect(previewBulk(database.ctx({ kind: "user", roles: ["department_worker"], department: "technicians" }), { selection: { ids: idsOf(tickets) }, action: { kind: "change", priority: 3 } })).rejects.toMatchObject({ code: "forbidden" });
  expect((await listBulk(asAna, { limit: 2 })).items).toHaveLength(2);
});

test("R123 who may no longer work in bulk does not go on with what they began", async () => {
  const tickets = await several(2);
  const shown = await preview(idsOf(tickets), { kind: "change", priority: 3 });
  await startBulk(asAna, shown.id, { tell: null });
  await sql`update users set roles = '{administrator}' where id = ${ana}`.execute(database.db);
  await runStep(system, shown.id);
  await sql`update users set roles = '{operator}' where id = ${ana}`.execute(database.db);
  expect(await getBulk(asAna, shown.id)).toMatchObject({ state: "stopped", counts: { changed: 0, ready: 2 } });
  expect(isQuiet("anything")).toBe(false);
});
