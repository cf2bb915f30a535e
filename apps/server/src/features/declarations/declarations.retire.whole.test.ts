import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { textKinds } from "../../kinds.ts";
import type { Ctx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildUser } from "../access/access.factory.ts";
import { livePlan } from "../calls/index.ts";
import { createTicket, getTicket, ticketTypes } from "../tickets/index.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import { startNode, type StartedNode } from "./declarations.factory.ts";
import { createProject, exportProject, listProjects } from "./declarations.projects.service.ts";
import { bringBackProject, projectInHand, retireProject } from "./declarations.retire.service.ts";
import { listTexts, readText, saveText } from "./declarations.service.ts";

const database = await testDatabase();
const system = database.ctx();
let node: StartedNode;
let other: StartedNode;
let ana: Ctx;

const template = { template: "support", name: { en: "Desk", ru: "Поддержка", sl: "Podpora" }, languages: ["en" as const], defaultLanguage: "en" as const, callerId: "+38615550900", mailFrom: "desk@example.com" };

beforeAll(async () => {
  node = await startNode(system, undefined, textKinds);
  other = await startNode(system, undefined, textKinds);
  const { id } = await buildUser(database.db, { name: "Ana Kos", roles: ["administrator", "supervisor"], projects: ["internet", "shop", "taxi", "desk"] });
  ana = database.ctx({ kind: "user", id, name: "Ana Kos", roles: ["administrator", "supervisor"], projects: ["internet", "shop", "taxi", "desk"], language: "en" });
  await createProject(ana, node.deps, { ...template, key: "desk", numbers: ["+38615550900"], ticketPrefix: "DSK" });
});

const rejection = (promise: Promise<unknown>) => promise.then(() => { throw new Error("it was not refused"); }, (error: unknown) => error as { code: string; reason: string; params: Record<string, unknown>; fields: { field: string; code: string; params?: { message: string } }[] });
const retire = (key = "desk", note = "") => retireProject(ana, node.deps, key, { note });
const inHand = async () => (await projectInHand(ana, node.deps, "desk")).inHand;

test("R004 a project with work in hand says what it is, and stays in use", async () => {
  const ticket = await buildTicket(system, { projectKey: "desk", type: "question" });
  await sql`insert into promises (id, project_key, ticket_id, text, due_at, created_at) values (${newId(Date.now())}, 'desk', ${ticket.id}::uuid, 'Call back', now() + interval '1 day', now())`.execute(database.db);
  await sql`insert into process_migrations (id, project_key, process_key, to_id, stages, state, at) values (${newId(Date.now())}, 'desk', 'request', ${ticket.processId}, '{}', 'running', now())`.execute(database.db);
  expect(await inHand()).toEqual({ tickets: 1, calls: 0, promises: 1, bulk: 1 });
  expect(await projectInHand(ana, node.deps, "desk")).toMatchObject({ numbers: ["+38615550900"], people: 1, problems: [] });
  expect(await rejection(retire())).toMatchObject({ code: "conflict", reason: "project_in_hand", params: { tickets: 1, promises: 1 } });
  expect(node.deps.live.current().projects.map(({ project }) => project.key)).toContain("desk");
  await sql`update promises set state = 'kept', closed_at = now()`.execute(database.db);
  await sql`update process_migrations set state = 'done'`.execute(database.db);
  await sql`update tickets set status = 'closed', closed_at = now() where id = ${ticket.id}::uuid`.execute(database.db);
});

test("R004 one the company's menu leads to is named there, and refused", async () => {
  const { problems } = await projectInHand(ana, node.deps, "taxi");
  expect(problems).toContainEqual(expect.objectContaining({ file: "company.yaml", line: expect.any(Number), message: expect.stringContaining("taxi") }));
  expect(await rejection(retire("taxi"))).toMatchObject({ reason: "declaration_refused" });
});

