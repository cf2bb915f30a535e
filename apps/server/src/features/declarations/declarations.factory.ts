import { fileURLToPath } from "node:url";
import type { Ctx } from "../../platform/db.ts";
import { readFolder, type TextKind } from "../projects/index.ts";
import { LiveDeclarations } from "./declarations.live.ts";
import type { DeclarationsDeps } from "./declarations.service.ts";
import { bringFiles, type Begun } from "./declarations.store.ts";

export const REPOSITORY = fileURLToPath(new URL("../../../../../projects", import.meta.url));

export interface StartedNode { begun: Begun; deps: DeclarationsDeps }

/** A node that has just started with these files (the repository's own unless told) and looks when it is asked to. */
export async function startNode(ctx: Ctx, texts?: Map<string, string>, kinds: readonly TextKind[] = []): Promise<StartedNode> {
  const repository = texts ? { texts, problems: [] } : await readFolder(REPOSITORY);
  const settings = { kinds };
  const begun = await bringFiles(ctx, settings, repository);
  const live = new LiveDeclarations({ db: ctx.db, log: ctx.log, kinds, lookMs: 3_600_000 });
  live.begin(begun);
  return { begun, deps: { live, settings, repository: repository.texts } };
}
