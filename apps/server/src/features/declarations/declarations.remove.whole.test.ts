import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { textKinds } from "../../kinds.ts";
import type { Ctx } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildUser } from "../access/access.factory.ts";
import { processOf, projectOf } from "../tickets/index.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import { startNode, type StartedNode } from "./declarations.factory.ts";
import { mentionsOf } from "./declarations.remove.rules.ts";
import { exportProject, importProject } from "./declarations.projects.service.ts";
import { removeText, textUses } from "./declarations.remove.service.ts";
import { checkText, listTexts, listVersions, readText, saveText, takeBackText } from "./declarations.service.ts";

const database = await testDatabase();
const system = database.ctx();
let node: StartedNode;
let ana: Ctx;

beforeAll(async () => {
  node = await startNode(system, undefined, textKinds);
  const { id } = await buildUser(database.db, { name: "Ana Kos", roles: ["administrator"], projects: ["internet", "shop", "taxi"] });
  ana = database.ctx({ kind: "user", id, name: "Ana Kos", roles: ["administrator"], projects: ["internet", "shop", "taxi"], language: "en" });
});

const uses = (key: string, path: string) => textUses(ana, node.deps, key, path);
const remove = async (key: string, path: string, note = "") => removeText(ana, node.deps, key, { path, number: (await readText(ana, node.deps, key, { path })).current, note });
const save = async (key: string, path: string, change: (text: string) => string) => {
  const known = await readText(ana, node.deps, key, { path }).catch(() => ({ text: "", current: 0 }));
  return saveText(ana, node.deps, key, { path, text: change(known.text), number: known.current, note: "" });
};
const rejection = (promise: Promise<unknown>) => promise.then(() => { throw new Error("it was not refused"); }, (error: unknown) => error as { code: string; reason: string; params: Record<string, unknown>; fields: { field: string }[] });

test("a process that kinds of tickets are made with says which, where it is named and why it cannot go, and is refused", async () => {
  const found = await uses("shop", "processes/return.yaml");
  expect(found.types).toEqual([{ project: "Lipa shop", key: "return", name: expect.any(String) }]);
  expect(found.places).toContainEqual({ file: "shop/types.yaml", line: expect.any(Number), text: "process: return" });
  expect(found.problems).toContainEqual(expect.objectContaining({ file: "shop/types.yaml", line: expect.any(Number) }));
  const error = await rejection(remove("shop", "processes/return.yaml"));
  expect(error).toMatchObject({ code: "invalid", reason: "declaration_refused" });
  expect(error.fields.map(({ field }) => field).join()).toContain("shop/types.yaml:");
  expect((await readText(ana, node.deps, "shop", { path: "processes/return.yaml" })).text).not.toBe("");
});

test("what nothing needs is removed at once, by who and why, stays away after a start and is taken back", async () => {
  const path = "guides/quick-order.yaml";
  expect(await uses("taxi", path)).toMatchObject({ types: [], places: [], problems: [], openTickets: 0, isHeld: false, common: false });
  expect(await remove("taxi", path, "Told otherwise now")).toEqual({ number: 2 });
  expect(JSON.stringify((await projectOf(system.db, "taxi")).more["guides"])).not.toContain("quick-order");
  const { texts, removed } = await listTexts(ana, node.deps, "taxi");
  expect(texts.map((text) => text.path)).not.toContain(path);
  expect(removed).toMatchObject([{ path, kind: "guides", number: 2, by: "Ana Kos", note: "Told otherwise now" }]);
  const { rows } = await sql<{ before: string; reason: string }>`select before, reason from audit_log where action = 'declaration.removed' and object_id = ${`taxi/${path}`}`.execute(database.db);
  expect(rows).toMatchObject([{ before: expect.stringContaining("quick-order"), reason: "Told otherwise now" }]);
  const later = await startNode(system, undefined, textKinds);
  expect((await listTexts(ana, later.deps, "taxi")).removed).toHaveLength(1);
  expect((await rejection(uses("taxi", path))).code).toBe("not_found");
  expect((await rejection(remove("taxi", path))).code).toBe("not_found");
  await takeBackText(ana, node.deps, "taxi", { path, to: 1, number: 2, note: "" });
  expect((await listTexts(ana, node.deps, "taxi")).removed).toEqual([]);
  expect((await listVersions(ana, node.deps, "taxi", { path })).items.map(({ number, removed: gone }) => [number, gone])).toEqual([[3, false], [2, true], [1, false]]);
});

