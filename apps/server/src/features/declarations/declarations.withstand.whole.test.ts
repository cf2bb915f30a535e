import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { textKinds } from "../../kinds.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildUser } from "../access/access.factory.ts";
import { translate } from "../../platform/messages.ts";
import { startNode, type StartedNode } from "./declarations.factory.ts";
import { importProject } from "./declarations.projects.service.ts";
import { readText, saveText } from "./declarations.service.ts";
import { pack } from "./declarations.zip.rules.ts";

const database = await testDatabase();
const system = database.ctx();
let node: StartedNode;
let userId = "";

beforeAll(async () => {
  node = await startNode(system, undefined, textKinds);
  userId = (await buildUser(database.db, { name: "Ana Kos", roles: ["administrator"], projects: ["internet"] })).id;
});

const as = (language: "en" | "ru" | "sl") => database.ctx({ kind: "user", id: userId, name: "Ana Kos", roles: ["administrator"], projects: ["internet"], language });
const N = "{ en: A, ru: А, sl: A }";
const process = (ways: string, more = "") => `key: trial
name: ${N}
start: a
stages:
  a: { name: ${N}, client_sees: received }
  b: { name: ${N}, client_sees: in_work }
  c: { name: ${N}, client_sees: closed, final: true }
${more}transitions:
${ways}clocks: { deadline_hours: null }
`;
const way = (key: string, from: string, to: string, more = "") => `  ${key}: { name: ${N}, from: [${from}], to: ${to}, who: [operator, system]${more} }\n`;
const form = (properties: string, more = "") => `key: trial\nname: ${N}\nschema:\n${more}  properties:\n${properties}`;

/** What anybody may write by mistake or by malice, and the line where it stands. */
const hostile: [what: string, path: string, text: string, line: number][] = [
  ["a stage no way leads to", "processes/trial.yaml", process(way("go", "a", "c") + way("on", "b", "c")), 6],
  ["a stage no way leads out of", "processes/trial.yaml", process(way("go", "a", "b") + way("end", "a", "c")), 6],
  ["automatic transitions that chase each other", "processes/trial.yaml", process(way("go", "a", "b", ", automatic: { when: 'true' }") + way("back", "b", "a", ", automatic: { when: 'true' }") + way("end", "b", "c")), 9],
  ["a rule that never ends", "rules/trial.yaml", `key: trial\nname: { en: Trial }\non: { event: ticket.registered }\nsteps:\n  - let: { n: "1" }\n  - while: n > 0\n    do:\n      - let: { m: "2" }\n`, 6],
  ["references that lead back to themselves", "forms/trial.yaml", form("    one: { $ref: '#/$defs/x', x-name: " + N + " }\n", "  $defs:\n    x: { $ref: '#/$defs/y' }\n    y: { $ref: '#/$defs/x' }\n"), 8],
  ["a pattern that would never come to an end", "forms/trial.yaml", form(`    one: { x-kind: text, x-name: ${N}, pattern: '^(a+)+$' }\n`), 5],
  ["a form of five megabytes", "forms/trial.yaml", `${form(`    one: { x-kind: text, x-name: ${N} }\n`)}# ${"z".repeat(5 * 1024 * 1024)}\n`, 1],
];

test.each(hostile)("%s is refused at save in the author's language with the place named, and nothing of it is kept", async (_, path, text, line) => {
  const said = new Set<string>();
  for (const language of ["en", "ru", "sl"] as const) {
    const error = await saveText(as(language), node.deps, "internet", { path, text, number: 0, note: "" }).then(() => { throw new Error("it was not refused"); }, (found: unknown) => found as { reason: string; fields: { field: string; code: string; params: { message: string; remedy: string } }[] });
    expect(error.reason).toBe("declaration_refused");
    expect(error.fields.map(({ field }) => field)).toContain(`internet/${path}:${line}`);
    const words = error.fields.map(({ code, params }) => translate(language, code, params)).join("\n");
    if (language === "ru") expect(words).toMatch(/[а-яё]{4}/i);
    said.add(words);
    expect(words.length).toBeLessThan(4_000);
  }
  expect(said.size, "each language has words of its own").toBe(3);
  await expect(readText(as("en"), node.deps, "internet", { path })).rejects.toMatchObject({ code: "not_found" });
  const { rows } = await sql<{ n: number }>`select (select count(*) from declaration_files where path = ${path})::int + (select count(*) from process_versions where key = 'trial')::int as n`.execute(database.db);
  expect(rows[0]!.n).toBe(0);
});

test("a folder of texts with one broken among them is refused whole, the broken one named by file and line", async () => {
  const own = [...node.deps.repository].filter(([file]) => file.startsWith("energy/")).map(([file, text]): [string, string] => [file.slice("energy/".length), text]);
  const broken = new Map([...own, ["guides/no-current.yaml", "key: no-current\nname: [\n"]] as [string, string][]);
  const error = await importProject(as("sl"), node.deps, pack("energy", broken), {}).then(() => { throw new Error("it was not refused"); }, (found: unknown) => found as { reason: string; fields: { field: string }[] });
  expect(error.reason).toBe("declaration_refused");
  expect(error.fields.map(({ field }) => field).join()).toMatch(/energy\/guides\/no-current\.yaml:\d/);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from declaration_files where project_key = 'energy'`.execute(database.db);
  expect(rows[0]!.n).toBe(0);
  expect(node.deps.live.current().projects.map(({ project }) => project.key)).not.toContain("energy");
});
