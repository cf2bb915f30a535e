import { createSecretKey, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeEach, expect, test } from "vitest";
import { newId, newSecret } from "../../platform/ids.ts";
import { secretsOf } from "../../platform/secret.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { messagesRoutes } from "../messages/index.ts";
import type { MessageView } from "../messages/messages.contract.ts";
import { sendDue, type Mail, type Mailer } from "../notices/index.ts";
import { addNote, hashSecret, moveTicket } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { removeAttachment } from "../tickets/tickets.attachments.service.ts";
import { insertAttachment } from "../tickets/tickets.view.sql.ts";
import { insertSession } from "./portal.access.sql.ts";
import { CLIENT_COOKIE, myRoutes } from "./portal.my.routes.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const folder = mkdtempSync(join(tmpdir(), "linija-portal-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const folders = { attachments: join(folder, "attachments"), documents: join(folder, "documents") };
for (const each of Object.values(folders)) mkdirSync(each);
const http = await testHttp(database, (app) => myRoutes(app, { ctx: system, secrets: secretsOf(createSecretKey(randomBytes(32))), folders }), (app) => messagesRoutes(app, { publicUrl: "https://linija.test/" }));
const ana = await http.signIn({ name: "Ana Skrivnostna", projects: ["internet"] });
const anaActor = actorOf(await buildUser(database.db, { roles: ["operator"], projects: ["internet"] }));
beforeEach(() => sql`delete from status_tries`.execute(database.db));

