import type { Ctx } from "./platform/db.ts";
import type { DurableListener } from "./platform/deliveries.ts";
import type { JobHandler } from "./platform/jobs.ts";
import { calendarTime, clockJobs, type ClocksDeps } from "./features/clocks/index.ts";
import { declarationJobs } from "./features/declarations/index.ts";
import { noticesListener } from "./features/notices/index.ts";
import { operatorsListener, type OperatorsListenerDeps } from "./features/operators/index.ts";
import { projectOf, ticketClocks, ticketJobs } from "./features/tickets/index.ts";

/** Who durably hears what. */
export const durableListeners = (deps: { publicUrl: () => string } & OperatorsListenerDeps): DurableListener[] => [noticesListener(deps), operatorsListener(deps)];

/** Background work by name. */
export const jobHandlers = (ctx: Ctx): Record<string, JobHandler> => ({ ...ticketJobs(ctx), ...clockJobs(ctx, clocksDeps()), ...declarationJobs(ctx) });

/** Whose clocks there are: what happens at their moments, and by which calendar a project counts. */
export const clocksDeps = (): ClocksDeps => ({
  handlers: [ticketClocks],
  timeOf: async (ctx, projectKey) => {
    const { calendar, project } = await projectOf(ctx.db, projectKey);
    return calendarTime(calendar, project.time_zone);
  },
});
