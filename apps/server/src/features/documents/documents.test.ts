import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { forgetAll } from "../../platform/remembered.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { messagesRoutes } from "../messages/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { documentKind } from "./documents.kind.ts";
import { startPrinter } from "./documents.pdf.ts";
import { documentsRoutes } from "./documents.routes.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const ACT = `
key: act
name: { en: Act, ru: Акт, sl: Zapisnik }
types: [fault]
languages: [ru, sl]
title: { en: "Act {{ticket.number}}", ru: "Акт {{ticket.number}}", sl: "Zapisnik {{ticket.number}}" }
content:
  - text: { en: "{{ticket.subject}}", ru: "Тема: {{ticket.subject}}, от {{ticket.created}}", sl: "{{ticket.subject}}" }
  - { text: { en: "{{client.phone}}", ru: "Телефон {{client.phone}}", sl: "{{client.phone}}" }, when: client != null }
`;
const read = documentKind.read(ACT, { key: "act", projectKey: "internet" });
expect(read.problems).toEqual([]);
let hashes = 0;
const withDocuments = (documents: object) => sql`update projects set definition = jsonb_set(definition::jsonb, '{more}', ${JSON.stringify({ documents })}::jsonb)::json, hash = ${`with documents ${hashes += 1}`} where key = 'internet'`.execute(database.db).then(forgetAll);
await withDocuments({ act: read.value });

const folder = mkdtempSync(join(tmpdir(), "linija-documents-"));
const printer = startPrinter();
afterAll(async () => { await printer.stop(); rmSync(folder, { recursive: true, force: true }); });
const http = await testHttp(database, (app) => documentsRoutes(app, { folder, printer }), (app) => messagesRoutes(app, { publicUrl: "https://linija.test" }));
const ana = await http.signIn({ projects: ["internet"] });
const tone = await http.signIn({ projects: ["taxi"] });
const boss = await http.signIn({ projects: ["internet"], roles: ["administrator"] });
const crew = await http.signIn({ projects: ["internet"], roles: ["department_worker"], department: "technicians" });
const ticket = await buildTicket(database.ctx(), { type: "fault", subject: "Нет связи" });
const base = `/api/tickets/${ticket.id}/documents`;

test("R118 a document is made from the ticket, kept with its hash, and made again in its language as the next number", async () => {
  expect((await ana.send("GET", base)).json()).toEqual({ items: [], offers: [{ key: "act", name: "Act", languages: ["ru", "sl"] }] });
  const first = (await ana.send("POST", base, { key: "act", language: "ru" })).json();
  expect(first).toMatchObject({ key: "act", number: 1, language: "ru", name: "Акт", pages: 1, fileName: `Акт ${ticket.number}-ru-1.pdf` });
  const second = (await ana.send("POST", base, { key: "act", language: "sl" })).json();
  expect([second.number, second.fileName]).toEqual([1, `Zapisnik ${ticket.number}-sl-1.pdf`]);
  const again = (await ana.send("POST", base, { key: "act", language: "ru" })).json();
  expect([again.number, again.fileName]).toEqual([2, `Акт ${ticket.number}-ru-2.pdf`]);
  expect((await ana.send("GET", base)).json().items.map(({ number, language }: { number: number; language: string }) => `${language} ${number}`)).toEqual(["ru 2", "sl 1", "ru 1"]);
  const file = await ana.send("GET", `${base}/${first.id}?show=1`);
  expect(file.headers).toMatchObject({ "content-type": "application/pdf", "x-content-type-options": "nosniff" });
  expect(file.headers["content-disposition"]).toMatch(/^inline; filename="/);
  expect(createHash("sha256").update(file.rawPayload).digest("hex")).toBe(first.sha256);
  const { rows } = await sql<{ action: string }>`select action from audit_log where object_id = ${ticket.id} and action = 'ticket.document'`.execute(database.db);
  expect(rows).toHaveLength(3);
});

test("R118 a paper with a client's number is not opened, read by its title nor sent by who sees contacts in part", async () => {
  const client = await buildClient(database.ctx(), { projects: ["internet"], phones: ["+38641555777"] });
  const own = await buildTicket(database.ctx(), { type: "fault", subject: "No signal", department: "technicians", clientId: client.id });
  const url = `/api/tickets/${own.id}/documents`;
  const letter = documentKind.read(ACT.replace("key: act", "key: letter").replace('ru: "Акт {{ticket.number}}"', 'ru: "Акт {{client.phone}}"'), { key: "letter", projectKey: "internet" });
  const plain = documentKind.read(ACT.replace("key: act", "key: plain").replaceAll("{{client.phone}}", "-"), { key: "plain", projectKey: "internet" });
  expect([...letter.problems, ...plain.problems]).toEqual([]);
  await withDocuments({ act: read.value, letter: letter.value, plain: plain.value });
  const closed = (await ana.send("POST", url, { key: "letter", language: "ru" })).json();
  const open = (await ana.send("POST", url, { key: "plain", language: "ru" })).json();
  expect([closed.mayOpen, closed.fileName.includes("38641555777"), open.mayOpen]).toEqual([true, true, true]);
  const listed = await crew.send("GET", url);
  expect(listed.body).not.toContain("38641555777");
  expect(listed.json().items).toMatchObject([{ id: open.id, mayOpen: true }, { id: closed.id, mayOpen: false, fileName: "letter-ru-1.pdf" }]);
  expect([(await crew.send("GET", `${url}/${closed.id}`)).statusCode, (await crew.send("GET", `${url}/${open.id}`)).statusCode, (await ana.send("GET", `${url}/${closed.id}`)).statusCode]).toEqual([403, 200, 200]);
  const sent = { id: newId(), text: "Your paper", documents: [closed.id], files: [] };
  expect((await crew.send("POST", `/api/tickets/${own.id}/messages`, sent)).json()).toMatchObject({ errors: [{ code: "message_document_unknown" }] });
  expect((await ana.send("POST", `/api/tickets/${own.id}/messages`, sent)).json()).toMatchObject({ files: [{ name: closed.fileName }] });
  expect((await crew.send("GET", `/api/tickets/${own.id}/messages`)).json().items).toMatchObject([{ files: [{ id: closed.id, name: "letter-ru-1.pdf" }] }]);
  await sql`update documents set needs = null where id = ${open.id}`.execute(database.db);
  expect((await crew.send("GET", `${url}/${open.id}`)).statusCode, "of a paper of before it is not known what it shows").toBe(403);
});

test("R118 a paper whose texts say a client's number is neither made nor opened by who sees contacts in part; the company's own stand on any", async () => {
  const own = documentKind.read(ACT.replace("key: act", "key: own").replaceAll("{{client.phone}}", "help@zvezda.example").replace(", when: client != null", ""), { key: "own", projectKey: "internet" });
  await withDocuments({ own: own.value });
  const [told, plain] = [await buildTicket(database.ctx(), { type: "fault", subject: "Ring +38640777123", department: "technicians" }), await buildTicket(database.ctx(), { type: "fault", subject: "No signal", department: "technicians" })];
  const body = { key: "own", language: "ru" };
  expect((await crew.send("POST", `/api/tickets/${told.id}/documents`, body)).json()).toMatchObject({ status: 409, code: "document_with_contacts" });
  const { id } = (await ana.send("POST", `/api/tickets/${told.id}/documents`, body)).json();
  expect((await crew.send("GET", `/api/tickets/${told.id}/documents/${id}`)).statusCode).toBe(403);
  expect((await crew.send("POST", `/api/tickets/${plain.id}/documents`, body)).statusCode).toBe(200);
  await withDocuments({ act: read.value });
});

test("R118 who makes a document is told what its letters lack, and it stands on the paper by its name", async () => {
  const foreign = await buildTicket(database.ctx(), { type: "fault", subject: "Нет связи שלום 👋" });
  const { lacking } = (await ana.send("POST", `/api/tickets/${foreign.id}/documents`, { key: "act", language: "ru" })).json();
  expect(lacking).toEqual([{ name: "иврит", characters: "שלום" }, { name: "картинка", characters: "👋" }]);
  expect((await ana.send("POST", base, { key: "act", language: "ru" })).json().lacking).toEqual([]);
});

test("two who make the same document at once get two numbers", async () => {
  const made = await Promise.all([1, 2, 3].map(() => ana.send("POST", base, { key: "act", language: "ru" })));
  expect(made.map((reply) => reply.json().number).toSorted((a, b) => a - b)).toEqual([4, 5, 6]);
});

test("a document is nobody's who may not see the ticket, and only those who may attach make one", async () => {
  const { id } = (await ana.send("GET", base)).json().items[0];
  for (const [who, status] of [[tone, 404], [crew, 404]] as const) {
    expect((await who.send("GET", base)).statusCode).toBe(status);
    expect((await who.send("GET", `${base}/${id}`)).statusCode).toBe(status);
    expect((await who.send("POST", base, { key: "act", language: "ru" })).statusCode).toBe(status);
  }
  const vera = await http.signIn({ projects: ["internet"], roles: ["supervisor"] });
  expect([(await vera.send("GET", `${base}/${id}`)).statusCode, (await boss.send("GET", `${base}/${id}`)).statusCode]).toEqual([200, 403]);
  expect((await boss.send("POST", base, { key: "act", language: "ru" })).statusCode).toBe(403);
  expect((await boss.send("GET", base)).json().offers).toEqual([]);
  expect((await http.anonymous("GET", `${base}/${id}`)).statusCode).toBe(401);
  expect((await ana.send("GET", `${base}/${newId()}`)).statusCode).toBe(404);
});

test("a paper does not show what its maker may not see", async () => {
  const own = await buildTicket(database.ctx(), { type: "fault", department: "technicians" });
  const reply = await crew.send("POST", `/api/tickets/${own.id}/documents`, { key: "act", language: "ru" });
  expect([reply.statusCode, reply.json().code]).toEqual([409, "document_beyond_rights"]);
});

test("an unknown document or language is refused by its field, and no file is left", async () => {
  const before = readdirSync(folder, { recursive: true }).length;
  expect((await ana.send("POST", base, { key: "none", language: "ru" })).json().errors).toMatchObject([{ field: "key", code: "document_unknown" }]);
  expect((await ana.send("POST", base, { key: "act", language: "en" })).json().errors).toMatchObject([{ field: "language", code: "document_language" }]);
  const other = await buildTicket(database.ctx(), { type: "question" });
  expect((await ana.send("POST", `/api/tickets/${other.id}/documents`, { key: "act", language: "ru" })).statusCode).toBe(422);
  expect(readdirSync(folder, { recursive: true }).length).toBe(before);
});

test("a declaration with an expression that means nothing is refused with its place", () => {
  const broken = documentKind.read(ACT.replace("{{ticket.subject}}, от", "{{ticket.sbject}}, от"), { key: "act", projectKey: "internet" });
  const problems = documentKind.check!(broken.value, { project: { key: "internet", time_zone: "Europe/Ljubljana", languages: ["ru"] }, types: [{ key: "fault", name: { en: "x", ru: "x", sl: "x" } }], notices: {}, processes: {} } as never, { key: "act" });
  expect(problems.map(({ path }) => path.join("."))).toEqual(["content.0.text.ru"]);
});
