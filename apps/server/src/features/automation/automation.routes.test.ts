import { fileURLToPath } from "node:url";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { openSecrets } from "../../platform/secret.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp } from "../../testing/http.ts";
import { formsKind } from "../forms/index.ts";
import { loadDeclarations } from "../projects/index.ts";
import { storeDeclarations } from "../tickets/index.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import { webhooksRoutes } from "../webhooks/index.ts";
import { rulesKind } from "./automation.kind.ts";
import { automationRoutes } from "./automation.routes.ts";

const database = await testDatabase();
const loaded = await loadDeclarations(fileURLToPath(new URL("../../../../../projects", import.meta.url)), { kinds: [rulesKind, formsKind] });
if (!loaded.ok) throw new Error("the declarations cannot be read");
await storeDeclarations(database.ctx(), loaded.declarations, { kinds: [rulesKind, formsKind] });
const folder = mkdtempSync(join(tmpdir(), "linija-rules-"));
afterAll(() => rmSync(folder, { recursive: true }));
const http = await testHttp(database, automationRoutes, (app) => webhooksRoutes(app, { secrets: openSecrets(folder, ""), allowPrivate: false }));
const admin = await http.signIn({ projects: ["internet"], roles: ["administrator"] });
const ana = await http.signIn({ projects: ["internet"] });
const ticket = await buildTicket(database.ctx());
const text = `key: mine\nname: { en: Mine }\non: { event: ticket.registered }\nsteps:\n  - set: { ticket.priority: '"urgent"' }\n`;

const routes: ["GET" | "POST" | "PUT" | "DELETE", string][] = [
  ["GET", "/api/automation/internet/rules"], ["GET", "/api/automation/internet/vocabulary"], ["POST", "/api/automation/internet/check"], ["POST", "/api/automation/internet/try"], ["POST", "/api/automation/internet/dry-run"],
  ["GET", "/api/automation/internet/rules/mine/runs"], ["GET", "/api/automation/internet/rules/mine"], ["GET", `/api/tickets/${ticket.id}/automation`], ["GET", `/api/automation/runs/${ticket.id}`], ["PUT", `/api/automation/editors/${ticket.id}`], ["GET", "/api/automation/editors"],
  ["GET", "/api/webhooks/internet"], ["POST", "/api/webhooks/internet"], ["PUT", `/api/webhooks/internet/${ticket.id}`], ["DELETE", `/api/webhooks/internet/${ticket.id}`], ["GET", "/api/webhooks/internet/deliveries"], ["POST", `/api/webhooks/internet/deliveries/${ticket.id}/replay`],
];

test.each(routes)("%s %s is not for strangers", async (method, url) => {
  const body = url.endsWith("editors") || method === "GET" ? undefined : { text, certified: true, version: 1, key: "crm", name: "CRM", url: "https://example.com/hook", enabled: true };
  expect((await http.anonymous(method, url, body)).statusCode).toBeGreaterThanOrEqual(401);
  expect((await http.anonymous(method, url, body)).statusCode).toBeLessThanOrEqual(403);
});

test("an administrator reads the rules of a project and, with a certificate, checks, tries and runs a text dry", async () => {
  const rules = await admin.send("GET", "/api/automation/internet/rules");
  expect(rules.json()).toMatchObject({ mayEdit: false, items: [{ key: "dangerous_words", on: { event: ["ticket.registered"] } }, { key: "measure_wanted" }, { key: "urgent_late", on: { clock: "solution", at_percent: 100 } }, { key: "negative_review" }, { key: "regular_client" }, { key: "angry_again" }, { key: "at_risk_first_order" }, { key: "forgotten_waiting", on: { schedule: "0 9 * * 1-5" } }] });
  expect((await admin.send("POST", "/api/automation/internet/check", { text })).json()).toMatchObject({ status: 403, code: "no_certificate" });
  expect((await admin.send("PUT", `/api/automation/editors/${admin.userId}`, { certified: true })).statusCode).toBe(200);
  expect((await admin.send("POST", "/api/automation/internet/check", { text })).json()).toEqual({ problems: [] });
  expect((await admin.send("POST", "/api/automation/internet/try", { text, ticket: ticket.number })).json()).toMatchObject({ fired: true, ticketNumber: ticket.number });
  expect((await admin.send("POST", "/api/automation/internet/dry-run", { text })).json()).toMatchObject({ lookedAt: 1, rows: [{ number: ticket.number }], next: null });
  expect((await admin.send("GET", "/api/automation/internet/vocabulary")).json<{ events: string[] }>().events).toContain("ticket.moved");
});

