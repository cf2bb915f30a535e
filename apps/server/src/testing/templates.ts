import { fileURLToPath } from "node:url";
import { describeProblems, projectFolders, readDeclarations, readFolder, type ProjectDeclaration } from "../features/projects/index.ts";
import { storeDeclarations } from "../features/tickets/index.ts";
import { textKinds } from "../kinds.ts";
import { testDatabase, type TestDatabase } from "./database.ts";

/** A database in which every template of the repository is in use, their files, and what they declare. */
export async function templatesInUse(): Promise<{ database: TestDatabase; texts: Map<string, string>; projects: ProjectDeclaration[] }> {
  const { texts } = await readFolder(fileURLToPath(new URL("../../../../projects", import.meta.url)));
  const read = readDeclarations(texts, { kinds: textKinds, projects: projectFolders(texts) });
  if (!read.ok) throw new Error(describeProblems(read));
  const database = await testDatabase();
  await storeDeclarations(database.ctx(), read.declarations, { kinds: textKinds });
  return { database, texts, projects: read.declarations.projects };
}
