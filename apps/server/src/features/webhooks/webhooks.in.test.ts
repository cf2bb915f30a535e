import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, expect, test, vi } from "vitest";
import { openSecrets } from "../../platform/secret.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { textKinds } from "../../kinds.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { getRecord } from "../forms/index.ts";
import { describeProblems, projectFolders, readDeclarations, readFolder } from "../projects/index.ts";
import { getTicket, storeDeclarations } from "../tickets/index.ts";
import type { HookReply } from "./webhooks.in.contract.ts";
import { tellHeld } from "./webhooks.in.repeat.service.ts";
import { LIMIT } from "./webhooks.in.routes.ts";
import { deleteOldCalls } from "./webhooks.in.sql.ts";
import { webhooksRoutes } from "./webhooks.routes.ts";

const { texts } = await readFolder(fileURLToPath(new URL("../../../../../projects", import.meta.url)));
const read = readDeclarations(texts, { kinds: textKinds, projects: projectFolders(texts) });
if (!read.ok) throw new Error(describeProblems(read));
const database = await testDatabase();
await storeDeclarations(database.ctx(), read.declarations, { kinds: textKinds });
const folder = mkdtempSync(join(tmpdir(), "linija-hooks-in-"));
afterAll(() => rmSync(folder, { recursive: true }));
const http = await testHttp(database, (app) => webhooksRoutes(app, { secrets: openSecrets(folder, ""), allowPrivate: false }));
const administrator = await http.signIn({ name: "Admin", roles: ["administrator"], projects: [] });
const system = database.ctx();
const slovene = database.ctx(actorOf(await buildUser(database.db, { login: "slovene", projects: ["energy"], language: "sl" })));

async function newSecretOf(project: string): Promise<string> {
  const made = await administrator.send("PUT", `/api/hooks/${project}/telemetry/secret`);
  expect(made.statusCode, made.body).toBe(200);
  return made.json<{ secret: string }>().secret;
}
const secrets: Record<string, string> = { energy: await newSecretOf("energy"), production: await newSecretOf("production") };

