import type { Ctx } from "../../platform/db.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import { deleteExpiredRegistrations } from "./operators.sql.ts";

export const FORGET_REGISTRATIONS = "operators.forget_registrations";

/** Phones that did not register again are nowhere; nothing reads their rows. */
export const operatorsJobs = (ctx: Ctx): Record<string, JobHandler> => ({ [FORGET_REGISTRATIONS]: async () => { await deleteExpiredRegistrations(ctx.db, ctx.now()); } });
