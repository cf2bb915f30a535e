import { audit } from "../../platform/audit.ts";
import type { TxCtx } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { excludesByForm, type Process } from "../processes/index.ts";
import { selectFormsOf, selectInherited, selectTasks, updateAbout } from "./tickets.about.sql.ts";
import { processOf } from "./tickets.definitions.ts";
import { touched } from "./tickets.effects.ts";
import { aboutOf, bothOf } from "./tickets.rules.ts";
import { selectTicket, selectTicketForUpdate, updateTicketRow, type Ticket, type TicketChange } from "./tickets.sql.ts";

type Concerned = Pick<Ticket, "id" | "fields" | "ownerId" | "aboutUserIds" | "parentId">;
type About = Pick<Ticket, "aboutUserIds" | "ownerId">;

/** Whom a ticket is about: by its fields and by its forms as they stand now, of a task also whom its parent is about, and whom those are about that were merged into it. Its own tasks are kept from them, too, and nobody it is about keeps it. The caller has locked the ticket. */
export async function aboutNow(ctx: TxCtx, process: Process, ticket: Concerned): Promise<Pick<TicketChange, "aboutUserIds" | "ownerId">> {
  if (process.excludes.length === 0) return {};
  const { aboutUserIds, ownerId } = await aboutWith(ctx, process, ticket, await selectInherited(ctx.db, ticket));
  if (!isSame(ticket.aboutUserIds, aboutUserIds)) await passOn(ctx, ticket.id, aboutUserIds);
  return { aboutUserIds, ...(ownerId !== ticket.ownerId && { ownerId }) };
}

async function aboutWith(ctx: TxCtx, process: Process, { id, fields, ownerId }: Concerned, inherited: string[] | null): Promise<About> {
  const own = aboutOf(process, fields, excludesByForm(process) ? await selectFormsOf(ctx.db, id) : []);
  const aboutUserIds = bothOf(inherited, own);
  return { aboutUserIds, ownerId: ownerId && aboutUserIds?.includes(ownerId) ? null : ownerId };
}

/** What a department is asked for a ticket tells what the ticket is about; whom the task names itself stays kept away, too. */
async function passOn(ctx: TxCtx, parentId: string, parents: string[] | null): Promise<void> {
  for (const id of await selectTasks(ctx.db, parentId)) {
    const before = (await selectTicketForUpdate(ctx.db, id))!;
    const now = await aboutWith(ctx, await processOf(ctx.db, before.processId), before, bothOf(parents, await selectInherited(ctx.db, { id, parentId: null })));
    if (isSame(before.aboutUserIds, now.aboutUserIds)) continue;
    await updateAbout(ctx.db, id, now);
    await tell(ctx, before, { ...before, ...now });
    await passOn(ctx, id, now.aboutUserIds);
  }
}

/** Another ticket was merged into this one, or went its own way again: its words stand here now, or no longer. `ownerId`: who had it before. */
export async function inheritAbout(ctx: TxCtx, id: string, ownerId?: string | null): Promise<void> {
  const before = (await selectTicketForUpdate(ctx.db, id))!;
  const now = await aboutWith(ctx, await processOf(ctx.db, before.processId), { ...before, ownerId: ownerId === undefined ? before.ownerId : ownerId }, await selectInherited(ctx.db, before));
  if (!isSame(before.aboutUserIds, now.aboutUserIds) || before.ownerId !== now.ownerId) {
    await updateAbout(ctx.db, id, now);
    await tell(ctx, before, { ...before, ...now });
  }
  // Tasks have come or gone, too.
  await passOn(ctx, id, now.aboutUserIds);
}

const tell = (ctx: TxCtx, before: Ticket, after: Ticket): Promise<void> =>
  emit(ctx, { type: after.ownerId === before.ownerId ? "ticket.changed" : "ticket.assigned", subject: { kind: "ticket", id: after.id }, data: { number: after.number, changed: after.ownerId === before.ownerId ? ["aboutUserIds"] : ["aboutUserIds", "ownerId"], from: before.ownerId, to: after.ownerId, notices: [] }, touches: touched(after, before) });

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
  const after = await updateTicketRow(ctx.db, before, { ...change, updatedAt: ctx.now() });
  if (!after) throw conflict("changed_meanwhile");
  await tell(ctx, before, after);
  await audit(ctx, { action: "ticket.update", object: { kind: "ticket", id }, before: { aboutUserIds: before.aboutUserIds, ownerId: before.ownerId }, after: { aboutUserIds: after.aboutUserIds, ownerId: after.ownerId } });
}
