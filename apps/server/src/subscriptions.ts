import type { Config } from "./platform/config.ts";
import type { Ctx } from "./platform/db.ts";
import type { DurableListener } from "./platform/deliveries.ts";
import type { JobHandler } from "./platform/jobs.ts";
import { ticketJobs } from "./features/tickets/index.ts";

/** Who durably hears what. */
export function durableListeners(_ctx: Ctx, _config: Config): DurableListener[] {
  return [];
}

export interface JobsInput { config: Config; mailUrl: string | null; publicUrl: string }

/** Background work by name. */
export function jobHandlers(ctx: Ctx, _input: JobsInput): Record<string, JobHandler> {
  return { ...ticketJobs(ctx) };
}
