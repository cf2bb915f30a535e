import { sql } from "kysely";
import { expect, test } from "vitest";
import { textKinds } from "../../kinds.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildUser } from "../access/access.factory.ts";
import { readFolder } from "../projects/index.ts";
import { REPOSITORY, startNode } from "./declarations.factory.ts";
import { checkText, readText, saveText } from "./declarations.service.ts";

const database = await testDatabase();
const system = database.ctx();
const { texts } = await readFolder(REPOSITORY);
const company = texts.get("company.yaml")!;
const withArchive = company.replace("departments:\n", "departments:\n  archive: { en: Archive, ru: Архив, sl: Arhiv }\n");
const start = (text: string) => startNode(system, new Map(texts).set("company.yaml", text), textKinds);
const rejection = (promise: Promise<unknown>) => promise.then(() => { throw new Error("it was not refused"); }, (error: unknown) => error as { fields: { field: string }[] });

test("files that take a department away with people in it are not taken at a start: what is stored goes on and health tells where and how many", async () => {
  await start(withArchive);
  const worker = await buildUser(database.db, { roles: ["department_worker"], department: "archive", projects: ["internet"] });
  const { begun } = await start(company);
  expect(begun.problems).toMatchObject([{ file: "company.yaml", path: "departments", message: expect.stringMatching(/Archive \(archive\).*People in it: 1/) }]);
  expect(Object.keys(begun.declarations.company.departments)).toContain("archive");
  await sql`update users set disabled_at = now() where id = ${worker.id}`.execute(database.db);
  const later = await start(company);
  expect([later.begun.problems, Object.keys(later.begun.declarations.company.departments).includes("archive")]).toEqual([[], false]);
});

test("a department that another node has only just made is not taken away either: what is compared with is what is stored", async () => {
  const { id } = await buildUser(database.db, { name: "Ana Kos", roles: ["administrator"], projects: ["internet"] });
  const ana = database.ctx({ kind: "user", id, name: "Ana Kos", roles: ["administrator"], projects: ["internet"], language: "en" });
  const [here, there] = [await start(company), await start(company)];
  const path = "company.yaml";
  const { current, text } = await readText(ana, there.deps, "company", { path });
  await saveText(ana, there.deps, "company", { path, text: withArchive, number: current, note: "" });
  await buildUser(database.db, { roles: ["department_worker"], department: "archive", projects: ["internet"] });
  expect(Object.keys(here.deps.live.current().company.departments), "this node has not looked yet").not.toContain("archive");
  expect((await checkText(ana, here.deps, "company", { path, text })).problems).toMatchObject([{ message: expect.stringContaining("Archive (archive)") }]);
  expect((await rejection(saveText(ana, here.deps, "company", { path, text, number: current + 1, note: "" }))).fields.map(({ field }) => field)).toEqual([expect.stringMatching(/^company\.yaml:\d+$/)]);
});
