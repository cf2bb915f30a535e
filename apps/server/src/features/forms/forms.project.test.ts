import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { EXAMPLE } from "@linija/forms";
import { testDatabase } from "../../testing/database.ts";
import { describeProblems, readDeclarations, readFolder } from "../projects/index.ts";
import { storeDeclarations } from "../tickets/index.ts";
import { formsKind, placesKind } from "./index.ts";
import { listForms } from "./forms.definitions.ts";
import { suggestCities } from "./forms.addresses.service.ts";

const database = await testDatabase();
const { texts: repository } = await readFolder(fileURLToPath(new URL("../../../../../projects", import.meta.url)));
const kinds = [formsKind, placesKind];
/** Processes whose conditions speak of forms give way to the ordinary one, so that a test may bring forms of its own. */
const plain = (path: string, text: string): string => (path.includes("/processes/") && /\bform\./.test(text) ? repository.get("common/processes/request.yaml")!.replace(/^key: .*$/m, text.match(/^key: .*$/m)![0]) : text);
/** The internet provider with texts put in place of its own. */
function withTexts(changes: Record<string, string>): Map<string, string> {
  const texts = new Map([...repository].filter(([path]) => !/\/(forms\/|places\.yaml)/.test(path)).map(([path, text]) => [path, path.endsWith("/types.yaml") ? text.replaceAll(/^ *form: .*\n/gm, "") : plain(path, text)]));
  for (const [path, text] of Object.entries(changes)) texts.set(`internet/${path}`, text);
  return texts;
}
const types = withTexts({}).get("internet/types.yaml")!;
const typesWith = (form: string): string => types.replace(/^( +)process: .*$/m, (line, indent: string) => `${line}\n${indent}form: ${form}`);
const problemsOf = (changes: Record<string, string>): string[] => { const read = readDeclarations(withTexts(changes), { kinds }); return read.ok ? [] : read.problems.map(({ file, line, message }) => `${file}:${line} ${message}`); };

test("R159 a project's forms and places are read with it, named by its types, and put in use", async () => {
  const read = readDeclarations(withTexts({ "forms/connection.yaml": EXAMPLE, "types.yaml": typesWith("connection"), "places.yaml": "cities: { celje: { name: Celje, country: SI, streets: [Nova ulica] } }" }), { kinds });
  if (!read.ok) throw new Error(describeProblems(read));
  await storeDeclarations(database.ctx(), read.declarations, { kinds });
  const first = await listForms(database.ctx(), "internet");
  expect(first.items).toMatchObject([{ key: "connection", name: { ru: "Подключение" } }]);
  expect((await suggestCities(database.ctx(), { projectKey: "internet", q: "cel" })).items).toHaveLength(1);
  await storeDeclarations(database.ctx(), read.declarations, { kinds });
  expect(await listForms(database.ctx(), "internet")).toEqual(first);
});

test("a broken form, a form no file holds and a file under another name are refused with their place", () => {
  const line = (text: string, part: string): number => text.split("\n").findIndex((one) => one.includes(part)) + 1;
  const broken = EXAMPLE.replace("form.issue_on >= form.convenient.from", "form.issued_on >= form.convenient.from");
  expect(problemsOf({ "forms/connection.yaml": broken })[0]).toContain(`internet/forms/connection.yaml:${line(broken, "issued_on >=")} `);
  expect(problemsOf({ "forms/connection.yaml": EXAMPLE, "types.yaml": typesWith("conection") })).toEqual([expect.stringMatching(/^internet\/types\.yaml:\d+ there is no form "conection"/)]);
  expect(problemsOf({ "forms/order.yaml": EXAMPLE })).toEqual([expect.stringContaining('is "connection"')]);
});

test("a form of five megabytes or a swarm of references is refused before it is read", () => {
  const started = process.threadCpuUsage().user;
  expect(problemsOf({ "forms/connection.yaml": `key: connection\n${"# x\n".repeat(1_300_000)}` }).length).toBeGreaterThan(0);
  expect(problemsOf({ "forms/connection.yaml": `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]` }).length).toBeGreaterThan(0);
  expect((process.threadCpuUsage().user - started) / 1_000).toBeLessThan(5_000);
});
