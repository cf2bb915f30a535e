import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { SMTPServer } from "smtp-server";
import type { AddressInfo } from "node:net";
import { inTx } from "../../platform/db.ts";
import { startDeliveries } from "../../platform/deliveries.ts";
import { createLog } from "../../platform/log.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildProjects, buildTicket, type BuiltTicket } from "../tickets/tickets.factory.ts";
import { moveByClient, moveTicket } from "../tickets/index.ts";
import { ticketsRoutes } from "../tickets/index.ts";
import { selectTicket } from "../tickets/tickets.sql.ts";
import { createMailer, demoMailRoutes, noticesListener, sendDue, startDemoMail, startSender, type Mailer } from "./index.ts";
import type { DemoMail } from "./demo.mail.sql.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos" }));
const listener = noticesListener({ publicUrl: () => "https://linija.test" });
const deliveries = startDeliveries(database.ctx(), [listener]);
const smtp = await startDemoMail(database.ctx(), 0);
const mailer = createMailer(smtp.url);
const ticketHttp = await testHttp(database, (app) => ticketsRoutes(app, { files: { folder: "/nowhere" } }));
const http = await testHttp(database, (app) => demoMailRoutes(app, { ctx: database.ctx() }));
const chief = await http.signIn({ roles: ["supervisor"] });
afterAll(async () => { await deliveries.stop(); mailer.close(); await smtp.stop(); });

interface Queued { id: string; nextAt: Date; key: string; state: string; attempts: number; error: string | null; bodyText: string; bodyHtml: string; subject: string; messageId: string }
const notices = (ticketId: string) => sql<Queued>`select * from notices where ticket_id = ${ticketId} order by created_at, id`.execute(database.db).then((result) => result.rows);
const received = (number: string) => sql<DemoMail>`select * from demo_mails where subject like ${`%${number}%`} order by received_at, id`.execute(database.db).then((result) => result.rows);
const build = async (over: BuiltTicket = {}) => { const ticket = await buildTicket(database.ctx(), { language: "sl", ...over }); await deliveries.settled(); return ticket; };
const sendAll = async (ticketId: string, by: Mailer = mailer) => { await deliveries.settled(); await sendOf(ticketId, by); };
/** The tests of this file queue many; only this ticket's are due now. */
const due = (ticketId: string) => sql`update notices set next_at = case when ticket_id = ${ticketId} then now() - interval '1 hour' else now() + interval '1 day' end where state = 'queued'`.execute(database.db);
const sendOf = async (ticketId: string, by: Mailer = mailer): Promise<number> => { await due(ticketId); return sendDue(database.ctx(), by); };
const move = async (id: string, transition: string, input: object = {}) => {
  const { version } = (await selectTicket(database.db, id))!;
  await moveTicket(database.ctx(ana), id, { version, transition, input: { ...input } });
};

test("tells the client at each stage exactly once, in the client's language, through a real SMTP server (R112)", async () => {
  const ticket = await build({ requiredBy: new Date("2026-12-01T10:00:00Z") });
  await move(ticket.id, "take");
  await move(ticket.id, "ask_client", { question: "Kateri modem imate?" });
  await move(ticket.id, "client_answered", { answer: "Bel" });
  await move(ticket.id, "finish", { resolution: "Zamenjan modem", resolution_kind: "solved" });
  await sendAll(ticket.id);
  await sendAll(ticket.id);
  const mails = await received(ticket.number);
  expect(mails.map((mail) => mail.subject.replace(`${ticket.number}: `, ""))).toEqual(["prejeli smo vaš zahtevek", "vaš zahtevek je v obdelavi", expect.any(String), "izvedeno. Je vse v redu?"]);
  expect(mails[0]!.bodyText).toContain("1. december 2026 ob 11:00 CET");
  expect(mails[2]!.bodyText).toContain("Kateri modem imate?");
  expect(mails[1]!.bodyText).toContain("Ana Kos");
  expect(mails[3]!.bodyText).toContain("Zamenjan modem");
  expect(mails[3]!.bodyText).toMatch(/https:\/\/linija\.test\/s\/[\w-]{43}\?answer=yes/);
  expect(mails.every((mail) => mail.sender.includes("@") && mail.recipients === "marija@example.test")).toBe(true);
  const links = mails.map((mail) => /\/s\/([\w-]{43})/.exec(mail.bodyText)![1]);
  expect(new Set(links).size).toBe(1);
});

