import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { Ctx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { clientTimeline } from "../clients/clients.list.service.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { addNote, getTicket, hashSecret, linkSecret, listTickets, updateTicket } from "../tickets/index.ts";
import { listApprovals } from "../tickets/tickets.approvals.service.ts";
import { showStatus } from "../portal/portal.service.ts";
import { addRelation, listRelations, mergeTicket, previewMerge, relationsRoutes, removeRelation, undoMerge } from "./index.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const user = async (roles: string[], projects: string[], department: string | null = null) => {
  const id = newId();
  await sql`insert into users (id, login, name, roles, projects, password_hash) values (${id}, ${id}, 'Ana', ${roles}, ${projects}, '')`.execute(database.db);
  return database.ctx({ kind: "user", id, name: "Ana", roles, projects, department });
};
const idOf = ({ actor }: Ctx): string => (actor.kind === "user" ? actor.id : "");
const operator = await user(["operator"], ["internet", "shop"]);
const other = await user(["operator"], ["taxi"]);
const aClient = async () => (await buildClient(system, { phones: [] })).id;
const preview = (keptId: string, number: string) => previewMerge(operator, keptId, number);
const merge = async (keptId: string, gone: { id: string; number: string }) => {
  const seen = await preview(keptId, gone.number);
  return mergeTicket(operator, keptId, { goneId: gone.id, keptVersion: seen.kept.version, goneVersion: seen.gone.version });
};