test("trying a rule on a ticket tells its author no contact that the ticket does not tell them, neither whole nor by asking", async () => {
  const called = await buildTicket(database.ctx(), { subject: "Ring +38640777123", description: "or write to ana.koszmrlj@mail.example.si" });
  const peek = `key: peek\nname: { en: Peek }\non: { event: ticket.registered }\nsteps:\n  - let: { x: ticket.description }\n  - do: add_note\n    with: { text: 'ticket.subject + " " + x' }\n`;
  const tried = await admin.send("POST", "/api/automation/internet/try", { text: peek, ticket: called.number });
  expect(tried.json()).toMatchObject({ fired: true, actions: [{ params: { text: "Ring •••••123 or write to a•••@mail.example.si" } }] });
  const dry = await admin.send("POST", "/api/automation/internet/dry-run", { text: peek });
  for (const { body } of [tried, dry]) expect(body).not.toMatch(/40777|koszmrlj/);
  expect(dry.json().rows).toContainEqual(expect.objectContaining({ subject: "Ring •••••123" }));
  const asks = peek.replace("steps:", "when: 'ticket.subject.contains(\"40777\")'\nsteps:");
  expect((await admin.send("POST", "/api/automation/internet/try", { text: asks, ticket: called.number })).json()).toMatchObject({ fired: false, problems: [] });
  expect((await admin.send("POST", "/api/automation/internet/try", { text: peek.replace("ticket.description", "client.phone"), ticket: called.number })).json().problems).not.toEqual([]);
});

test("a rule that would never end is refused before it is saved, with its line, though it has no other mistake", async () => {
  const endless = text.replace("steps:\n", "steps:\n  - let: { n: 1 }\n  - while: n > 0\n    do:\n      - set: { n: n + 1 }\n");
  expect((await admin.send("POST", "/api/automation/internet/check", { text: endless })).json()).toMatchObject({ problems: [{ code: "endless_run", line: 8 }] });
  const declared = { ...loaded.declarations.projects.find(({ project }) => project.key === "internet")! };
  const { value } = rulesKind.read(endless, { key: "mine" } as never);
  expect(rulesKind.check!(value, declared, { key: "mine" } as never)).toMatchObject([{ line: 8 }]);
});

test("a supervisor reads the rules of their project, every version of them, and changes none; those of another project are not there", async () => {
  const vera = await http.signIn({ projects: ["internet"], roles: ["supervisor"] });
  const rule = (await vera.send("GET", "/api/automation/internet/rules/dangerous_words")).json<{ text: string; version: number; versions: { version: number }[] }>();
  expect(rule).toMatchObject({ key: "dangerous_words", version: 1, text: expect.stringContaining("key: dangerous_words"), versions: [{ version: 1 }] });
  const written = rule.text.replace("enabled: true", "enabled: false").concat("# second\n");
  await sql`insert into automation_versions (id, project_key, key, number, text, made_at) values ('second', 'internet', 'dangerous_words', 2, ${written}, now())`.execute(database.db);
  expect((await vera.send("GET", "/api/automation/internet/rules/dangerous_words")).json()).toMatchObject({ version: 1, versions: [{ version: 2 }, { version: 1 }] });
  expect((await vera.send("GET", "/api/automation/internet/rules/dangerous_words?version=2")).json()).toMatchObject({ version: 2, text: written });
  expect((await vera.send("GET", "/api/automation/internet/rules/nothing")).json()).toMatchObject({ status: 404, detail: expect.stringMatching(/such rule/) });
  expect((await vera.send("GET", "/api/automation/shop/rules/dangerous_words")).statusCode).toBe(404);
  for (const path of ["check", "try", "dry-run"]) expect((await vera.send("POST", `/api/automation/internet/${path}`, { text })).statusCode).toBe(403);
});

test("an operator sees neither rules nor webhooks, but which rules touched a ticket", async () => {
  expect((await ana.send("GET", "/api/automation/internet/rules")).statusCode).toBe(403);
  expect((await ana.send("GET", "/api/webhooks/internet")).statusCode).toBe(403);
  expect((await ana.send("GET", `/api/tickets/${ticket.id}/automation`)).json()).toEqual({ items: [], next: null });
});

test("a webhook's secret is in no list, and an address of this machine is refused at its field", async () => {
  const body = { key: "crm", name: "CRM", url: "https://example.com/hook", enabled: true };
  expect((await admin.send("POST", "/api/webhooks/internet", body)).json<{ secret: string }>().secret).toHaveLength(43);
  expect((await admin.send("GET", "/api/webhooks/internet")).body).not.toContain("secret");
  expect((await admin.send("POST", "/api/webhooks/internet", { ...body, key: "other", url: "http://127.0.0.1/hook" })).json()).toMatchObject({ status: 422, errors: [{ field: "url", code: "webhook_address" }] });
  expect((await admin.send("GET", "/api/webhooks/internet/deliveries")).json()).toEqual({ items: [], next: null });
});