const now = (): number => Math.floor(Date.now() / 1_000);
const signed = (secret: string, body: string, seconds = now()): string => `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;

interface Sending { project?: string; hook?: string; signature?: string | null; address?: string; type?: string }
let lastAddress = 1;
/** Each from an address of its own, so that what is limited by address is limited only where a test says so. */
function send(body: unknown, { project = "energy", hook = "telemetry", signature, address = `10.0.${Math.floor((lastAddress += 1) / 250)}.${lastAddress % 250}`, type = "application/json" }: Sending = {}): Promise<LightMyRequestResponse> {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const header = signature === undefined ? signed(secrets[project] ?? "nobody", payload) : signature;
  return http.app.inject({ method: "POST", url: `/api/hooks/${project}/${hook}`, remoteAddress: address, headers: { "content-type": type, ...(header !== null && { "linija-signature": header }) }, payload });
}

async function taken(body: unknown, sending: Sending = {}): Promise<HookReply> {
  const reply = await send(body, sending);
  expect(reply.statusCode, reply.body).toBe(200);
  return reply.json<HookReply>();
}

const overload = (object: string, more: Record<string, unknown> = {}) => ({ object, parameter: "load", value: 131.5, limit: 100, unit: "A", at: "2026-11-20T10:15:00+01:00", source: "SCADA-2", ...more });
const ticketsOf = async (object: string): Promise<number> => (await sql<{ n: number }>`select count(*)::int as n from tickets where subject like ${`${object}:%`}`.execute(database.db)).rows[0]!.n;

async function formOf(ticketId: string) {
  const { rows: [record] } = await sql<{ id: string }>`select id from form_records where subject_kind = 'ticket' and subject_id = ${ticketId}`.execute(database.db);
  return getRecord(system, record!.id);
}

test("R362 an alarm of the network's telemetry becomes a ticket with its form and priority, by a system named after the hook", async () => {
  const { state, ticket } = await taken(overload("TP Šiška 14"));
  expect(state).toBe("registered");
  expect(await getTicket(system, ticket!.id)).toMatchObject({ projectKey: "energy", type: "alarm", stage: "registered", priority: 3, language: "sl", subject: "TP Šiška 14: obremenitev 131.5 A", description: "Sporočila je telemetrija (SCADA-2). Meja: 100 A." });
  expect(await formOf(ticket!.id)).toMatchObject({ state: "submitted", submittedBy: "Telemetrija", data: { object: "TP Šiška 14", parameter: "load", value: 131.5, limit: 100, unit: "A", source: "SCADA-2", at: "2026-11-20T09:15:00.000Z" } });
  const { rows } = await sql<{ actorKind: string; actorName: string }>`select actor_kind, actor_name from audit_log where object_id = ${ticket!.id} and action = 'ticket.register'`.execute(database.db);
  expect(rows).toEqual([{ actorKind: "system", actorName: "Telemetrija" }]);
  const events = await sql<{ data: object }>`select data from events where type = 'hook.received' and data->>'ticketId' = ${ticket!.id}`.execute(database.db);
  expect(events.rows).toMatchObject([{ data: { state: "registered", alarm: "TP Šiška 14/load" } }]);
  expect(await getTicket(system, (await taken(overload("TP Bežigrad", { severity: "warning" }))).ticket!.id)).toMatchObject({ priority: 2 });
});

test("R362 an alarm of a machine becomes a ticket of the plant, read from where the control system has it", async () => {
  const body = { device: { name: "Пресс 7", line: "B", serial: 12 }, parameter: "leak", at: "2026-11-20T10:15:00Z", people_in_danger: true };
  const { ticket } = await taken(body, { project: "production" });
  expect(await getTicket(system, ticket!.id)).toMatchObject({ projectKey: "production", type: "alarm", priority: 3, language: "ru", subject: "Пресс 7: утечка", description: "Сообщила телеметрия." });
  expect(await formOf(ticket!.id)).toMatchObject({ state: "submitted", data: { equipment: "Пресс 7", line: "B", parameter: "leak", people_in_danger: true, source: "telemetry" } });
  expect(await getTicket(system, (await taken({ ...body, people_in_danger: false, parameter: "vibration", value: 9 }, { project: "production" })).ticket!.id)).toMatchObject({ priority: 2 });
});

test("the same request sent twice at once, and once more, is one ticket", async () => {
  const body = JSON.stringify(overload("RTP Kleče"));
  const signature = signed(secrets["energy"]!, body);
  const [one, two] = await Promise.all([taken(body, { signature }), taken(body, { signature })]);
  expect([one.state, two.state].toSorted()).toEqual(["registered", "seen"]);
  const third = await taken(body, { signature });
  expect(third).toEqual({ state: "seen", ticket: one.ticket });
  expect(two.ticket).toEqual(one.ticket);
  expect(await ticketsOf("RTP Kleče")).toBe(1);
});

test("the same alarm reported by several at once is one ticket", async () => {
  const replies = await Promise.all([1, 2, 3, 4, 5].map((value) => taken(overload("RTP Polje", { value: 130 + value }))));
  expect(replies.map(({ state }) => state).toSorted()).toEqual(["registered", "repeated", "repeated", "repeated", "repeated"]);
  expect(new Set(replies.map(({ ticket }) => ticket!.id)).size).toBe(1);
  expect(await ticketsOf("RTP Polje")).toBe(1);
});

test("the same alarm again is a note on the open ticket, of a flood one note; once it is explained, a new ticket", async () => {
  const { ticket } = await taken(overload("TP Vič"));
  expect(await taken(overload("TP Vič", { value: 140 }))).toEqual({ state: "repeated", ticket });
  expect(await taken(overload("TP Vič", { value: 141 }))).toEqual({ state: "repeated", ticket });
  expect((await getTicket(slovene, ticket!.id)).notes.map(({ text }) => text)).toEqual(["Ponovni alarm, 140 A (2×)"]);
  await sql`update hook_alarms set noted_at = noted_at - interval '2 minutes' where ticket_id = ${ticket!.id}`.execute(database.db);
  expect(await taken(overload("TP Vič", { state: "cleared", value: 80 }))).toEqual({ state: "repeated", ticket });
  expect((await getTicket(slovene, ticket!.id)).notes.map(({ text }) => text)).toEqual(["Ponovni alarm, 140 A (2×)", "Znova v mejah, 80 A (4×)"]);
  await sql`update tickets set status = 'done' where id = ${ticket!.id}`.execute(database.db);
  const next = await taken(overload("TP Vič", { value: 150 }));
  expect([next.state, next.ticket!.id === ticket!.id]).toEqual(["registered", false]);
  expect((await taken(overload("TP Vič", { parameter: "voltage" }))).state).toBe("registered");
});

const notesOf = async (id: string, who = slovene) => (await getTicket(who, id)).notes.map(({ text }) => text);
/** As if so long ago: what is counted of an alarm is by the server's own clock. */
const age = (ticketId: string, seconds: number) => sql`update hook_alarms set noted_at = noted_at - ${`${seconds} s`}::interval, flipped_at = flipped_at - ${`${seconds} s`}::interval where ticket_id = ${ticketId}`.execute(database.db);

test("R362 that an alarm is over is written down however soon it comes; the same told twice is not", async () => {
  const { ticket } = await taken(overload("TP Rožnik"));
  for (const more of [{ value: 140 }, { state: "cleared", value: 80 }, { state: "cleared", value: 79 }]) await taken(overload("TP Rožnik", more));
  expect(await notesOf(ticket!.id)).toEqual(["Ponovni alarm, 140 A (2×)", "Znova v mejah, 80 A (3×)"]);
  expect((await getTicket(system, ticket!.id)).notes[1]!.text, "in its reader's language").toBe("Within limits again, 80 A (3×)");
  await age(ticket!.id, 61);
  await taken(overload("TP Rožnik", { value: 141 }));
  expect((await notesOf(ticket!.id)).at(-1), "nor when it is on again long after").toBe("Ponovni alarm, 141 A (5×)");
});

test("R362 of a sensor that flaps the changes are counted and told in one note a minute later, also when nothing more comes and the server began anew", async () => {
  const { ticket } = await taken(overload("TP Trnovo"));
  await taken(overload("TP Trnovo", { state: "cleared", value: 80 }));
  for (let value = 101; value < 110; value += 1) { await taken(overload("TP Trnovo", { value })); await taken(overload("TP Trnovo", { state: "cleared", value: value - 20 })); }
  await tellHeld(system);
  expect(await notesOf(ticket!.id)).toEqual(["Znova v mejah, 80 A (2×)"]);
  await age(ticket!.id, 61);
  await Promise.all([tellHeld(system), tellHeld(system)]);
  await tellHeld(system);
  expect(await notesOf(ticket!.id)).toEqual(["Znova v mejah, 80 A (2×)", "Sprememb stanja od zadnjega zapisa: 18. Zdaj: Znova v mejah, 89 A (20×)"]);
  expect((await getTicket(system, ticket!.id)).notes[1]).toMatchObject({ text: "State changes since the last note: 18. Now: Within limits again, 89 A (20×)" });
  // One that comes alone later is told in its own words; one that is worse does not wait.
  await taken(overload("TP Trnovo", { value: 120 }));
  await age(ticket!.id, 61);
  await tellHeld(system);
  expect((await notesOf(ticket!.id)).at(-1)).toBe("Ponovni alarm, 120 A (21×)");
  await taken(overload("TP Trnovo", { state: "cleared", value: 70 }));
  await sql`update tickets set status = 'done' where id = ${ticket!.id}`.execute(database.db);
  await age(ticket!.id, 61);
  await tellHeld(system);
  expect(await notesOf(ticket!.id), "nothing on what has been explained").toHaveLength(3);
});

test("R362 a note that fails in one language on what was sent keeps no report out: its readers are told in the project's language", async () => {
  const changed = (change: (text: string) => string) => {
    const again = readDeclarations(new Map(texts).set("energy/webhooks_in.yaml", change(texts.get("energy/webhooks_in.yaml")!)), { kinds: textKinds, projects: projectFolders(texts) });
    if (!again.ok) throw new Error(describeProblems(again));
    return storeDeclarations(database.ctx(), again.declarations, { kinds: textKinds });
  };
  // 140 / 0 is found only when it is taken.
  await changed((text) => text.replace("\"Within limits again\" : \"Alarm again\")", "\"Within limits again\" : string(body.value / (body.value - body.value)))"));
  const { ticket } = await taken(overload("TP Tabor"));
  expect((await taken(overload("TP Tabor", { value: 140 }))).state).toBe("repeated");
  expect([await notesOf(ticket!.id), await notesOf(ticket!.id, system)]).toEqual([["Ponovni alarm, 140 A (2×)"], ["Ponovni alarm, 140 A (2×)"]]);
  // In none of them.
  await changed((text) => text.replaceAll(/: "(?:Alarm again|Тревога повторилась|Ponovni alarm)"\)/g, ": string(body.value / (body.value - body.value)))"));
  await age(ticket!.id, 61);
  expect((await taken(overload("TP Tabor", { value: 150 }))).state).toBe("repeated");
  expect((await notesOf(ticket!.id)).at(-1)).toBe("Alarm je bil sporočen znova (3×)");
  await changed((text) => text);
});

test("a repeated alarm that is worse raises the ticket's priority and deadline, is noted at once and told to who works on it and to supervisors; one that is not, or tells that all is well, raises nothing", async () => {
  const { ticket } = await taken(overload("TP Stožice", { severity: "warning" }));
  const { rows: [owner] } = await sql<{ id: string }>`select id from users limit 1`.execute(database.db);
  await sql`update tickets set owner_id = ${owner!.id}::uuid where id = ${ticket!.id}`.execute(database.db);
  const before = await getTicket(system, ticket!.id);
  await taken(overload("TP Stožice", { severity: "warning", value: 132 }));
  await taken(overload("TP Stožice", { state: "cleared", value: 90 }));
  expect(await getTicket(system, ticket!.id)).toMatchObject({ priority: 2, dueAt: before.dueAt });
  await taken(overload("TP Stožice", { severity: "critical", value: 180 }));
  const after = await getTicket(slovene, ticket!.id);
  expect(after.priority).toBe(3);
  expect(Date.parse(after.dueAt!)).toBeLessThan(Date.parse(before.dueAt!));
  expect(after.notes.map(({ text }) => text)).toEqual(["Ponovni alarm, 132 A (2×)", "Znova v mejah, 90 A (3×)", "Ponovni alarm, 180 A (4×)"]);
  const alerts = () => sql<{ data: object }>`select data from events where type = 'alert.raised' and subject_id = ${ticket!.id} and data->>'key' = 'alert_alarm_worse'`.execute(database.db).then(({ rows }) => rows.map(({ data }) => data));
  expect(await alerts()).toMatchObject([{ params: { number: ticket!.number }, projectKey: "energy", userId: owner!.id }]);
  // Whoever has judged it to be less urgent is not overruled by the same again.
  await sql`update tickets set priority = 1 where id = ${ticket!.id}`.execute(database.db);
  await taken(overload("TP Stožice", { severity: "critical", value: 190 }));
  expect([(await getTicket(system, ticket!.id)).priority, (await alerts()).length]).toEqual([1, 1]);
});

test("what could not be taken stands beside the hook, by its reason and in the reader's language, counted; what is not signed as well", async () => {
  await sql`delete from hook_refusals`.execute(database.db);
  for (const value of ["131", "132"]) expect((await send(overload("TP Fužine", { value }))).statusCode).toBe(422);
  expect((await send("{ not json")).statusCode).toBe(400);
  expect((await send(overload("TP Fužine"), { signature: signed(secrets["energy"]!, JSON.stringify(overload("TP Fužine")), now() - 400) })).statusCode).toBe(401);
  const listed = async (who = administrator) => (await who.send("GET", "/api/hooks/energy")).json<{ items: { refused: { text: string; fields: { field: string; text: string }[]; times: number }[] }[] }>().items[0]!.refused;
  expect(await listed()).toMatchObject([{ text: expect.stringMatching(/five minutes/), fields: [], times: 1 }, { fields: [{ field: "body" }], times: 1 }, { fields: [{ field: "value", text: expect.stringMatching(/./) }], times: 2 }]);
  const ana = await http.signIn({ name: "Ана", roles: ["administrator"], projects: [], language: "ru" });
  expect((await listed(ana))[0]!.text).toMatch(/минут/);
  const here = await http.signIn({ name: "Maja", roles: ["supervisor"], projects: ["energy"], language: "sl" });
  expect((await listed(here))[0]!.text, "to who supervises the project").toMatch(/minut/);
  expect((await here.send("PUT", "/api/hooks/energy/telemetry/secret", {})).statusCode, "the secret stays the administrator's").toBe(403);
  for (const [roles, projects] of [[["supervisor"], ["shop"]], [["operator"], ["energy"]]] as const) {
    const other = await http.signIn({ name: "Luka", roles: [...roles], projects: [...projects] });
    expect((await other.send("GET", "/api/hooks/energy")).statusCode).toBe(403);
  }
  await vi.waitFor(async () => {
    await send(overload("TP Fužine"), { signature: signed("another", "{}") });
    expect((await listed())[0]!.text).toMatch(/signature/);
  });
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from events where type = 'hook.refused' and data->>'reason' = 'invalid_input'`.execute(database.db);
  expect(rows[0]!.n).toBeGreaterThan(0);
  expect(JSON.stringify((await sql`select * from hook_refusals`.execute(database.db)).rows), "nothing of what was sent").not.toContain("Fužine");
});

