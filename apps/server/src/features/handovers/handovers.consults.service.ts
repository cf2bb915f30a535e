import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { sameOrRefused } from "../../platform/once.ts";
import { addNote, lockTicket, ticketToAskAbout } from "../tickets/index.ts";
import { LOOK_ON_MS, isUnanswered } from "./handovers.advising.ts";
import type * as contracts from "./handovers.contract.ts";
import type { HandoverView } from "./handovers.contract.ts";
import { offerTo, tell, tellAsker } from "./handovers.offering.ts";
import type { HandoversDeps } from "./handovers.people.ts";
import { begin, chosen, lockedAnyhow, NOT_ENDED, refuseSecond, userOf } from "./handovers.service.ts";
import { selectHandover, selectLiveTalk, updateAdvises, updateAnswer } from "./handovers.sql.ts";
import { mayKnow, toView } from "./handovers.view.ts";

export type AskInput = z.output<typeof contracts.askColleague.body>;

/** Asks a person, or the next free of a circle, about a ticket that stays whose it is (R214); sent twice it is one question. */
export async function askColleague(ctx: Ctx, ticketId: string, input: AskInput, { here }: HandoversDeps): Promise<HandoverView> {
  const me = userOf(ctx);
  const desks = await here();
  return inTx(ctx, async (ctx) => {
    await lockTicket(ctx, ticketId);
    const same = await selectHandover(ctx.db, input.handoverId);
    if (same?.givenBy === me.id && same.ticketId === ticketId && mayKnow(ctx, same)) return toView(ctx, sameOrRefused(same, { kind: "consult", expected: input.question }));
    const ticket = await ticketToAskAbout(ctx, ticketId);
    if (same) throw conflict("changed_meanwhile");
    await refuseSecond(ctx, ticketId, "consult");
    const to = await chosen(ctx, ticket, input, desks);
    const { question, ...asked } = input;
    const consult = await begin(ctx, ticket, { ...asked, kind: "consult", wanted: "", expected: question, id: input.handoverId, givenBy: me.id, interactionId: await selectLiveTalk(ctx.db, me.id, ticket) });
    await offerTo(ctx, { ...consult, ...NOT_ENDED }, to);
    await audit(ctx, { action: "consult.ask", object: { kind: "ticket", id: ticketId }, after: { ...consult, to: to.id } });
    return toView(ctx, (await selectHandover(ctx.db, consult.id))!);
  });
}

/** The answer is a note of the ticket, and who asked is told at once; its writer may read the ticket for a day more. */
export async function answerConsult(ctx: Ctx, id: string, text: string): Promise<HandoverView> {
  const me = userOf(ctx);
  return inTx(ctx, async (ctx) => {
    const { handover, ticket } = await lockedAnyhow(ctx, id);
    if (handover.takenBy === me.id && handover.answer === text) return toView(ctx, handover);
    if (handover.takenBy !== me.id || !isUnanswered(handover) || ticket.status === "closed") throw conflict("consult_over");
    const at = ctx.now();
    await addNote(ctx, ticket.id, text);
    await updateAnswer(ctx.db, id, { text, at });
    await updateAdvises(ctx.db, id, { advises: true, until: new Date(at.getTime() + LOOK_ON_MS) });
    await tell(ctx, "answered", handover, { to: handover.givenBy, name: me.name });
    await tellAsker(ctx, handover, ticket, { key: "alert_consult_answered", name: me.name });
    await audit(ctx, { action: "consult.answer", object: { kind: "ticket", id: ticket.id }, after: { handoverId: id } });
    return toView(ctx, (await selectHandover(ctx.db, id))!);
  });
}
