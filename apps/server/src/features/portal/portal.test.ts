import { sql, type KyselyPlugin } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { inTx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { fireClock, linkSecret, moveByClient, moveTicket, processOf, retireProject } from "../tickets/index.ts";
import { buildProjects, buildTicket, type BuiltTicket } from "../tickets/tickets.factory.ts";
import { selectTicket } from "../tickets/tickets.sql.ts";
import { checkDigit } from "../tickets/tickets.number.rules.ts";
import { portalRoutes } from "./portal.routes.ts";
import { findStatus, showStatus } from "./portal.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx(), { unconfirmedAfterS: 60 });
const ana = actorOf(await buildUser(database.db, { name: "Ana Skrivnostna" }));
const http = await testHttp(database, (app) => portalRoutes(app, { ctx: database.ctx() }));
beforeEach(() => sql`delete from status_tries`.execute(database.db));

const post = (url: string, form: Record<string, string>, address = "10.1.1.1") =>
  http.app.inject({ method: "POST", url, remoteAddress: address, headers: { "content-type": "application/x-www-form-urlencoded" }, payload: new URLSearchParams(form).toString() });
const get = (url: string) => http.anonymous("GET", url);
const build = (over: BuiltTicket = {}) => buildTicket(database.ctx(), { language: "en", ownerId: ana.id, contactPhone: "+38640111222", ...over });
const now = async (id: string) => (await selectTicket(database.db, id))!;
const move = async (id: string, transition: string, input: object = {}) => moveTicket(database.ctx(ana), id, { version: (await now(id)).version, transition, input: { ...input } });
const finish = async (id: string) => { await move(id, "take"); await move(id, "finish", { resolution: "The modem was replaced", resolution_kind: "solved" }); };
const done = async (over: BuiltTicket = {}) => {
  const ticket = await build(over);
  await finish(ticket.id);
  const url = `/s/${await linkSecret(database.db, ticket.id)}`;
  return { ticket: await now(ticket.id), url, seen: (await now(ticket.id)).stageSince.toISOString() };
};
/** A right number that no ticket has. */
const unknownNumber = (number: string) => { const digits = String((Number(number.replaceAll(/\D/g, "").slice(0, 9)) + 7) % 1_000_000_000).padStart(9, "0"); return `INT${digits}${checkDigit(digits)}`; };

test("shows the status by number and last digits, at any hour, however the number is written (R107)", async () => {
  const ticket = await build({ contactPhone: "+386 40 111 222" });
  const found = await post("/status", { number: ticket.number.toLowerCase().replaceAll("-", " "), digits: "1222" });
  expect(found.statusCode).toBe(303);
  const page = await get(String(found.headers.location));
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain(ticket.number);
  expect(page.body).toContain("The invoice of May");
  expect(page.headers["cache-control"]).toBe("no-store");
});

test("takes the digits of any phone on the client's card", async () => {
  const clientId = newId();
  await sql`insert into clients (id, given_name) values (${clientId}, 'Marija')`.execute(database.db);
  await sql`insert into client_phones (client_id, e164) values (${clientId}, '+38641777888')`.execute(database.db);
  const ticket = await build({ clientId });
  expect((await post("/status", { number: ticket.number, digits: "7888" })).statusCode).toBe(303);
  expect((await post("/status", { number: ticket.number, digits: "9999" })).statusCode).toBe(422);
});

test("gives one same answer for an unknown number and for wrong digits (R107)", async () => {
  const ticket = await build();
  const answers = [await post("/status", { number: ticket.number, digits: "0000" }), await post("/status", { number: unknownNumber(ticket.number), digits: "1222" }), await post("/status", { number: ticket.number, digits: "" })];
  const plain = answers.map((answer) => answer.body.replace(/ value="INT[^"]*"/, ""));
  for (const [index, answer] of answers.entries()) {
    expect(answer.statusCode).toBe(422);
    expect(plain[index]).toBe(plain[0]);
  }
  expect(plain[0]).not.toContain("Marija");
  const noPhone = await build({ contactPhone: null });
  expect((await post("/status", { number: noPhone.number, digits: "1222" })).statusCode).toBe(422);
});

test("runs the same statements for an unknown number, for wrong digits and for right ones, so that time tells nothing either", async () => {
  const ticket = await build();
  const run: string[] = [];
  const listening: KyselyPlugin = {
    transformQuery: ({ node }) => { run.push((node as unknown as { sqlFragments?: string[] }).sqlFragments?.join("?") ?? node.kind); return node; },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  const ctx = { ...database.ctx(), db: database.db.withPlugin(listening) };
  const statements = async (number: string): Promise<string[]> => {
    run.length = 0;
    expect((await findStatus(ctx, { number, digits: "0000", address: newId() })).kind).toBe("wrong");
    return [...run];
  };
  const known = await statements(ticket.number);
  expect(known.length).toBeGreaterThan(3);
  expect(await statements(unknownNumber(ticket.number))).toEqual(known);
});

test("says plainly when the number itself is mistyped", async () => {
  const ticket = await build();
  const wrong = await post("/status", { number: `${ticket.number.slice(0, -1)}${(Number(ticket.number.at(-1)) + 1) % 10}`, digits: "1222" });
  expect(wrong.statusCode).toBe(422);
  expect(wrong.body).toContain("missing or wrong");
  expect((await post("/status", { number: "<script>", digits: "1222" })).body).not.toContain("<script>");
});

test("stops after ten wrong tries at one number from anywhere, even with the right digits, and says when to come back (R107)", async () => {
  const ticket = await build();
  for (let count = 0; count < 10; count += 1) expect((await post("/status", { number: ticket.number, digits: "0000" }, `10.0.0.${count}`)).statusCode).toBe(422);
  const refused = await post("/status", { number: ticket.number, digits: "1222" }, "10.0.0.99");
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(800);
  expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(900);
  await later("15 minutes");
  expect((await post("/status", { number: ticket.number, digits: "1222" })).statusCode).toBe(303);
});

test("counts who changes their IPv6 address within their network as one (R107)", async () => {
  const ctx = database.ctx({ kind: "client", name: "client" });
  const tried = (address: string) => findStatus(ctx, { number: "INT-999-999-999-1", digits: "0000", address }).then(({ kind }) => kind as string, (error: { code: string }) => error.code);
  for (let count = 1; count <= 10; count += 1) expect(await tried(`2001:db8:7:7::${count}`)).toBe("mistyped");
  expect([await tried("2001:db8:7:7:ffff::1"), await tried("2001:db8:7:8::1")]).toEqual(["too_many", "mistyped"]);
});

/** Time passes for everybody who tries. */
const later = (interval: string) => sql`update status_tries set first_at = first_at - ${interval}::interval, locked_until = locked_until - ${interval}::interval`.execute(database.db);

test("is shut for twice as long each time somebody goes on guessing at one number, up to sixteen hours, and not for their neighbours", async () => {
  const ticket = await build();
  const minutes: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    let reply = await post("/status", { number: ticket.number, digits: "0000" }, `10.1.${round}.0`);
    for (let count = 1; reply.statusCode === 422; count += 1) reply = await post("/status", { number: ticket.number, digits: "0000" }, `10.1.${round}.${count}`);
    minutes.push(Math.round(Number(reply.headers["retry-after"]) / 60));
    await later(`${minutes.at(-1)} minutes`);
  }
  expect(minutes).toEqual([15, 30, 60, 120, 240, 480, 960, 960, 960]);
  expect((await post("/status", { number: (await build()).number, digits: "1222" })).statusCode).toBe(303);
  // The client is let in between, which makes the next lock no shorter; a quiet week does.
  expect((await post("/status", { number: ticket.number, digits: "1222" })).statusCode).toBe(303);
  const guess = async (): Promise<number> => { for (let count = 0; ; count += 1) { const reply = await post("/status", { number: ticket.number, digits: "0000" }, `10.2.0.${count}`); if (reply.statusCode === 429) return Math.round(Number(reply.headers["retry-after"]) / 60); } };
  expect(await guess()).toBe(960);
  await later("8 days");
  await sql`delete from status_tries where key like 'a:%'`.execute(database.db);
  expect(await guess()).toBe(15);
});

test("lets who knows the digits look, for half an hour; the answer is given by the link of the mail", async () => {
  const { ticket, url, seen } = await done();
  const look = String((await post("/status", { number: ticket.number, digits: "1222" })).headers.location).split("?")[0]!;
  expect(look).not.toBe(url);
  const page = (await get(look)).body;
  expect(page).toContain("The modem was replaced");
  expect(page).toContain("open the link in our last e-mail");
  expect(page).not.toMatch(/<form|Yes, it is solved/);
  expect((await post(look, { said: "yes", seen, score: "5" })).statusCode).toBe(422);
  expect((await now(ticket.id)).status).toBe("done");
  const [, , until] = look.split(".");
  for (const wrong of [look.slice(0, -1), look.replace(until!, String(Number(until) + 1)), look.replace(ticket.id, newId())]) expect((await get(wrong)).statusCode).toBe(404);
  expect(await showStatus(database.ctx({ kind: "client" }, () => new Date(Date.now() + 31 * 60_000)), look.slice("/s/".length))).toBeNull();
});

test("lets who has no mail of ours answer after their digits", async () => {
  const { ticket, url, seen } = await done({ contactEmail: null });
  expect(String((await post("/status", { number: ticket.number, digits: "1222" })).headers.location).split("?")[0]).toBe(url);
  expect((await post(url, { said: "yes", seen, score: "4" })).headers.location).toBe(`${url}?said=yes`);
});

test("stops one address after ten wrong tries at any numbers, all at once too, and not its neighbours (R107)", async () => {
  const ticket = await build();
  const burst = await Promise.all(Array.from({ length: 30 }, () => post("/status", { number: unknownNumber(ticket.number), digits: "1222" }, "10.9.9.9")));
  expect(burst.filter((each) => each.statusCode === 422).length).toBeLessThanOrEqual(10);
  expect(burst.filter((each) => each.statusCode === 429).length).toBeGreaterThanOrEqual(20);
  expect((await post("/status", { number: ticket.number, digits: "1222" }, "10.9.9.9")).statusCode).toBe(429);
  expect((await post("/status", { number: ticket.number, digits: "1222" }, "10.9.9.8")).statusCode).toBe(303);
});

test("does not count right answers against anyone", async () => {
  const ticket = await build();
  for (let count = 0; count < 15; count += 1) expect((await post("/status", { number: ticket.number, digits: "1222" })).statusCode).toBe(303);
});

test("thanks for nothing that is a name of every object", async () => {
  const { url } = await done();
  for (const said of ["constructor", "__proto__", "toString"]) {
    const page = await get(`${url}?said=${said}`);
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toContain('role="status"');
  }
});

test("an address that is not there answers a page with the way to one's request, in the reader's language, and not data for programs", async () => {
  for (const url of ["/portal", "/portal/x", "/s", "/s/a/b", "/status/x"]) {
    const reply = await get(`${url}?lang=sl`);
    expect([url, reply.statusCode, reply.headers["content-type"]]).toEqual([url, 404, "text/html; charset=utf-8"]);
    expect(reply.body).toMatch(/Te strani ni.*href="\/status\?lang=sl"/s);
  }
  expect((await get("/portal/portal.css")).statusCode).toBe(200);
});

test("opens nothing by a wrong link", async () => {
  const ticket = await build();
  const secret = await linkSecret(database.db, ticket.id);
  for (const wrong of [`${secret.slice(0, -1)}_`, "x", ticket.id, "a".repeat(150)]) expect((await get(`/s/${wrong}`)).statusCode).toBe(404);
  expect((await post("/s/nothing", { said: "yes", score: "5", seen: new Date().toISOString() })).statusCode).toBe(404);
  const { rows } = await sql<{ text: string }>`select row_to_json(t)::text as text from tickets t where id = ${ticket.id}`.execute(database.db);
  expect(rows[0]!.text).not.toContain(secret);
});

test("shows steps, what comes next, the history and what we need, and nothing internal", async () => {
  const ticket = await build({ description: "internal description", requiredBy: new Date("2027-03-02T10:00:00Z") });
  await move(ticket.id, "take");
  await move(ticket.id, "ask_client", { question: "Which modem do you have?" });
  const url = `/s/${await linkSecret(database.db, ticket.id)}`;
  const page = (await get(url)).body;
  expect(page).toContain("Which modem do you have?");
  expect(page).toMatch(/aria-current="step"><span>Waiting for you/);
  expect([...page.matchAll(/<li><span>([^<]+)<\/span><time/g)].map((match) => match[1])).toEqual(["Waiting for you", "In work", "Received"]);
  expect(page).not.toMatch(/Ana|Skrivnostna|internal description|<script|<style|style="/);
  const seen = (await now(ticket.id)).stageSince.toISOString();
  expect((await post(url, { said: "answer", seen, text: "The white one" })).headers.location).toBe(`${url}?said=answer`);
  expect(await now(ticket.id)).toMatchObject({ stage: "in_work", fields: { answer: "The white one" } });
  expect((await get(`${url}?said=answer`)).body).toContain("2\u00A0March 2027 at 11:00 CET");
});

test("closes on yes with a score, once, however often it is pressed (R113)", async () => {
  const { ticket, url, seen } = await done();
  expect((await get(url)).body).toContain("Yes, it is solved");
  const presses = await Promise.all([1, 2, 3].map(() => post(url, { said: "yes", seen, score: "5", text: "Great" })));
  for (const press of presses) expect(press.headers.location).toBe(`${url}?said=yes`);
  expect(await now(ticket.id)).toMatchObject({ status: "closed", closedAs: "confirmed", score: 5, clientComment: "Great" });
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from events where subject_id = ${ticket.id} and type = 'ticket.moved' and data ->> 'transition' = 'confirm'`.execute(database.db);
  expect(rows[0]!.n).toBe(1);
  expect((await get(`${url}?said=yes`)).body).toContain("Thank you. Your answer is noted");
});

test("does nothing by opening the link of the mail, which mail scanners do too", async () => {
  const { ticket, url } = await done();
  const page = await get(`${url}?answer=no`);
  expect(page.body.indexOf("No, it is not solved")).toBeLessThan(page.body.indexOf("Yes, it is solved"));
  expect((await now(ticket.id)).status).toBe("done");
});

test("asks again when yes has no score or no has no reason", async () => {
  const { ticket, url, seen } = await done();
  for (const form of [{ said: "yes", seen }, { said: "yes", seen, score: "9" }, { said: "no", seen, text: "  " }, { said: "maybe", seen }] as Record<string, string>[]) {
    const reply = await post(url, form);
    expect(reply.statusCode).toBe(422);
  }
  expect((await now(ticket.id)).status).toBe("done");
});

test("reopens on no: same number, higher priority, same owner, an alert; a stale yes shows kindly how it is (R114)", async () => {
  const { ticket, url, seen } = await done();
  expect((await post(url, { said: "no", seen, text: "Still no internet" })).headers.location).toBe(`${url}?said=no`);
  expect(await now(ticket.id)).toMatchObject({ number: ticket.number, stage: "reopened", priority: ticket.priority + 1, ownerId: ana.id, reopened: 1 });
  const { rows } = await sql<{ data: object }>`select data from events where subject_id = ${ticket.id} and type = 'alert.raised'`.execute(database.db);
  expect(rows).toMatchObject([{ data: { key: "alert_ticket_reopened", params: { number: ticket.number } } }]);
  const stale = await post(url, { said: "yes", seen, score: "5" });
  expect(stale.headers.location).toBe(`${url}?said=moved_on`);
  expect((await get(`${url}?said=moved_on`)).body).toContain("already moved on");
  await finish(ticket.id);
  expect((await post(url, { said: "yes", seen, score: "5" })).headers.location).toBe(`${url}?said=moved_on`);
  expect((await now(ticket.id)).status).toBe("done");
});

test("what was done stands on the page as what was tried before, once its client has opened it again; when it is done anew, it is what was done (R113)", async () => {
  const { ticket, url, seen } = await done();
  expect((await get(url)).body).toContain("<h2>What was done</h2>");
  await post(url, { said: "no", seen, text: "It is broken again" });
  const page = (await get(url)).body;
  expect(page).toContain("What was done before you opened it again");
  expect(page).not.toContain("<h2>What was done</h2>");
  await finish(ticket.id);
  expect((await get(url)).body).toContain("<h2>What was done</h2>");
});

test("closes as unconfirmed after the set silence and still takes a late yes or no (R113)", async () => {
  const { ticket, url } = await done();
  const { rows } = await sql<{ runAt: Date }>`select next_at as run_at from clocks where subject_id = ${ticket.id} and name = 'timer.unconfirmed'`.execute(database.db);
  expect(rows[0]!.runAt.getTime() - ticket.stageSince.getTime()).toBe(60_000);
  await fireClock(database.ctx(undefined, () => rows[0]!.runAt), { ticketId: ticket.id, name: "timer.unconfirmed", percent: 100 });
  expect(await now(ticket.id)).toMatchObject({ closedAs: "unconfirmed", status: "closed" });
  expect((await get(url)).body).toContain("We did not hear from you");
  await post(url, { said: "yes", seen: (await now(ticket.id)).stageSince.toISOString(), score: "4" });
  expect(await now(ticket.id)).toMatchObject({ closedAs: "confirmed", score: 4 });
});

test.each([["ru", "Что будет дальше", "Да, вопрос решён"], ["sl", "Kaj sledi", "Da, zadeva je rešena"]] as const)("speaks the ticket's language (%s) and switches on demand", async (language, nextTitle, yes) => {
  const { url } = await done({ language });
  const page = (await get(url)).body;
  expect(page).toContain(`<html lang="${language}">`);
  expect(page).toContain(nextTitle);
  expect(page).toContain(yes);
  expect((await get(`${url}?lang=en`)).body).toContain("What happens next");
  expect((await get(`/status?lang=${language}`)).body).toContain(`<html lang="${language}">`);
});

test("serves its style sheet and the project's colour, and refuses scripts by policy", async () => {
  expect((await get("/portal/portal.css")).headers["content-type"]).toContain("text/css");
  expect((await get("/portal/colour/internet.css")).body).toMatch(/^:root\{--accent:#[0-9a-f]{6};--mark:#[0-9a-f]{6}\}$/i);
  expect((await get("/portal/colour/none.css")).body).toBe("");
  expect(String((await get("/status")).headers["content-security-policy"])).not.toContain("unsafe-inline");
});

test("says in the page's own language that the score is missing and keeps what was written; what was done is read before the question", async () => {
  const { url, seen } = await done({ language: "sl" });
  const again = await post(url, { said: "yes", seen, text: "Hvala <vsem>" });
  expect(again.statusCode).toBe(422);
  expect(again.body).toContain("Prosimo, izberite oceno od 1 do 5.");
  expect(again.body).toContain("Hvala &#60;vsem&#62;");
  // The browser's own bubble would speak the browser's language.
  expect(again.body).toMatch(/<form[^>]+novalidate>/);
  expect(again.body.indexOf("The modem was replaced")).toBeLessThan(again.body.indexOf("<form"));
  expect((await get(`${url}?said=yes`)).body).toContain('class="notice good"');
  expect((await get(`${url}?said=moved_on`)).body).not.toContain("notice good");
});

test("R004 a closed ticket of a project out of use is not opened again, by its client or by us; its page says so in plain words", async () => {
  const { ticket, url } = await done({ contactEmail: null });
  await fireClock(database.ctx(undefined, () => new Date(Date.now() + 3_600_000)), { ticketId: ticket.id, name: "timer.unconfirmed", percent: 100 });
  const closed = await now(ticket.id);
  expect(closed).toMatchObject({ status: "closed", closedAs: "unconfirmed" });
  expect((await get(url)).body).toContain("You can still tell us");
  await inTx(database.ctx(), (ctx) => retireProject(ctx, "internet", { note: "The client has left", refuse: () => Promise.resolve() }));
  const page = (await get(url)).body;
  expect(page).toContain("it cannot be opened again or answered");
  expect(page).not.toMatch(/<textarea|You can still tell us|call us/);
  for (const said of [{ said: "no", text: "It is broken again" }, { said: "yes", text: "", score: "5" }] as Record<string, string>[]) {
    const answered = await post(url, { ...said, seen: closed.stageSince.toISOString() });
    expect([answered.statusCode, answered.headers.location]).toEqual([303, expect.stringMatching(/said=ended/)]);
  }
  const [way] = Object.entries((await processOf(database.db, closed.processId)).transitions).filter(([, each]) => each.from.includes(closed.stage) && each.who.includes("client") && each.does.includes("count_reopening"));
  await expect(moveByClient(database.ctx({ kind: "client", id: null, name: "client" }), closed.id, { stageSince: closed.stageSince.toISOString() }, { transition: way![0], input: { reason: "Broken" } })).rejects.toMatchObject({ code: "conflict", reason: "ticket_of_retired_project" });
  expect(await now(ticket.id)).toMatchObject({ status: "closed", reopened: 0, version: closed.version });
  expect((await findStatus(database.ctx(), { number: closed.number, digits: "1222", address: "10.9.9.9" })).kind).toBe("found");
  await inTx(database.ctx(), (ctx) => retireProject(ctx, "internet", null));
  expect((await post(url, { said: "no", text: "It is broken again", seen: closed.stageSince.toISOString() })).headers.location).toMatch(/said=no/);
});