test("that all is well again opens no ticket", async () => {
  expect(await taken(overload("TP Rudnik", { state: "cleared" }))).toEqual({ state: "ignored", ticket: null });
  expect(await ticketsOf("TP Rudnik")).toBe(0);
});

test("without the right signature nobody learns what there is", async () => {
  const body = JSON.stringify(overload("TP Moste"));
  const right = signed(secrets["energy"]!, body);
  const wrong = [
    await send(body, { signature: null }), await send(body, { signature: signed("another", body) }), await send(body, { signature: right.replace("v1=", "v2=") }), await send(`${body} `, { signature: right }),
    await send(body, { signature: signed(secrets["production"]!, body) }), await send(body, { hook: "nothing" }), await send(body, { project: "nothing" }), await send(body, { project: "bank" }),
    await send("{", { signature: signed("another", "{") }), await send(body, { signature: signed("another", body, 1) }),
  ].map((reply) => { const { requestId: _each, ...problem } = reply.json<Record<string, unknown>>(); return problem; });
  expect(new Set(wrong.map((problem) => JSON.stringify(problem))).size).toBe(1);
  expect(wrong[0]).toMatchObject({ status: 401, code: "hook_signature" });
  expect(await ticketsOf("TP Moste")).toBe(0);
});

test("a signature is good for five minutes", async () => {
  const body = JSON.stringify(overload("TP Dravlje"));
  for (const seconds of [now() - 310, now() + 310, 0]) expect((await send(body, { signature: signed(secrets["energy"]!, body, seconds) })).json()).toMatchObject({ status: 401, code: "hook_too_old" });
  expect(await ticketsOf("TP Dravlje")).toBe(0);
  expect((await taken(body, { signature: signed(secrets["energy"]!, body, now() - 280) })).state).toBe("registered");
});

