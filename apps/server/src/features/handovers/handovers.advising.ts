import { audit } from "../../platform/audit.ts";
import type { Actor, TxCtx } from "../../platform/db.ts";
import { setAdvisers, type Ticket } from "../tickets/index.ts";
import { tell, tellAsker, type Void } from "./handovers.offering.ts";
import { selectAdvisers, updateAdvises, updateTaken, type Handover, type Told } from "./handovers.sql.ts";

/** So long who answered may still look at the ticket: for what is asked back. */
export const LOOK_ON_MS = 24 * 3_600_000;

/** Accepted, and not answered or over yet. */
export const isUnanswered = ({ kind, state, advises, answeredAt }: Handover): boolean => kind === "consult" && state === "taken" && advises && answeredAt === null;

/** From now on whoever has accepted reads the ticket; whose it is stays as it is. */
export async function beginAdvising(ctx: TxCtx, handover: Told, ticket: Ticket, me: Extract<Actor, { kind: "user" }>): Promise<void> {
  await updateAdvises(ctx.db, handover.id, { advises: true });
  await setAdvisers(ctx, ticket.id, await selectAdvisers(ctx.db, ticket.id));
  await tell(ctx, "taken", handover, { to: me.id, name: me.name });
  await tellAsker(ctx, handover, ticket, { key: "alert_consult_taken", name: me.name });
  await audit(ctx, { action: "consult.take", object: { kind: "ticket", id: ticket.id }, after: { handoverId: handover.id, reads: me.id } });
}

/** The question is over, and with it what was opened for its sake. Under the ticket's lock. */
export async function endAdvising(ctx: TxCtx, handover: Handover, endedAs: Void | null): Promise<void> {
  await updateAdvises(ctx.db, handover.id, { advises: false, until: handover.advisesUntil });
  await setAdvisers(ctx, handover.ticketId, await selectAdvisers(ctx.db, handover.ticketId));
  if (endedAs === null || handover.answeredAt !== null) return;
  await updateTaken(ctx.db, handover.id, endedAs);
  await tell(ctx, "withdrawn", handover, { endedAs });
}
