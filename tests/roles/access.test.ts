import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../tools/eventually.ts";
import { accessTable, askAll, request, type Row, signOf } from "./access.ask.ts";
import { APART, CASES, UNMASKED } from "./access.cases.ts";
import { Maker, type Variant } from "./access.maker.ts";
import { type Route, routesOf } from "./access.shapes.ts";
import { FieldsHouse, PROJECTS, ROLES } from "./fields.house.ts";
import { contactsTold } from "./fields.replies.ts";

/**
 * Every route × every role × what the thing asked about is to the reader, each with a thing that is there and a body that
 * is good: so a refusal is a refusal, and not a request that was wrong. What is so stands in `access.matrix.txt`, where
 * people read it; a difference, or a route nobody has said how to ask, fails until somebody has looked and run this with
 * MATRIX=write. What may never be so, whatever the table says, is asserted besides.
 */
let house: FieldsHouse;
let routes: Route[];
let rows: Row[];
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

beforeAll(async () => {
  house = await FieldsHouse.open();
  await house.person("second", { role: "operator", projects: [...PROJECTS] });
  // Who may write rules says the role here; that it takes the certificate, too, is in automation.test.ts.
  await house.rows("update users set rules_certified_at = now() where login like 'matrix.%'");
  await house.isOperator("matrix.operator");
  await house.isOperator("second");
  await house.listen("second");
  await eventually(async () => expect((await house.ask("second", "PUT", "/api/calls/line/state", { state: "not_ready", reason: "break" })).status).toBe(200));
  routes = routesOf(await (await fetch(`${house.server.url}/api/docs/json`)).json() as never);
  rows = await askAll(house, routes.filter((route) => nameOf(route) in CASES));
}, 300_000);
afterAll(() => house?.close());

const cells = (keep: (one: { route: string; role: string; variant: Variant; sign: string }) => boolean): string[] => rows.flatMap(({ route, answers }) => ROLES.flatMap((role) =>
  (Object.entries(answers[role]) as [Variant, { status: number; text: string; plain: string }][]).flatMap(([variant, answer]) => (keep({ route, role, variant, sign: signOf(answer) }) ? [`${role}: ${route}: ${variant}: ${answer.status} ${answer.text.slice(0, 300)}`] : []))));

test("somebody has said of every route how it is asked, and of every page outside the API who may open it", () => {
  expect(routes.map(nameOf).filter((name) => !(name in CASES) && !(name in APART))).toEqual([]);
  expect([...Object.keys(CASES), ...Object.keys(APART)].filter((name) => !routes.some((route) => nameOf(route) === name))).toEqual([]);
  expect(hiddenRoutes().filter((name) => !(name in PAGES))).toEqual([]);
});

