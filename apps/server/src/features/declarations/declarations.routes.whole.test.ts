import { strToU8, zipSync } from "fflate";
import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { textKinds } from "../../kinds.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp, type TestHttp } from "../../testing/http.ts";
import { startNode, type StartedNode } from "./declarations.factory.ts";
import { declarationsRoutes } from "./declarations.routes.ts";
import { pack, unpack } from "./declarations.zip.rules.ts";

const database = await testDatabase();
let http: TestHttp;
let node: StartedNode;
let admin: Awaited<ReturnType<TestHttp["signIn"]>>;

beforeAll(async () => {
  node = await startNode(database.ctx(), undefined, textKinds);
  http = await testHttp(database, (app) => declarationsRoutes(app, node.deps));
  admin = await http.signIn({ roles: ["administrator"], projects: ["internet"] });
});

const deeds: ["GET" | "POST" | "PUT", string, object?][] = [
  ["GET", "/api/projects"], ["GET", "/api/projects/shop/texts"], ["GET", "/api/projects/shop/text?path=queues.yaml"], ["POST", "/api/projects/shop/check", { path: "queues.yaml", text: "" }],
  ["PUT", "/api/projects/shop/text", { path: "queues.yaml", text: "", number: 1 }], ["GET", "/api/projects/shop/text/uses?path=processes/return.yaml"], ["POST", "/api/projects/shop/text/remove", { path: "queues.yaml", number: 1 }],
  ["POST", "/api/projects/shop/text/take-back", { path: "queues.yaml", to: 1, number: 1 }], ["PUT", "/api/projects/shop/draft", { path: "queues.yaml", text: "", base: 1 }],
  ["POST", "/api/projects/shop/draft/drop", { path: "queues.yaml" }], ["GET", "/api/projects/shop/versions?path=queues.yaml"], ["GET", "/api/projects/shop/export"],
  ["GET", "/api/projects/shop/processes/request/migration"], ["POST", "/api/projects/shop/processes/request/migration", { toId: "x" }],
];
test.each(deeds)("%s %s is for administrators alone", async (method, url, body) => {
  expect((await http.anonymous(method, url, body)).statusCode).toBe(401);
  const supervisor = await http.signIn({ roles: ["supervisor"], projects: ["shop"] });
  expect((await supervisor.send(method, url, body)).statusCode).toBe(403);
});