test("a process is not taken from under open tickets; once they are closed it goes, and they stay readable", async () => {
  const { text: common } = await readText(ana, node.deps, "common", { path: "processes/callback.yaml" });
  await save("shop", "processes/gift.yaml", () => common.replace("key: callback", "key: gift"));
  const { text: types } = await readText(ana, node.deps, "shop", { path: "types.yaml" });
  await save("shop", "types.yaml", () => `${types.trimEnd()}\n  - { key: gift, name: { en: Gift, ru: Подарок, sl: Darilo }, intake: request, process: gift, requires: [phone] }\n`);
  const ticket = await buildTicket(system, { projectKey: "shop", type: "gift", subject: "Chair" });
  expect(await uses("shop", "processes/gift.yaml")).toMatchObject({ types: [{ key: "gift" }], openTickets: 1, isHeld: true });
  await save("shop", "types.yaml", () => types);
  expect(await uses("shop", "processes/gift.yaml")).toMatchObject({ types: [], problems: [], openTickets: 1, isHeld: true });
  expect(await rejection(remove("shop", "processes/gift.yaml"))).toMatchObject({ code: "conflict", reason: "declaration_in_tickets", params: { count: 1 } });
  await sql`update tickets set status = 'closed', closed_at = now() where id = ${ticket.id}::uuid`.execute(database.db);
  await remove("shop", "processes/gift.yaml");
  expect((await projectOf(system.db, "shop")).processIds).not.toHaveProperty("gift");
  expect((await processOf(system.db, ticket.processId)).key).toBe("gift");
});

test("an archive that lacks a process is refused while open tickets live by it, and nothing of it is taken", async () => {
  const { text: common } = await readText(ana, node.deps, "common", { path: "processes/callback.yaml" });
  const { bytes } = await exportProject(ana, node.deps, "taxi");
  await save("taxi", "processes/tip.yaml", () => common.replace("key: callback", "key: tip"));
  const { text: types } = await readText(ana, node.deps, "taxi", { path: "types.yaml" });
  await save("taxi", "types.yaml", () => `${types.trimEnd()}\n  - { key: tip, name: { en: Tip, ru: Чаевые, sl: Napitnina }, intake: request, process: tip, requires: [phone] }\n`);
  const ticket = await buildTicket(system, { projectKey: "taxi", type: "tip", subject: "Ten" });
  expect(await rejection(importProject(ana, node.deps, bytes, { into: "taxi" }))).toMatchObject({ code: "invalid", reason: "declaration_refused", fields: [{ field: "taxi/processes/tip.yaml", code: "declaration_in_tickets", params: { count: 1 } }] });
  expect((await projectOf(system.db, "taxi")).processIds).toHaveProperty("tip");
  await sql`update tickets set status = 'closed', closed_at = now() where id = ${ticket.id}::uuid`.execute(database.db);
  expect(await importProject(ana, node.deps, bytes, { into: "taxi" })).toMatchObject({ key: "taxi", saved: 1, removed: 1 });
  expect((await projectOf(system.db, "taxi")).processIds).not.toHaveProperty("tip");
});

test("a project's own text makes way for the common one of its name, whatever tickets are open", async () => {
  const { text } = await readText(ana, node.deps, "common", { path: "processes/callback.yaml" });
  await save("shop", "processes/callback.yaml", () => `# ours\n${text}`);
  await buildTicket(system, { projectKey: "shop", type: "callback" });
  expect(await uses("shop", "processes/callback.yaml")).toMatchObject({ common: true, openTickets: 1, isHeld: false, problems: [] });
  await remove("shop", "processes/callback.yaml");
  expect((await projectOf(system.db, "shop")).processIds).toHaveProperty("callback");
});

test("a common text is judged by every project that goes by it", async () => {
  const found = await uses("common", "processes/request.yaml");
  expect(new Set(found.types.map(({ project }) => project)).size).toBe(3);
  expect(found.problems.length).toBeGreaterThan(2);
  expect(await rejection(remove("common", "processes/request.yaml"))).toMatchObject({ reason: "declaration_refused" });
});

