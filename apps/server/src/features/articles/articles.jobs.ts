import { z } from "zod";
import { inTx, type Ctx } from "../../platform/db.ts";
import { addJob, type JobHandler } from "../../platform/jobs.ts";
import { rememberOld } from "./articles.listener.ts";
import { isNothingKept } from "./articles.sql.ts";

const JOB = "articles.remember";
const FIRST = "00000000-0000-0000-0000-000000000000";
const payloadSchema = z.object({ after: z.uuid() });

/** Where the words of solved tickets were never kept (before this release), they are now: in small steps, each a job, so that a restart goes on. */
export async function startRemembering(ctx: Ctx): Promise<void> {
  if (await isNothingKept(ctx.db)) await inTx(ctx, (ctx) => addJob(ctx, JOB, { after: FIRST }, { key: JOB }));
}

export const articleJobs = (ctx: Ctx): Record<string, JobHandler> => ({
  [JOB]: (payload) => inTx(ctx, async (ctx) => {
    const next = await rememberOld(ctx, payloadSchema.parse(payload).after);
    if (next) await addJob(ctx, JOB, { after: next });
  }),
});
