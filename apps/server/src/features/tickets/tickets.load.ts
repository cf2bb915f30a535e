import type { Ctx } from "../../platform/db.ts";
import { conflict, forbidden, notFound } from "../../platform/errors.ts";
import { may, type Right } from "../access/index.ts";
import { calendarTime } from "../clocks/index.ts";
import type { ProjectInUse } from "./tickets.definitions.ts";
import { selectTicket, selectTicketForUpdate, type Ticket } from "./tickets.sql.ts";

/** What the rights look at. */
export const guarded = (ticket: Pick<Ticket, "projectKey" | "ownerId" | "department" | "aboutUserIds"> & Partial<Pick<Ticket, "adviserIds" | "status">>) =>
  // A closed ticket is open to nobody for the sake of a question.
  ({ projectKey: ticket.projectKey, ownerId: ticket.ownerId, department: ticket.department, about: ticket.aboutUserIds, advisers: ticket.status === "closed" ? null : ticket.adviserIds ?? null });

/** A ticket the actor may see; one of another project, or about the actor, is not told from one that is not there. */
export async function loadTicket(ctx: Ctx, id: string, right: Right, options: { lock?: boolean; /** Also one that was merged, which else is only read. */ merged?: boolean } = {}): Promise<Ticket> {
  const ticket = options.lock ? await selectTicketForUpdate(ctx.db, id) : await selectTicket(ctx.db, id);
  if (!ticket || !may(ctx, "tickets.read", guarded(ticket))) throw notFound("ticket", id);
  if (ticket.mergedInto && options.lock && !options.merged) throw conflict("ticket_merged");
  if (!may(ctx, right, guarded(ticket))) throw forbidden();
  return ticket;
}

/** Now, and the project's working hours, as the engine counts. */
export const moment = (ctx: Ctx, project: ProjectInUse) => ({ now: ctx.now(), clock: calendarTime(project.calendar, project.project.time_zone) });