describe("relations of tickets", () => {
  test("R125 a relation is read from both of its ends", async () => {
    const [one, two] = [await buildTicket(system), await buildTicket(system)];
    const made = await addRelation(operator, one.id, { side: "blocks", number: two.number });
    expect((await listRelations(operator, one.id)).relations).toMatchObject([{ side: "blocks", ticket: { id: two.id } }]);
    expect((await listRelations(operator, two.id)).relations).toMatchObject([{ side: "blocked_by", ticket: { id: one.id }, by: "Ana" }]);
    await removeRelation(operator, two.id, made.id);
    expect((await listRelations(operator, one.id)).relations).toEqual([]);
  });

  test("the same relation twice, its opposite and a ticket with itself are refused by the field", async () => {
    const [one, two] = [await buildTicket(system), await buildTicket(system)];
    await addRelation(operator, one.id, { side: "related", number: two.number });
    await expect(addRelation(operator, two.id, { side: "related", number: one.number })).rejects.toMatchObject({ fields: [{ field: "number", code: "relation_there" }] });
    await addRelation(operator, one.id, { side: "caused_by", number: two.number });
    await expect(addRelation(operator, two.id, { side: "caused_by", number: one.number })).rejects.toMatchObject({ fields: [{ code: "relation_other_way" }] });
    await expect(addRelation(operator, one.id, { side: "blocks", number: one.number })).rejects.toMatchObject({ fields: [{ code: "relation_itself" }] });
  });

  test("who cannot see the other ticket can neither relate to it nor read of it", async () => {
    const [mine, foreign] = [await buildTicket(system), await buildTicket(system, { projectKey: "taxi" })];
    await expect(addRelation(operator, mine.id, { side: "related", number: foreign.number })).rejects.toMatchObject({ code: "not_found" });
    await addRelation(system, mine.id, { side: "related", number: foreign.number });
    expect((await listRelations(operator, mine.id)).relations).toEqual([]);
    await expect(listRelations(other, mine.id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("R129 a relation to a complaint about the reader is neither shown to them nor taken away by them", async () => {
    const [plain, complaint] = [await buildTicket(system), await buildTicket(system, { type: "complaint", fields: { about: "employee", employee: idOf(operator) } })];
    const made = await addRelation(system, plain.id, { side: "caused_by", number: complaint.number });
    await expect(removeRelation(operator, plain.id, made.id)).rejects.toMatchObject({ code: "not_found" });
    expect((await listRelations(system, plain.id)).relations).toMatchObject([{ ticket: { id: complaint.id } }]);
  });
});

test("R129 a client's story does not tell whom a complaint is about that it is related to another ticket, or that one was merged into it", async () => {
  const emily = await user(["operator"], ["internet"]);
  const clientId = await aClient();
  const [plain, duplicate] = [await buildTicket(system, { clientId }), await buildTicket(system, { clientId })];
  const complaint = await buildTicket(system, { type: "complaint", clientId, fields: { about: "employee", employee: idOf(emily) } });
  await addRelation(operator, plain.id, { side: "caused_by", number: complaint.number });
  await merge(complaint.id, duplicate);
  const told = async (ctx: Ctx) => JSON.stringify((await clientTimeline(ctx, clientId, {})).items);
  expect([(await told(operator)).includes(complaint.number), (await told(operator)).includes("ticket.related")]).toEqual([true, true]);
  const story = await told(emily);
  expect(story).toContain(plain.number);
  for (const word of [complaint.number, complaint.id]) expect(story).not.toContain(word);
});

test("R129 an ordinary ticket that a complaint was merged into and parted from tells whom the complaint is about nothing of it", async () => {
  const emily = await user(["operator"], ["internet"]);
  const clientId = await aClient();
  const [plain, hers] = [await buildTicket(system, { clientId }), await buildTicket(system, { clientId, ownerId: idOf(emily) })];
  const told = async (ctx: Ctx) => (await clientTimeline(ctx, clientId, {})).items.map(({ type, by }) => ({ type, by }));
  const before = await told(emily);
  for (const { id } of [plain, hers]) {
    const complaint = await buildTicket(system, { type: "complaint", clientId, fields: { about: "employee", employee: idOf(emily) } });
    await undoMerge(operator, (await merge(id, complaint)).id);
  }
  expect(await told(emily)).toEqual(before);
  expect((await told(operator)).map(({ type }) => type)).toContain("ticket.assigned");
});

describe("merging duplicates", () => {
  test("notes, files, conversations, relations and the client go over; the old number and link lead to the kept ticket", async () => {
    const clientId = await aClient();
    const [kept, gone, third] = [await buildTicket(system, { subject: "No internet" }), await buildTicket(system, { subject: "Again no internet", clientId }), await buildTicket(system)];
    await addNote(operator, gone.id, "The light is red");
    await sql`insert into attachments (id, ticket_id, name, media_type, bytes, sha256, path, at) values (${newId()}, ${gone.id}, 'photo.png', 'image/png', 1, '', '', now())`.execute(database.db);
    await addRelation(operator, third.id, { side: "blocks", number: gone.number });
    const seen = await preview(kept.id, gone.number);
    expect(seen).toMatchObject({ refused: null, takesClient: true, carries: { notes: 1, attachments: 1, relations: 1 } });
    await merge(kept.id, gone);
    const view = await getTicket(operator, kept.id);
    expect(view).toMatchObject({ clientId, attachments: [{ name: "photo.png" }] });
    expect(view.notes.map(({ text }) => text)).toEqual(["The light is red", `Merged from ${gone.number}:\nAgain no internet\n\nThe amount is higher than agreed.`]);
    expect((await listRelations(operator, kept.id)).relations).toMatchObject([{ side: "blocked_by", ticket: { id: third.id } }]);
    expect((await listTickets(operator, { view: "all", number: gone.number })).items).toMatchObject([{ id: kept.id }]);
    const secret = await linkSecret(database.db, gone.id);
    expect(hashSecret(secret)).toEqual(gone.linkHash);
    expect((await showStatus(system, secret))?.ticket).toMatchObject({ number: kept.number, subject: "No internet" });
    expect(await listRelations(operator, gone.id)).toMatchObject({ mergedInto: { ticket: { id: kept.id }, by: "Ana" } });
  });

  test("nothing is written on a merged ticket any more", async () => {
    const [kept, gone] = [await buildTicket(system), await buildTicket(system)];
    await merge(kept.id, gone);
    await expect(addNote(operator, gone.id, "too late")).rejects.toMatchObject({ code: "conflict", reason: "ticket_merged" });
    expect((await getTicket(operator, gone.id)).transitions).toEqual([]);
  });

  test("a merge is taken back exactly: each note goes home, the client and the relations are as before", async () => {
    const clientId = await aClient();
    const [kept, gone, third] = [await buildTicket(system), await buildTicket(system, { clientId }), await buildTicket(system)];
    await addNote(operator, kept.id, "of the kept one");
    await addNote(operator, gone.id, "of the other");
    await addRelation(operator, gone.id, { side: "related", number: third.number });
    const done = await merge(kept.id, gone);
    expect(done.undoUntil).not.toBeNull();
    await undoMerge(operator, done.id);
    expect(await getTicket(operator, kept.id)).toMatchObject({ clientId: null, notes: [{ text: "of the kept one" }], status: "open" });
    expect(await getTicket(operator, gone.id)).toMatchObject({ clientId, notes: [{ text: "of the other" }], status: "open" });
    expect((await listRelations(operator, gone.id))).toMatchObject({ relations: [{ side: "related", ticket: { id: third.id } }], mergedInto: null });
    expect((await listRelations(operator, kept.id)).relations).toEqual([]);
    await expect(undoMerge(operator, done.id)).rejects.toMatchObject({ code: "conflict" });
  });

  test("a ticket that was changed since, or a day that has passed, makes a merge final", async () => {
    const [kept, gone] = [await buildTicket(system), await buildTicket(system)];
    const done = await merge(kept.id, gone);
    const tomorrow = database.ctx(operator.actor, () => new Date(Date.now() + 25 * 3_600_000));
    await expect(undoMerge(tomorrow, done.id)).rejects.toMatchObject({ reason: "merge_too_old" });
    await updateTicket(operator, kept.id, { version: (await getTicket(operator, kept.id)).version, subject: "Changed" });
    await expect(undoMerge(operator, done.id)).rejects.toMatchObject({ reason: "merge_changed_since" });
    expect((await listRelations(operator, kept.id)).merged).toMatchObject([{ undoUntil: null }]);
  });

  test("what was merged into a ticket follows it when it is merged itself", async () => {
    const [first, second, last] = [await buildTicket(system), await buildTicket(system), await buildTicket(system)];
    await merge(second.id, first);
    const done = await merge(last.id, second);
    expect((await listTickets(operator, { view: "all", number: first.number })).items).toMatchObject([{ id: last.id }]);
    await undoMerge(operator, done.id);
    expect((await listTickets(operator, { view: "all", number: first.number })).items).toMatchObject([{ id: second.id }]);
  });

  test("tickets of two clients, of two projects, and an open one into a closed one stay two", async () => {
    const [one, two, shop, closed] = [await buildTicket(system, { clientId: await aClient() }), await buildTicket(system, { clientId: await aClient() }), await buildTicket(system, { projectKey: "shop" }), await buildTicket(system)];
    await sql`update tickets set status = 'closed', closed_at = now() where id = ${closed.id}`.execute(database.db);
    expect((await preview(one.id, two.number)).refused).toMatchObject({ code: "merge_other_client" });
    expect((await preview(one.id, shop.number)).refused).toMatchObject({ code: "merge_other_project" });
    expect((await preview(closed.id, one.number)).refused).toMatchObject({ code: "merge_into_closed" });
    await expect(merge(one.id, two)).rejects.toMatchObject({ reason: "merge_other_client" });
    expect((await preview(closed.id, one.number)).refused!.message).toContain("closed");
  });

  test("R129 whom a complaint is about is kept away from the ticket it is merged into, and has it back when the merge is undone", async () => {
    const emily = await user(["operator"], ["internet"]);
    const [kept, gone] = [await buildTicket(system, { ownerId: idOf(emily) }), await buildTicket(system, { type: "complaint", subject: "She shouted", fields: { about: "employee", employee: idOf(emily) } })];
    await merge(kept.id, gone);
    await expect(getTicket(emily, kept.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(listRelations(emily, kept.id)).rejects.toMatchObject({ code: "not_found" });
    const now = await getTicket(operator, kept.id);
    expect(now.ownerId).toBeNull();
    await updateTicket(operator, kept.id, { version: now.version, subject: now.subject });
    await expect(getTicket(emily, kept.id)).rejects.toMatchObject({ code: "not_found" });
    const [again, plain] = [await buildTicket(system, { ownerId: idOf(emily) }), await buildTicket(system)];
    const gone2 = await buildTicket(system, { type: "complaint", fields: { about: "employee", employee: idOf(emily) } });
    await merge(gone2.id, plain);
    const merged = await merge(again.id, gone2);
    await undoMerge(operator, merged.id);
    expect(await getTicket(emily, again.id)).toMatchObject({ ownerId: idOf(emily) });
    expect(await listRelations(emily, plain.id)).toMatchObject({ mergedInto: null });
    await expect(getTicket(emily, gone2.id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("R129 merges of before whom they are about was inherited are caught up with, tasks of the kept ticket among them", async () => {
    const emily = await user(["operator"], ["internet"]);
    const [kept, gone, task, plain] = [await buildTicket(system, { ownerId: idOf(emily) }), await buildTicket(system, { type: "complaint", fields: { about: "employee", employee: idOf(emily) } }), await buildTicket(system), await buildTicket(system, { ownerId: idOf(emily) })];
    await sql`update tickets set parent_id = ${kept.id}::uuid where id = ${task.id}::uuid`.execute(database.db);
    const merged = await merge(kept.id, gone);
    await sql`update tickets set about_user_ids = null, owner_id = ${idOf(emily)}::uuid where id in (${kept.id}::uuid, ${task.id}::uuid)`.execute(database.db);
    expect(await getTicket(emily, kept.id)).toMatchObject({ ownerId: idOf(emily) });
    await sql.raw(readFileSync(new URL("../../../migrations/0063_merges_about.sql", import.meta.url), "utf8")).execute(database.db);
    for (const id of [kept.id, task.id]) {
      await expect(getTicket(emily, id)).rejects.toMatchObject({ code: "not_found" });
      expect((await getTicket(operator, id)).ownerId).toBeNull();
    }
    expect(await getTicket(emily, plain.id)).toMatchObject({ ownerId: idOf(emily) });
    await undoMerge(operator, merged.id);
    expect((await getTicket(emily, kept.id)).id).toBe(kept.id);
  });

  test("papers go over and are counted on, and come home with the numbers they had", async () => {
    const [kept, gone] = [await buildTicket(system), await buildTicket(system)];
    const paper = (ticketId: string, key: string, number: number) => sql`insert into documents (id, ticket_id, key, number, language, name, file_name, bytes, pages, sha256, path, declaration_hash, ticket_version, made_at)
      values (${newId()}, ${ticketId}, ${key}, ${number}, 'en', 'Act', 'act.pdf', 1, 1, '', '', '', 1, now())`.execute(database.db);
    const papers = async (ticketId: string) => (await sql<{ paper: string }>`select key || number as paper from documents where ticket_id = ${ticketId} order by 1`.execute(database.db)).rows.map((row) => row.paper);
    for (const [ticketId, key, number] of [[kept.id, "act", 1], [gone.id, "act", 1], [gone.id, "act", 2], [gone.id, "answer", 1]] as const) await paper(ticketId, key, number);
    expect((await preview(kept.id, gone.number)).carries.documents).toBe(3);
    const done = await merge(kept.id, gone);
    expect(await papers(kept.id)).toEqual(["act1", "act2", "act3", "answer1"]);
    await undoMerge(operator, done.id);
    expect([await papers(kept.id), await papers(gone.id)]).toEqual([["act1"], ["act1", "act2", "answer1"]]);
  });

  test("nobody is asked for a decision on a merged ticket; when the merge is undone the decision waits again", async () => {
    const [kept, gone] = [await buildTicket(system), await buildTicket(system, { type: "refund" })];
    const held = newId();
    await sql`insert into ticket_approvals (id, ticket_id, project_key, transition, stage, input, deed, requested_by, requested_at)
      values (${held}, ${gone.id}, 'internet', 'approve', ${gone.stage}, '{}', 'refund', ${idOf(operator)}, now())`.execute(database.db);
    const chief = await user(["management"], ["internet"]);
    const asked = async () => (await listApprovals(chief, {})).items.map(({ id }) => id);
    expect(await asked()).toEqual([held]);
    const done = await merge(kept.id, gone);
    expect(await asked()).toEqual([]);
    await undoMerge(operator, done.id);
    expect(await asked()).toEqual([held]);
  });

  test("merges of merges are taken back from the last to the first", async () => {
    const [first, second, third, last] = [await buildTicket(system), await buildTicket(system), await buildTicket(system), await buildTicket(system)];
    const inner = await merge(second.id, first);
    const beside = await merge(second.id, third);
    const outer = await merge(last.id, second);
    await expect(undoMerge(operator, inner.id)).rejects.toMatchObject({ reason: "merge_changed_since" });
    for (const each of [outer, beside, inner]) await undoMerge(operator, each.id);
    for (const { id } of [first, second, third, last]) expect(await getTicket(operator, id)).toMatchObject({ status: "open", notes: [] });
  });

  test("of two people who merge the same pair the other way round, one wins and nothing is lost", async () => {
    const [one, two] = [await buildTicket(system), await buildTicket(system)];
    const done = await Promise.allSettled([merge(one.id, two), merge(two.id, one)]);
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const rows = await sql<{ mergedInto: string | null }>`select merged_into from tickets where id in (${one.id}, ${two.id})`.execute(database.db);
    expect(rows.rows.filter(({ mergedInto }) => mergedInto !== null)).toHaveLength(1);
  });
});

test("every route of relations asks strangers to sign in", async () => {
  const http = await testHttp(database, relationsRoutes);
  const id = newId();
  for (const [method, url] of [["GET", `/api/tickets/${id}/relations`], ["POST", `/api/tickets/${id}/relations`], ["DELETE", `/api/tickets/${id}/relations/${id}`], ["GET", `/api/tickets/${id}/merge?number=1`], ["POST", `/api/tickets/${id}/merge`], ["POST", `/api/tickets/merges/${id}/undo`]] as const) {
    expect((await http.anonymous(method, url, method === "POST" ? { side: "related", number: "1", goneId: id, keptVersion: 1, goneVersion: 1 } : undefined)).statusCode, url).toBe(401);
  }
});