test("what does not fit is refused by its place, and nothing is kept of it", async () => {
  const refused = async (body: unknown) => { const reply = await send(body); return [reply.statusCode, ...(reply.json<{ errors?: { field: string; code: string }[] }>().errors ?? []).map(({ field, code }) => `${field} ${code}`)]; };
  expect(await refused("{ not json")).toEqual([400, "body unreadable"]);
  expect(await refused("[1]")).toEqual([422, "object required", "parameter wrong_choice", "at required"]);
  expect(await refused(overload("TP Ježica", { value: "131", parameter: "colour", at: "yesterday" }))).toEqual([422, "parameter wrong_choice", "value wrong_type", "at wrong_moment"]);
  expect(await refused(overload("TP \0"))).toEqual([422, "object bad_characters"]);
  expect(await refused(overload("x".repeat(101)))).toEqual([422, "object too_long"]);
  // The form wants a value unless a switch has tripped.
  expect(await refused(overload("TP Ježica", { value: null }))).toEqual([422, "form.value form_required"]);
  expect((await sql`select 1 from hook_alarms where alarm like 'TP Ježica%'`.execute(database.db)).rows).toEqual([]);
  expect(await ticketsOf("TP Ježica")).toBe(0);
  expect((await taken(overload("TP Ježica"))).state).toBe("registered");
});