test("writes no second notice when the same fact is heard again", async () => {
  const ticket = await build();
  const { rows } = await sql<{ id: string; at: Date; data: unknown }>`select id, at, data from events where subject_id = ${ticket.id} and type = 'ticket.registered'`.execute(database.db);
  await inTx(database.ctx(), async (ctx) => {
    await listener.hear([{ ctx, event: { ...rows[0]!, type: "ticket.registered", subject: { kind: "ticket", id: ticket.id }, actor: ctx.actor, depth: 0, requestId: "" } }]);
  });
  expect(await notices(ticket.id)).toHaveLength(1);
});

test("does not send again what was marked as sent, and not twice when three senders run at once", async () => {
  const ticket = await build();
  await due(ticket.id);
  const tried = await Promise.all([1, 2, 3].map(() => sendDue(database.ctx(), mailer)));
  expect(tried.toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
  expect(await sendOf(ticket.id)).toBe(0);
  expect(await received(ticket.number)).toHaveLength(1);
});

test("repeats a mail under the same Message-ID only when the crash fell between sending and marking", async () => {
  const ticket = await build();
  const [notice] = await notices(ticket.id);
  const crash: Mailer = { ...mailer, send: async (mail) => { await mailer.send(mail); throw new Error("the process died here"); } };
  await sendOf(ticket.id, crash);
  await sendOf(ticket.id);
  const mails = await received(ticket.number);
  expect(mails).toHaveLength(2);
  expect(new Set(mails.map((mail) => mail.messageId))).toEqual(new Set([notice!.messageId]));
});

test("keeps trying while the mail server is away, later each time, and sends when it is back", async () => {
  const ticket = await build();
  const away = createMailer("smtp://127.0.0.1:1");
  await sendOf(ticket.id, away);
  const [put] = await notices(ticket.id);
  expect(put).toMatchObject({ state: "queued", attempts: 1, error: expect.stringContaining("ECONNREFUSED") });
  await sendOf(ticket.id, away);
  const [again] = await notices(ticket.id);
  expect(again!.nextAt.getTime()).toBeGreaterThan(put!.nextAt.getTime() + 3_000);
  expect(await sendDue(database.ctx(), mailer)).toBe(0);
  await sendOf(ticket.id);
  expect((await notices(ticket.id))[0]).toMatchObject({ state: "sent", attempts: 3, error: null });
});

test("one mail that cannot go does not keep the others of its batch", async () => {
  const [bad, good] = [await build({ contactEmail: "bad@example.test" }), await build({ contactEmail: "good@example.test" })];
  const picky: Mailer = { ...mailer, send: async (mail) => { if (mail.to.startsWith("bad")) throw new Error("the server does not like it"); await mailer.send(mail); } };
  await sql`update notices set next_at = now() - interval '1 hour' where ticket_id in (${bad.id}, ${good.id})`.execute(database.db);
  expect(await sendDue(database.ctx(), picky)).toBe(2);
  expect((await notices(bad.id))[0]).toMatchObject({ state: "queued", attempts: 1 });
  expect((await notices(good.id))[0]).toMatchObject({ state: "sent" });
});

test("gives up at once on a refusal for good and tells the supervisors", async () => {
  const refusing = new SMTPServer({ authOptional: true, disabledCommands: ["STARTTLS"], logger: false, disableReverseLookup: true, closeTimeout: 500, onRcptTo: (_address, _session, done) => { done(Object.assign(new Error("no such mailbox"), { responseCode: 550 })); } });
  await new Promise<void>((resolve) => { refusing.listen(0, "127.0.0.1", resolve); });
  const ticket = await build();
  const refused = createMailer(`smtp://127.0.0.1:${(refusing.server.address() as AddressInfo).port}`);
  await sendAll(ticket.id, refused);
  refused.close();
  expect((await notices(ticket.id))[0]).toMatchObject({ state: "failed", error: expect.stringContaining("no such mailbox") });
  const { rows } = await sql<{ data: { key: string } }>`select data from events where subject_id = ${ticket.id} and type = 'alert.raised'`.execute(database.db);
  expect(rows[0]!.data.key).toBe("alert_notice_failed");
  await new Promise<void>((resolve) => { refusing.close(() => resolve()); });
});

test("shows that a client has no address instead of losing the notice", async () => {
  for (const contactEmail of [null, "a@b.test, c@d.test", "a@b.test\r\nBcc: x@y.test"]) {
    const ticket = await build({ contactEmail });
    expect((await notices(ticket.id))[0]).toMatchObject({ state: "no_address", key: "received" });
  }
});

test("lets nothing a client or an operator wrote become a header or a tag", async () => {
  const ticket = await build({ language: "en", subject: "Hello\r\nBcc: thief@evil.test\r\n\r\n<script>alert(1)</script>", projectKey: "internet" });
  await sendAll(ticket.id);
  const [notice] = await notices(ticket.id);
  const [mail] = await received(ticket.number);
  expect(mail!.recipients).toBe("marija@example.test");
  expect(mail!.bodyHtml).not.toContain("<script>");
  expect(notice!.bodyHtml).toContain("&#60;script&#62;");
  const page = await chief.send("GET", `/demo/mail/${mail!.id}`);
  expect(page.body).not.toContain("<script>");
});

test("sends after a start what an earlier run left queued, and then what each commit queues", async () => {
  const left = await build();
  await due(left.id);
  const heard = Promise.withResolvers<void>();
  const numbers = new Set<string>();
  const listening: Mailer = { ...mailer, send: async (mail) => { await mailer.send(mail); numbers.add(mail.subject.split(":")[0]!); if (numbers.size === 2) heard.resolve(); } };
  const sender = startSender(database.ctx(), listening);
  const next = await build();
  await heard.promise;
  await sender.stop();
  expect([...numbers].toSorted()).toEqual([left.number, next.number].toSorted());
  for (const { id } of [left, next]) expect((await notices(id))[0]).toMatchObject({ state: "sent", attempts: 1 });
});

test("tells that a request was reopened with the client's own words", async () => {
  const ticket = await build({ language: "ru" });
  await move(ticket.id, "take");
  await move(ticket.id, "finish", { resolution: "Сделано", resolution_kind: "solved" });
  const done = (await selectTicket(database.db, ticket.id))!;
  await moveByClient(database.ctx({ kind: "client" }), ticket.id, { stageSince: done.stageSince.toISOString() }, { transition: "reopen", input: { reason: "Интернета всё ещё нет" } });
  await sendAll(ticket.id);
  expect((await received(ticket.number)).at(-1)!.bodyText).toContain("Интернета всё ещё нет");
});

test("shows the demo's mails newest first, with links to follow and without scripts or styles in the page", async () => {
  const list = await chief.send("GET", "/demo/mail");
  const [newest] = (await sql<DemoMail>`select * from demo_mails order by received_at desc, id desc limit 1`.execute(database.db)).rows;
  expect(list.body.indexOf(newest!.id)).toBeGreaterThan(0);
  expect(list.body.indexOf(newest!.id)).toBe(/\/demo\/mail\/(?=[0-9a-f-]{36})/.exec(list.body)!.index + "/demo/mail/".length);
  const mail = await chief.send("GET", `/demo/mail/${newest!.id}`);
  expect(mail.body).toMatch(/<a href="https:\/\/linija\.test\/s\/[\w-]{43}/);
  for (const page of [list, mail]) expect(page.body).not.toMatch(/<script|<style|style="/);
  expect((await chief.send("GET", `/demo/mail/${newId()}`)).statusCode).toBe(404);
});

test("shows the demo's mails to those who may read what goes out, and to nobody else", async () => {
  const operator = await http.signIn({ roles: ["operator"] });
  const [newest] = (await sql<DemoMail>`select * from demo_mails order by received_at desc, id desc limit 1`.execute(database.db)).rows;
  for (const url of ["/demo/mail", `/demo/mail/${newest!.id}`]) {
    const [nobody, staff] = [await http.anonymous("GET", url), await operator.send("GET", url)];
    expect([nobody.statusCode, staff.statusCode]).toEqual([401, 403]);
    for (const { body } of [nobody, staff]) expect(body).not.toMatch(/\/s\/|example\.test/);
  }
});

test("R129 shows a supervisor no letter about a complaint about themselves", async () => {
  const complaint = await build({ type: "complaint", fields: { about: "employee", employee: chief.userId } });
  await sendAll(complaint.id);
  const [mail] = await received(complaint.number);
  const other = await http.signIn({ roles: ["supervisor"] });
  expect([(await other.send("GET", "/demo/mail")).body.includes(complaint.number), (await other.send("GET", `/demo/mail/${mail!.id}`)).statusCode]).toEqual([true, 200]);
  expect([(await chief.send("GET", "/demo/mail")).body.includes(complaint.number), (await chief.send("GET", `/demo/mail/${mail!.id}`)).statusCode]).toEqual([false, 404]);
});

test("gives the client's link to nobody but the client: no reply of the API about a ticket holds it", async () => {
  const ticket = await build({ language: "en" });
  const operator = await ticketHttp.signIn({ projects: ["internet"] });
  await move(ticket.id, "take");
  await move(ticket.id, "finish", { resolution: "Done", resolution_kind: "solved" });
  await sendAll(ticket.id);
  const { body } = await operator.send("GET", `/api/tickets/${ticket.id}`);
  const { version, notices: shown } = JSON.parse(body) as { version: number; notices: { body: string }[] };
  expect(shown).toHaveLength(3);
  for (const notice of shown) expect(notice.body).toContain("…");
  expect((await notices(ticket.id))[2]!.bodyText).toMatch(/\/s\/[\w-]{43}/);
  const replies = [
    body, ...await Promise.all(["", "/reasons"].map(async (more) => (await operator.send("GET", `/api/tickets/${ticket.id}${more}`)).body)), (await operator.send("GET", `/api/tickets?text=${ticket.number}`)).body,
    (await operator.send("POST", `/api/tickets/${ticket.id}/notes`, { text: "Seen" })).body, (await operator.send("PATCH", `/api/tickets/${ticket.id}`, { version, description: "More" })).body,
  ];
  for (const reply of replies) expect(reply).not.toContain("/s/");
});

test("takes another port when the demo's is taken", async () => {
  const other = await startDemoMail({ ...database.ctx(), log: createLog("error", "") }, smtp.port);
  expect(other.port).not.toBe(smtp.port);
  await other.stop();
});

test("R112 a process may have a notice told in another language than the client's, each language once", async () => {
  const ticket = await build();
  const wishes = ["ru", "project", "client"].map((language) => ({ notice: "in_work", language, channels: ["mail"] }));
  await inTx(database.ctx(), (ctx) => emit(ctx, { type: "ticket.moved", subject: { kind: "ticket", id: ticket.id }, data: { to: "in_work", notices: wishes } }));
  await deliveries.settled();
  const languages = (await sql<{ language: string }>`select language from notices where ticket_id = ${ticket.id} and key = 'in_work' order by language`.execute(database.db)).rows.map(({ language }) => language);
  expect(languages).toEqual(["ru", "sl"]);
});
