import { sql, type KyselyPlugin } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { createSecretKey, randomBytes } from "node:crypto";
import { newId } from "../../platform/ids.ts";
import { secretsOf } from "../../platform/secret.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { SESSION_COOKIE } from "../access/index.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { updateClient } from "../clients/index.ts";
import type { Mail, Mailer } from "../notices/index.ts";
import { addNote, moveTicket } from "../tickets/index.ts";
import { buildProjects, buildTicket, type BuiltTicket } from "../tickets/tickets.factory.ts";
import { selectTicket } from "../tickets/tickets.sql.ts";
import { askCode, FORGET_CLIENT_SESSIONS, portalJobs, SEND_CODE } from "./portal.access.service.ts";
import { CLIENT_COOKIE, myRoutes } from "./portal.my.routes.ts";
import { showOwn } from "./portal.my.service.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const secrets = secretsOf(createSecretKey(randomBytes(32)));
const ana = actorOf(await buildUser(database.db, { name: "Ana Skrivnostna", roles: ["operator"], projects: ["internet", "shop"] }));
const http = await testHttp(database, (app) => myRoutes(app, { ctx: system, secrets, folders: { attachments: "/nowhere", documents: "/nowhere" } }));
const outbox: Mail[] = [];
const mailer: Mailer = { send: (mail) => { outbox.push(mail); return Promise.resolve(); }, close: () => undefined };
const jobs = portalJobs(system, { mailer, secrets });
beforeEach(async () => { outbox.length = 0; await sql`delete from status_tries`.execute(database.db); });

/** A browser: keeps its cookies, follows nothing. */
function browser(ip = "10.1.1.1") {
  const jar = new Map<string, string>();
  const send = async (method: "GET" | "POST", url: string, form?: Record<string, string>, headers: Record<string, string> = {}) => {
    const reply = await http.app.inject({ method, url, remoteAddress: ip, headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "), "accept-language": "en", ...(form && { "content-type": "application/x-www-form-urlencoded" }), ...headers }, ...(form && { payload: new URLSearchParams(form).toString() }) });
    for (const { name, value } of reply.cookies) { if (value === "") jar.delete(name); else jar.set(name, value); }
    return reply;
  };
  const csrf = async (url = "/my") => /name="csrf" value="([^"]+)"/.exec((await send("GET", url)).body)![1]!;
  return { jar, send, csrf, get: (url: string) => send("GET", url), post: (url: string, form: Record<string, string>) => send("POST", url, form) };
}
type Browser = ReturnType<typeof browser>;

const codeIds = () => sql<{ id: string }>`select payload ->> 'id' as id from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = ${SEND_CODE} order by j.id`.execute(database.db).then(({ rows }) => rows.map(({ id }) => id));
/** What the job does, for every code asked for so far. */
const deliver = async () => { for (const id of await codeIds()) await jobs[SEND_CODE]!({ id }); };
const codeIn = (mail: Mail | undefined) => /\b(\d{3}) (\d{3})\b/.exec(mail?.text ?? "")!.slice(1).join("");
async function enter(b: Browser, address: string): Promise<Browser> {
  await b.post("/my/sign-in", { address });
  await deliver();
  const done = await b.post("/my/code", { code: codeIn(outbox.findLast(({ to }) => to === address)) });
  expect(done.statusCode).toBe(303);
  return b;
}
let people = 0;
async function person(over: { emails?: string[]; projects?: string[] } = {}) {
  people += 1;
  const address = `oseba${people}@example.test`;
  const card = await buildClient(database.ctx(ana), { givenName: "Marija", familyName: `Oseba${people}`, emails: [address], projects: ["internet"], ...over });
  return { address, card, ticket: (more: BuiltTicket = {}) => buildTicket(system, { clientId: card.id, language: "en", contactEmail: address, ownerId: ana.id, ...more }) };
}
const move = async (id: string, transition: string, input: object = {}) => moveTicket(database.ctx(ana), id, { version: (await selectTicket(database.db, id))!.version, transition, input: { ...input } });
const wrongOf = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

test("R121 a client signs in by a code from the mail and sees their own requests only", async () => {
  const [marija, other] = [await person(), await person()];
  const ticket = await marija.ticket({ subject: "Slow at night" });
  const foreign = await other.ticket({ subject: "Somebody else's secret" });
  const b = await enter(browser(), marija.address);
  const list = await b.get("/my");
  expect(list.body).toContain("Slow at night");
  expect(list.body).toContain(marija.address);
  expect(list.body).not.toContain("Somebody else");
  expect(list.headers["cache-control"]).toBe("no-store");
  expect((await b.get(`/my/tickets/${ticket.id}`)).body).toContain(ticket.number);
  expect((await b.get(`/my/tickets/${foreign.id}`)).statusCode).toBe(404);
  expect(outbox).toMatchObject([{ to: marija.address, language: "en", subject: "Your code for signing in" }]);
});