let people = 0;
/** A client who is signed in, with a ticket. */
async function client() {
  people += 1;
  const address = `pisec${people}@example.test`;
  const card = await buildClient(database.ctx(anaActor), { givenName: "Marija", familyName: `Pisec${people}`, emails: [address] });
  const ticket = await buildTicket(system, { clientId: card.id, language: "en", contactEmail: address, ownerId: ana.userId });
  const token = newSecret();
  await insertSession(database.db, { tokenHash: hashSecret(token), address, csrf: newSecret(), language: "en", now: new Date(), expiresAt: new Date(Date.now() + 3_600_000), network: "", agent: "" });
  const headers = { cookie: `${CLIENT_COOKIE}=${token}` };
  const url = `/my/tickets/${ticket.id}`;
  const get = (path: string) => http.app.inject({ method: "GET", url: path, headers });
  const form = async () => { const { body } = await get(url); return { csrf: /name="csrf" value="([^"]+)"/.exec(body)![1]!, message: /name="message" value="([^"]+)"/.exec(body)![1]! }; };
  const post = (fields: Record<string, string>, file?: { name: string; bytes: Buffer }, path = `${url}/messages`) => {
    const data = [...Object.entries(fields).map(([name, value]) => Buffer.from(`--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)),
      Buffer.from(`--b\r\ncontent-disposition: form-data; name="file"; filename="${file?.name ?? ""}"\r\ncontent-type: application/octet-stream\r\n\r\n`), file?.bytes ?? Buffer.alloc(0), Buffer.from("\r\n--b--\r\n")];
    return http.app.inject({ method: "POST", url: path, headers: { ...headers, "content-type": "multipart/form-data; boundary=b" }, payload: Buffer.concat(data) });
  };
  return { address, card, ticket, url, get, form, post, cookie: headers.cookie };
}
const PNG = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.from("pixels")]);
const messages = async (ticketId: string): Promise<MessageView[]> => (await ana.send("GET", `/api/tickets/${ticketId}/messages`)).json().items;
const filesOnDisk = () => readdirSync(folders.attachments, { recursive: true }).length;

/** A document as the documents feature stores it. */
async function document(ticketId: string): Promise<string> {
  const id = newId();
  writeFileSync(join(folders.documents, `${id}.pdf`), `%PDF-1.7 ${id}`);
  await sql`insert into documents (id, ticket_id, key, number, language, name, file_name, bytes, pages, sha256, path, declaration_hash, ticket_version, made_at)
    values (${id}, ${ticketId}, 'act', (select count(*) + 1 from documents), 'en', 'Act', 'Act 1.pdf', ${`%PDF-1.7 ${id}`.length}, 1, 'abc', ${`${id}.pdf`}, 'h', 1, now())`.execute(database.db);
  return id;
}
async function attachment(ticketId: string, text = "From us"): Promise<string> {
  const id = newId();
  writeFileSync(join(folders.attachments, id), text);
  await insertAttachment(database.db, { id, ticketId, name: "plan.txt", mediaType: "text/plain", bytes: text.length, sha256: "abc", path: id, uploadedBy: null, at: new Date() });
  return id;
}
const outbox: Mail[] = [];
const mailer: Mailer = { send: (mail) => { outbox.push(mail); return Promise.resolve(); }, close: () => undefined };

test("R121 R118 a document is sent with a message: by mail once with the file, on the client's page, audited; pressed twice it is one", async () => {
  const marija = await client();
  const [sent, kept] = [await document(marija.ticket.id), await document(marija.ticket.id)];
  const body = { id: newId(), text: "Please sign this.", documents: [sent], files: [] };
  const presses = await Promise.all([1, 2, 3].map(() => ana.send("POST", `/api/tickets/${marija.ticket.id}/messages`, body)));
  for (const press of presses) expect(press.json()).toMatchObject({ id: body.id, byClient: false, by: "Ana Skrivnostna", mail: "queued", files: [{ id: sent, kind: "document", name: "Act 1.pdf" }] });
  expect((await ana.send("POST", `/api/tickets/${marija.ticket.id}/messages`, { ...body, text: "Something else" })).statusCode).toBe(409);
  await Promise.all([sendDue(system, mailer, folder), sendDue(system, mailer, folder)]);
  await sendDue(system, mailer, folder);
  const mails = outbox.filter(({ to }) => to === marija.address);
  expect(mails).toMatchObject([{ subject: `${marija.ticket.number}: a message for you`, files: [{ name: "Act 1.pdf", mediaType: "application/pdf" }] }]);
  expect(mails[0]!.files![0]!.content.toString()).toBe(`%PDF-1.7 ${sent}`);
  expect(mails[0]!.text).toContain(`https://linija.test/my/tickets/${marija.ticket.id}`);
  expect(mails[0]!.text).not.toContain("/s/");
  expect(await messages(marija.ticket.id)).toMatchObject([{ mail: "sent" }]);
  const page = (await marija.get(marija.url)).body;
  expect(page).toContain("Documents for you");
  expect(page).toContain("Please sign this.");
  expect(page).not.toContain("Skrivnostna");
  const file = await marija.get(`${marija.url}/documents/${sent}`);
  expect([file.statusCode, file.body]).toEqual([200, `%PDF-1.7 ${sent}`]);
  expect(file.headers).toMatchObject({ "content-type": "application/pdf", "x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'" });
  expect((await marija.get(`${marija.url}/documents/${kept}`)).statusCode).toBe(404);
  const { rows } = await sql`select 1 from audit_log where object_id = ${marija.ticket.id} and action = 'ticket.message'`.execute(database.db);
  expect(rows).toHaveLength(1);
});

test("R121 a letter whose file is not there is put off, and one without an address is on the page only", async () => {
  const marija = await client();
  const id = await document(marija.ticket.id);
  rmSync(join(folders.documents, `${id}.pdf`));
  await ana.send("POST", `/api/tickets/${marija.ticket.id}/messages`, { id: newId(), text: "Here it is", documents: [id] });
  await sendDue(system, mailer, folder);
  expect(await messages(marija.ticket.id)).toMatchObject([{ mail: "queued" }]);
  await sql`delete from notices where ticket_id = ${marija.ticket.id}`.execute(database.db);
  const nobody = await buildTicket(system, { contactEmail: null });
  expect((await ana.send("POST", `/api/tickets/${nobody.id}/messages`, { id: newId(), text: "Hello" })).json()).toMatchObject({ mail: "no_address" });
});

test("R121 only files and documents of the ticket can be sent, and not more than mail takes", async () => {
  const [marija, other] = [await client(), await client()];
  const send = (body: object) => ana.send("POST", `/api/tickets/${marija.ticket.id}/messages`, { id: newId(), text: "x", ...body });
  expect((await send({ documents: [await document(other.ticket.id)] })).json().errors).toMatchObject([{ field: "documents" }]);
  expect((await send({ files: [await attachment(other.ticket.id)] })).json().errors).toMatchObject([{ field: "files" }]);
  const heavy = await attachment(marija.ticket.id);
  await sql`update attachments set bytes = 16000000 where id = ${heavy}`.execute(database.db);
  expect((await send({ files: [heavy] })).json().errors).toMatchObject([{ field: "files", code: "message_too_heavy" }]);
  expect(await messages(marija.ticket.id)).toEqual([]);
});

test("R121 a file that went with a message, or came with one, cannot be removed from the ticket; others can", async () => {
  const marija = await client();
  const { ticket } = marija;
  const [sent, other] = [await attachment(ticket.id), await attachment(ticket.id)];
  expect((await ana.send("POST", `/api/tickets/${ticket.id}/messages`, { id: newId(), text: "The plan", files: [sent] })).statusCode).toBe(200);
  expect((await marija.post({ ...(await marija.form()), text: "My picture" }, { name: "tap.png", bytes: PNG })).statusCode).toBe(303);
  const remove = (id: string) => removeAttachment(database.ctx(anaActor), ticket.id, id, { folder: folders.attachments });
  const given = (await messages(ticket.id)).flatMap(({ files }) => files.map(({ id }) => id));
  expect(given).toHaveLength(2);
  for (const id of given) await expect(remove(id)).rejects.toMatchObject({ code: "conflict", reason: "file_of_message" });
  await remove(other);
  expect((await messages(ticket.id)).map(({ files }) => files.length)).toEqual([1, 1]);
  expect((await marija.get(`${marija.url}/files/${sent}`)).body).toBe("From us");
});

test("R121 who may not see the ticket neither reads nor writes to its client, and who only reads does not write", async () => {
  const marija = await client();
  const url = `/api/tickets/${marija.ticket.id}/messages`;
  const [stranger, boss] = [await http.signIn({ projects: ["taxi"] }), await http.signIn({ roles: ["administrator"], projects: ["internet"] })];
  const body = { id: newId(), text: "x" };
  expect([(await stranger.send("GET", url)).statusCode, (await stranger.send("POST", url, body)).statusCode]).toEqual([404, 404]);
  expect([(await boss.send("GET", url)).statusCode, (await boss.send("POST", url, body)).statusCode]).toEqual([200, 403]);
  expect([(await http.anonymous("GET", url)).statusCode, (await http.anonymous("POST", url, body)).statusCode]).toEqual([401, 401]);
});

test("R121 what a client writes and sends reaches colleagues once, and their owner is told; notes never reach the client", async () => {
  const marija = await client();
  await addNote(database.ctx(anaActor), marija.ticket.id, "internal note about the client");
  const unsent = await attachment(marija.ticket.id, "internal file");
  const form = await marija.form();
  const presses = await Promise.all([1, 2].map(() => marija.post({ ...form, text: "Here is the picture <b>" }, { name: "slika š.png", bytes: PNG })));
  for (const press of presses) expect(press.headers.location).toBe(`${marija.url}?said=message#top`);
  const [message, ...more] = await messages(marija.ticket.id);
  expect(more).toEqual([]);
  expect(message).toMatchObject({ byClient: true, by: "", text: "Here is the picture <b>", mail: null, files: [{ kind: "file", name: "slika š.png", mediaType: "image/png" }] });
  expect((await marija.post({ ...(await marija.form()), text: "And a word" })).statusCode).toBe(303);
  const page = (await marija.get(`${marija.url}?said=message`)).body;
  expect(page).toContain("Your message has reached us");
  expect(page).toContain("Here is the picture &#60;b&#62;");
  expect(page).not.toMatch(/internal|plan\.txt|<script/);
  expect((await marija.get(`${marija.url}/files/${message!.files[0]!.id}`)).rawPayload.equals(PNG)).toBe(true);
  expect((await marija.get(`${marija.url}/files/${unsent}`)).statusCode).toBe(404);
  const { rows } = await sql<{ type: string; n: number }>`select type, count(*)::int as n from events where subject_id = ${marija.ticket.id} and type in ('ticket.client_wrote', 'ticket.reminded', 'ticket.file_added') group by type order by type`.execute(database.db);
  expect(rows).toEqual([{ type: "ticket.client_wrote", n: 2 }, { type: "ticket.file_added", n: 1 }, { type: "ticket.reminded", n: 2 }]);
});

/** Asked what colour the light is; the page and the form with what it hides. */
async function asked(marija: Awaited<ReturnType<typeof client>>) {
  for (const [transition, input] of [["take", {}], ["ask_client", { question: "Which light is on?" }]] as const) await moveTicket(database.ctx(anaActor), marija.ticket.id, { version: (await now(marija.ticket.id)).version, transition, input });
  const { body } = await marija.get(marija.url);
  return { body, form: { ...(await marija.form()), seen: /name="seen" value="([^"]+)"/.exec(body)![1]! } };
}
const now = (id: string) => sql<{ version: number; stage: string; fields: Record<string, unknown> }>`select version, stage, fields from tickets where id = ${id}`.execute(database.db).then((result) => result.rows[0]!);

test("R112, R121 where a request waits for its client there is one form, with a file, and what is written there is the answer: once, it stands on the page, and the request goes on", async () => {
  const marija = await client();
  const { body, form } = await asked(marija);
  expect([body.match(/<textarea/g), body.match(/type="file"/g), body.match(/<form class="form card"/g)].map((found) => found?.length)).toEqual([1, 1, 1]);
  expect(await now(marija.ticket.id)).toMatchObject({ stage: "waiting_client" });
  const presses = await Promise.all([1, 2].map(() => marija.post({ ...form, text: "The red one" }, { name: "luč.png", bytes: PNG })));
  for (const press of presses) expect(press.headers.location).toBe(`${marija.url}?said=answer#top`);
  expect(await now(marija.ticket.id)).toMatchObject({ stage: "in_work", fields: { answer: "The red one" } });
  expect((await messages(marija.ticket.id)).map(({ byClient, text, files }) => [byClient, text, files.map(({ name }) => name)])).toEqual([[true, "The red one", ["luč.png"]]]);
  expect((await marija.get(marija.url)).body).toMatch(/The red one<\/p>.*luč\.png/s);
});

test("R112 a file alone is an answer, too; what is written from a page of before we asked is a message, and the page goes on asking", async () => {
  const marija = await client();
  const before = await marija.form();
  const { form } = await asked(marija);
  expect((await marija.post({ ...before, text: "Are you there?" })).headers.location).toBe(`${marija.url}?said=message#top`);
  expect((await now(marija.ticket.id)).stage).toBe("waiting_client");
  expect((await marija.get(marija.url)).body).toContain("What we need from you");
  expect((await marija.post(form, { name: "light.png", bytes: PNG })).headers.location).toBe(`${marija.url}?said=answer#top`);
  expect(await now(marija.ticket.id)).toMatchObject({ stage: "in_work", fields: { answer: "Sent a file: light.png" } });
});

test("R112 what the client said with an answer by the link of a mail stands among the messages", async () => {
  const marija = await client();
  const { form } = await asked(marija);
  const answer = () => http.app.inject({ method: "POST", url: `${marija.url}/answer`, headers: { cookie: marija.cookie, "content-type": "application/x-www-form-urlencoded" }, payload: new URLSearchParams({ csrf: form.csrf, seen: form.seen, said: "answer", text: "By the link" }).toString() });
  await Promise.all([answer(), answer()]);
  expect((await messages(marija.ticket.id)).map(({ byClient, text }) => [byClient, text])).toEqual([[true, "By the link"]]);
});

test("R112 words that come when a colleague has gone on meanwhile are kept as a message, once, and their writer is told so", async () => {
  const marija = await client();
  const { form } = await asked(marija);
  await moveTicket(database.ctx(anaActor), marija.ticket.id, { transition: "client_answered", version: (await now(marija.ticket.id)).version, input: {} });
  const answer = (text = "Flat 12, door code 77") => http.app.inject({ method: "POST", url: `${marija.url}/answer`, headers: { cookie: marija.cookie, "content-type": "application/x-www-form-urlencoded" }, payload: new URLSearchParams({ csrf: form.csrf, seen: form.seen, said: "answer", text }).toString() });
  const first = await answer();
  expect(first.headers.location).toBe(`${marija.url}?said=late`);
  expect((await marija.get(first.headers.location as string)).body).toContain("Your words have reached us as a message");
  await Promise.all([answer(), answer()]);
  expect((await messages(marija.ticket.id)).map(({ byClient, text }) => [byClient, text])).toEqual([[true, "Flat 12, door code 77"]]);
  // A link of a mail is in many hands: a flood is not kept.
  for (let n = 0; n < 25; n += 1) await answer(`Words ${n}`);
  expect(await messages(marija.ticket.id)).toHaveLength(20);
});

test("R112 what waits for its client stands first among their requests, however old; the rest newest first", async () => {
  const marija = await client();
  await asked(marija);
  const newer = [];
  for (let count = 0; count < 21; count += 1) newer.push(await buildTicket(system, { clientId: marija.card.id, language: "en", contactEmail: marija.address }));
  const numbers = (page: string) => [...page.matchAll(/class="number">([^<]+)/g)].map((match) => match[1]);
  const first = (await marija.get("/my")).body;
  expect(first).toMatch(/Waiting for you<\/h2>.*Your other requests<\/h2>/s);
  expect(numbers(first)).toEqual([marija.ticket, ...newer.toReversed().slice(0, 20)].map(({ number }) => number));
  const next = (await marija.get(/href="(\/my\?after=[^"]+)"/.exec(first)![1]!)).body;
  expect(numbers(next)).toEqual([newer[0]!.number]);
});

test("R121 words sent five times at once, as by an impatient press, are one message and five thanks", async () => {
  const marija = await client();
  const form = await marija.form();
  const presses = await Promise.all([1, 2, 3, 4, 5].map(() => marija.post({ ...form, text: "Only once" })));
  expect(presses.map(({ statusCode, headers }) => [statusCode, headers.location])).toEqual(Array.from({ length: 5 }, () => [303, `${marija.url}?said=message#top`]));
  expect((await messages(marija.ticket.id)).map(({ text }) => text)).toEqual(["Only once"]);
});

test("R121 words written over those of a form that was sent already, or a file added to it, are a message of their own, once; the same again, with the same file, is the same", async () => {
  const marija = await client();
  const [form, on] = [await marija.form(), filesOnDisk()];
  const send = async (text: string, bytes?: string) => (await marija.post({ ...form, text }, bytes === undefined ? undefined : { name: "a.txt", bytes: Buffer.from(bytes) })).statusCode;
  for (const [text, bytes] of [["First words"], ["Second words"], ["First words"], ["Second words"], ["First words", "one"], ["First words", "two"], ["First words", "one"], ["", "one"], ["First words"]] as const) expect(await send(text, bytes), `${text} ${bytes ?? ""}`).toBe(303);
  expect((await messages(marija.ticket.id)).map(({ text, files }) => `${text} ${files.length}`)).toEqual(["First words 0", "Second words 0", "First words 1", "First words 1", " 1"]);
  expect(filesOnDisk() - on).toBeLessThanOrEqual(3 + 1);
  // What stood when the request was closed is thanked for still.
  await sql`update tickets set status = 'closed' where id = ${marija.ticket.id}`.execute(database.db);
  expect([await send("First words", "two"), await send("Third words")]).toEqual([303, 422]);
});

test("R121 a message sent to a client again under its id with other files is refused, not answered as if they had gone", async () => {
  const { ticket } = await client();
  const [one, other, paper] = [await attachment(ticket.id), await attachment(ticket.id, "The other"), await document(ticket.id)];
  const id = newId();
  const send = async (files: string[], documents: string[]) => (await ana.send("POST", `/api/tickets/${ticket.id}/messages`, { id, text: "See these", files, documents })).statusCode;
  expect([await send([one], [paper]), await send([one, one], [paper]), await send([one, other], [paper]), await send([other], [paper]), await send([one], []), await send([], [])]).toEqual([200, 200, 409, 409, 409, 409]);
  expect((await messages(ticket.id)).map(({ files }) => files.map((file) => file.id).toSorted())).toEqual([[one, paper].toSorted()]);
});

test("R121 files of other kinds, too large, empty or too many are refused with words, and leave nothing behind", async () => {
  const marija = await client();
  const before = filesOnDisk();
  const tried = async (file: { name: string; bytes: Buffer }) => { const reply = await marija.post({ ...(await marija.form()), text: "kept words" }, file); return [reply.statusCode, /role="alert">([^<]+)</.exec(reply.body)?.[1], reply.body.includes("kept words")]; };
  expect(await tried({ name: "a.png", bytes: Buffer.from("4d5a900003000000", "hex") })).toEqual([422, expect.stringContaining("files of this kind"), true]);
  expect(await tried({ name: "a.zip", bytes: Buffer.from("504b030400000000", "hex") })).toEqual([422, expect.stringContaining("files of this kind"), true]);
  expect(await tried({ name: "a.png", bytes: Buffer.concat([PNG, Buffer.alloc(10 * 1024 * 1024)]) })).toEqual([422, "The file is larger than 10 MB.", true]);
  expect((await tried({ name: "a.png", bytes: Buffer.alloc(0) }))[0]).toBe(422);
  expect((await marija.post({ ...(await marija.form()), text: "  " })).statusCode).toBe(422);
  expect(await messages(marija.ticket.id)).toEqual([]);
  expect(filesOnDisk() - before).toBeLessThanOrEqual(1);
  for (let count = 0; count < 20; count += 1) expect((await marija.post({ ...(await marija.form()), text: "" }, { name: `${count}.png`, bytes: PNG })).statusCode).toBe(303);
  expect((await tried({ name: "more.png", bytes: PNG }))[1]).toContain("enough files");
  await sql`update status_tries set tries = 30`.execute(database.db);
  expect((await marija.post({ ...(await marija.form()), text: "again" })).body).toContain("many messages in a short time");
});

test("R121 nobody writes to or opens a file of a ticket that is not theirs, nor without the form's token, nor on a closed one", async () => {
  const [marija, other] = [await client(), await client()];
  const mine = await attachment(other.ticket.id);
  await ana.send("POST", `/api/tickets/${other.ticket.id}/messages`, { id: newId(), text: "For you", files: [mine] });
  const form = await marija.form();
  for (const path of [`${other.url}/files/${mine}`, `${marija.url}/files/${mine}`, `${marija.url}/files/${newId()}`, `${marija.url}/documents/${mine}`, `${marija.url}/elsewhere/${mine}`]) expect((await marija.get(path)).statusCode).toBe(404);
  expect((await other.get(`${other.url}/files/${mine}`)).body).toBe("From us");
  expect((await marija.post({ ...form, text: "x" }, { name: "a.png", bytes: PNG }, `${other.url}/messages`)).statusCode).toBe(404);
  expect((await marija.post({ ...form, text: "x", csrf: "" })).statusCode).toBe(403);
  expect((await marija.post({ ...form, text: "x", csrf: "" }, { name: "a.png", bytes: PNG })).statusCode).toBe(403);
  expect((await messages(other.ticket.id)).length).toBe(1);
  const taken = (await messages(other.ticket.id))[0]!.id;
  expect((await marija.post({ ...form, text: "x", message: taken })).statusCode).toBe(409);
  await sql`update tickets set status = 'closed' where id = ${marija.ticket.id}`.execute(database.db);
  expect((await marija.get(marija.url)).body).toContain("This request is closed");
  expect((await marija.post({ ...form, text: "x" })).statusCode).toBe(422);
});

test("R121 what was written on a ticket that was merged is shown with the one it became, and only if both are the reader's", async () => {
  const marija = await client();
  const [second, foreign] = [await buildTicket(system, { clientId: marija.card.id, language: "en" }), await client()];
  await ana.send("POST", `/api/tickets/${second.id}/messages`, { id: newId(), text: "On the second" });
  await ana.send("POST", `/api/tickets/${foreign.ticket.id}/messages`, { id: newId(), text: "On the foreign" });
  await sql`update tickets set merged_into = ${marija.ticket.id}, status = 'closed' where id in (${second.id}, ${foreign.ticket.id})`.execute(database.db);
  const page = (await marija.get(`/my/tickets/${second.id}`)).body;
  expect(page).toContain(marija.ticket.number);
  expect(page).toContain("On the second");
  expect(page).not.toContain("On the foreign");
  expect((await foreign.get(foreign.url)).statusCode).toBe(404);
});

test("R112 a closed request that cannot be opened any more leads to a new one: of the same client and type, tied to it, with their words, once however often it is pressed", async () => {
  const { ticket, get, url, form, card, cookie } = await client();
  const press = async (fields: Record<string, string>) => http.app.inject({ method: "POST", url: `${url}/again`, headers: { cookie: cookie, "content-type": "application/x-www-form-urlencoded" }, payload: new URLSearchParams(fields).toString() });
  const { csrf, message } = await form();
  // Open: there is nothing to begin anew.
  expect((await get(url)).body).not.toContain("Begin a new request");
  expect((await press({ csrf, message, text: "Broken again" })).headers.location).toContain("said=moved_on");
  await sql`update tickets set stage = 'cancelled', status = 'closed', closed_as = 'cancelled' where id = ${ticket.id}`.execute(database.db);
  expect((await get(url)).body).toContain("Begin a new request");
  const empty = await press({ csrf, message, text: " " });
  expect([empty.statusCode, empty.body.includes("Write what it is about.")]).toEqual([422, true]);
  expect((await press({ csrf: "wrong", message, text: "x" })).statusCode).toBe(403);
  const pressed = await Promise.all([1, 2, 3].map(() => press({ csrf, message, text: "Broken <again>" })));
  const places = new Set(pressed.map(({ headers }) => headers.location));
  expect([places.size, [...places][0]]).toEqual([1, expect.stringMatching(/^\/my\/tickets\/[0-9a-f-]{36}\?said=again#top$/)]);
  const id = /tickets\/([0-9a-f-]{36})/.exec([...places][0]!)![1]!;
  const page = (await get(`/my/tickets/${id}`)).body;
  expect(page).toContain("Broken &#60;again&#62;");
  const { rows } = await sql<{ clientId: string; type: string; subject: string; related: string }>`select t.client_id, t.type, t.subject, (select coalesce(nullif(r.to_id, t.id), r.from_id) from ticket_relations r where t.id in (r.from_id, r.to_id)) as related from tickets t where t.id = ${id}`.execute(database.db);
  expect(rows).toEqual([{ clientId: card.id, type: ticket.type, subject: `Again: ${ticket.subject}`, related: ticket.id }]);
  expect((await messages(id)).map(({ text }) => text)).toEqual(["Broken <again>"]);
  // Back to the page, other words: they are not lost.
  await sql`delete from status_tries`.execute(database.db);
  for (let count = 0; count < 2; count += 1) expect((await press({ csrf, message, text: "And the door code is 77" })).headers.location).toBe([...places][0]);
  expect((await messages(id)).map(({ text }) => text)).toEqual(["Broken <again>", "And the door code is 77"]);
  // Another's closed request begins nothing.
  const other = await client();
  await sql`update tickets set stage = 'cancelled', status = 'closed' where id = ${other.ticket.id}`.execute(database.db);
  expect((await http.app.inject({ method: "POST", url: `${other.url}/again`, headers: { cookie: cookie, "content-type": "application/x-www-form-urlencoded" }, payload: new URLSearchParams({ csrf, message: newId(), text: "Mine now" }).toString() })).headers.location ?? "").not.toContain("said=again");
  expect(await messages(other.ticket.id)).toEqual([]);
});
