import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { moveTicket, ticketsRoutes } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { getTicket } from "../tickets/tickets.service.ts";
import { viewsRoutes } from "../views/index.ts";
import { exportFigures } from "./reports.breakdown.service.ts";
import { reportsRoutes } from "./reports.routes.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const folder = mkdtempSync(join(tmpdir(), "linija-decisions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files = { folder };
const http = await testHttp(database, (app) => reportsRoutes(app, { files }), (app) => ticketsRoutes(app, { files }), (app) => viewsRoutes(app));
const people = async (role: string, projects = ["internet"]) => http.signIn({ name: role, roles: [role], projects });
const [chief, vera, anna, peter] = [await people("management"), await people("supervisor"), await people("operator"), await people("administrator", ["internet", "shop"])];
const veraActor = actorOf(await buildUser(database.db, { roles: ["supervisor"], projects: ["internet"] }));

async function closeOne(subject: string): Promise<void> {
  const ctx = database.ctx(veraActor);
  const { id } = await buildTicket(database.ctx(), { type: "question", subject });
  for (const [transition, input] of [["take", {}], ["finish", { resolution: "Answered", resolution_kind: "solved" }], ["confirm", { score: 5 }]] as const) await moveTicket(ctx, id, { transition, version: (await getTicket(ctx, id)).version, input });
}

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const report = { project: "internet", from: day(-30), to: day(1), by: "type" };
const decision = { ...report, what: "Two more people in the evening", why: "Questions wait too long after six", ownerId: vera.userId, dueAt: day(20) };
const asManager = database.ctx(actorOf(await buildUser(database.db, { roles: ["management"], projects: ["internet"], language: "en" })));
const figures = () => exportFigures(asManager, report);
const hashOf = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

test("R219 a decision is kept with the report it was made from: whatever the report says later, the file and its hash stay", async () => {
  await closeOne("Slow in the evening");
  const seen = await figures();
  const reply = await chief.send("POST", "/api/reports/decisions", decision);
  expect(reply.statusCode, reply.body).toBe(200);
  const { ticketId, number, file, sha256 } = reply.json<{ ticketId: string; number: string; file: string; sha256: string }>();
  expect([file, sha256]).toEqual([`internet-type-${report.from.slice(0, 10)}.csv`, hashOf(seen)]);
  await closeOne("Another");
  expect(await figures()).not.toBe(seen);
  expect(seen, "no ticket is named in it: a decision is read by whom one of them may be about (R129)").not.toContain("Slow in the evening");
  const ticket = (await chief.send("GET", `/api/tickets/${ticketId}`)).json<{ attachments: { id: string; name: string; by: string }[]; facts: { key: string; value: string }[] }>();
  expect(ticket).toMatchObject({ number, type: "decision", subject: decision.what, ownerId: vera.userId, dueAt: decision.dueAt, status: "open", attachments: [{ name: file, by: "management" }] });
  expect(Object.fromEntries(ticket.facts.map(({ key, value }) => [key, value]))).toMatchObject({ why: decision.why, decided_by: "management", report: file, report_sha256: sha256 });
  const kept = await chief.send("GET", `/api/tickets/${ticketId}/attachments/${ticket.attachments[0]!.id}`);
  expect([kept.rawPayload.toString(), hashOf(kept.rawPayload)]).toEqual([seen, sha256]);
  const { rows } = await sql<{ actorName: string; sha256: string }>`select actor_name, after->>'sha256' as sha256 from audit_log where action = 'ticket.attach' and object_id = ${ticketId}`.execute(database.db);
  expect(rows).toEqual([{ actorName: "management", sha256 }]);
  // Whose it is to do hears of it, and nobody writes over what was decided and from what.
  expect((await sql<{ data: { operatorId: string } }>`select data from events where type = 'ticket.reminded' and subject_id = ${ticketId}`.execute(database.db)).rows).toMatchObject([{ data: { operatorId: vera.userId } }]);
  const { version, transitions } = (await vera.send("GET", `/api/tickets/${ticketId}`)).json<{ version: number; transitions: { key: string }[] }>();
  expect(transitions.map(({ key }) => key)).toEqual(["carry_out", "drop"]);
  for (const field of ["why", "decided_by", "report", "report_sha256"]) expect((await vera.send("PATCH", `/api/tickets/${ticketId}`, { version, fields: { [field]: "another" } })).statusCode, field).toBe(422);
  const gone = await vera.send("DELETE", `/api/tickets/${ticketId}/attachments/${ticket.attachments[0]!.id}`);
  expect([gone.statusCode, gone.json<{ code: string }>().code]).toEqual([409, "file_of_record"]);
  const listed = (await vera.send("GET", `/api/tickets/found?${new URLSearchParams({ filter: JSON.stringify({ types: ["decision"] }) }).toString()}`)).json<{ items: { id: string }[] }>();
  expect(listed.items.map(({ id }) => id)).toEqual([ticketId]);
  expect((await vera.send("POST", `/api/tickets/${ticketId}/transitions`, { version, transition: "carry_out", input: { resolution: "Hired" } })).json()).toMatchObject({ stage: "done", status: "closed" });
});

test("R219 a decision sent three times at once, and again after a lost answer, is one with one file", async () => {
  const sent = { ...decision, id: crypto.randomUUID() };
  const replies = [...await Promise.all([1, 2, 3].map(() => chief.send("POST", "/api/reports/decisions", sent))), await chief.send("POST", "/api/reports/decisions", sent)];
  expect(new Set(replies.map(({ statusCode, body }) => `${String(statusCode)} ${body}`)).size, replies.map(({ body }) => body).join("\n")).toBe(1);
  expect((await chief.send("POST", "/api/reports/decisions", { ...sent, why: "For another reason" })).json()).toMatchObject({ status: 409, code: "sent_before" });
  const { ticketId } = replies[0]!.json<{ ticketId: string }>();
  expect((await chief.send("GET", `/api/tickets/${ticketId}`)).json<{ attachments: object[] }>().attachments).toHaveLength(1);
});

test("R219 R003 only management writes decisions, of its projects, for a colleague there, with a term ahead", async () => {
  for (const who of [vera, anna, peter]) expect((await who.send("POST", "/api/reports/decisions", decision)).statusCode).toBe(403);
  expect((await http.anonymous("POST", "/api/reports/decisions", decision)).statusCode).toBe(401);
  expect((await http.anonymous("GET", "/api/reports/breakdown/sheet")).statusCode, "whatever is asked").toBe(401);
  expect((await chief.send("POST", "/api/reports/decisions", { ...decision, project: "shop" })).statusCode).toBe(404);
  const stranger = await people("operator", ["shop"]);
  for (const [field, wrong] of [["ownerId", { ownerId: stranger.userId }], ["dueAt", { dueAt: day(-1) }], ["what", { what: " " }]] as const) {
    const reply = await chief.send("POST", "/api/reports/decisions", { ...decision, ...wrong });
    expect([reply.statusCode, reply.json<{ errors: { field: string }[] }>().errors[0]!.field]).toEqual([422, field]);
  }
  expect((await chief.send("POST", "/api/tickets", { projectKey: "internet", type: "question", subject: "Mine" })).statusCode, "and registers nothing else").toBe(403);
});
