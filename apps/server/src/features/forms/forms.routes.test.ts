import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { buildProjects } from "../tickets/tickets.factory.ts";
import { buildForm } from "./forms.factory.ts";
import { formsRoutes } from "./forms.routes.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
await buildForm(database.ctx());
await buildForm(database.ctx(), { text: "{ key: papers, name: { en: Papers, ru: Бумаги, sl: Papirji }, schema: { properties: { plan: { x-kind: file, x-client: fill, x-name: { en: Plan, ru: План, sl: Načrt } } } } }" });
const folder = mkdtempSync(join(tmpdir(), "linija-forms-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const http = await testHttp(database, (app) => formsRoutes(app, { files: { folder } }));
const browser = await http.signIn({ login: "ana", projects: ["internet"] });
const begin = () => ({ id: crypto.randomUUID(), projectKey: "internet", formKey: "connection" });

async function shared(formKey = "connection"): Promise<{ id: string; secret: string }> {
  const input = { ...begin(), formKey };
  expect((await browser.send("POST", "/api/forms/records", input)).statusCode).toBe(200);
  const { path } = (await browser.send("POST", `/api/forms/records/${input.id}/link`, {})).json<{ path: string }>();
  return { id: input.id, secret: path.split("/").pop()! };
}

test("every route of the desk asks who it is", async () => {
  const id = crypto.randomUUID();
  for (const [method, url, body] of [
    ["GET", "/api/forms?projectKey=internet"], ["GET", "/api/forms/version?id=internet/a/b"], ["POST", "/api/forms/records", begin()], ["GET", "/api/forms/records"], ["GET", `/api/forms/records/${id}`], ["PATCH", `/api/forms/records/${id}`, { version: 1, changes: [{ path: "note", value: "" }] }],
    ["POST", `/api/forms/records/${id}/submit`, { version: 1 }], ["POST", `/api/forms/records/${id}/attach`, { kind: "ticket", id }], ["POST", `/api/forms/records/${id}/reveal`, { path: "passport", reason: "why" }], ["GET", `/api/forms/records/${id}/history`], ["POST", `/api/forms/records/${id}/typing`, { path: null }],
    ["POST", `/api/forms/records/${id}/link`, {}], ["DELETE", `/api/forms/records/${id}/link`], ["GET", "/api/forms/addresses/cities?projectKey=taxi&q="], ["GET", "/api/forms/addresses/streets?projectKey=taxi&q="], ["POST", `/api/forms/records/${id}/files`], ["GET", "/api/forms/lookups?formId=internet/a/b&path=tariff&q="], ["GET", `/api/forms/records/${id}/files/${id}`],
  ] as const) expect((await http.anonymous(method, url, body)).statusCode, `${method} ${url}`).toBe(401);
});

test.each(["constructor", "toString", "nothing"])("a form called %s is one the project does not have", async (formKey) => {
  const reply = await browser.send("POST", "/api/forms/records", { ...begin(), formKey });
  expect([reply.statusCode, reply.json<{ errors?: { field: string }[] }>().errors?.[0]?.field], reply.body).toEqual([422, "formKey"]);
});

test("a form of a project is found with the version that is in use, and drawn by it", async () => {
  const { items } = (await browser.send("GET", "/api/forms?projectKey=internet")).json<{ items: { key: string; id: string }[] }>();
  const { id } = items.find(({ key }) => key === "connection")!;
  expect((await browser.send("GET", `/api/forms/version?id=${encodeURIComponent(id)}`)).json()).toMatchObject({ key: "connection", timeZone: "Europe/Ljubljana", definition: { layout: { sections: [{ key: "who" }, { key: "where" }, { key: "what" }] } } });
  expect((await browser.send("GET", "/api/forms/version?id=taxi/a/b")).statusCode).toBe(404);
});

test("what is wrong is told by field in the reader's language", async () => {
  const { id } = await shared();
  const reply = await browser.send("POST", `/api/forms/records/${id}/submit`, { version: 1, changes: [{ path: "phone", value: "12" }] });
  expect(reply.statusCode).toBe(422);
  expect(reply.json<{ errors: object[] }>().errors).toContainEqual({ field: "data.phone", code: "form_phone", message: "No such phone number. Write it with the code: +386 31 234 567." });
});

test("R090 the client's page reads and writes by its link alone, without a session, and wrong links get one answer", async () => {
  const { id, secret } = await shared();
  expect((await http.anonymous("GET", `/api/public/forms/${secret}`)).statusCode).toBe(200);
  expect((await http.anonymous("PATCH", `/api/public/forms/${secret}`, { version: 1, changes: [{ path: "subscriber.given", value: "Žiga" }] })).json()).toMatchObject({ conflicts: [], form: { data: { subscriber: { given: "Žiga" } } } });
  expect((await browser.send("GET", `/api/forms/records/${id}`)).json()).toMatchObject({ data: { subscriber: { given: "Žiga" } }, filledBy: { "subscriber.given": { by: "client" } } });
  for (const wrong of [secret.replace(/.$/, "!"), "x".repeat(43)]) expect((await http.anonymous("GET", `/api/public/forms/${wrong}`)).statusCode).toBe(404);
});

test("R164 the client's page is told within a moment that the operator has filled something, and nothing of what", async () => {
  const { id, secret } = await shared();
  const url = await http.app.listen({ host: "127.0.0.1", port: 0 });
  const stop = new AbortController();
  const stream = await fetch(`${url}/api/public/forms/${secret}/live`, { signal: stop.signal });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe('data: {"version":1}\n\n');
  await browser.send("PATCH", `/api/forms/records/${id}`, { version: 1, changes: [{ path: "note", value: "secret words" }] });
  expect((await reader.read()).value).toBe('data: {"version":2}\n\n');
  await browser.send("DELETE", `/api/forms/records/${id}/link`);
  expect((await reader.read()).value).toContain("event: closed");
  stop.abort();
  expect((await fetch(`${url}/api/public/forms/${"x".repeat(43)}/live`)).status).toBe(404);
});

test("a file is added by the client and downloaded by the operator, as what cannot run", async () => {
  const { id, secret } = await shared("papers");
  const boundary = "xyz";
  const payload = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="../entrance.html"\r\ncontent-type: image/png\r\n\r\n<script>alert(1)</script>\r\n--${boundary}--\r\n`;
  const sent = await http.app.inject({ method: "POST", url: `/api/public/forms/${secret}/files`, headers: { "content-type": `multipart/form-data; boundary=${boundary}` }, payload });
  expect(sent.json()).toMatchObject({ name: "entrance.html", mediaType: "text/plain", by: "client" });
  const file = await browser.send("GET", `/api/forms/records/${id}/files/${sent.json<{ id: string }>().id}`);
  expect(file.headers).toMatchObject({ "content-disposition": expect.stringContaining("attachment") as string, "x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'" });
  expect(file.body).toBe("<script>alert(1)</script>");
  expect((await browser.send("GET", `/api/forms/records/${id}`)).json()).toMatchObject({ files: [{ name: "entrance.html" }] });
});

test("R160 a file sent again under its id after a lost answer, also twice at once, is one file; under that id no other is taken, and the client is told its name", async () => {
  const { id, secret } = await shared("papers");
  const other = await shared("papers");
  const fileId = crypto.randomUUID();
  const send = (url: string, text: string) => http.app.inject({ method: "POST", url: `${url}/files?id=${fileId}`, headers: { "content-type": "multipart/form-data; boundary=xyz" }, payload: `--xyz\r\ncontent-disposition: form-data; name="file"; filename="plan.txt"\r\ncontent-type: text/plain\r\n\r\n${text}\r\n--xyz--\r\n` });
  const url = `/api/public/forms/${secret}`;
  const sent = await Promise.all([send(url, "a plan"), send(url, "a plan"), send(url, "a plan")]);
  expect(sent.map((reply) => [reply.statusCode, reply.json<{ id: string }>().id])).toEqual(sent.map(() => [200, fileId]));
  expect([(await send(url, "another plan")).statusCode, (await send(`/api/public/forms/${other.secret}`, "a plan")).statusCode]).toEqual([409, 409]);
  expect((await browser.send("GET", `/api/forms/records/${id}`)).json<{ files: object[] }>().files).toHaveLength(1);
  expect((await browser.send("GET", `/api/forms/records/${id}/files/${fileId}`)).body).toBe("a plan");
  expect(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name), "utf8").includes("plan"))).toHaveLength(1);
  // Told once it stands in a field the client sees.
  expect((await http.anonymous("GET", url)).json()).toMatchObject({ files: [] });
  expect((await http.anonymous("PATCH", url, { version: 1, changes: [{ path: "plan", value: [fileId] }] })).json()).toMatchObject({ form: { files: [{ id: fileId, name: "plan.txt" }] } });
});

test("by a link to a form that asks the client for no file none is left", async () => {
  const { id, secret } = await shared();
  const sent = await http.app.inject({ method: "POST", url: `/api/public/forms/${secret}/files`, headers: { "content-type": "multipart/form-data; boundary=xyz" }, payload: "--xyz\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\ncontent-type: text/plain\r\n\r\nx\r\n--xyz--\r\n" });
  expect([sent.statusCode, sent.json<{ errors: { field: string }[] }>().errors[0]!.field]).toEqual([422, "file"]);
  expect((await browser.send("GET", `/api/forms/records/${id}`)).json()).toMatchObject({ files: [] });
});

test("a file that comes without a name is taken under a plain one, and breaks nothing", async () => {
  const { secret } = await shared("papers");
  const boundary = "xyz";
  const payload = `--${boundary}\r\ncontent-disposition: form-data; name="file"\r\ncontent-type: application/octet-stream\r\n\r\nbytes\r\n--${boundary}--\r\n`;
  const sent = await http.app.inject({ method: "POST", url: `/api/public/forms/${secret}/files`, headers: { "content-type": `multipart/form-data; boundary=${boundary}` }, payload });
  expect([sent.statusCode, sent.json<{ name: string }>().name]).toEqual([200, "file"]);
});

test("an address that asks by links too often is told to wait", async () => {
  const replies = [];
  for (let i = 0; i < 260; i++) replies.push((await http.anonymous("GET", `/api/public/forms/${"y".repeat(43)}`)).statusCode);
  expect(replies.at(-1)).toBe(429);
});
