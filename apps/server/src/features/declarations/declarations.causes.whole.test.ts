import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { textKinds } from "../../kinds.ts";
import { translate } from "../../platform/messages.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildUser } from "../access/access.factory.ts";
import { newId } from "../../platform/ids.ts";
import { startNode, type StartedNode } from "./declarations.factory.ts";
import { importProject } from "./declarations.projects.service.ts";
import { pack } from "./declarations.zip.rules.ts";
import { checkText, readText, saveText } from "./declarations.service.ts";

const database = await testDatabase();
let node: StartedNode;
let userId = "";
beforeAll(async () => {
  node = await startNode(database.ctx(), undefined, textKinds);
  userId = (await buildUser(database.db, { name: "Ana Kos", roles: ["administrator"], projects: ["internet"] })).id;
  await sql`update users set rules_certified_at = now() where id = ${userId}::uuid`.execute(database.db);
});
const as = (language: "en" | "ru" | "sl" = "en") => database.ctx({ kind: "user", id: userId, name: "Ana Kos", roles: ["administrator"], projects: ["internet"], language });

/** What is said of a change of one text: file, line and words. */
async function said(path: string, change: (text: string) => string, language: "en" | "ru" | "sl" = "en"): Promise<string[]> {
  const { text } = await readText(as(), node.deps, "internet", { path });
  const changed = change(text);
  expect(changed, "the text is another one").not.toBe(text);
  const { problems } = await checkText(as(language), node.deps, "internet", { path, text: changed });
  return problems.map(({ file, line, message }) => `${file}:${line} ${message}`);
}

test("R091 one wrong kind in a form is told at its place, and nothing that only follows from it", async () => {
  const told = await said("forms/connection.yaml", (text) => text.replace(/x-kind: yes_no|x-kind: choice|x-kind: date/, "x-kind: dat"));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^internet\/forms\/connection\.yaml:\d+ .*“dat”/);
});

test("R344 a slip in the event of a rule is told with what may stand there", async () => {
  const [told, ...more] = await said("rules/regular-client.yaml", (text) => text.replace("ticket.registered", "ticket.registred"));
  expect(more).toEqual([]);
  expect(told).toMatch(/regular-client\.yaml:3 “ticket\.registred” cannot stand here; use one of: ticket\.registered, /);
});

test("R344 a field that is not there is named by the words that stand in the text", async () => {
  expect(await said("rules/regular-client.yaml", (text) => text.replace("has(client) &&", 'ticket.fields.nothing == "x" &&'))).toEqual([expect.stringContaining("“ticket.fields” has no field “nothing”")]);
});

test("R112 a task's answer, which is words, is refused a field that holds something else", async () => {
  const told = await Promise.all((["en", "ru", "sl"] as const).map((language) => said("processes/no-show.yaml", (text) => text.replace("answer: crew", "answer: visit_at"), language)));
  expect(told.map((each) => each.length)).toEqual([1, 1, 1]);
  expect(told[0]![0]).toMatch(/^internet\/processes\/no-show\.yaml:\d+ the answer is written in words, and the field "visit_at" does not hold text$/);
  expect(new Set(told.flat()).size).toBe(3);
});

const CALLS = (key: string): string => `key: trial\nname: { en: Trial }\non: { event: ticket.registered }\nsteps:\n  - do: call_webhook\n    with: { webhook: '"${key}"' }\n  - do: tell_department\n    with: { department: '"technicians"', text: '"x"' }\n`;
const numbers = new Map<string, number>();
const save = (text: string) => saveRule("trial", text);
const saveRule = (name: string, text: string) => saveText(as(), node.deps, "internet", { path: `rules/${name}.yaml`, text, number: numbers.get(name) ?? 0, note: "" })
  .then(({ number }) => numbers.set(name, number))
  .then(() => "saved", (error: { fields: { field: string; code: string; params: Record<string, string> }[] }) => error.fields.map(({ field, code, params }) => `${field} ${translate("en", code, params)}`).join("\n"));