test("more than 64 kB, and what is no JSON by its type, is not read", async () => {
  expect((await send(overload("TP Črnuče", { more: "x".repeat(66_000) }))).statusCode).toBe(413);
  expect((await send(overload("TP Črnuče"), { type: "text/plain" })).statusCode).toBe(400);
  expect(await ticketsOf("TP Črnuče")).toBe(0);
});

test("one address may knock so often, whatever it says", async () => {
  const address = "10.9.9.9";
  let last = await send("{}", { address, signature: null });
  for (let sent = 1; sent < LIMIT.max; sent += 1) last = await send("{}", { address, signature: null });
  expect(last.statusCode).toBe(401);
  const over = await send(overload("TP Fužine"), { address });
  expect([over.statusCode, over.json<{ code: string }>().code]).toEqual([429, "too_many_tries"]);
  expect((await taken(overload("TP Fužine"))).state).toBe("registered");
});

test("a secret is told once to an administrator, lies sealed, is audited, and the one before is good no more", async () => {
  for (const role of ["operator", "supervisor"] as const) {
    const other = await http.signIn({ roles: [role], projects: ["energy"] });
    for (const method of ["PUT", "DELETE"] as const) expect((await other.send(method, "/api/hooks/energy/telemetry/secret")).statusCode).toBe(403);
  }
  expect((await administrator.send("PUT", "/api/hooks/energy/nothing/secret")).statusCode).toBe(404);
  const before = secrets["energy"]!;
  secrets["energy"] = await newSecretOf("energy");
  const body = JSON.stringify(overload("TP Zalog"));
  expect((await send(body, { signature: signed(before, body) })).statusCode).toBe(401);
  expect((await taken(body)).state).toBe("registered");
  const { rows } = await sql<{ secret: Buffer }>`select secret from hook_secrets`.execute(database.db);
  expect(rows.some(({ secret }) => secret.toString("latin1").includes(secrets["energy"]!))).toBe(false);
  const listed = await administrator.send("GET", "/api/hooks/energy");
  expect(listed.json()).toMatchObject({ items: [{ key: "telemetry", type: "alarm", path: "/api/hooks/energy/telemetry", secretMadeBy: "Admin", name: { sl: "Telemetrija" } }] });
  expect(listed.body).not.toContain(secrets["energy"]);
  const written = await sql<{ after: unknown }>`select before, after from audit_log where action = 'hook.secret_made' and object_id = 'energy/telemetry'`.execute(database.db);
  expect(written.rows.length).toBe(2);
  expect(JSON.stringify(written.rows)).not.toContain(secrets["energy"]);
  expect((await administrator.send("DELETE", "/api/hooks/energy/telemetry/secret")).statusCode).toBe(200);
  expect((await send(overload("TP Zalog"))).statusCode).toBe(401);
  secrets["energy"] = await newSecretOf("energy");
});

