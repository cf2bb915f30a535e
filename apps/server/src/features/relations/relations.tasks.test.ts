import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Ctx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { getTicket, moveByClient, moveTicket, reviewTicket, type Ticket } from "../tickets/index.ts";
import { buildProjects, buildTicket, type BuiltTicket } from "../tickets/tickets.factory.ts";
import { mergeTicket, previewMerge, undoMerge } from "./index.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const user = async (name: string, roles: string[], department: string | null = null) => {
  const id = newId();
  await sql`insert into users (id, login, name, roles, projects, department, password_hash) values (${id}, ${id}, ${name}, ${roles}, ${["internet"]}, ${department}, '')`.execute(database.db);
  return database.ctx({ kind: "user", id, name, roles, projects: ["internet"], department });
};
const idOf = ({ actor }: Ctx): string => (actor.kind === "user" ? actor.id : "");
const [ana, miha, vera] = [await user("Ana", ["operator"]), await user("Miha", ["department_worker"], "technicians"), await user("Vera", ["supervisor"])];
const merge = async (keptId: string, gone: { id: string; number: string }) => {
  const seen = await previewMerge(ana, keptId, gone.number);
  return mergeTicket(ana, keptId, { goneId: gone.id, keptVersion: seen.kept.version, goneVersion: seen.gone.version });
};
const move = async (ctx: Ctx, id: string, transition: string, input: Record<string, unknown> = {}) => moveTicket(ctx, id, { version: (await getTicket(vera, id)).version, transition, input });
const complaint = (over: BuiltTicket = {}) => buildTicket(system, { type: "complaint", ...over });
/** A complaint that waits for technicians, and its task. */
const waiting = async (over: BuiltTicket = {}) => {
  const { id, number } = await complaint(over);
  await move(ana, id, "take");
  const { subtasks } = await move(ana, id, "ask_department", { department: "technicians", task: "Look at the cable" });
  return { id, number, task: subtasks[0]! };
};
const rowOf = async (id: string) => (await sql<Ticket>`select * from tickets where id = ${id}`.execute(database.db)).rows[0]!;
const formOn = (ticketId: string, data: object) => sql`with version as (insert into form_versions (id, project_key, key, definition) values (${newId()}, 'internet', 'complaint', '{}') returning id)
  insert into form_records (id, project_key, form_id, form_key, subject_kind, subject_id, state, data, created_at, updated_at) select ${newId()}, 'internet', id, 'complaint', 'ticket', ${ticketId}, 'submitted', ${JSON.stringify(data)}::jsonb, now(), now() from version`.execute(database.db);
const formsOf = async (ticketId: string) => (await sql<{ n: number }>`select count(*)::int as n from form_records where subject_kind = 'ticket' and subject_id = ${ticketId}`.execute(database.db)).rows[0]!.n;

test("R125 R109 a merge takes over the tasks given to departments: their answer is written on the ticket that was kept, its owner hears of it, and the merged one never comes back to life", async () => {
  const kept = await complaint();
  await move(ana, kept.id, "take");
  const gone = await waiting();
  expect((await previewMerge(ana, kept.id, gone.number)).carries.subtasks).toBe(1);
  const merged = await merge(kept.id, gone);
  expect((await getTicket(ana, kept.id)).subtasks).toMatchObject([{ id: gone.task.id, status: "open" }]);
  expect((await getTicket(ana, gone.id)).subtasks).toEqual([]);
  expect((await getTicket(miha, gone.task.id)).parent).toMatchObject({ number: kept.number });
  await move(miha, gone.task.id, "answer", { resolution: "It was the cable" });
  expect(await getTicket(ana, kept.id)).toMatchObject({ stage: "in_work", fields: { answer: "It was the cable" }, subtasks: [{ status: "closed", answer: "It was the cable" }] });
  expect((await sql<{ to: string }>`select data->>'operatorId' as to from events where subject_id = ${kept.id} and type = 'ticket.reminded'`.execute(database.db)).rows).toEqual([{ to: idOf(ana) }]);
  expect(await rowOf(gone.id)).toMatchObject({ status: "closed", stage: "waiting_department", mergedInto: kept.id });
  await expect(undoMerge(ana, merged.id)).rejects.toMatchObject({ reason: "merge_changed_since" });
});

test("R125 a merge that is taken back gives the tasks back to who asked for them, and the answer reaches that one", async () => {
  const [kept, gone] = [await complaint(), await waiting()];
  await undoMerge(ana, (await merge(kept.id, gone)).id);
  expect((await getTicket(ana, kept.id)).subtasks).toEqual([]);
  await move(miha, gone.task.id, "answer", { resolution: "It was the cable" });
  expect(await getTicket(ana, gone.id)).toMatchObject({ stage: "in_work", status: "open", fields: { answer: "It was the cable" } });
});