test("R004 out of use: no number, no queue, nothing new; what it has done is readable, at every node and after a start", async () => {
  const { id } = await buildTicket(system, { projectKey: "desk", type: "question", subject: "Old matter" });
  await sql`update tickets set status = 'closed', closed_at = now() where id = ${id}::uuid`.execute(database.db);
  await other.deps.live.look();
  const plan = livePlan(other.deps.live.current);
  expect(plan.flowOf("+38615550900")).toBe("desk");
  await retire("desk", "The client has left");
  await other.deps.live.look();
  expect([plan.flowOf("+38615550900"), plan.queues.some(({ queueId }) => queueId.startsWith("desk."))]).toEqual([null, false]);
  expect(await rejection(createTicket(ana, { projectKey: "desk", type: "question", subject: "New", description: "", clientId: null, interactionId: null, language: "en", dueAt: null, fields: {} }))).toMatchObject({ code: "conflict", reason: "project_retired" });
  expect((await ticketTypes(ana)).projects.find(({ key }) => key === "desk")).toMatchObject({ name: "Desk", types: expect.not.arrayContaining([expect.objectContaining({ registrable: true })]) });
  expect(await getTicket(ana, id)).toMatchObject({ subject: "Old matter", projectKey: "desk" });
  const { projects, retired } = await listProjects(ana, node.deps);
  expect([projects.some(({ key }) => key === "desk"), retired]).toEqual([false, [expect.objectContaining({ key: "desk", name: "Desk", ticketPrefix: "DSK", retiredBy: "Ana Kos", note: "The client has left", tickets: 2 })]]);
  expect((await listTexts(ana, node.deps, "desk"))).toMatchObject({ name: "Desk", retired: true });
  const { text, current } = await readText(ana, node.deps, "desk", { path: "project.yaml" });
  expect(text).toContain("key: desk");
  expect((await exportProject(ana, node.deps, "desk")).bytes.length).toBeGreaterThan(1_000);
  expect(await rejection(saveText(ana, node.deps, "desk", { path: "project.yaml", text: `${text}\n`, number: current, note: "" }))).toMatchObject({ code: "conflict", reason: "project_retired" });
  expect((await rejection(retire())).code).toBe("not_found");
  const { rows } = await sql<{ action: string; reason: string | null }>`select action, reason from audit_log where object_id = 'desk' and action like 'project.%'`.execute(database.db);
  expect(rows).toEqual([{ action: "project.retired", reason: "The client has left" }]);
  const later = await startNode(system, undefined, textKinds);
  expect(later.begun.problems).toEqual([]);
  expect(later.deps.live.current().projects.map(({ project }) => project.key)).toEqual(["internet", "shop", "taxi"]);
});

test("R004 its numbers are free for another, its letters are not; it comes back as it was once its number is its own again", async () => {
  expect((await rejection(createProject(ana, node.deps, { ...template, key: "desk-two", numbers: ["+38615550901"], ticketPrefix: "DSK" }))).fields).toMatchObject([{ field: "ticketPrefix", code: "prefix_taken" }]);
  await createProject(ana, node.deps, { ...template, key: "desk-two", numbers: ["+38615550900"], ticketPrefix: "DST" });
  const refused = await rejection(bringBackProject(ana, node.deps, "desk"));
  expect(refused.fields.map(({ params }) => params!.message).join()).toMatch(/\+38615550900/);
  await retire("desk-two");
  await bringBackProject(ana, node.deps, "desk");
  await other.deps.live.look();
  expect(livePlan(other.deps.live.current).flowOf("+38615550900")).toBe("desk");
  expect(await buildTicket(system, { projectKey: "desk", type: "question" })).toMatchObject({ projectKey: "desk" });
  const { projects, retired } = await listProjects(ana, node.deps);
  expect([projects.map(({ key }) => key), retired.map(({ key }) => key)]).toEqual([["desk", "internet", "shop", "taxi"], ["desk-two"]]);
});

test("R004 only administrators look and do", async () => {
  const olga = database.ctx({ kind: "user", id: newId(Date.now()), name: "Olga", roles: ["supervisor"], projects: ["desk"], language: "en" });
  for (const each of [projectInHand(olga, node.deps, "desk"), retireProject(olga, node.deps, "desk", { note: "" }), bringBackProject(olga, node.deps, "desk-two")]) expect((await rejection(each)).code).toBe("forbidden");
});
