import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { readDeclarations, type Declarations } from "../projects/index.ts";
import { retireProject as retire } from "../tickets/index.ts";
import type { InHand, ProjectInHand } from "./declarations.retire.contract.ts";
import { countInHand } from "./declarations.retire.sql.ts";
import { declaredOf, mayManage, problemView, readingOf, refused, type DeclarationsDeps } from "./declarations.service.ts";
import { lockGround, storeProject, type Ground } from "./declarations.store.ts";
import { selectCurrent } from "./declarations.sql.ts";
import { asTexts } from "./declarations.texts.rules.ts";

/** R004: what a person should know before a project goes out of use, and what keeps it there. */
export async function projectInHand(ctx: Ctx, deps: DeclarationsDeps, key: string): Promise<ProjectInHand> {
  mayManage(ctx);
  const declared = declaredOf(deps, key);
  if (!declared) throw notFound("project", key);
  const { people, ...inHand } = await countInHand(ctx.db, key);
  const { kinds, projects, retired } = readingOf(deps);
  const read = readDeclarations(asTexts(await selectCurrent(ctx.db)), { kinds, projects: projects.filter((each) => each !== key), retired: [...retired, key] });
  return { inHand, people, numbers: declared.project.numbers, problems: read.ok ? [] : read.problems.slice(0, 20).map((problem) => problemView(problem, readerLanguage(ctx))) };
}

/** Nothing is deleted: it is not read any more, so that its menu, queues and numbers are gone, and no ticket can be registered in it. */
export async function retireProject(ctx: Ctx, deps: DeclarationsDeps, key: string, { note }: { note: string }): Promise<{ ok: true }> {
  mayManage(ctx);
  await inTx(ctx, async (ctx) => {
    const ground = await lockGround(ctx);
    if (!ground.keys.includes(key)) throw notFound("project", key);
    await retire(ctx, key, { note, refuse: async () => {
      refuseInHand(await countInHand(ctx.db, key));
      readWith(ctx, deps, ground, { projects: ground.keys.filter((each) => each !== key), retired: [...ground.retired, key] });
    } });
    await tell(ctx, "project.retired", { key, note });
  });
  await deps.live.look();
  return { ok: true };
}

function refuseInHand({ tickets, calls, promises, bulk }: InHand): void {
  if (tickets + calls + promises + bulk > 0) throw conflict("project_in_hand", { tickets, calls, promises, bulk });
}

/** As it was; what another project has taken meanwhile, a number say, is told at its place. */
export async function bringBackProject(ctx: Ctx, deps: DeclarationsDeps, key: string): Promise<{ ok: true }> {
  mayManage(ctx);
  await inTx(ctx, async (ctx) => {
    const ground = await lockGround(ctx);
    if (!ground.retired.includes(key)) throw notFound("project", key);
    const declarations = readWith(ctx, deps, ground, { projects: [...ground.keys, key], retired: ground.retired.filter((each) => each !== key) });
    await retire(ctx, key, null);
    // Departments and common texts may have changed while it was away.
    await storeProject(ctx, declarations, deps.settings, key);
    await tell(ctx, "project.brought_back", { key, note: "" });
  });
  await deps.live.look();
  return { ok: true };
}

function readWith(ctx: Ctx, { settings }: DeclarationsDeps, { rows }: Ground, { projects, retired }: { projects: string[]; retired: string[] }): Declarations {
  const read = readDeclarations(asTexts(rows), { kinds: settings.kinds, projects, retired });
  if (!read.ok) throw refused(read.problems, readerLanguage(ctx));
  return read.declarations;
}

async function tell(ctx: TxCtx, what: "project.retired" | "project.brought_back", { key, note }: { key: string; note: string }): Promise<void> {
  await audit(ctx, { action: what, object: { kind: "project", id: key }, ...(note && { reason: note }) });
  await emit(ctx, { type: what, subject: { kind: "declarations", id: key }, data: {} });
}
