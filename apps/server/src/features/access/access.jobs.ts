import type { Ctx } from "../../platform/db.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import { forgetOldSessions } from "./access.sessions.service.ts";

export const FORGET_SESSIONS = "access.forget_sessions";

export const accessJobs = (ctx: Ctx): Record<string, JobHandler> => ({ [FORGET_SESSIONS]: () => forgetOldSessions(ctx) });
