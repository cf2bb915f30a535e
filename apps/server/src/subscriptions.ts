import type { Ctx } from "./platform/db.ts";
import type { DurableListener } from "./platform/deliveries.ts";
import type { JobHandler } from "./platform/jobs.ts";
import { noticesListener } from "./features/notices/index.ts";
import { operatorsListener, type OperatorsListenerDeps } from "./features/operators/index.ts";
import { ticketJobs } from "./features/tickets/index.ts";

/** Who durably hears what. */
export const durableListeners = (deps: { publicUrl: () => string } & OperatorsListenerDeps): DurableListener[] => [noticesListener(deps), operatorsListener(deps)];

/** Background work by name. */
export const jobHandlers = (ctx: Ctx): Record<string, JobHandler> => ticketJobs(ctx);
