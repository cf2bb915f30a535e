import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { startPostgres, type EmbeddedPostgres } from "../../apps/server/src/platform/postgres.ts";
import { Desk } from "../tools/desk.ts";
import { newFolder } from "../tools/folder.ts";
import { PASSWORD } from "../tools/house.ts";
import { ServerProcess } from "../tools/process.ts";
import { fill, routesOf, type Route } from "./access.shapes.ts";

/**
 * Every route × every role × a thing of the own project and of another one. What is so stands in `access.matrix.txt`,
 * where people read it; a difference or a new route fails until somebody has looked and run this with MATRIX=write.
 * What may never be so, whatever the table says, is asserted besides.
 */
const FILE = join(import.meta.dirname, "access.matrix.txt");
const ROLES = ["operator", "supervisor", "department_worker", "administrator"] as const;
type Role = (typeof ROLES)[number];
const OWN = "internet";
const OTHER = "taxi";
/** Without a session by design. */
const PUBLIC = /^\/api\/(access\/sign-in|health|metrics|public\/)/;
/** They would end the sessions the matrix is asked with, are limited by address, or take files; each has tests of its own. */
const APART = /^\w+ \/api\/(access\/sign-|access\/me\/password|metrics|public\/)|^(POST) \S+\/(attachments|files|import)$/;

let folder: string;
let postgres: EmbeddedPostgres;
let pool: pg.Pool;
let server: ServerProcess;
let routes: Route[];
const desks = new Map<Role, Desk>();

const one = async <T>(text: string, values: unknown[] = []): Promise<T> => (await pool.query(text, values)).rows[0] as T;

