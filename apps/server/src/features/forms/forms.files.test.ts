import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { buildForm } from "./forms.factory.ts";
import { addRecordFile, openRecordFile } from "./forms.files.service.ts";
import { attachRecord, createRecord, getRecord } from "./index.ts";
import { saveRecord } from "./forms.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const name = (text: string) => `{ en: ${text}, ru: ${text}, sl: ${text} }`;
await buildForm(database.ctx(), { text: `
key: papers
name: ${name("Papers")}
schema:
  properties:
    plan: { x-kind: file, x-name: ${name("Plan")} }
    person: { x-kind: group, x-name: ${name("Person")}, x-mask: { read: clients.documents }, properties: { scan: { x-kind: file, x-name: ${name("Scan")} } } }
` });
const as = (actor: Actor) => database.ctx(actor);
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const keeper = actorOf(await buildUser(database.db, { name: "Miha Rus", projects: ["internet"], roles: ["department_worker"], department: "delivery" }));
const store = { folder: await mkdtemp(join(tmpdir(), "form-files-")) };
afterAll(() => rm(store.folder, { recursive: true }));

test("a file of a masked field, also one that was put in its place before, is neither named nor opened to who may not see what is masked; who may is kept in the trail", async () => {
  const form = await createRecord(as(ana), { id: crypto.randomUUID(), projectKey: "internet", formKey: "papers", subject: null, data: {} });
  const add = (file: string) => addRecordFile(as(ana), form.id, { name: file, bytes: Buffer.from(file) }, store);
  const [plan, old, scan] = [await add("plan.txt"), await add("old passport.txt"), await add("passport.txt")];
  await saveRecord(as(ana), form.id, { version: form.version, changes: [{ path: "plan", value: [plan.id] }, { path: "person.scan", value: [scan.id] }] });
  const ticket = await buildTicket(database.ctx(), { department: "delivery" });
  await attachRecord(as(ana), form.id, { kind: "ticket", id: ticket.id });
  const named = async (actor: Actor) => (await getRecord(as(actor), form.id)).files.map((file) => file.name).sort();
  expect([await named(ana), await named(keeper)]).toEqual([["old passport.txt", "passport.txt", "plan.txt"], ["plan.txt"]]);
  const opened = async (actor: Actor, id: string) => { const file = await openRecordFile(as(actor), form.id, id, store); file.stream.destroy(); return file.name; };
  for (const { id } of [old, scan]) await expect(opened(keeper, id)).rejects.toMatchObject({ code: "not_found" });
  expect([await opened(keeper, plan.id), await opened(ana, plan.id), await opened(ana, scan.id)]).toEqual(["plan.txt", "plan.txt", "passport.txt"]);
  expect((await sql`select actor_name, after->>'name' as name from audit_log where action = 'form.open_file'`.execute(database.db)).rows).toEqual([{ actorName: "Ana Kos", name: "passport.txt" }]);
});