test("R125 an answer to a task that stands by a merged ticket since before tasks were carried over reaches the kept one", async () => {
  const [kept, gone] = [await complaint(), await waiting()];
  await merge(kept.id, gone);
  await sql`update tickets set parent_id = ${gone.id} where id = ${gone.task.id}`.execute(database.db);
  await move(miha, gone.task.id, "answer", { resolution: "It was the cable" });
  expect((await getTicket(ana, kept.id)).fields).toMatchObject({ answer: "It was the cable" });
  expect(await rowOf(gone.id)).toMatchObject({ status: "closed", stage: "waiting_department" });
});

test("R125 tickets that had come back to life after a merge are ended for good", async () => {
  const [kept, gone] = [await complaint(), await complaint()];
  await merge(kept.id, gone);
  await expect(sql`update tickets set status = 'open' where id = ${gone.id}`.execute(database.db)).rejects.toThrow("tickets_merged_ended");
  await sql`alter table tickets drop constraint tickets_merged_ended`.execute(database.db);
  await sql`alter table process_migration_tickets drop column approvals`.execute(database.db);
  await sql`update tickets set status = 'open', closed_at = null where id = ${gone.id}`.execute(database.db);
  await sql.raw(readFileSync(new URL("../../../migrations/0075_merged_stay_ended.sql", import.meta.url), "utf8")).execute(database.db);
  expect((await rowOf(gone.id)).status).toBe("closed");
});

test("R125 a client who presses a button on the page of a ticket merged in this moment is shown how it is now; nothing moves", async () => {
  const [kept, gone] = [await complaint(), await complaint()];
  const { stageSince } = await rowOf(gone.id);
  await merge(kept.id, gone);
  expect(await moveByClient(system, gone.id, { stageSince: stageSince.toISOString() }, { transition: "cancel", input: {} })).toBe("moved_on");
  expect((await rowOf(gone.id)).stage).toBe("registered");
});

test("R109 R125 a task merged into another is answered with it: what asked for it waits on, and hears the answer, too", async () => {
  const [one, two] = [await waiting(), await waiting()];
  await merge(one.task.id, two.task);
  expect(await getTicket(ana, two.id)).toMatchObject({ stage: "waiting_department", subtasks: [{ id: two.task.id, status: "open" }] });
  await reviewTicket(system, two.id);
  expect((await getTicket(ana, two.id)).stage).toBe("waiting_department");
  await move(miha, one.task.id, "answer", { resolution: "One cable for both" });
  for (const { id } of [one, two]) expect(await getTicket(ana, id)).toMatchObject({ stage: "in_work", fields: { answer: "One cable for both" }, subtasks: [{ status: "closed", answer: "One cable for both" }] });
});

test("R109 R125 a task that was answered before it was merged is not answered a second time", async () => {
  const [one, two] = [await waiting(), await waiting()];
  await move(miha, two.task.id, "answer", { resolution: "The first word" });
  await merge(one.task.id, two.task);
  await move(miha, one.task.id, "answer", { resolution: "Another word" });
  expect((await getTicket(ana, two.id)).fields).toMatchObject({ answer: "The first word" });
});

test("R125 a ticket and its own task stay two, and an open task is not merged into what has ended", async () => {
  const [one, two] = [await waiting(), await waiting()];
  expect((await previewMerge(ana, one.id, one.task.number)).refused).toMatchObject({ code: "merge_own_task" });
  expect((await previewMerge(ana, one.task.id, one.number)).refused).toMatchObject({ code: "merge_own_task" });
  await move(miha, one.task.id, "answer", { resolution: "Done" });
  expect((await previewMerge(ana, one.task.id, two.task.number)).refused?.code).toMatch(/^merge_(into_closed|task_into_ended)$/);
});

test("R125 a client's ticket is not merged into a task: their link and number never lead to what is asked of a department; the other way round it is", async () => {
  const [one, two] = [await waiting(), await complaint({ type: "question" })];
  expect((await previewMerge(ana, one.task.id, two.number)).refused).toMatchObject({ code: "merge_into_task" });
  expect((await previewMerge(ana, two.id, one.task.number)).refused).toBeNull();
  await merge(two.id, one.task);
  await move(ana, two.id, "take");
  await move(ana, two.id, "finish", { resolution: "The cable was replaced", resolution_kind: "solved" });
  expect(await getTicket(ana, one.id)).toMatchObject({ stage: "in_work", fields: { answer: "The cable was replaced" } });
});

