import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { newId } from "./platform/ids.ts";
import { testDatabase } from "./testing/database.ts";
import { testHttp, type Browser } from "./testing/http.ts";
import { buildClient } from "./features/clients/clients.factory.ts";
import { documentKind } from "./features/documents/documents.kind.ts";
import { startPrinter } from "./features/documents/documents.pdf.ts";
import { documentsRoutes } from "./features/documents/index.ts";
import { messagesRoutes } from "./features/messages/index.ts";
import { promisesRoutes } from "./features/promises/index.ts";
import { buildProjects, buildTicket } from "./features/tickets/tickets.factory.ts";
import { ticketsRoutes } from "./features/tickets/tickets.routes.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const ACT = documentKind.read(`
key: act
name: { en: Act, ru: Акт, sl: Zapisnik }
types: [question]
languages: [ru]
title: { en: "Act", ru: "Акт {{ticket.number}}", sl: "Zapisnik" }
content: [{ text: { en: "{{ticket.subject}}", ru: "{{ticket.subject}}", sl: "{{ticket.subject}}" } }]
`, { key: "act", projectKey: "internet" });
expect(ACT.problems).toEqual([]);
await sql`update projects set definition = jsonb_set(definition::jsonb, '{more}', ${JSON.stringify({ documents: { act: ACT.value } })}::jsonb)::json, hash = 'with an act' where key = 'internet'`.execute(database.db);

const [files, papers] = [mkdtempSync(join(tmpdir(), "linija-again-")), mkdtempSync(join(tmpdir(), "linija-again-"))];
const printer = startPrinter();
afterAll(async () => { await printer.stop(); for (const folder of [files, papers]) rmSync(folder, { recursive: true, force: true }); });
const lying = () => [files, papers].reduce((sum, folder) => sum + readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length, 0);
const http = await testHttp(database, (app) => ticketsRoutes(app, { files: { folder: files } }), promisesRoutes, (app) => documentsRoutes(app, { folder: papers, printer }), (app) => messagesRoutes(app, { publicUrl: "https://linija.test" }));
const [ana, boris] = [await http.signIn({ projects: ["internet"] }), await http.signIn({ projects: ["internet"] })];

interface Sending { id: string; ticketId: string; words?: string }
const soon = new Date(Date.now() + 3_600_000).toISOString();
function attach(who: Browser, { id, ticketId, words = "The same bytes" }: Sending) {
  const payload = `--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${words}\r\n--x--\r\n`;
  return http.app.inject({ method: "POST", url: `/api/tickets/${ticketId}/attachments?id=${id}`, headers: { cookie: who.cookie, "x-csrf": who.csrf, "content-type": "multipart/form-data; boundary=x" }, payload });
}
const WAYS = {
  note: { table: "ticket_notes", told: "ticket.note_added", send: (who: Browser, { id, ticketId, words = "Asked twice" }: Sending) => who.send("POST", `/api/tickets/${ticketId}/notes`, { id, text: words }) },
  promise: { table: "promises", told: "ticket.promise_made", send: (who: Browser, { id, ticketId, words = "Call back" }: Sending) => who.send("POST", "/api/promises", { id, ticketId, text: words, dueAt: soon }) },
  file: { table: "attachments", told: "ticket.file_added", send: attach },
  document: { table: "documents", told: "ticket.document_made", send: (who: Browser, { id, ticketId, words = "act" }: Sending) => who.send("POST", `/api/tickets/${ticketId}/documents`, { id, key: words, language: "ru" }) },
  message: { table: "ticket_messages", told: "ticket.message_sent", send: (who: Browser, { id, ticketId, words = "We are on it" }: Sending) => who.send("POST", `/api/tickets/${ticketId}/messages`, { id, text: words }) },
};
const ways = Object.entries(WAYS);
/** How many there are of it on the ticket, and how often it was told and written into the trail. */
async function kept(way: (typeof WAYS)[keyof typeof WAYS], ticketId: string) {
  const { rows: [found] } = await sql<{ there: number; told: number; audited: number }>`select (select count(*)::int from ${sql.table(way.table)} where ticket_id = ${ticketId}) as there,
    (select count(*)::int from events where subject_id = ${ticketId} and type = ${way.told}) as told,
    (select count(*)::int from audit_log where request_id in (select request_id from events where subject_id = ${ticketId} and type = ${way.told})) as audited`.execute(database.db);
  return found;
}
const ONCE = { there: 1, told: 1, audited: 1 };

test.each(ways)("a %s sent three times at once is one: kept, told and in the trail once, and each sending has the same answer", async (_name, way) => {
  const [{ id: ticketId }, id, before] = [await buildTicket(database.ctx()), newId(), lying()];
  const replies = await Promise.all([1, 2, 3].map(() => way.send(ana, { id, ticketId })));
  expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(new Set(replies.map((reply) => JSON.stringify(reply.json()))).size).toBe(1);
  expect(replies[0]!.json()).toMatchObject({ id });
  expect(await kept(way, ticketId)).toEqual(ONCE);
  expect(lying() - before).toBe(["attachments", "documents"].includes(way.table) ? 1 : 0);
});

test.each(ways)("a %s whose answer was lost is sent again later and answered as the first time; without an id each is another", async (_name, way) => {
  const [{ id: ticketId }, id] = [await buildTicket(database.ctx()), newId()];
  const first = await way.send(ana, { id, ticketId });
  const again = await way.send(ana, { id: id.toUpperCase(), ticketId });
  expect([again.statusCode, again.json()]).toEqual([200, first.json()]);
  expect(await kept(way, ticketId)).toEqual(ONCE);
  if (way.table === "ticket_messages" || way.table === "attachments") return;
  for (const _press of [1, 2]) await way.send(ana, { id: undefined as unknown as string, ticketId });
  expect(await kept(way, ticketId)).toEqual({ there: 3, told: 3, audited: 3 });
});

test.each(ways)("a %s under an id of somebody else's, or of another ticket, is refused and leaves nothing", async (name, way) => {
  const [{ id: ticketId }, { id: other }, id] = [await buildTicket(database.ctx()), await buildTicket(database.ctx()), newId()];
  await way.send(ana, { id, ticketId });
  const before = lying();
  const strange = [await way.send(boris, { id, ticketId }), await way.send(ana, { id, ticketId: other })];
  if (name !== "document") strange.push(await way.send(ana, { id, ticketId, words: "Something else" }));
  for (const reply of strange) expect([reply.statusCode, reply.json().code]).toEqual([409, "sent_before"]);
  expect(await kept(way, ticketId)).toEqual(ONCE);
  expect(await kept(way, other)).toEqual({ there: 0, told: 0, audited: 0 });
  expect(lying()).toBe(before);
});

test("two tickets that are sent one id at once: one has it, the other is refused, and one file lies there", async () => {
  for (const way of Object.values(WAYS)) {
    const [{ id: one }, { id: two }, id, before] = [await buildTicket(database.ctx()), await buildTicket(database.ctx()), newId(), lying()];
    const replies = await Promise.all([way.send(ana, { id, ticketId: one }), way.send(ana, { id, ticketId: two })]);
    expect(replies.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b), way.table).toEqual([200, 409]);
    expect(lying() - before, way.table).toBe(["attachments", "documents"].includes(way.table) ? 1 : 0);
  }
});

test("a promise to a client, about no ticket, is one also when its time has come before it was sent again", async () => {
  const { id: clientId } = await buildClient(database.ctx(), { projects: ["internet"] });
  const promise = { id: newId(), clientId, projectKey: "internet", text: "Send the price list", dueAt: soon };
  const first = await ana.send("POST", "/api/promises", promise);
  expect(first.json()).toMatchObject({ id: promise.id, ticket: null });
  await sql`update promises set due_at = due_at - interval '2 hours' where id = ${promise.id}`.execute(database.db);
  const late = { ...promise, dueAt: new Date(Date.parse(soon) - 7_200_000).toISOString() };
  expect((await ana.send("POST", "/api/promises", late)).statusCode).toBe(200);
  expect((await ana.send("POST", "/api/promises", { ...promise, id: newId(), dueAt: late.dueAt })).statusCode).toBe(422);
  expect((await boris.send("POST", "/api/promises", late)).json().code).toBe("sent_before");
});

test("a promise that was said to be kept is told the same again to who said it, and as changed to who says otherwise", async () => {
  const [{ id: ticketId }, id] = [await buildTicket(database.ctx()), newId()];
  await WAYS.promise.send(ana, { id, ticketId });
  const close = (who: Browser, body: object) => who.send("POST", `/api/promises/${id}/close`, { version: 1, state: "broken", reason: "The line was down", ...body });
  const replies = await Promise.all([1, 2, 3].map(() => close(ana, {})));
  expect(replies.map((reply) => [reply.statusCode, reply.json().state, reply.json().version])).toEqual(Array(3).fill([200, "broken", 2]));
  expect((await sql<{ n: number }>`select count(*)::int as n from events where subject_id = ${ticketId} and type = 'ticket.promise_broken'`.execute(database.db)).rows).toEqual([{ n: 1 }]);
  for (const reply of [await close(boris, {}), await close(ana, { state: "kept", reason: "" }), await close(ana, { reason: "Forgotten" })]) expect([reply.statusCode, reply.json().code]).toEqual([409, "changed_meanwhile"]);
});

test("a step sent three times at once by one person is taken once and answered with the ticket; anybody else, or another step, is told that it has changed", async () => {
  const { id, version } = await buildTicket(database.ctx());
  const step = (who: Browser, body: object) => who.send("POST", `/api/tickets/${id}/transitions`, { version, transition: "take", input: {}, ...body });
  const replies = await Promise.all([1, 2, 3].map(() => step(ana, {})));
  expect(replies.map((reply) => [reply.statusCode, reply.json().stage])).toEqual(Array(3).fill([200, "in_work"]));
  const moved = () => sql<{ n: number }>`select count(*)::int as n from events where subject_id = ${id} and type = 'ticket.moved'`.execute(database.db).then(({ rows }) => rows[0]!.n);
  expect(await moved()).toBe(1);
  const taken = replies[0]!.json<{ version: number }>();
  const wait = { version: taken.version, transition: "ask_client", input: { question: "Which router?" } };
  const asked = (await step(ana, wait)).json<{ stage: string; version: number }>();
  expect(asked.stage).toBe("waiting_client");
  // What happened since stands: the answer is the ticket as it is.
  expect((await step(ana, {})).json()).toMatchObject({ stage: "waiting_client", version: asked.version });
  expect((await step(ana, wait)).json()).toMatchObject({ stage: "waiting_client", version: asked.version });
  const others = [await step(boris, {}), await step(ana, { transition: "cancel" }), await step(ana, { ...wait, input: { question: "Which cable?" } }), await step(ana, { ...wait, version })];
  for (const reply of others) expect([reply.statusCode, reply.json().code]).toEqual([409, "changed_meanwhile"]);
  expect(await moved()).toBe(2);
});