/** Routes that are written without a contract, as the sources have them. */
function hiddenRoutes(): string[] {
  const folder = fileURLToPath(new URL("../../apps/server/src", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return files.flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/\b\w+\.(get|post|put|patch|delete|options)(?:<[^(]*>)?\("(\/[^"]*)", \{ schema: \{ hide: true/g)].map(([, method, path]) => `${method!.toUpperCase()} ${path!}`));
}

/** Who may open what is no part of the API; the pages of clients have tests of their own beside them. */
const PAGES: Record<string, string> = {
  "GET /*": "the desk's own files; anyone", "GET /call": "a project's page for calling; anyone", "OPTIONS /api/public/*": "anyone",
  "GET /portal/portal.css": "anyone", "GET /portal/colour/:file": "anyone", "GET /status": "anyone", "POST /status": "who knows a number and the last digits of its phone; portal.test.ts",
  "GET /s/:secret": "who has the link; portal.test.ts", "POST /s/:secret": "who has the link; portal.test.ts",
  "GET /my": "a client's own, by a code; portal.access.test.ts", "POST /my/sign-in": "anyone; portal.access.test.ts", "POST /my/sign-out": "a client; portal.access.test.ts", "GET /my/code": "anyone", "POST /my/code": "anyone; portal.access.test.ts",
  "GET /my/tickets/:id": "a client's own; portal.talk.test.ts", "POST /my/tickets/:id/answer": "a client's own; portal.talk.test.ts", "GET /my/tickets/:id/:kind/:fileId": "a client's own; portal.talk.test.ts", "POST /my/tickets/:id/messages": "a client's own; portal.talk.test.ts", "POST /my/tickets/:id/again": "a client's own; portal.talk.test.ts",
  "GET /api/public/forms/:secret/live": "who has the link of a form; forms.routes.test.ts",
  "GET /demo/mail": "supervisors and administrators, in a demo", "GET /demo/mail/:id": "supervisors and administrators, in a demo",
};

test("every route is asked so that it lets somebody in: what is refused is refused for who asks", () => {
  expect(rows.filter(({ answers }) => !ROLES.some((role) => Object.values(answers[role]).some(({ status }) => status < 300))).map(({ route }) => route)).toEqual([]);
  // Of these what is named is looked for among what the reader may see, and a choice that is not there is a field that is wrong.
  const byField = /forms\/lookups|POST \/api\/clients$|POST \/api\/tickets\/bulk$/;
  expect(cells(({ route, variant, sign }) => sign === "!" && !(byField.test(route) && "on".includes(variant)) && !(route.endsWith("/bulk") && variant === "a"))).toEqual([]);
  expect(cells(({ sign }) => sign === "E" || sign === "s" || sign === "?")).toEqual([]);
});

/** Things of all projects: an administrator of the installation has them all. */
const EVERYWHERE = /^\w+ \/api\/(access|automation|floor|hooks|operators|projects|reports|webhooks)\//;

test("what belongs to another project is nobody's who works in this one, whatever it hangs on", () => {
  expect(cells(({ route, role, variant, sign }) => "ox".includes(variant) && sign === "y" && !(role === "administrator" && variant === "o" && EVERYWHERE.test(route)))).toEqual([]);
});

test("a ticket about the reader, and what hangs on it, is not there for them, whatever their role (R129)", () => {
  expect(cells(({ variant, sign }) => variant === "a" && sign === "y")).toEqual([]);
});

test("a department worker meets nothing of another department, and nothing of a department is moved past their rights", () => {
  expect(cells(({ route, role, variant, sign }) => role === "department_worker" && variant === "p" && sign === "y" && CASES[route]!.variants.includes("d"))).toEqual([]);
});

/** Colleagues are known to each other (GET /api/access/colleagues), so that theirs is refused openly. */
const KNOWN = /\/api\/(access\/users|automation\/editors|floor\/operators|operators)\//;

test("nothing tells what one may not see from what is not there: neither the answer nor its words", () => {
  const told = rows.flatMap(({ route, answers }) => (KNOWN.test(route) ? [] : ROLES.flatMap((role) => ([["o", "n"], ["a", "n"], ["x", "i"]] as const).flatMap(([hidden, gone]) => {
    const [one, none] = [answers[role][hidden], answers[role][gone]];
    if (!one || !none || one.status < 300 || (role === "administrator" && EVERYWHERE.test(route)) || (one.status === none.status && one.plain === none.plain)) return [];
    return [`${role}: ${route}: ${hidden} ${one.status} ${one.plain}, ${gone} ${none.status} ${none.plain}`];
  }))));
  expect(told).toEqual([]);
});

test("nobody comes in without a session, but where clients do; and writes nothing with one that was not asked for by our own page", async () => {
  const open: string[] = [];
  for (const route of routes) {
    if (/^\/api\/(access\/sign-in|health|metrics|public\/|hooks\/\{project\}\/\{hook\}$)/.test(route.path)) continue;
    const asked = { ...Object.fromEntries([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, crypto.randomUUID()])), body: route.body ? {} : undefined };
    const { status } = await request(house, route, asked, { login: null, variant: "p" });
    if (status !== 401) open.push(`${nameOf(route)}: ${status}`);
    if (route.method === "GET") continue;
    const forged = await request(house, route, asked, { login: "wide.administrator", variant: "p", csrf: false });
    if (forged.status !== 403 || !forged.text.includes("csrf")) open.push(`${nameOf(route)}, forged: ${forged.status}`);
  }
  expect(open).toEqual([]);
});

test("no answer to any role holds a secret link or a password's hash", () => {
  const leaks = rows.flatMap(({ route, answers }) => ROLES.flatMap((role) => Object.values(answers[role]).flatMap(({ text }) => [/\$argon2/.test(text) && "a password's hash", /\/s\/[\w-]{16,}/.test(text) && "a client's link"].filter(Boolean).map((what) => `${role}: ${route}: ${String(what)}`))));
  expect([...new Set(leaks)]).toEqual([]);
});

test("no answer of any route, to a question or to a deed, granted or refused, tells a client's number or mail to who sees them in part, whatever text they stand in", () => {
  const told = (role: (typeof ROLES)[number]) => rows.filter(({ route }) => !UNMASKED.asked.includes(route)).flatMap(({ route, answers }) => [...new Set(Object.values(answers[role]).flatMap(({ text }) => contactsTold(text)))].map((contact) => `${role}: ${route}: ${contact}`));
  expect([...told("department_worker"), ...told("administrator"), ...told("management")]).toEqual([]);
  // Or else nobody was told anything, and this says nothing.
  expect(new Set(told("operator").map((line) => line.split(": ")[1])).size).toBeGreaterThan(25);
});

test("somebody has said of every route that tells contacts whole why it does", () => {
  expect(Object.fromEntries(routes.flatMap((route) => (route.contacts === null ? [] : [[nameOf(route), route.contacts]])))).toEqual(Object.fromEntries(Object.entries(UNMASKED).flatMap(([why, names]) => names.map((name) => [name, why]))));
});

test("what was asked twice of one ticket is given again only to who may still see it: a complaint about its own author is not (R129)", async () => {
  const at = new Maker(house, "a", "operator");
  const draftId = crypto.randomUUID();
  const draft = { draftId, projectKey: at.project, type: "question", subject: "Matrix" };
  const record = { id: crypto.randomUUID(), projectKey: at.project, formKey: "claim", subject: { kind: "ticket", id: draftId } };
  await at.send("POST", "/api/tickets", draft, "matrix.operator");
  await at.send("POST", "/api/forms/records", record, "matrix.operator");
  await house.rows("update tickets set about_user_ids = array[$2]::uuid[] where id = $1", [draftId, at.reader]);
  expect([(await house.ask("matrix.operator", "POST", "/api/tickets", draft)).status, (await house.ask("matrix.operator", "POST", "/api/forms/records", record)).status]).toEqual([404, 404]);
});

test("the matrix is as it was last read by people", () => {
  const [file, table] = [join(import.meta.dirname, "access.matrix.txt"), accessTable(rows)];
  if (process.env.MATRIX === "write") writeFileSync(file, table);
  expect(table.split("\n")).toEqual(readFileSync(file, "utf8").split("\n"));
});