test("R121 whether an address is known is told by nothing: same page, same statements, same counters, and no letter", async () => {
  const marija = await person();
  const [known, unknown] = [browser("10.2.0.1"), browser("10.2.0.2")];
  const pages = [];
  for (const [b, address] of [[known, marija.address], [unknown, "nobody@example.test"]] as const) {
    const asked = await b.post("/my/sign-in", { address });
    expect([asked.statusCode, asked.headers.location]).toEqual([303, "/my/code?lang=en"]);
    pages.push((await b.get("/my/code")).body.replaceAll(address, "…"), (await b.post("/my/code", { code: "000000" })).body.replaceAll(address, "…"));
  }
  expect(pages[0]).toBe(pages[2]);
  expect(pages[1]).toBe(pages[3]);
  await deliver();
  expect(outbox.filter(({ to }) => to === "nobody@example.test")).toEqual([]);

  const run: string[] = [];
  const listening: KyselyPlugin = { transformQuery: ({ node }) => { run.push((node as unknown as { sqlFragments?: string[] }).sqlFragments?.join("?") ?? node.kind); return node; }, transformResult: ({ result }) => Promise.resolve(result) };
  const ctx = { ...system, db: database.db.withPlugin(listening) };
  const statements = async (address: string) => { run.length = 0; await askCode(ctx, { address, language: "en", ticketId: null }, { ip: newId(), agent: "" }, secrets); return [...run]; };
  const first = await statements(marija.address);
  expect(first.length).toBeGreaterThan(4);
  expect(await statements("nobody@example.test")).toEqual(first);
  const shut = async (address: string) => { for (let count = 0; ; count += 1) if ((await browser(`10.3.0.${count}`).post("/my/sign-in", { address })).statusCode === 429) return count; };
  await sql`delete from status_tries`.execute(database.db);
  expect([await shut(marija.address), await shut("nobody@example.test")]).toEqual([5, 5]);
});

test("R121 a code is good for one use, for ten minutes, for five tries and only in the browser that asked; the database knows it only sealed", async () => {
  const marija = await person();
  const [b, thief] = [browser(), browser("10.4.0.1")];
  await b.post("/my/sign-in", { address: marija.address });
  await thief.post("/my/sign-in", { address: "thief@example.test" });
  await deliver();
  const code = codeIn(outbox.at(-1));
  const { rows } = await sql<{ text: string; sealed: Buffer | null }>`select row_to_json(c)::text as text, sealed from portal_codes c where address = ${marija.address}`.execute(database.db);
  expect(rows[0]!.text).not.toContain(code);
  expect(rows[0]!.sealed).toBeNull();
  expect((await thief.post("/my/code", { code })).statusCode).toBe(422);
  for (let count = 0; count < 4; count += 1) expect((await b.post("/my/code", { code: wrongOf(code) })).statusCode).toBe(422);
  const both = await Promise.all([b.post("/my/code", { code }), b.post("/my/code", { code })]);
  expect(both.map(({ statusCode }) => statusCode).filter((status) => status === 303 || status === 422).length).toBe(2);
  expect(both.filter((reply) => reply.headers.location === "/my")).toHaveLength(1);

  const again = browser();
  await again.post("/my/sign-in", { address: marija.address });
  await deliver();
  const second = codeIn(outbox.at(-1));
  for (let count = 0; count < 5; count += 1) expect((await again.post("/my/code", { code: wrongOf(second) })).statusCode).toBe(422);
  expect((await again.post("/my/code", { code: second })).statusCode).toBe(422);

  const late = browser();
  await late.post("/my/sign-in", { address: marija.address });
  await deliver();
  const third = codeIn(outbox.at(-1));
  await sql`update portal_codes set expires_at = expires_at - interval '10 minutes'`.execute(database.db);
  expect((await late.post("/my/code", { code: third })).headers.location).toBe("/my?lang=en");
  expect(late.jar.has(CLIENT_COOKIE)).toBe(false);
});

test("R121 one letter goes out for a code however often its job runs, and none for a code that is too late", async () => {
  const marija = await person();
  await browser().post("/my/sign-in", { address: marija.address });
  await Promise.all([deliver(), deliver()]);
  await deliver();
  expect(outbox.filter(({ to }) => to === marija.address)).toHaveLength(1);
  await browser("10.5.0.1").post("/my/sign-in", { address: marija.address });
  await sql`update portal_codes set expires_at = expires_at - interval '1 hour' where address = ${marija.address}`.execute(database.db);
  await deliver();
  expect(outbox.filter(({ to }) => to === marija.address)).toHaveLength(1);
});