test("signatures that are good no more are forgotten", async () => {
  await taken(overload("TP Nove Jarše"));
  await deleteOldCalls(database.db, new Date(Date.now() + 16 * 60_000));
  expect((await sql`select 1 from hook_calls`.execute(database.db)).rows).toEqual([]);
  expect((await taken(overload("TP Nove Jarše", { value: 150 }))).state).toBe("repeated");
});

test("a declaration that cannot work is refused with its place", () => {
  const of = (change: (text: string) => string): string[] => {
    const changed = new Map(texts).set("energy/webhooks_in.yaml", change(texts.get("energy/webhooks_in.yaml")!));
    const again = readDeclarations(changed, { kinds: textKinds, projects: projectFolders(texts) });
    return again.ok ? [] : again.problems.map(({ file, path }) => `${file} ${path}`);
  };
  expect(of((text) => text.replace("type: alarm", "type: alert"))).toEqual(["energy/webhooks_in.yaml hooks.0.type"]);
  expect(of((text) => text.replace('same: body.object + "/"', 'same: body.thing + "/"'))).toEqual(["energy/webhooks_in.yaml hooks.0.same"]);
  expect(of((text) => text.replace('body.state != "cleared"', 'body.state != "claered"'))).toEqual(["energy/webhooks_in.yaml hooks.0.when"]);
  expect(of((text) => text.replace("      unit: body.unit", "      units: body.unit"))).toEqual(["energy/webhooks_in.yaml hooks.0.form.units"]);
  expect(of((text) => text.replace("every_minutes: 1", "every_minutes: -1"))).toEqual(["energy/webhooks_in.yaml hooks.0.repeat.every_minutes"]);
});