test("R125 forms, solutions, offered ways and led talks go over where the kept ticket has none of its own; what stays is named before", async () => {
  const [kept, other, gone] = [await complaint(), await complaint(), await complaint()];
  await formOn(gone.id, { about: "price" });
  await sql`insert into ticket_solutions (id, ticket_id, source, article_key, title, text, attached_at) values (${newId()}, ${gone.id}, 'article', 'reset', 'Reset', 'Press it', now())`.execute(database.db);
  await sql`insert into ticket_variants (id, ticket_id, position, title, created_at) values (${newId()}, ${gone.id}, 1, 'A new router', now())`.execute(database.db);
  await sql`insert into ticket_checks (ticket_id, checklist, item, at) values (${gone.id}, 'letter', 'term', now())`.execute(database.db);
  expect(await previewMerge(ana, kept.id, gone.number)).toMatchObject({ carries: { forms: 1, solutions: 1, variants: 1 }, stays: { forms: 0, variants: 0, checks: 1 } });
  const done = await merge(kept.id, gone);
  expect([await formsOf(kept.id), await formsOf(gone.id)]).toEqual([1, 0]);
  await undoMerge(ana, done.id);
  expect([await formsOf(kept.id), await formsOf(gone.id)]).toEqual([0, 1]);
  await formOn(other.id, { about: "service" });
  expect(await previewMerge(ana, other.id, gone.number)).toMatchObject({ carries: { forms: 0 }, stays: { forms: 1 } });
  await merge(other.id, gone);
  expect([await formsOf(other.id), await formsOf(gone.id)]).toEqual([1, 1]);
});

test("R129 tasks carried over are kept away from whom the kept ticket is about, and come back to who had them", async () => {
  const emily = await user("Emily", ["department_worker"], "technicians");
  const [kept, gone] = [await complaint({ fields: { about: "employee", employee: idOf(emily) } }), await waiting()];
  await sql`update tickets set owner_id = ${idOf(emily)} where id = ${gone.task.id}`.execute(database.db);
  const done = await merge(kept.id, gone);
  await expect(getTicket(emily, gone.task.id)).rejects.toMatchObject({ code: "not_found" });
  await undoMerge(ana, done.id);
  expect(await getTicket(emily, gone.task.id)).toMatchObject({ ownerId: idOf(emily) });
});

test("R125 tickets that two people without a card asked for stay two: the link and number of one never show the other", async () => {
  const [alice, bob] = [await complaint({ contactPhone: "+38640220001", contactEmail: null }), await complaint({ contactPhone: "+38640220002", contactEmail: "bob@example.test" })];
  const mail = await complaint({ contactPhone: null, contactEmail: "alice@example.test" });
  const nobody = await complaint({ contactPhone: null, contactEmail: null });
  const card = (await buildClient(system, { phones: ["+38640220001"], emails: ["Alice@example.test"] })).id;
  const carded = await complaint({ clientId: card, contactPhone: null, contactEmail: null });
  const refused = async (kept: Ticket, gone: Ticket) => (await previewMerge(ana, kept.id, gone.number)).refused?.code ?? null;
  expect(await refused(bob, alice)).toBe("merge_other_person");
  await expect(merge(bob.id, alice)).rejects.toMatchObject({ reason: "merge_other_person" });
  expect(await refused(mail, alice)).toBe("merge_other_person");
  expect(await refused(carded, bob)).toBe("merge_other_person");
  expect([await refused(carded, alice), await refused(carded, mail), await refused(alice, nobody), await refused(nobody, bob)]).toEqual([null, null, null, null]);
});

test("R125 a task that is answered in the moment its ticket is merged: whoever comes first, the answer stands where work goes on, and nobody waits for the other", async () => {
  for (let round = 0; round < 6; round++) {
    const [kept, gone] = [await complaint(), await waiting()];
    const seen = await previewMerge(ana, kept.id, gone.number);
    const { version } = await getTicket(miha, gone.task.id);
    const join = () => mergeTicket(ana, kept.id, { goneId: gone.id, keptVersion: seen.kept.version, goneVersion: seen.gone.version });
    const early = round % 2 === 0 ? join() : undefined;
    const answer = moveTicket(miha, gone.task.id, { version, transition: "answer", input: { resolution: "It was the cable" } });
    const [answered, joined] = await Promise.allSettled([answer, early ?? join()]);
    expect(answered.status).toBe("fulfilled");
    if (joined.status === "rejected") expect(joined.reason).toMatchObject({ reason: "changed_meanwhile" });
    const { id } = joined.status === "fulfilled" ? kept : gone;
    expect(await getTicket(ana, id)).toMatchObject({ status: "open", fields: { answer: "It was the cable" } });
  }
});