const upload = (browser: { cookie: string; csrf: string }, bytes: Uint8Array, query = "") => {
  const boundary = "----linija";
  const payload = Buffer.concat([Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="project.zip"\r\ncontent-type: application/zip\r\n\r\n`), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return http.app.inject({ method: "POST", url: `/api/projects/import${query}`, headers: { cookie: browser.cookie, "x-csrf": browser.csrf, "content-type": `multipart/form-data; boundary=${boundary}` }, payload });
};

test("R355 a project goes out as an archive and comes in as a new one, which its maker works in, with rules only of whoever may write them", async () => {
  const exported = await admin.send("GET", "/api/projects/taxi/export");
  expect([exported.statusCode, exported.headers["content-type"]]).toEqual([200, "application/zip"]);
  const unpacked = unpack(exported.rawPayload);
  if (!unpacked.ok) throw new Error("the export cannot be read");
  const texts = new Map([...unpacked.texts].filter(([path]) => !path.startsWith("demo/")));
  texts.set("project.yaml", texts.get("project.yaml")!.replace("key: taxi", "key: minibus").replace("ticket_prefix: TAX", "ticket_prefix: MIN").replace(/^numbers: .*$/m, 'numbers: ["+38615550800"]'));
  // R355: its rules are written by whoever brings them.
  const early = await upload(admin, pack("minibus", texts));
  expect([early.statusCode, early.json<{ code: string }>().code], early.body).toEqual([403, "no_certificate"]);
  const certify = (certified: boolean) => sql`update users set rules_certified_at = ${certified ? new Date() : null} where id = ${admin.userId}`.execute(database.db);
  await certify(true);
  const note = 'coalesce(client.phone, "none")';
  const rule = `key: leak\nname: { en: Leak, ru: Утечка, sl: Leak }\non: { event: ticket.registered }\nwhen: has(client)\nsteps:\n  - do: add_note\n    with: { text: '${note}' }\n`;
  const leak = await upload(admin, pack("minibus", new Map([...texts, ["rules/leak.yaml", rule]])));
  expect([leak.statusCode, leak.json<{ errors: { message: string }[] }>().errors[0]?.message], leak.body).toEqual([422, expect.stringContaining("has no field “phone”")]);
  const reply = await upload(admin, pack("minibus", texts));
  expect(reply.json(), reply.body).toMatchObject({ key: "minibus", removed: 0 });
  const me = await admin.send("GET", "/api/access/me");
  expect(me.json<{ projects: string[] }>().projects).toContain("minibus");
  expect((await upload(admin, pack("minibus", texts))).statusCode, "its key is taken now").toBe(422);
  await certify(false);
  expect((await admin.send("POST", "/api/projects", { template: "taxi", key: "coach", name: { en: "Coach", ru: "Автобус", sl: "Avtobus" }, languages: ["en"], defaultLanguage: "en", numbers: ["+38615550801"], callerId: "+38615550801", ticketPrefix: "CCH", mailFrom: "coach@example.com" })).statusCode, "what a template brings nobody has written here").toBe(200);
});

const zipped = (files: Record<string, string>, over: Parameters<typeof zipSync>[1] = {}) => zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), over);
/** With one number of the end record written over. */
const withEnd = (bytes: Uint8Array, offset: number, value: number) => { new DataView(bytes.buffer, bytes.byteOffset).setUint16(bytes.length - 22 + offset, value, true); return bytes; };
const escaping = () => zipped({ "project.yaml": "key: x", "../../etc/cron.yaml": "a: 1", "/abs.yaml": "a: 1" });
/** The comment of the last file says where another end record is, as archives of gigabytes do. */
const asLarge = () => {
  const bytes = zipSync({ "project.yaml": [strToU8("key: x"), { comment: "c".repeat(20) }] });
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(bytes.length - 22 - 20, 0x07064b50, true);
  return bytes;
};
/** Stored as they are, each the same bytes, and each said to be empty. */
const overlapping = () => {
  const bytes = zipSync(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`forms/f${index}.yaml`, [new Uint8Array(20_000), { level: 0 }] as const])));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = view.getUint32(bytes.length - 6, true); view.getUint32(at, true) === 0x02014b50; at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)) {
    view.setUint32(at + 20, 1_000_000, true);
    view.setUint32(at + 24, 0, true);
    view.setUint32(at + 42, 0, true);
  }
  return bytes;
};
const asLink = () => zipSync({ "x/project.yaml": strToU8("key: x"), "x/queues.yaml": [strToU8("/etc/passwd"), { os: 3, attrs: 0o120777 << 16 }] });

test.each<[string, () => Uint8Array, string, string]>([
  ["a way out of the folder", () => zipped({ "x/project.yaml": "key: x", "x/../../etc/cron.yaml": "a: 1" }), "x/../../etc/cron.yaml", "leads out"],
  ["an absolute path", () => zipped({ "project.yaml": "key: x", "/etc/passwd.yaml": "a: 1" }), "/etc/passwd.yaml", "leads out"],
  ["a path of another system", () => zipped({ "project.yaml": "key: x", "..\\queues.yaml": "a: 1" }), "..\\queues.yaml", "leads out"],
  ["a link", asLink, "x/queues.yaml", "is a link"],
  ["a name given twice", () => zipped({ "project.yaml": "key: x", "QUEUES.yaml": "a: 1", "queues.yaml": "a: 2" }), "queues.yaml", "twice"],
  ["a text of 5 MB", () => zipped({ "project.yaml": "key: x", "queues.yaml": "a".repeat(5_000_000) }), "queues.yaml", "kB may be"],
  ["a bomb", () => zipped(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`forms/f${index}.yaml`, "a".repeat(500_000)]))), "file", "kB together"],
  ["fewer files told than it has", () => withEnd(escaping(), 10, 1), "file", "not a .zip"],
  ["fewer files told of this disk than of all", () => withEnd(escaping(), 8, 1), "file", "not a .zip"],
  ["both counts too small", () => withEnd(withEnd(escaping(), 8, 1), 10, 1), "file", "not a .zip"],
  ["a directory shorter than it is", () => withEnd(escaping(), 12, 60), "file", "not a .zip"],
  ["something behind its end", () => new Uint8Array([...escaping(), 0, 0]), "file", "not a .zip"],
  ["a second end record", asLarge, "file", "not a .zip"],
  ["files stored over one another", overlapping, "file", "kB together"],
  ["a text that is not UTF-8", () => zipSync({ "project.yaml": new Uint8Array([0x6b, 0xff, 0xfe, 0x00]) }), "project.yaml", "UTF-8"],
  ["something that is no archive", () => strToU8("PK? not at all, but long enough to be looked at"), "file", "not a .zip"],
  ["a name that is no declaration", () => pack("xylo", new Map([["project.yaml", "key: xylo"], ["run.sh.yaml", "a: 1"]])), "xylo/run.sh.yaml:1", "no declaration has this name"],
])("an archive with %s is refused with the place, and nothing is saved", async (_title, make, field, message) => {
  const reply = await upload(admin, make());
  expect(reply.statusCode, reply.body).toBe(422);
  const found = reply.json<{ errors: { field: string; message: string }[] }>().errors.find((each) => each.field === field);
  expect(found?.message, reply.body).toContain(message);
  expect((await admin.send("GET", "/api/projects")).json<{ projects: { key: string }[] }>().projects.map(({ key }) => key)).not.toContain("x");
});

test("an unknown project is not there, a strange path is told at its field", async () => {
  expect((await admin.send("GET", "/api/projects/bakery/texts")).statusCode).toBe(404);
  const reply = await admin.send("PUT", "/api/projects/shop/text", { path: "../taxi/queues.yaml", text: "a: 1", number: 0 });
  expect([reply.statusCode, reply.json<{ errors: { field: string }[] }>().errors[0]?.field]).toEqual([422, "path"]);
});

test.each([["ru", 'нет процесса «nowhere» → допустимы: '], ["sl", 'ni postopka »nowhere« → uporabite eno od: '], ["en", 'there is no process "nowhere" → use one of ']] as const)("what is wrong with a text is told to a reader of %s in that language", async (language, sentence) => {
  const reader = await http.signIn({ roles: ["administrator"], projects: ["internet"], language });
  const { text, current } = (await reader.send("GET", "/api/projects/shop/text?path=types.yaml")).json<{ text: string; current: number }>();
  const bent = text.replace("process: request", "process: nowhere");
  const [problem] = (await reader.send("POST", "/api/projects/shop/check", { path: "types.yaml", text: bent })).json<{ problems: { at: string; line: number; message: string; remedy: string }[] }>().problems;
  expect(`${problem!.message} → ${problem!.remedy}`).toContain(sentence);
  const saved = await reader.send("PUT", "/api/projects/shop/text", { path: "types.yaml", text: bent, number: current });
  expect(saved.statusCode).toBe(422);
  expect(saved.json<{ errors: object[] }>().errors[0]).toMatchObject({ field: `shop/types.yaml:${problem!.line}`, message: expect.stringContaining(`${problem!.at}: ${sentence}`) as string });
});
