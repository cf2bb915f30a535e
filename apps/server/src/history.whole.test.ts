import { mkdtempSync, rmSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { clientsRoutes } from "./features/clients/index.ts";
import { startNode } from "./features/declarations/declarations.factory.ts";
import { declarationsRoutes } from "./features/declarations/declarations.routes.ts";
import { formsRoutes, ticketForms } from "./features/forms/index.ts";
import { operatorsRoutes } from "./features/operators/index.ts";
import { ticketsRoutes } from "./features/tickets/index.ts";
import { textKinds } from "./kinds.ts";
import { testDatabase } from "./testing/database.ts";
import { testHttp, type Browser } from "./testing/http.ts";

const database = await testDatabase();
const node = await startNode(database.ctx(), undefined, textKinds);
const folder = mkdtempSync(join(tmpdir(), "linija-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text = { en: "Support", ru: "Support", sl: "Support" };
const http = await testHttp(database, (app) => clientsRoutes(app), (app) => ticketsRoutes(app, { files: { folder }, forms: ticketForms }), (app) => formsRoutes(app, { files: { folder } }), (app) => declarationsRoutes(app, node.deps), (app) => operatorsRoutes(app, {
  queues: [{ id: "internet.support", projectKey: "internet", name: text, languages: ["sl"], skills: { modem: 1 } }], skillNames: {}, languages: ["en", "ru", "sl"], projects: [{ key: "internet", name: text }], numbers: new Map(), server: () => ({ host: "127.0.0.1", port: 5060, transports: ["udp"] }),
}));
const [vera, admin] = [await http.signIn({ name: "Vera", roles: ["supervisor"], projects: ["internet"] }), await http.signIn({ name: "Peter", roles: ["administrator"], projects: ["internet"] })];
await sql`update users set rules_certified_at = now() where id = ${admin.userId}`.execute(database.db);

type Json = Record<string, unknown>;
async function send(who: Browser, method: "GET" | "POST" | "PUT" | "PATCH", url: string, body?: object): Promise<Json> {
  const reply = await who.send(method, url, body);
  if (reply.statusCode !== 200) throw new Error(`${method} ${url}: ${reply.statusCode} ${reply.body.slice(0, 400)}`);
  return reply.json<Json>();
}
/** The versions of a thing, and what its history says of the edit. */
interface Edited { versions: [before: unknown, after: unknown]; history: unknown; said: unknown }

async function ofClient(): Promise<Edited> {
  const made = await send(vera, "POST", "/api/clients", { kind: "person", familyName: "Kovač", projects: ["internet"], force: true });
  const url = `/api/clients/${made["id"] as string}`;
  const edited = await send(vera, "PATCH", url, { version: made["version"], familyName: "Kos" });
  return { versions: [made["version"], edited["version"]], history: await send(vera, "GET", `${url}/history`), said: { by: "Vera", before: expect.objectContaining({ familyName: "Kovač" }), after: expect.objectContaining({ familyName: "Kos" }) } };
}

async function ofTicket(): Promise<Edited> {
  const made = await send(vera, "POST", "/api/tickets", { projectKey: "internet", type: "question", subject: "Slow" });
  const url = `/api/tickets/${made["id"] as string}`;
  const edited = await send(vera, "PATCH", url, { version: made["version"], subject: "Slow in the evening" });
  return { versions: [made["version"], edited["version"]], history: await send(vera, "GET", `${url}/history`), said: { by: "Vera", changes: [expect.objectContaining({ field: "subject", before: "Slow", after: "Slow in the evening" })] } };
}

async function ofRecord(): Promise<Edited> {
  const ticket = await send(vera, "POST", "/api/tickets", { projectKey: "internet", type: "question", subject: "Broken" });
  const id = randomUUID();
  const made = await send(vera, "POST", "/api/forms/records", { id, projectKey: "internet", formKey: "claim", subject: { kind: "ticket", id: ticket["id"] }, data: { circumstances: "It fell" } });
  const { record } = await send(vera, "PATCH", `/api/forms/records/${id}`, { version: made["version"], changes: [{ path: "circumstances", value: "It was dropped" }] }) as { record: Json };
  return { versions: [made["version"], record["version"]], history: await send(vera, "GET", `/api/forms/records/${id}/history`), said: { path: "circumstances", before: "It fell", after: "It was dropped", by: expect.objectContaining({ name: "Vera" }) } };
}

async function ofOperator(): Promise<Edited> {
  const { userId } = await http.signIn({ name: "Luka", projects: ["internet"] });
  await sql`insert into operators (user_id, languages, skills) values (${userId}, '{sl}', '{"modem": 2}')`.execute(database.db);
  const url = `/api/operators/${userId}`;
  const edited = await send(vera, "PATCH", url, { version: 1, skills: { modem: 4 } });
  return { versions: [1, edited["version"]], history: await send(vera, "GET", `${url}/history`), said: { by: "Vera", changes: [{ field: "skills.modem", before: "2", after: "4" }] } };
}

/** What is declared: the text of each version is kept whole, with who wrote it and why. */
const ofText = (path: string, key = "internet") => async (): Promise<Edited> => {
  const url = `/api/projects/${key}`;
  const made = await send(admin, "GET", `${url}/text?path=${path}`);
  const written = `${made["text"] as string}# Looked at in March.\n`;
  const edited = await send(admin, "PUT", `${url}/text`, { path, text: written, number: made["number"], note: "Looked at" });
  const [before, after] = [await send(admin, "GET", `${url}/text?path=${path}&number=${made["number"] as number}`), await send(admin, "GET", `${url}/text?path=${path}&number=${edited["number"] as number}`)];
  expect([before["text"], after["text"]]).toEqual([made["text"], written]);
  return { versions: [made["number"], edited["number"]], history: await send(admin, "GET", `${url}/versions?path=${path}`), said: { number: edited["number"], by: "Peter", note: "Looked at" } };
};

test.each<[string, () => Promise<Edited>]>([
  ["a client", ofClient], ["a ticket", ofTicket], ["a form that is filled", ofRecord], ["an operator", ofOperator],
  ["an article", ofText("articles/slow-wifi.yaml")], ["a process", ofText("processes/fault.yaml")], ["a rule", ofText("rules/regular-client.yaml")], ["a project", ofText("project.yaml")],
])("R002 an edit of %s is stored, versioned, and stands in its history with what was before and after, and by whom", async (_what, edit) => {
  const { versions: [before, after], history, said } = await edit();
  expect(after).toBe((before as number) + 1);
  expect((history as { items: unknown[] }).items).toContainEqual(expect.objectContaining(said as object));
});

test("R002 what a step was given stands in the history with what stood there before, by the names of fields and values", async () => {
  const made = await send(vera, "POST", "/api/tickets", { projectKey: "internet", type: "question", subject: "How long?" });
  const url = `/api/tickets/${made["id"] as string}`;
  let { version } = made as { version: number };
  for (const [transition, input] of [["take", {}], ["finish", { resolution: "Told", resolution_kind: "partly" }]] as const) ({ version } = await send(vera, "POST", `${url}/transitions`, { version, transition, input }) as { version: number });
  const { items } = await send(vera, "GET", `${url}/history`) as { items: { step: string | null; changes: { name: string | null; before: string | null; after: string | null }[] }[] };
  expect(items[0]?.changes.map(({ before, after }) => [before, after])).toEqual(expect.arrayContaining([[null, "Told"], [null, expect.stringMatching(/part/i)]]));
});
