import { sql } from "kysely";
import { expect, test } from "vitest";
import { testDatabase } from "../../testing/database.ts";
import { readFolder } from "../projects/index.ts";
import { REPOSITORY, startNode } from "./declarations.factory.ts";

const database = await testDatabase();
const system = database.ctx();

/** As a desk saved it when nothing was said against it. */
const keptInDesk = (path: string, change: (text: string) => string) =>
  sql<{ text: string }>`select text from declaration_files where project_key = 'taxi' and path = ${path}`.execute(database.db).then(({ rows }) =>
    sql`update declaration_files set text = ${change(rows[0]!.text)}, origin = 'desk' where project_key = 'taxi' and path = ${path}`.execute(database.db));

test.each([
  ["a notice tells a field that no process has", "notices.yaml", (text: string) => text.replaceAll("{{fields.car}}", "{{fields.cart}}")],
  ["a process has a stage nobody reaches", "processes/taxi-order.yaml", (text: string) => text.replace(/^stages:\n/m, "stages:\n  nowhere: { name: { en: Nowhere, ru: Нигде, sl: Nikjer }, client_sees: in_work }\n")],
  ["a name holds half of a sign, written as an escape", "types.yaml", (text: string) => text.replace("{ en: Taxi order,", '{ en: "Taxi \\0order\\uD83D",')],
])("a version that asks more of texts than the one that took them goes on with what is stored, and health names the place: %s", async (_, path, change) => {
  await startNode(system);
  await keptInDesk(path, change);
  const { texts } = await readFolder(REPOSITORY);
  const later = await startNode(system, texts);
  expect(later.begun.problems.map(({ file }) => file)).toContain(`taxi/${path}`);
  const taxi = later.deps.live.current().projects.find(({ project }) => project.key === "taxi")!;
  expect([later.deps.live.current().projects.length, Object.keys(taxi.processes)]).toEqual([3, expect.arrayContaining(["taxi-order", "request"])]);
  await keptInDesk(path, () => texts.get(`taxi/${path}`)!);
  expect((await startNode(system, texts)).begun.problems).toEqual([]);
});
