import { rm } from "node:fs/promises";
import { join } from "node:path";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import type { FileStore } from "../tickets/index.ts";
import { deleteRecords, lockForgotten } from "./forms.sql.ts";

export const FORGET_DRAFTS = "forms.forget_drafts";

/** A draft that is about nothing and that nobody has touched for so long holds a person's data for no purpose. */
const KEPT_DAYS = 30;
/** At a time, so that nobody who fills a form waits for it. */
const TOGETHER = 200;

/** Where files of forms lie. */
export const formFilesIn = (dataFolder: string): FileStore => ({ folder: join(dataFolder, "form-files") });

export const formJobs = (ctx: Ctx, store: FileStore): Record<string, JobHandler> => ({ [FORGET_DRAFTS]: async () => { await forgetDrafts(ctx, store); } });

/** Removes forgotten drafts with their history and files; what stands on a ticket, a client or a conversation stays. */
export async function forgetDrafts(ctx: Ctx, store: FileStore): Promise<number> {
  for (let gone = 0; ;) {
    const paths = await inTx(ctx, async (ctx) => {
      const rows = await lockForgotten(ctx.db, new Date(ctx.now().getTime() - KEPT_DAYS * 86_400_000), TOGETHER);
      if (rows.length === 0) return null;
      await deleteRecords(ctx.db, rows.map(({ id }) => id));
      for (const { id, projectKey, formKey, ownerId, updatedAt } of rows) await audit(ctx, { action: "form.forget", object: { kind: "form", id }, before: { projectKey, formKey, ownerId, updatedAt } });
      gone += rows.length;
      return rows.flatMap(({ paths }) => paths);
    });
    if (!paths) return gone;
    // Only after the commit; a crash in between leaves a file nobody points to, never the other way round.
    for (const path of paths) await rm(join(store.folder, path), { force: true });
  }
}
