import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { lockTicket } from "../tickets/index.ts";
import { endAdvising } from "./handovers.advising.ts";
import { askNext, beginWanted, passOver, voidBy, withdraw } from "./handovers.offering.ts";
import type { Here, HandoversDeps } from "./handovers.people.ts";
import { endOffer, isAnyDue, isGone, selectAdviceOver, selectDue, selectHandover, selectStanding } from "./handovers.sql.ts";
import { offerOf } from "./handovers.view.ts";

const TOGETHER = 50;

/** Finds hand-overs whose answer is overdue, that nobody was found for yet, or that are over; what came due while nothing ran is found at the first look. */
export const startHandovers = (ctx: Ctx, deps: HandoversDeps): Loop =>
  startLoop(() => moveOn(ctx, deps), (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "hand-overs could not be moved on"); });

export async function moveOn(ctx: Ctx, { here }: HandoversDeps): Promise<boolean> {
  // Idle, no transaction is begun and nobody is asked for their desks.
  if (!(await isAnyDue(ctx.db, ctx.now()))) return false;
  const desks = await here();
  const due = await selectDue(ctx.db, ctx.now(), TOGETHER);
  for (const each of due) await moveOne(ctx, each, desks);
  const standing = await selectStanding(ctx.db, TOGETHER);
  for (const id of standing) await inTx(ctx, async (ctx) => beginWanted(ctx, await lockTicket(ctx, id)));
  const over = await selectAdviceOver(ctx.db, ctx.now(), TOGETHER);
  for (const each of over) await inTx(ctx, (ctx) => endAdvice(ctx, each));
  return due.length === TOGETHER || standing.length > 0 || over.length === TOGETHER;
}

async function endAdvice(ctx: TxCtx, { id, ticketId }: { id: string; ticketId: string }): Promise<void> {
  const ticket = await lockTicket(ctx, ticketId);
  const consult = await selectHandover(ctx.db, id);
  if (!consult?.advises) return;
  if (ticket.status === "closed" || ticket.mergedInto) await endAdvising(ctx, consult, ticket.mergedInto ? "merged" : "closed");
  else if (consult.advisesUntil && consult.advisesUntil <= ctx.now()) await endAdvising(ctx, consult, null);
}

/** Under the ticket's lock everything is looked at again: another node, or a press of a button, may have been first. */
const moveOne = (ctx: Ctx, { id, ticketId }: { id: string; ticketId: string }, here: Here): Promise<void> => inTx(ctx, async (ctx) => {
  const ticket = await lockTicket(ctx, ticketId);
  const handover = await selectHandover(ctx.db, id);
  if (handover?.state !== "waiting") return;
  const isVoid = voidBy(handover, ticket);
  if (isVoid) { await withdraw(ctx, handover, isVoid); return; }
  const offer = offerOf(handover);
  if (offer && (ticket.aboutUserIds?.includes(offer.userId) || await isGone(ctx.db, offer.userId, handover.projectKey))) {
    // Of whom it is about now nothing is said, and nothing to them (R129); who is blocked or has left the project will not answer.
    await endOffer(ctx.db, id, { state: "withdrawn", reason: null, at: ctx.now() });
    await askNext(ctx, handover, { ticket, here });
  } else if (!offer) await askNext(ctx, handover, { ticket, here });
  else if (new Date(offer.answerBy) <= ctx.now()) await passOver(ctx, handover, { state: "missed", reason: null, ticket, here });
});
