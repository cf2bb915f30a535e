import type { TxCtx } from "../../platform/db.ts";
import { adopt } from "../processes/index.ts";
import { aboutNow } from "./tickets.about.ts";
import { perform } from "./tickets.effects.ts";
import { follow } from "./tickets.move.service.ts";
import { lapseUnknown } from "./tickets.process.sql.ts";
import { fromEngine } from "./tickets.rules.ts";
import { selectTicketForUpdate, updateTicketRow } from "./tickets.sql.ts";
import { living } from "./tickets.world.ts";

/**
 * A ticket that was brought to another version of its process lives by that version wholly: its clocks ring at the marks
 * declared there, its timers and its time for the stage are those declared there, and a decision about a step that is
 * not there lapses. The caller has changed the ticket's process and stage in this transaction.
 */
export async function adoptVersion(ctx: TxCtx, id: string, fromStage: string): Promise<{ lapsed: string[] }> {
  const ticket = await selectTicketForUpdate(ctx.db, id);
  if (!ticket) return { lapsed: [] };
  const it = await living(ctx, ticket);
  const { ticket: engine, effects } = adopt(it.process, it.engine, { ...it.moment, isSame: ticket.stage === fromStage });
  const after = await updateTicketRow(ctx.db, ticket, { ...fromEngine(engine, ticket.fields), updatedAt: ctx.now(), ...(await aboutNow(ctx, it.process, ticket)) });
  if (!after) return { lapsed: [] };
  await perform(ctx, { ticket: after, project: it.project, effects });
  const held = Object.entries(it.process.transitions).filter(([, { approval, from }]) => approval && from.includes(after.stage)).map(([key]) => key);
  const lapsed = await lapseUnknown(ctx.db, { ticketId: id, transitions: held, at: ctx.now() });
  await follow(ctx, after);
  return { lapsed };
}
