import type { Ctx } from "./platform/db.ts";
import type { DurableListener } from "./platform/deliveries.ts";
import type { JobHandler } from "./platform/jobs.ts";
import { accessJobs, FORGET_SESSIONS } from "./features/access/index.ts";
import { automationListener, clockReached, type Performing } from "./features/automation/index.ts";
import { calendarTime, clockJobs, type ClockHandler, type ClocksDeps } from "./features/clocks/index.ts";
import { declarationJobs } from "./features/declarations/index.ts";
import { bulkJobs } from "./features/bulk/index.ts";
import { articleJobs, solvedListener } from "./features/articles/index.ts";
import { FORGET_DRAFTS, formJobs } from "./features/forms/index.ts";
import { handoversListener } from "./features/handovers/index.ts";
import { loadListener, type LoadDeps } from "./features/load/index.ts";
import { noticesListener } from "./features/notices/index.ts";
import { FORGET_REGISTRATIONS, operatorsJobs, operatorsListener, type OperatorsListenerDeps } from "./features/operators/index.ts";
import { FORGET_CLIENT_SESSIONS, portalJobs, type PortalJobsDeps } from "./features/portal/index.ts";
import { broughtJobs, projectOf, ticketClocks, ticketJobs, ticketsListener, type FileStore } from "./features/tickets/index.ts";
import { callWebhook } from "./features/webhooks/index.ts";

/** What other features do for rules. */
export const performing: Performing = { callWebhook };

/** Who durably hears what. */
export const durableListeners = (deps: { publicUrl: () => string } & OperatorsListenerDeps & LoadDeps): DurableListener[] => [noticesListener(deps), operatorsListener(deps), automationListener(performing), solvedListener, ticketsListener, handoversListener, loadListener(deps)];

/** Background work by name. */
export const jobHandlers = (ctx: Ctx, deps: PortalJobsDeps & { formFiles: FileStore }): Record<string, JobHandler> => ({ ...ticketJobs(ctx), ...broughtJobs(ctx), ...clockJobs(ctx, clocksDeps()), ...declarationJobs(ctx), ...articleJobs(ctx), ...bulkJobs(ctx), ...accessJobs(ctx), ...operatorsJobs(ctx), ...portalJobs(ctx, deps), ...formJobs(ctx, deps.formFiles) });

/** Those that run once a day: what nobody needs any more is forgotten. */
export const nightlyJobs = [FORGET_SESSIONS, FORGET_CLIENT_SESSIONS, FORGET_REGISTRATIONS, FORGET_DRAFTS] as const;

/** The ticket first, by its process; then the rules that wait for the same mark. */
const ticketClocksAndRules: ClockHandler = {
  ...ticketClocks,
  met: async (met) => {
    await ticketClocks.met(met);
    for (const { ctx, subject, projectKey, clock, percent, at } of met) await clockReached(ctx, { ticketId: subject.id, projectKey, clock: clock.name, percent, cause: `clock:${subject.id}:${clock.name}:${percent}:${at.toISOString()}` }, performing);
  },
};

/** Whose clocks there are: what happens at their moments, and by which calendar a project counts. */
export const clocksDeps = (): ClocksDeps => ({
  handlers: [ticketClocksAndRules],
  timeOf: async (ctx, projectKey) => {
    const { calendar, project } = await projectOf(ctx.db, projectKey);
    return calendarTime(calendar, project.time_zone);
  },
});
