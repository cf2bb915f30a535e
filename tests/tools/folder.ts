import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDeclarations } from "./declarations.ts";

/** A folder of the test's own, with the declarations tests use in `projects`; operators are rung for `ringS`. */
export function newFolder(kind: string, ringS?: number): string {
  const folder = mkdtempSync(join(tmpdir(), `linija-${kind}-`));
  // As root PostgreSQL runs as another user, who must be able to come here.
  chmodSync(folder, 0o755);
  writeDeclarations(join(folder, "projects"), ringS);
  return folder;
}
