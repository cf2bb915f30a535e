import { z } from "zod";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import type { JobHandler } from "../../platform/jobs.ts";
import { calendarTime, saveClocks, startClock, type ClockHandler } from "../clocks/index.ts";
import { clockFired } from "../processes/index.ts";
import { projectOf } from "./tickets.definitions.ts";
import { alert } from "./tickets.effects.ts";
import { follow, store } from "./tickets.move.service.ts";
import { lockTickets, updateDue } from "./tickets.process.sql.ts";
import { countMovedAlone, selectTicketForUpdate, type Ticket } from "./tickets.sql.ts";
import { doerOf, living, worldOf } from "./tickets.world.ts";

/** What the clocks feature asks of tickets. */
export const ticketClocks: ClockHandler = {
  kind: "ticket",
  lock: (ctx, ids) => lockTickets(ctx.db, ids),
  met: async (met) => { for (const { ctx, subject, clock, percent } of met) await fireClock(ctx, { ticketId: subject.id, name: clock.name, percent }); },
  moved: async (moved) => {
    for (const { ctx, subject, projectKey, clock, dueAt } of moved) {
      if (clock.name === "solution") await updateDue(ctx.db, subject.id, dueAt);
      // Desks show every clock, not only the deadline.
      await emit(ctx, { type: "ticket.clock_moved", subject, data: { clock: clock.name, dueAt: dueAt?.toISOString() ?? null }, touches: [{ kind: "project", id: projectKey }] });
    }
  },
};
const clockTimeOf = async (ctx: Ctx, projectKey: string) => {
  const { calendar, project } = await projectOf(ctx.db, projectKey);
  return calendarTime(calendar, project.time_zone);
};

export interface Ring { ticketId: string; name: string; percent: number }

/** A share of a clock's time is over. The ticket may have moved on meanwhile; the engine knows. */
export async function fireClock(ctx: Ctx, ring: Ring): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const before = await selectTicketForUpdate(ctx.db, ring.ticketId);
    if (!before) return;
    if (before.mergedInto) return again(ctx, before, ring);
    if (meant(ring).startsWith("timer.") && await countMovedAlone(ctx.db, before.id, new Date(ctx.now().getTime() - REST_MS)) >= MOST_ALONE) return rest(ctx, before, ring);
    const it = await living(ctx, before, {});
    const world = await worldOf(ctx, it, doerOf(ctx, { id: null, roles: ["system"] }));
    const outcome = clockFired(it.process, it.engine, meant(ring), { percent: ring.percent, ...it.moment, ...(world && { world }) });
    if (!outcome.ok) { ctx.log.warn({ ticket: before.id, clock: ring.name, problems: outcome.problems }, "a ticket's clock could not be obeyed"); return; }
    if (outcome.effects.length === 0 && outcome.ticket.stage === before.stage) return;
    await follow(ctx, await store(ctx, it, { outcome, transition: outcome.transition ?? null, given: {}, byClient: false }));
  });
}

/** A ticket that only timers, rules and conditions move, and so often, goes in a circle: refused at save where the process alone is to blame, and never worth more than this. */
const MOST_ALONE = 20;
const REST_MS = 3_600_000;

/** It stays where it is and its supervisors hear of it; the timer rings once more after the rest. */
async function rest(ctx: TxCtx, ticket: Ticket, ring: Ring): Promise<void> {
  const clock = startClock({ name: meant(ring), allowedMs: REST_MS, counts: "always", thresholds: [100] }, ctx.now());
  await saveClocks(ctx, { kind: "ticket", id: ticket.id, projectKey: ticket.projectKey }, [clock], await clockTimeOf(ctx, ticket.projectKey));
  await alert(ctx, ticket, "circle");
  ctx.log.warn({ ticket: ticket.id, stage: ticket.stage, timer: clock.name }, "a ticket goes in a circle by itself and rests");
}

/** A merge can be taken back for a day: what rings meanwhile rings once more after it. */
async function again(ctx: TxCtx, { id, updatedAt, projectKey }: Ticket, ring: Ring): Promise<void> {
  const allowedMs = updatedAt.getTime() + MERGE_FINAL_MS - ctx.now().getTime();
  if (allowedMs <= 0) return;
  const clock = startClock({ name: `${AGAIN}${meant(ring)}`, allowedMs, counts: "always", thresholds: [100] }, ctx.now());
  await saveClocks(ctx, { kind: "ticket", id, projectKey }, [clock], await clockTimeOf(ctx, projectKey));
}
const AGAIN = "again.";
const MERGE_FINAL_MS = 25 * 3_600_000;
const meant = ({ name }: Ring): string => (name.startsWith(AGAIN) ? name.slice(AGAIN.length) : name);

const timerPayload = z.object({ ticketId: z.uuid(), name: z.string(), dueAt: z.iso.datetime() });

/**
 * Timers set before there were clocks: their names are those of the clocks the ticket has had ever since. One that rings
 * before its clock's moment is of a deadline that was moved.
 */
export const ticketJobs = (base: Ctx): Record<string, JobHandler> => ({
  "ticket.timer": (payload) => {
    const { ticketId, name, dueAt } = timerPayload.parse(payload);
    return fireOld({ ...base, actor: { kind: "system", name: "timer" }, requestId: newId() }, { ticketId, name, dueAt });
  },
});

async function fireOld(ctx: Ctx, { ticketId, name, dueAt }: z.output<typeof timerPayload>): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const ticket = await selectTicketForUpdate(ctx.db, ticketId);
    if (!ticket) return;
    const it = await living(ctx, ticket);
    // The ticket was changed since: its clocks are kept and ring by themselves.
    if (it.engine.clocks) return;
    const percent = /^deadline_(\d+)$/.exec(name)?.[1];
    const isNow = !percent || percent !== "100" || ticket.dueAt?.toISOString() === dueAt;
    if (isNow) await fireClock(ctx, { ticketId, name: percent ? "solution" : `timer.${name}`, percent: Number(percent ?? 100) });
  });
}
