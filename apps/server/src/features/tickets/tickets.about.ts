import { audit } from "../../platform/audit.ts";
import type { TxCtx } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { excludesByForm, type Process } from "../processes/index.ts";
import { selectFormsOf, updateAboutOfSubtasks } from "./tickets.about.sql.ts";
import { processOf } from "./tickets.definitions.ts";
import { touched } from "./tickets.effects.ts";
import { aboutOf } from "./tickets.rules.ts";
import { selectTicket, selectTicketForUpdate, updateTicketRow, type Ticket, type TicketChange } from "./tickets.sql.ts";

type Concerned = Pick<Ticket, "id" | "fields" | "ownerId" | "aboutUserIds">;

/** Whom a ticket is about, by its fields and by its forms as they stand now; its tasks are kept from them, too, and nobody it is about keeps it. The caller has locked the ticket. */
export async function aboutNow(ctx: TxCtx, process: Process, { id, fields, ownerId, aboutUserIds: before }: Concerned): Promise<Pick<TicketChange, "aboutUserIds" | "ownerId">> {
  if (process.excludes.length === 0) return {};
  const aboutUserIds = aboutOf(process, fields, excludesByForm(process) ? await selectFormsOf(ctx.db, id) : []);
  if (!isSame(before, aboutUserIds)) await updateAboutOfSubtasks(ctx.db, id, aboutUserIds);
  return { aboutUserIds, ...(ownerId && aboutUserIds?.includes(ownerId) && { ownerId: null }) };
}

const isSame = (one: readonly string[] | null, other: readonly string[] | null): boolean => [...one ?? []].sort().join() === [...other ?? []].sort().join();

/** A form on the ticket has come or changed: whom it names is kept away from then on, whom it no longer names is not. */
export async function reviewAbout(ctx: TxCtx, id: string): Promise<void> {
  const seen = await selectTicket(ctx.db, id);
  const process = seen && await processOf(ctx.db, seen.processId);
  if (!process || !excludesByForm(process)) return;
  // Read again under the lock: whoever moves the ticket in this moment computes it, too.
  const before = (await selectTicketForUpdate(ctx.db, id))!;
  const change = await aboutNow(ctx, process, before);
  if (isSame(before.aboutUserIds, change.aboutUserIds ?? null)) return;
  const after = await updateTicketRow(ctx.db, id, before.version, { ...change, updatedAt: ctx.now() });
  if (!after) throw conflict("changed_meanwhile");
  await emit(ctx, { type: after.ownerId === before.ownerId ? "ticket.changed" : "ticket.assigned", subject: { kind: "ticket", id }, data: { number: after.number, changed: Object.keys(change), from: before.ownerId, to: after.ownerId, notices: [] }, touches: touched(after, before) });
  await audit(ctx, { action: "ticket.update", object: { kind: "ticket", id }, before: { aboutUserIds: before.aboutUserIds, ownerId: before.ownerId }, after: { aboutUserIds: after.aboutUserIds, ownerId: after.ownerId } });
}