test("R121 codes are limited by address, by client over all addresses, and by network", async () => {
  const two = ["ena@example.test", "dva@example.test"];
  await person({ emails: two });
  const asked = [];
  for (let count = 0; count < 10; count += 1) asked.push((await browser(`10.6.0.${count}`).post("/my/sign-in", { address: two[count % 2]! })).statusCode);
  expect(asked).toEqual([...Array.from({ length: 8 }, () => 303), 429, 429]);
  const one = [];
  for (let count = 0; count < 21; count += 1) one.push((await browser(`2001:db8:1:2::${count.toString(16)}`).post("/my/sign-in", { address: `x${count}@example.test` })).statusCode);
  expect([one.filter((status) => status === 303).length, one.at(-1)]).toEqual([20, 429]);
  expect((await browser("2001:db8:1:3::1").post("/my/sign-in", { address: "y@example.test" })).statusCode).toBe(303);
});

test("R121 sessions of clients and of colleagues open nothing of each other's", async () => {
  const marija = await person();
  const ticket = await marija.ticket();
  const b = await enter(browser(), marija.address);
  const token = b.jar.get(CLIENT_COOKIE)!;
  expect((await http.app.inject({ method: "GET", url: "/api/access/me", headers: { cookie: `${SESSION_COOKIE}=${token}; ${CLIENT_COOKIE}=${token}` } })).statusCode).toBe(401);
  const operator = await http.signIn({ projects: ["internet"] });
  const staff = operator.cookie.split("=")[1]!;
  const reply = await http.app.inject({ method: "GET", url: `/my/tickets/${ticket.id}`, headers: { cookie: `${operator.cookie}; ${CLIENT_COOKIE}=${staff}` } });
  expect([reply.statusCode, reply.headers.location]).toEqual([303, `/my?lang=en&to=${ticket.id}`]);
  const set = (await b.post("/my/sign-in", { address: marija.address })).cookies.find(({ name }) => name === "linija_code");
  expect(set).toMatchObject({ path: "/my", httpOnly: true, sameSite: "Lax" });
});

test("R121 a thousand ids of others, made up or real, are all not found alike, by the same statements", async () => {
  const [marija, other] = [await person(), await person()];
  const real = [];
  for (let count = 0; count < 20; count += 1) real.push((await other.ticket()).id);
  const child = await marija.ticket();
  await sql`update tickets set parent_id = ${real[0]} where id = ${child.id}`.execute(database.db);
  const b = await enter(browser(), marija.address);
  const { body } = await b.get(`/my/tickets/${real[0]}`);
  for (const id of [...real, child.id, "nonsense", ...Array.from({ length: 979 }, () => newId())]) {
    const reply = await b.get(`/my/tickets/${id}`);
    expect([reply.statusCode, reply.body === body]).toEqual([404, true]);
  }
  const run: string[] = [];
  const listening: KyselyPlugin = { transformQuery: ({ node }) => { run.push((node as unknown as { sqlFragments?: string[] }).sqlFragments?.join("?") ?? node.kind); return node; }, transformResult: ({ result }) => Promise.resolve(result) };
  const statements = async (id: string) => { run.length = 0; expect(await showOwn({ ...system, db: database.db.withPlugin(listening) }, { address: marija.address } as never, id)).toBeNull(); return [...run]; };
  expect(await statements(real[1]!)).toEqual(await statements(newId()));
}, 60_000);

test("R121 confirms with a score and reopens with a reason, with the form's token only", async () => {
  const marija = await person();
  const ticket = await marija.ticket();
  await move(ticket.id, "take");
  await move(ticket.id, "finish", { resolution: "The modem was replaced", resolution_kind: "solved" });
  const b = await enter(browser(), marija.address);
  const url = `/my/tickets/${ticket.id}`;
  const seen = (await selectTicket(database.db, ticket.id))!.stageSince.toISOString();
  expect((await b.post(`${url}/answer`, { said: "yes", seen, score: "5" })).statusCode).toBe(403);
  const csrf = await b.csrf(url);
  expect((await b.send("POST", `${url}/answer`, { said: "yes", seen, score: "5", csrf }, { "sec-fetch-site": "cross-site" })).statusCode).toBe(403);
  expect((await b.post(`${url}/answer`, { said: "yes", seen, csrf })).statusCode).toBe(422);
  expect((await b.post(`${url}/answer`, { said: "no", seen, text: "Still slow", csrf })).headers.location).toBe(`${url}?said=no`);
  expect(await selectTicket(database.db, ticket.id)).toMatchObject({ stage: "reopened", reopened: 1 });
  await move(ticket.id, "take");
  await move(ticket.id, "finish", { resolution: "A new cable", resolution_kind: "solved" });
  const now = (await selectTicket(database.db, ticket.id))!.stageSince.toISOString();
  expect((await b.post(`${url}/answer`, { said: "yes", seen: now, score: "4", csrf })).headers.location).toBe(`${url}?said=yes`);
  expect(await selectTicket(database.db, ticket.id)).toMatchObject({ closedAs: "confirmed", score: 4 });
  const { rows } = await sql<{ actorKind: string; actorId: string }>`select actor_kind, actor_id from audit_log where object_id = ${ticket.id} and action = 'ticket.confirm'`.execute(database.db);
  expect(rows).toEqual([{ actorKind: "client", actorId: marija.card.id }]);
  const stranger = await enter(browser(), (await person()).address);
  expect((await stranger.post(`${url}/answer`, { said: "no", seen: now, text: "x", csrf: await stranger.csrf() })).statusCode).toBe(404);
});