test("what a project cannot be without is refused, and two who remove at once are told apart", async () => {
  expect(await rejection(remove("shop", "queues.yaml"))).toMatchObject({ reason: "declaration_refused" });
  const { current } = await readText(ana, node.deps, "taxi", { path: "articles/child-seat.yaml" });
  const results = await Promise.allSettled([1, 2].map(() => removeText(ana, node.deps, "taxi", { path: "articles/child-seat.yaml", number: current, note: "" })));
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("what a duty, a rule or a process names cannot be taken away: the place that names it is told", async () => {
  const company = await readText(ana, node.deps, "company", { path: "company.yaml" });
  const without = (department: string) => saveText(ana, node.deps, "company", { path: "company.yaml", text: company.text.replace(new RegExp(`^  ${department}:.*\n`, "m"), ""), number: company.current, note: "" });
  const types = await readText(ana, node.deps, "internet", { path: "types.yaml" });
  await save("internet", "forms/stock.yaml", () => "key: stock\nname: { en: Stock, ru: Склад, sl: Zaloga }\nschema: { properties: { done: { x-kind: yes_no, x-name: { en: Done, ru: Сделано, sl: Opravljeno } } } }\n");
  await save("internet", "types.yaml", () => `${types.text.trimEnd()}\n  - { key: stock, name: { en: Stock, ru: Склад, sl: Zaloga }, intake: request, process: request, form: stock, requires: [subject] }\n`);
  const duty = (department: string) => `duties:\n  stock: { type: stock, subject: { en: Stock, ru: Склад, sl: Zaloga }, every: 0 8 * * 1, within_hours: 10, who: { department: ${department} } }\n`;
  expect((await rejection(save("internet", "duties.yaml", () => duty("nobody")))).fields.map(({ field }) => field)).toEqual(["internet/duties.yaml:2"]);
  await save("internet", "duties.yaml", () => duty("drivers"));
  expect((await rejection(without("drivers"))).fields.map(({ field }) => field)).toContain("internet/duties.yaml:2");
  const rule = "key: tell\nname: { en: Tell }\non: { event: ticket.registered }\nsteps:\n  - do: tell_department\n    with: { department: '\"nobody\"', text: '\"Look\"' }\n";
  expect((await rejection(save("internet", "rules/tell.yaml", () => rule))).fields.map(({ field }) => field)).toEqual(["internet/rules/tell.yaml:6"]);
  expect((await uses("internet", "forms/stock.yaml")).places.map(({ file }) => file)).toEqual(expect.arrayContaining(["internet/types.yaml", "internet/duties.yaml"]));
  expect((await rejection(remove("internet", "forms/stock.yaml"))).fields.map(({ field }) => field).join()).toContain("internet/types.yaml:");
  expect((await rejection(save("internet", "types.yaml", () => types.text))).fields.map(({ field }) => field)).toEqual(["internet/duties.yaml:2"]);
});

test("a department with people or open tickets in it is not taken away: the place and how many is told, when it is checked and when it is saved; an empty one goes", async () => {
  const { text, current } = await readText(ana, node.deps, "company", { path: "company.yaml" });
  const line = text.split("\n").findIndex((each) => each.startsWith("departments:")) + 1;
  const more = text.replace("departments:\n", "departments:\n  archive: { en: Archive, ru: Архив, sl: Arhiv }\n  mailroom: { en: Mail room, ru: Почтовая комната, sl: Vložišče }\n");
  await saveText(ana, node.deps, "company", { path: "company.yaml", text: more, number: current, note: "" });
  const worker = await buildUser(database.db, { roles: ["department_worker"], department: "archive", projects: ["internet"] });
  const ticket = await buildTicket(system, { department: "archive" });
  const without = { path: "company.yaml", text, number: current + 1, note: "" };
  const told = async () => (await checkText(ana, node.deps, "company", without)).problems;
  expect(await told()).toMatchObject([{ file: "company.yaml", line, message: expect.stringMatching(/Archive \(archive\).*People in it: 1; open tickets and tasks: 1/), remedy: expect.stringContaining("another department") }]);
  expect((await rejection(saveText(ana, node.deps, "company", without))).fields).toMatchObject([{ field: `company.yaml:${line}` }]);
  await sql`update tickets set status = 'closed', closed_at = now() where id = ${ticket.id}`.execute(database.db);
  expect(await told()).toMatchObject([{ message: expect.stringContaining("open tickets and tasks: 0") }]);
  await sql`update users set disabled_at = now() where id = ${worker.id}`.execute(database.db);
  expect([await told(), await saveText(ana, node.deps, "company", without)]).toEqual([[], { number: current + 2 }]);
});

test("a name is found where it is a value, not in a sentence, a comment or a longer name", () => {
  const texts = new Map([["shop/types.yaml", "types:\n  - { key: loan, process: loan }\n  - { key: x, process: loan-two }\n# process: loan\n"], ["shop/rules/a.yaml", 'when: ticket.type == "loan"\nname: { en: loan }\n'], ["shop/articles/b.yaml", "body: { en: about a loan of ours }\n"]]);
  expect(mentionsOf(texts, { kind: "processes", key: "loan", types: ["loan"] }).map(({ file, line }) => `${file}:${line}`)).toEqual(["shop/types.yaml:2", "shop/rules/a.yaml:1"]);
  expect(mentionsOf(new Map([["shop/guides/c.yaml", "next: [calm-talk]\nsee: calm-talk-two\nkey: calm-talk\n"]]), { kind: "guides", key: "calm-talk", types: [] }).map(({ line }) => line)).toEqual([1]);
});