test("R344 a rule may call only a webhook and tell only a department there is", async () => {
  expect(await save(CALLS("one").replace("technicians", "martians"))).toMatch(/rules\/trial\.yaml:8 .*“martians”/);
  expect(await save(CALLS("nope"))).toMatch(/:6 .*“nope” is not one of the allowed values/);
  await sql`insert into webhooks (id, project_key, key, name, url, secret, created_at, updated_at) values (${newId()}::uuid, 'internet', 'one', 'One', 'http://127.0.0.1:1/', 'x', now(), now())`.execute(database.db);
  expect(await save(CALLS("one"))).toBe("saved");
});

test("R344 a rule may tell and give work only to somebody who works in the project", async () => {
  const gives = (action: string, login: string): string => `key: gives\nname: { en: Gives }\non: { event: ticket.registered }\nsteps:\n  - do: ${action}\n    with: { login: '"${login}"'${action === "tell_person" ? ", text: '\"x\"'" : ""} }\n`;
  const given = (action: string, login: string) => saveRule("gives", gives(action, login));
  await buildUser(database.db, { login: "vera", projects: ["internet"] });
  await buildUser(database.db, { login: "stranger", projects: ["taxi"] });
  for (const action of ["assign", "tell_person"]) {
    expect(await given(action, "verra"), action).toMatch(/:6 .*“verra” is not one of the allowed values.*vera/);
    expect(await given(action, "stranger"), action).toMatch(/:6 .*“stranger”/);
  }
  expect(await given("assign", "")).toBe("saved");
  expect(await given("tell_person", "vera")).toBe("saved");
  // As she may write it where she signs in, and as the rule finds her at work.
  expect(await given("tell_person", "Vera")).toBe("saved");
  expect(await given("assign", "VERA")).toBe("saved");
});

test("R358 a project that is only just brought is taken though its rules name people and webhooks it does not have yet, and says where; who brings it works in it", async () => {
  const rule = (key: string, login: string): string => `key: ${key}\nname: { en: Tells }\non: { event: ticket.registered }\nsteps:\n  - do: tell_person\n    with: { login: '"${login}"', text: '"x"' }\n  - do: call_webhook\n    with: { webhook: '"erp"' }\n`;
  const { rows: [me] } = await sql<{ login: string }>`select login from users where id = ${userId}::uuid`.execute(database.db);
  const folder = [...node.deps.repository].flatMap(([file, text]) => (file.startsWith("taxi/") && !file.startsWith("taxi/demo/") ? [[file.slice("taxi/".length), text] as [string, string]] : []));
  const texts = new Map(folder);
  texts.set("project.yaml", texts.get("project.yaml")!.replace("key: taxi", "key: cabs").replace(/^numbers: .*$/m, 'numbers: ["+38615550911"]').replace(/^caller_id: .*$/m, 'caller_id: "+38615550911"').replace("ticket_prefix: TAX", "ticket_prefix: CAB"));
  texts.set("rules/tells-vera.yaml", rule("tells_vera", "verra")).set("rules/tells-me.yaml", rule("tells_me", me!.login));
  const preview = await importProject(as(), node.deps, pack("cabs", texts), { preview: "true" });
  const made = await importProject(as(), node.deps, pack("cabs", texts), {});
  expect(made.lacks.map(({ path, line, message }) => `${path}:${line} ${message}`)).toEqual([
    expect.stringMatching(/^rules\/tells-me\.yaml:8 .*“erp”/), expect.stringMatching(/^rules\/tells-vera\.yaml:6 .*“verra”/), expect.stringMatching(/^rules\/tells-vera\.yaml:8 .*“erp”/),
  ]);
  expect(preview.lacks).toEqual(made.lacks);
  // The key is taken now: it is said at the key, and under another one the same folder comes in, once its letters and numbers are its own.
  const again = (key: string | undefined, head: (text: string) => string = (text) => text) => importProject(as(), node.deps, pack("cabs", new Map(texts).set("project.yaml", head(texts.get("project.yaml")!))), { ...(key && { as: key }), preview: "true" });
  await expect(again(undefined)).rejects.toMatchObject({ reason: "project_key_taken", fields: [{ field: "key", code: "project_key_taken" }] });
  await expect(again("cabs-too")).rejects.toMatchObject({ reason: "declaration_refused" });
  expect(await again("cabs-too", (text) => text.replace("ticket_prefix: CAB", "ticket_prefix: CAC").replaceAll("+38615550911", "+38615550912"))).toMatchObject({ key: "cabs-too" });
});
