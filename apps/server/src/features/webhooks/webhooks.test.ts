import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { inTx } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { openSecrets } from "../../platform/secret.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { isPublic, refusalOf } from "./webhooks.guard.ts";
import { callWebhook, createWebhook, listDeliveries, listWebhooks, replayDelivery, updateWebhook } from "./webhooks.service.ts";
import { sendDue, startWebhooks } from "./webhooks.sender.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
let now = new Date("2026-03-02T09:00:00Z");
const system = database.ctx(undefined, () => now);
const admin = database.ctx(actorOf(await buildUser(database.db, { name: "Admin", projects: [], roles: ["administrator"] })), () => now);
const operator = database.ctx(actorOf(await buildUser(database.db, { name: "Ana", projects: ["internet"] })), () => now);
const folder = mkdtempSync(join(tmpdir(), "linija-hooks-"));
const settings = { secrets: openSecrets(folder, ""), allowPrivate: true };

interface Got { headers: Record<string, string | string[] | undefined>; body: string }
const got: Got[] = [];
let answer = 200;
const server: Server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => { body += chunk.toString(); });
  request.on("end", () => { got.push({ headers: request.headers, body }); response.writeHead(answer, { location: "http://127.0.0.1:1/" }).end("x".repeat(200_000)); });
});
await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
afterAll(() => { server.close(); rmSync(folder, { recursive: true }); });

const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const tell = (cause: string, ticketId: string) => inTx(system, (ctx) => callWebhook(ctx, { projectKey: "internet", key: "crm", ticketId, cause, data: { city: "Škofja Loka" } }));
const hook = await createWebhook(admin, "internet", { key: "crm", name: "CRM", url, enabled: true }, settings);

test("a webhook is sent once for its cause, signed, with the moment in the signature", async () => {
  const ticket = await buildTicket(system);
  await tell("a:0", ticket.id);
  await tell("a:0", ticket.id);
  await sendDue(system, settings);
  expect(got).toHaveLength(1);
  const [{ headers, body }] = got as [Got];
  expect(JSON.parse(body)).toMatchObject({ project: "internet", ticket: ticket.id, data: { city: "Škofja Loka" } });
  const seconds = now.getTime() / 1_000;
  expect(headers["linija-signature"]).toBe(`t=${seconds},v1=${createHmac("sha256", hook.secret).update(`${seconds}.${body}`).digest("hex")}`);
  expect((await listDeliveries(admin, "internet", {})).items).toMatchObject([{ state: "sent", status: 200, attempts: 1 }]);
});

test("what is refused is tried again later and later, then given up, shown, and can be sent once more", async () => {
  answer = 302;
  const ticket = await buildTicket(system);
  await tell("b:0", ticket.id);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const before = now.getTime();
    await sendDue(system, settings);
    const { items: [delivery] } = await listDeliveries(admin, "internet", {});
    waits.push(Date.parse(delivery!.nextAt) - before);
    now = new Date(delivery!.nextAt);
  }
  expect(waits.slice(0, 4)).toEqual([10_000, 30_000, 90_000, 270_000]);
  const { items: [dead] } = await listDeliveries(admin, "internet", { state: "dead" });
  expect(dead).toMatchObject({ attempts: 10, status: 302 });
  expect((await listWebhooks(admin, "internet")).items[0]).toMatchObject({ dead: 1 });
  const alerts = await sql<{ data: object }>`select data from events where type = 'alert.raised' and subject_id = ${hook.id}`.execute(database.db);
  expect(alerts.rows).toMatchObject([{ data: { key: "alert_webhook_dead", params: { webhook: "crm" } } }]);
  answer = 204;
  await replayDelivery(admin, { project: "internet", id: dead!.id });
  await sendDue(system, settings);
  expect((await listDeliveries(admin, "internet", { state: "sent" })).items).toHaveLength(2);
});