test("R121 internal notes and names of colleagues are on no page of the portal", async () => {
  const marija = await person();
  const ticket = await marija.ticket({ description: "internal description" });
  await addNote(database.ctx(ana), ticket.id, "internal note");
  const b = await enter(browser(), marija.address);
  for (const url of ["/my", `/my/tickets/${ticket.id}`]) expect((await b.get(url)).body).not.toMatch(/internal|Skrivnostna|<script|style="/);
});

test("R121 signing out everywhere ends every browser, and taking the address off the card does too", async () => {
  const marija = await person();
  const [here, there] = [await enter(browser(), marija.address), await enter(browser("10.7.0.1"), marija.address)];
  const third = await enter(browser("10.7.0.2"), marija.address);
  await third.post("/my/sign-out", { csrf: await third.csrf() });
  expect(third.jar.has(CLIENT_COOKIE)).toBe(false);
  expect((await there.get("/my")).body).toContain(marija.address);
  await here.post("/my/sign-out", { csrf: await here.csrf(), everywhere: "1" });
  expect((await there.get("/my")).body).toContain("Send me a code");
  const last = await enter(browser("10.7.0.3"), marija.address);
  await updateClient(database.ctx(ana), marija.card.id, { version: marija.card.version, emails: ["new@example.test"] } as never);
  expect((await last.get("/my")).body).toContain("Send me a code");
  const { rows } = await sql<{ action: string }>`select action from audit_log where object_id = ${marija.card.id} and action like 'portal.%' order by id`.execute(database.db);
  expect(new Set(rows.map(({ action }) => action))).toEqual(new Set(["portal.code_asked", "portal.signed_in", "portal.signed_out", "portal.signed_out_everywhere"]));
});

test("R121 goes through the pages of a long list without losing or repeating one, and a bent cursor begins again", async () => {
  const marija = await person();
  const numbers = [];
  for (let count = 0; count < 45; count += 1) numbers.push((await marija.ticket()).number);
  const b = await enter(browser(), marija.address);
  const seen: string[] = [];
  for (let url: string | undefined = "/my"; url;) {
    const { body } = await b.get(url);
    seen.push(...[...body.matchAll(/class="number">([^<]+)</g)].map((match) => match[1]!));
    url = /href="(\/my\?after=[^"]+)"/.exec(body)?.[1];
  }
  expect(seen.toSorted()).toEqual(numbers.toSorted());
  expect((await b.get("/my?after=bent")).statusCode).toBe(200);
});

test("R121 goes to the ticket of the link after signing in, and speaks the language chosen from then on", async () => {
  const marija = await person();
  const ticket = await marija.ticket();
  const b = browser();
  const door = await b.get(String((await b.get(`/my/tickets/${ticket.id}`)).headers.location));
  expect(door.body).toContain(`name="to" value="${ticket.id}"`);
  await b.post("/my/sign-in?lang=sl", { address: marija.address.toUpperCase(), to: ticket.id });
  await deliver();
  expect(outbox.at(-1)).toMatchObject({ language: "sl", subject: "Vaša koda za prijavo" });
  expect((await b.post("/my/code", { code: ` ${codeIn(outbox.at(-1))} ` })).headers.location).toBe(`/my/tickets/${ticket.id}`);
  expect((await b.get("/my")).body).toContain("Moji zahtevki");
  await b.get("/my?lang=ru");
  expect((await b.get("/my")).body).toContain("Мои заявки");
});

test("forgets codes and sessions that are over", async () => {
  const b = await enter(browser(), (await person()).address);
  await sql`update portal_sessions set seen_at = seen_at - interval '3 days'`.execute(database.db);
  await sql`update portal_codes set expires_at = expires_at - interval '2 days'`.execute(database.db);
  expect((await b.get("/my")).body).toContain("Send me a code");
  await jobs[FORGET_CLIENT_SESSIONS]!({});
  const { rows } = await sql<{ n: number }>`select (select count(*) from portal_codes)::int + (select count(*) from portal_sessions)::int as n from settings limit 1`.execute(database.db);
  expect(rows).toEqual([{ n: 0 }]);
});
