import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { createTicket } from "../tickets/index.ts";
import { createTicket as contract } from "../tickets/tickets.contract.ts";
import { forgetDrafts } from "./forms.drafts.ts";
import { buildForm } from "./forms.factory.ts";
import { addRecordFile } from "./forms.files.service.ts";
import { attachRecord, createRecord, saveRecord } from "./forms.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
await buildForm(database.ctx());
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const store = { folder: mkdtempSync(join(tmpdir(), "linija-drafts-")) };
afterAll(() => { rmSync(store.folder, { recursive: true, force: true }); });

const DAY = 86_400_000;
const start = Date.parse("2026-03-01T08:00:00Z");
const on = (day: number) => database.ctx(ana, () => new Date(start + day * DAY));
const begin = async (day: number) => (await createRecord(on(day), { id: crypto.randomUUID(), projectKey: "internet", formKey: "connection", subject: null, data: { subscriber: { surname: "Čuk" } } })).id;
const standing = async () => (await sql<{ id: string }>`select id from form_records`.execute(database.db)).rows.map(({ id }) => id).toSorted();

test("a draft about nothing that nobody has touched for thirty days is gone with its history and its files, any other stays", async () => {
  const [old, touched, attached, young] = [await begin(0), await begin(0), await begin(0), await begin(2)];
  await addRecordFile(on(0), old, { name: "potni list.txt", bytes: Buffer.from("a passport") }, store);
  const path = (await sql<{ path: string }>`select path from form_files where record_id = ${old}`.execute(database.db)).rows[0]!.path;
  await saveRecord(on(5), touched, { version: 1, changes: [{ path: "subscriber.given", value: "Žiga" }] });
  const ticket = await createTicket(on(0), contract.body.parse({ projectKey: "internet", type: "question", subject: "Connect the house" }));
  await attachRecord(on(0), attached, { kind: "ticket", id: ticket.id });

  expect(await forgetDrafts(on(29), store)).toBe(0);
  expect(await forgetDrafts(on(31), store)).toBe(1);
  expect(await standing()).toEqual([attached, touched, young].toSorted());
  expect(existsSync(join(store.folder, path))).toBe(false);
  expect((await sql<{ n: number }>`select count(*)::int as n from form_changes where record_id = ${old}`.execute(database.db)).rows[0]!.n).toBe(0);
  const kept = (await sql<{ before: unknown }>`select before from audit_log where action = 'form.forget'`.execute(database.db)).rows;
  expect(kept).toEqual([{ before: expect.objectContaining({ formKey: "connection", projectKey: "internet" }) as unknown }]);
  // Who it was about is not kept by what says that it is gone.
  expect(JSON.stringify(kept)).not.toContain("Čuk");

  expect(await forgetDrafts(on(400), store)).toBe(2);
  expect(await standing()).toEqual([attached]);
});

test("a draft that somebody is writing in meanwhile is passed by", async () => {
  const id = await begin(0);
  await database.db.transaction().execute(async (tx) => {
    await sql`select from form_records where id = ${id} for update`.execute(tx);
    expect(await forgetDrafts(on(40), store)).toBe(0);
  });
  expect(await standing()).toContain(id);
});
