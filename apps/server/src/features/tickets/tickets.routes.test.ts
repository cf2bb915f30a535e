import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp, type Browser } from "../../testing/http.ts";
import { buildProjects, buildTicket } from "./tickets.factory.ts";
import { ticketsRoutes } from "./tickets.routes.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const folder = mkdtempSync(join(tmpdir(), "linija-files-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const maxBytes = 100_000;
const http = await testHttp(database, (app) => ticketsRoutes(app, { files: { folder, maxBytes } }));
const ana = await http.signIn({ projects: ["internet"] });
const tone = await http.signIn({ projects: ["taxi"] });

const ticket = await buildTicket(database.ctx());
const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const kept = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

const upload = (who: Browser, file: { name: string; bytes: Buffer; field?: string }, id = ticket.id) => {
  const boundary = "----linija";
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${file.field ?? "file"}"; filename="${file.name}"\r\ncontent-type: text/html\r\n\r\n`;
  const payload = Buffer.concat([Buffer.from(head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return http.app.inject({ method: "POST", url: `/api/tickets/${id}/attachments`, headers: { cookie: who.cookie, "x-csrf": who.csrf, "content-type": `multipart/form-data; boundary=${boundary}` }, payload });
};

test("asks everyone to sign in first, on every route", async () => {
  const id = ticket.id;
  const other = newId();
  const routes = [
    ["GET", "/api/tickets/types"], ["GET", "/api/tickets"], ["POST", "/api/tickets", { projectKey: "internet", type: "question", subject: "x" }], ["GET", `/api/tickets/${id}`],
    ["PATCH", `/api/tickets/${id}`, { version: 1 }], ["POST", `/api/tickets/${id}/transitions`, { version: 1, transition: "take" }], ["POST", `/api/tickets/${id}/notes`, { text: "x" }],
    ["POST", `/api/tickets/${id}/attachments`], ["DELETE", `/api/tickets/${id}/attachments/${other}`], ["GET", `/api/tickets/${id}/attachments/${other}`],
  ] as const;
  for (const [method, url, body] of routes) {
    const reply = await http.anonymous(method, url, body);
    expect([url, reply.statusCode]).toEqual([url, 401]);
    expect(reply.json().code).toBe("sign_in_first");
  }
});

test("registers, moves and notes over HTTP", async () => {
  const made = await ana.send("POST", "/api/tickets", { projectKey: "internet", type: "question", subject: "How fast is it?", contactPhone: "+38640111222" });
  expect(made.statusCode).toBe(200);
  const { id, version } = made.json();
  const moved = await ana.send("POST", `/api/tickets/${id}/transitions`, { version, transition: "take" });
  expect(moved.json()).toMatchObject({ stage: "in_work" });
  expect((await ana.send("POST", `/api/tickets/${id}/notes`, { text: "Asked twice" })).statusCode).toBe(200);
  expect((await ana.send("PATCH", `/api/tickets/${id}`, { version, subject: "Late" })).statusCode).toBe(409);
  expect((await ana.send("GET", "/api/tickets?view=mine&limit=10")).json().items[0]).toMatchObject({ id, subject: "How fast is it?" });
  expect((await tone.send("GET", `/api/tickets/${id}`)).statusCode).toBe(404);
  expect((await ana.send("GET", `/api/tickets/${newId()}`)).statusCode).toBe(404);
  expect((await ana.send("GET", "/api/tickets/not-an-id")).statusCode).toBe(422);
  expect((await ana.send("GET", "/api/tickets?after=nonsense")).statusCode).toBe(422);
});

test("keeps a file by its content, gives it back as an attachment only, and forgets it", async () => {
  const reply = await upload(ana, { name: "../../<b>скан\u202Egnp.html", bytes: png });
  expect(reply.json()).toMatchObject({ name: "bсканgnp.html", mediaType: "image/png", bytes: png.length });
  const url = `/api/tickets/${ticket.id}/attachments/${reply.json().id}`;
  const file = await ana.send("GET", url);
  expect(file.rawPayload.equals(png)).toBe(true);
  expect(file.headers).toMatchObject({ "content-type": "image/png", "x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'" });
  expect(file.headers["content-disposition"]).toBe("attachment; filename=\"b____gnp.html\"; filename*=UTF-8''b%D1%81%D0%BA%D0%B0%D0%BDgnp.html");
  const { rows } = await sql<{ sha256: string }>`select sha256 from attachments`.execute(database.db);
  expect(rows[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect((await tone.send("GET", url)).statusCode).toBe(404);
  expect((await tone.send("DELETE", url)).statusCode).toBe(404);
  expect((await ana.send("DELETE", url)).statusCode).toBe(200);
  expect((await ana.send("GET", url)).statusCode).toBe(404);
  expect(kept()).toBe(0);
});

test("serves a page from outside as plain text", async () => {
  expect((await upload(ana, { name: "page.svg", bytes: Buffer.from("<svg onload=alert(1)>") })).json()).toMatchObject({ mediaType: "text/plain" });
});

test("refuses files too large, empty, under another name or for a strange ticket, and keeps nothing of them", async () => {
  const before = kept();
  const large = await upload(ana, { name: "a.bin", bytes: Buffer.alloc(maxBytes + 1, 1) });
  expect([large.statusCode, large.json().code]).toEqual([413, "too_large"]);
  expect((await upload(ana, { name: "a.bin", bytes: Buffer.alloc(0) })).json().errors).toMatchObject([{ field: "file", code: "empty_file" }]);
  expect((await upload(ana, { name: "a.bin", bytes: png, field: "other" })).statusCode).toBe(422);
  expect((await upload(ana, { name: "a.bin", bytes: png }, newId())).statusCode).toBe(404);
  expect((await upload(tone, { name: "a.bin", bytes: png })).statusCode).toBe(404);
  expect((await ana.send("POST", `/api/tickets/${ticket.id}/attachments`)).statusCode).toBe(422);
  expect(kept()).toBe(before);
});

test("takes a file without a name, and refuses a form that is cut off or has no boundary, keeping nothing of it", async () => {
  const send = (contentType: string, payload: string) => http.app.inject({ method: "POST", url: `/api/tickets/${ticket.id}/attachments`, headers: { cookie: ana.cookie, "x-csrf": ana.csrf, "content-type": contentType }, payload });
  const part = `--x\r\ncontent-disposition: form-data; name="file"\r\ncontent-type: application/octet-stream\r\n\r\nsome bytes`;
  const nameless = await send("multipart/form-data; boundary=x", `${part}\r\n--x--\r\n`);
  expect([nameless.statusCode, nameless.json().name]).toEqual([200, "file"]);
  const before = kept();
  for (const reply of [await send("multipart/form-data; boundary=x", part), await send("multipart/form-data", part)]) expect([reply.statusCode, reply.json().code]).toEqual([400, "unreadable"]);
  expect(kept()).toBe(before);
});

test("tells of an attachment whose file is lost as of one that is not there", async () => {
  const { id } = (await upload(ana, { name: "a.png", bytes: png })).json();
  const { rows: [row] } = await sql<{ path: string }>`select path from attachments where id = ${id}`.execute(database.db);
  rmSync(join(folder, row!.path));
  expect((await ana.send("GET", `/api/tickets/${ticket.id}/attachments/${id}`)).statusCode).toBe(404);
});

test("refuses a transition that is a name of every object", async () => {
  const { id } = await buildTicket(database.ctx());
  const { version } = (await ana.send("GET", `/api/tickets/${id}`)).json();
  for (const transition of ["constructor", "__proto__", "toString"]) expect((await ana.send("POST", `/api/tickets/${id}/transitions`, { version, transition })).statusCode).toBe(422);
});

test("changes by hand no field that a transition is for, nor one that nobody has declared: what the client is asked is asked by the transition", async () => {
  const { id } = await buildTicket(database.ctx());
  const { version } = (await ana.send("GET", `/api/tickets/${id}`)).json();
  for (const key of ["question", "reason", "resolution", "queueId", "constructor"]) {
    const reply = await ana.send("PATCH", `/api/tickets/${id}`, { version, fields: { [key]: "Send us money" } });
    expect([key, reply.statusCode, reply.json().errors]).toMatchObject([key, 422, [{ field: `fields.${key}`, code: "field_unknown" }]]);
  }
  expect((await ana.send("PATCH", `/api/tickets/${id}`, { version, fields: { address: "Trubarjeva 1" } })).json().fields).toMatchObject({ address: "Trubarjeva 1" });
});

test("takes no deadline that has passed, and none beyond ten years, when registering and when changing", async () => {
  const { id } = await buildTicket(database.ctx());
  const { version, dueAt } = (await ana.send("GET", `/api/tickets/${id}`)).json();
  for (const [at, code] of [["0001-01-01T00:00:00.000Z", "deadline_passed"], ["2020-01-01T00:00:00.000Z", "deadline_passed"], ["2060-01-01T00:00:00.000Z", "deadline_too_far"], ["9999-12-31T00:00:00.000Z", "deadline_too_far"]] as const) {
    for (const reply of [await ana.send("PATCH", `/api/tickets/${id}`, { version, dueAt: at }), await ana.send("POST", "/api/tickets", { projectKey: "internet", type: "question", subject: "x", contactPhone: "+38640111222", dueAt: at })]) {
      expect([at, reply.statusCode, reply.json().errors]).toMatchObject([at, 422, [{ field: "dueAt", code }]]);
    }
  }
  expect((await ana.send("PATCH", `/api/tickets/${id}`, { version, dueAt, subject: "The same deadline" })).statusCode).toBe(200);
});

test("a new ticket comes with no field its process does not declare, nor with what only a step computes: the field is named, and nothing is registered", async () => {
  const browser = await http.signIn({ projects: ["internet"] });
  const post = (fields: object) => browser.send("POST", "/api/tickets", { projectKey: "internet", type: "question", subject: "Fields", fields });
  const before = (await browser.send("GET", "/api/tickets?view=all")).json<{ items: object[] }>().items.length;
  for (const [fields, code] of [[{ approved: true }, "field_undeclared"], [{ constructor: 1 }, "field_undeclared"], [{ address: "x".repeat(3_000) }, "field_too_long"]] as const) {
    const reply = await post(fields);
    expect([reply.statusCode, reply.json<{ errors: { field: string; code: string }[] }>().errors.map((each) => [each.field, each.code])]).toEqual([422, [[`fields.${Object.keys(fields)[0]!}`, code]]]);
  }
  expect((await browser.send("GET", "/api/tickets?view=all")).json<{ items: object[] }>().items.length).toBe(before);
  expect((await post({ address: "Glavni trg 1" })).statusCode).toBe(200);
});
