import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { textKinds } from "../../kinds.ts";
import { inTx } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { describeProblems, projectFolders, readDeclarations, readFolder, staffed } from "../projects/index.ts";
import { storeDeclarations } from "../tickets/index.ts";
import { seedDemo } from "./index.ts";

const { texts } = await readFolder(fileURLToPath(new URL("../../../../../projects", import.meta.url)));
const projects = projectFolders(texts);
const database = await testDatabase();

/** Reviews with their forms filled, and whether each is of a client already. */
const selectReviews = (db: Parameters<typeof seedDemo>[0]["db"]) => sql<{ projectKey: string; stage: string; rating: number; isKnown: boolean }>`select t.project_key, t.stage, (f.data ->> 'rating')::int as rating, t.client_id is not null as is_known
  from tickets t join form_records f on f.subject_kind = 'ticket' and f.subject_id = t.id and f.state = 'submitted' where t.type = 'review' order by 1, 3`.execute(db).then((result) => result.rows);

test.each([["afternoon", "2026-11-18T14:30:00Z"], ["night", "2026-11-22T01:10:00Z"], ["morning of a holiday", "2027-01-01T08:00:00Z"]])("the demo starts with all eight projects in use, in the %s", async (_name, at) => {
  expect(projects).toHaveLength(8);
  const read = readDeclarations(texts, { kinds: textKinds, projects });
  if (!read.ok) throw new Error(describeProblems(read));
  const undone = new Error("undone");
  const ctx = database.ctx(undefined, () => new Date(at));
  await inTx(ctx, async (ctx) => {
    await storeDeclarations(ctx, read.declarations, { kinds: textKinds });
    const { isLoaded } = await seedDemo(ctx, read.declarations, { password: "a-demo-password" });
    const { rows } = await sql<{ projectKey: string; tickets: number }>`select project_key, count(*)::int as tickets from tickets group by 1 order by 1`.execute(ctx.db);
    expect([isLoaded, rows.map(({ projectKey }) => projectKey), rows.every(({ tickets }) => tickets > 0)]).toEqual([true, projects, true]);
    expect(await selectReviews(ctx.db), "R139").toEqual(["internet", "shop", "taxi"].flatMap((projectKey) => [
      { projectKey, stage: "registered", rating: projectKey === "shop" ? 1 : 2, isKnown: false }, { projectKey, stage: "drafted", rating: projectKey === "shop" ? 4 : 5, isKnown: true },
    ]));
    throw undone;
  }).catch((error: unknown) => { if (error !== undone) throw error; });
});

test("whoever joins a project nobody worked in has the skills its queues ask for, and nothing changes where everybody works", () => {
  const eight = readDeclarations(texts, { kinds: textKinds, projects });
  const three = readDeclarations(texts, { kinds: textKinds });
  if (!eight.ok || !three.ok) throw new Error("declarations do not load");
  expect(staffed(three.declarations)).toBe(three.declarations);
  const { people } = staffed(eight.declarations);
  for (const { project, queues } of eight.declarations.projects) {
    const own = people.filter((person) => person.projects.includes(project.key));
    expect([...new Set(own.map(({ role }) => role))], project.key).toEqual(expect.arrayContaining(["operator", "supervisor", "management", "administrator"]));
    for (const queue of queues) expect(own.some(({ role, skills }) => role === "operator" && Object.entries(queue.skills).every(([skill, level]) => (skills[skill] ?? 0) >= level)), queue.key).toBe(true);
  }
});