test("addresses of this machine and of private networks are called only where a setting allows it", async () => {
  for (const address of ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.5.5", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::ffff:10.0.0.1", "fd00::1", "fe80::1", "fe80::1%eth0", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "::7f00:1", "::127.0.0.1", "0:0:0:0:0:0:7f00:1", "::ffff:7f00:1", "::ffff:0:7f00:1", "2001:0:7f00:1::", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "ff02::1"]) expect([address, isPublic(address)]).toEqual([address, false]);
  for (const address of ["8.8.8.8", "2606:4700::1111", "2a02:840:beef::1"]) expect(isPublic(address)).toBe(true);
  for (const bad of ["http://localhost/x", "http://localhost./x", "http://a.localhost./x", "http://127.0.0.1/x", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "ftp://example.com/", "http://user:pass@example.com/"]) expect([bad, refusalOf(bad, false)]).toEqual([bad, "webhook_address"]);
  expect(refusalOf("https://example.com/hook", false)).toBeNull();
  const strict = { ...settings, allowPrivate: false };
  expect((await refusal(createWebhook(admin, "internet", { key: "bad", name: "Bad", url, enabled: true }, strict))).fields).toMatchObject([{ field: "url", code: "webhook_address" }]);
  const before = got.length;
  await tell("c:0", (await buildTicket(system)).id);
  await sendDue(system, strict);
  expect(got).toHaveLength(before);
  expect((await listDeliveries(admin, "internet", { state: "queued" })).items).toMatchObject([{ error: "this address may not be called" }]);
});

test("a receiver that never answers holds back no other: what is for others is sent while it is waited for", async () => {
  const held: Socket[] = [];
  const silent = createServer();
  silent.on("connection", (socket) => { held.push(socket); });
  await new Promise<void>((done) => { silent.listen(0, "127.0.0.1", done); });
  let heard = (): void => undefined;
  const arrived = new Promise<void>((done) => { heard = done; });
  const prompt = createServer((request, response) => { request.resume(); response.end(); heard(); });
  await new Promise<void>((done) => { prompt.listen(0, "127.0.0.1", done); });
  for (const [key, { port }] of [["silent", silent.address() as AddressInfo], ["prompt", prompt.address() as AddressInfo]] as const) await createWebhook(admin, "internet", { key, name: key, url: `http://127.0.0.1:${port}/`, enabled: true }, settings);
  const ticket = await buildTicket(system);
  const call = (key: string, cause: string) => inTx(system, (ctx) => callWebhook(ctx, { projectKey: "internet", key, ticketId: ticket.id, cause, data: null }));
  for (let n = 0; n < 40; n += 1) await call("silent", `silent:${n}`);
  await call("prompt", "prompt:0");
  const webhooks = startWebhooks(system, settings);
  await arrived;
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from webhook_deliveries d join webhooks w on w.id = d.webhook_id where w.key = 'silent' and d.attempts > 0`.execute(database.db);
  expect(rows[0]!.n).toBeLessThan(8);
  await sql`update webhooks set enabled = false where key = 'silent'`.execute(database.db);
  silent.on("connection", (socket) => { socket.destroy(); });
  for (const socket of held) socket.destroy();
  await webhooks.stop();
  silent.close();
  prompt.close();
});

test("secrets are told once and lie sealed in the database", async () => {
  const { rows } = await sql<{ secret: Buffer }>`select secret from webhooks`.execute(database.db);
  expect(rows.every(({ secret }) => !secret.toString("latin1").includes(hook.secret))).toBe(true);
  const changed = await updateWebhook(admin, { project: "internet", id: hook.id }, { version: hook.version, name: "CRM 2", url, enabled: true, newSecret: true }, settings);
  expect(changed.secret).not.toBe(hook.secret);
  expect((await refusal(updateWebhook(admin, { project: "internet", id: hook.id }, { version: hook.version, name: "x", url, enabled: true, newSecret: false }, settings))).code).toBe("conflict");
});

test("only administrators see webhooks, and a rule cannot call one that is not there", async () => {
  expect((await refusal(listWebhooks(operator, "internet"))).code).toBe("forbidden");
  const ticket = await buildTicket(system);
  expect((await refusal(inTx(system, (ctx) => callWebhook(ctx, { projectKey: "shop", key: "crm", ticketId: ticket.id, cause: "d:0", data: null })))).fields).toMatchObject([{ code: "unknown_webhook" }]);
});