beforeAll(async () => {
  folder = newFolder("access");
  postgres = await startPostgres(folder, createLog("error", ""));
  pool = new pg.Pool({ ...postgres.connection, max: 2 });
  pool.on("error", () => undefined);
  const at = 10 * Math.floor(Math.random() * 60);
  server = new ServerProcess({
    LINIJA_DATA: join(folder, "data"), LINIJA_PROJECTS: join(folder, "projects"), LINIJA_DEMO_PASSWORD: PASSWORD, STOP_GRACE_MS: "0", LOG_FILE: join(folder, "server.log"),
    DATABASE_URL: `postgresql:///linija?user=linija&host=${encodeURIComponent(String(postgres.connection.host))}`, HTTP_PORT: String(21_050 + at), SIP_PORT: String(21_750 + at), SMTP_DEMO_PORT: String(22_450 + at), MEDIA_PORTS: "27000-27098",
  });
  await server.start();
  for (const role of ROLES) {
    await pool.query(`insert into users (id, login, name, password_hash, roles, projects, department, language) select gen_random_uuid(), $1, $1, password_hash, array[$2], array[$3], $4, 'en' from users where login = 'anna.sokolova'`,
      [`matrix.${role}`, role, OWN, role === "department_worker" ? "technicians" : null]);
    desks.set(role, await Desk.open(() => server.url, `matrix.${role}`, PASSWORD));
  }
  // Things that are the same at every run: tickets of nobody in the department that is asked with.
  await pool.query("update tickets set status = 'open', owner_id = null, department = 'technicians' where type = 'question' and project_key = any($1)", [[OWN, OTHER]]);
  for (const project of [OWN, OTHER]) await fillUp(project);
  routes = routesOf(await (await fetch(`${server.url}/api/docs/json`)).json() as never);
});
afterAll(async () => {
  await server?.end("SIGTERM");
  await pool?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Enough tickets of one kind for the routes to have their own. */
async function fillUp(project: string): Promise<void> {
  await pool.query(`insert into tickets (id, number, project_key, type, process_id, stage, status, subject, language, department, stage_since, link_hash, created_at, updated_at)
    select gen_random_uuid(), 'MTX-' || $1 || '-' || (case $1 when 'taxi' then '8' else '9' end) || lpad(k::text, 12, '0'), $1, t.type, t.process_id, 'registered', 'open', 'Matrix', 'en', 'technicians', now(), sha256(($1 || k)::bytea), now(), now()
    from generate_series(1, 8) k, (select type, process_id from tickets where project_key = $1 and type = 'question' limit 1) t`, [project]);
}

interface Things { ticket: { id: string; version: number }; client: { id: string; version: number; phone: string; email: string }; call: string; user: { id: string; version: number }; project: string }

/** What the requests are about, another for each route, so that one deed does not stand in another's way. A ticket lies in the department of the role's own. */
async function thingsOf(project: string, at: number): Promise<Things> {
  const client = await one<Things["client"]>(`select c.id, c.version, p.e164 as phone, m.address as email from clients c join client_phones p on p.client_id = c.id join client_emails m on m.client_id = c.id
    where c.projects = array[$1] and c.archived_at is null and c.merged_into is null order by c.id offset $2 % 20 limit 1`, [project, at]);
  const ticket = await one<Things["ticket"]>("select id, version from tickets where project_key = $1 and status = 'open' and type <> 'callback' and department = 'technicians' and owner_id is null order by id offset $2 % 8 limit 1", [project, at]);
  const call = await one<{ id: string }>("select id from interactions where project_key = $1 and ended_at is not null and recording_id is null order by id limit 1", [project]);
  const user = await one<Things["user"]>("select u.id, o.version from users u join operators o on o.user_id = u.id where $1 = any(u.projects) and not $2 = any(u.projects) order by login limit 1", [project, project === OWN ? OTHER : OWN]);
  return { ticket, client, call: call.id, user, project };
}

const NOTHING = "00000000-0000-7000-8000-000000000000";
function idOf(path: string, things: Things): string {
  if (path.startsWith("/api/tickets/{id}")) return things.ticket.id;
  if (path.startsWith("/api/clients/{id}")) return things.client.id;
  if (path.startsWith("/api/calls/{id}")) return things.call;
  if (path.startsWith("/api/operators/{id}") || path.startsWith("/api/floor/operators/{id}") || path.startsWith("/api/automation/editors/{id}") || path.startsWith("/api/access/users/{id}")) return things.user.id;
  return NOTHING;
}

function versionFor({ path }: Route, { client, ticket, user }: Things): number {
  if (path.includes("/clients/")) return client.version;
  return path.includes("/operators/") ? user.version : ticket.version;
}

function requestOf(route: Route, things: Things): { path: string; body: unknown } {
  const path = route.path.replace("{id}", idOf(route.path, things)).replace("{project}", things.project).replace("{process}", "request")
    .replace("{key}", route.path.startsWith("/api/projects/") ? things.project : "slow-wifi").replace("{secret}", "nothing").replaceAll(/\{\w+\}/g, NOTHING);
  const known: Record<string, unknown> = {
    projectKey: things.project, project: things.project, clientId: things.client.id, ticketId: things.ticket.id, version: versionFor(route, things),
    // Without an extension of its own, what giving a phone answers would hang on whether one was taken away before.
    ...(route.path.endsWith("/phone") && { extension: things.project === OWN ? "7301" : "7302" }),
    type: "question", subjectKind: "ticket", subjectId: things.ticket.id, language: "en", phone: things.client.phone, path: "project.yaml",
  };
  const query = route.query.filter(({ required, name }) => required || name === "project").map(({ name, schema }) => `${name}=${encodeURIComponent(String(fill(schema, known, name)))}`);
  return { path: query.length > 0 ? `${path}?${query.join("&")}` : path, body: route.body ? fill(route.body, known) : undefined };
}

/** `yes`: let in, whatever became of it; `no`: told that one may not; `404`: as if it were not there; `422`: the request was not understood. */
const verdict = (status: number): string => ({ 401: "401", 403: "no", 404: "404", 422: "422" })[status] ?? (status >= 500 ? String(status) : "yes");

interface Row { route: string; verdicts: Record<Role, [own: string, other: string]>; text: Record<Role, string>; client: Record<Role, Things["client"]> }
const rows: Row[] = [];

interface Asked { verdicts: [own: string, other: string]; text: string; client: Things["client"] }
async function askBoth(route: Route, desk: Desk, at: number): Promise<Asked> {
  const [own, other] = [await thingsOf(OWN, at), await thingsOf(OTHER, at)];
  const [first, second] = [await ask(route, desk, own), await ask(route, desk, other)];
  return { verdicts: [verdict(first.status), verdict(second.status)], text: first.text, client: own.client };
}

async function ask(route: Route, desk: Desk, things: Things): Promise<{ status: number; text: string }> {
  const { path, body } = requestOf(route, things);
  const reply = await fetch(`${server.url}${path}`, { method: route.method, headers: headersOf(desk, body), ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: reply.status, text: await reply.text() };
}

test("every route is asked by every role about a thing of its project and of another", async () => {
  for (const [at, route] of routes.entries()) {
    const name = `${route.method} ${route.path}`;
    if (APART.test(name)) continue;
    const asked = new Map<Role, Asked>();
    for (const role of ROLES) asked.set(role, await askBoth(route, desks.get(role)!, at));
    const of = <T>(pick: (one: Asked) => T): Record<Role, T> => Object.fromEntries(ROLES.map((role) => [role, pick(asked.get(role)!)])) as Record<Role, T>;
    rows.push({ route: name, verdicts: of(({ verdicts }) => verdicts), text: of(({ text }) => text), client: of(({ client }) => client) });
  }
  expect(rows.length).toBeGreaterThan(110);
}, 240_000);

const headersOf = (desk: Desk, body: unknown): Record<string, string> => ({ cookie: desk.cookie, "x-csrf": desk.csrf, ...(body !== undefined && { "content-type": "application/json" }) });

test("nobody comes in without a session, but where clients do", async () => {
  const things = await thingsOf(OWN, 0);
  const open: string[] = [];
  for (const route of routes) {
    if (PUBLIC.test(route.path)) continue;
    const { path, body } = requestOf(route, things);
    const reply = await fetch(`${server.url}${path}`, { method: route.method, ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }) });
    await reply.text();
    // A request that is not understood is refused before anybody is asked for; it tells nothing.
    if (![401, 422].includes(reply.status)) open.push(`${route.method} ${route.path}: ${reply.status}`);
  }
  expect(open).toEqual([]);
});

test("a ticket of another department is not there for a department worker", async () => {
  const { id } = await one<{ id: string }>("update tickets set department = 'accounting' where id = (select id from tickets where project_key = $1 and department = 'technicians' and owner_id is null order by id desc limit 1) returning id", [OWN]);
  const desk = desks.get("department_worker")!;
  const entered: string[] = [];
  for (const route of routes.filter(({ path }) => path.startsWith("/api/tickets/{id}"))) {
    const { status } = await ask(route, desk, { ...await thingsOf(OWN, 0), ticket: { id, version: 1 } });
    if (![401, 403, 404, 422].includes(status)) entered.push(`${route.method} ${route.path}: ${status}`);
  }
  expect(entered).toEqual([]);
});

/** Things of all projects: an administrator of the installation has them all, colleagues are known to each other. */
const EVERYWHERE = /^\w+ \/api\/(access|audit|health|projects|automation\/editors|calls\/line|operators|forms\/addresses|promises\/figures|tickets\/types|public)/;

test("what belongs to another project is nobody's who works in this one", () => {
  const leaks = rows.filter(({ route }) => !EVERYWHERE.test(route) && /\{(id|project)\}/.test(route)).flatMap(({ route, verdicts }) =>
    ROLES.filter((role) => role !== "administrator" && verdicts[role][1] === "yes").map((role) => `${role}: ${route}`));
  expect(leaks).toEqual([]);
});

test("no answer to any role holds a secret link or a password's hash, nor a client's numbers and addresses to whom they are masked", () => {
  const leaks = rows.flatMap(({ route, text, client }) => ROLES.flatMap((role) => {
    const found = [/\$argon2/.test(text[role]) && "a password's hash", /\/s\/[\w-]{16,}/.test(text[role]) && "a client's link"];
    const masked = role === "department_worker" || role === "administrator";
    if (masked && (text[role].includes(client[role].phone) || text[role].includes(client[role].email))) found.push("a client's contacts");
    return found.filter(Boolean).map((what) => `${role}: ${route}: ${String(what)}`);
  }));
  expect(leaks).toEqual([]);
});

test("no route breaks whoever asks", () => {
  expect(rows.flatMap(({ route, verdicts }) => ROLES.filter((role) => verdicts[role].some((each) => each.startsWith("5"))).map((role) => `${role}: ${route}: ${verdicts[role].join("/")}`))).toEqual([]);
});

test("the matrix is as it was last read by people", () => {
  const width = Math.max(...rows.map(({ route }) => route.length));
  const head = `${"own project / another project".padEnd(width)}  ${ROLES.map((role) => role.padEnd(18)).join("")}`.trimEnd();
  const table = `${[head, ...rows.map(({ route, verdicts }) => `${route.padEnd(width)}  ${ROLES.map((role) => verdicts[role].join(" / ").padEnd(18)).join("")}`.trimEnd())].join("\n")}\n`;
  if (process.env.MATRIX === "write") writeFileSync(FILE, table);
  expect(table.split("\n")).toEqual(readFileSync(FILE, "utf8").split("\n"));
});
