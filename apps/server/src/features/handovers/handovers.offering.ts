import type { TxCtx } from "../../platform/db.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import type { Ticket } from "../tickets/index.ts";
import { answerMinutes, askingFor, peopleOf, presenceNow, without, type Here } from "./handovers.people.ts";
import { nextOf } from "./handovers.rules.ts";
import { deleteWanted, endHandover, endOffer, insertHandover, insertOffer, lockChoosing, selectName, selectWanted, updateLook, type Handover, type NewHandover, type Told } from "./handovers.sql.ts";

/** Nobody is free for what a process handed over: so long until somebody is looked for again. */
const LOOK_AGAIN_MS = 15_000;

/** What is told in the ticket's history, and at once to who gave it. */
const FACTS = {
  handover: { offered: "ticket.handover_offered", refused: "ticket.handover_refused", missed: "ticket.handover_missed", taken: "ticket.handover_taken", returned: "ticket.handover_returned", withdrawn: "ticket.handover_withdrawn", answered: "ticket.handover_taken" },
  consult: { offered: "ticket.consult_offered", refused: "ticket.consult_refused", missed: "ticket.consult_missed", taken: "ticket.consult_taken", returned: "ticket.consult_returned", withdrawn: "ticket.consult_withdrawn", answered: "ticket.consult_answered" },
} as const;
const ALERTS = {
  handover: { returned: "alert_handover_returned", refusedBack: "alert_handover_refused_back", refused: "alert_handover_refused", missed: "alert_handover_missed" },
  consult: { returned: "alert_consult_returned", refusedBack: "alert_consult_refused_back", refused: "alert_consult_refused", missed: "alert_consult_missed" },
} as const;

type Said = Pick<Handover, "id" | "kind" | "projectKey" | "ticketId">;
/** A line in the ticket's history; desks of whoever is asked, and of who gave it, read their lists again. */
export const tell = (ctx: TxCtx, deed: keyof (typeof FACTS)["consult"], handover: Said, data: object = {}): Promise<void> => emit(ctx, {
  type: FACTS[handover.kind][deed], subject: { kind: "ticket", id: handover.ticketId }, data: { handoverId: handover.id, projectKey: handover.projectKey, ...data }, touches: [{ kind: "handover", id: handover.id }],
});

/** Said at once to one person, and to who supervises as well where `everybody` is set. */
async function alert(ctx: TxCtx, handover: Handover, { key, userId, everybody = false, params }: { key: string; userId: string | null; everybody?: boolean; params: Record<string, string> }): Promise<void> {
  if (userId === null && !everybody) return;
  await emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id: handover.ticketId }, data: { key, params, projectKey: everybody ? handover.projectKey : null, userId, ticketId: handover.ticketId, handoverId: handover.id }, touches: everybody ? [{ kind: "floor", id: handover.projectKey }] : [] });
}

export async function offerTo(ctx: TxCtx, handover: Handover, to: { id: string; name: string }): Promise<void> {
  const now = ctx.now();
  const minutes = await answerMinutes(ctx, handover.projectKey, handover.interactionId !== null);
  await insertOffer(ctx.db, { id: newId(now.getTime()), handoverId: handover.id, userId: to.id, offeredAt: now, answerBy: new Date(now.getTime() + minutes * 60_000) });
  await tell(ctx, "offered", handover, { to: to.id, name: to.name });
}

/** Who of the circle was not asked yet and is free gets it; with nobody left it comes back to who gave it. */
export async function askNext(ctx: TxCtx, handover: Told, { ticket, here, refusedBy = null }: Asking): Promise<{ name: string } | null> {
  await lockChoosing(ctx.db);
  const people = await peopleOf(ctx, askingFor(ticket, { ...handover, without: without(handover.givenBy, ticket.ownerId, ...handover.asked.map(({ userId }) => userId)) }), here);
  const next = nextOf(people, ticket.language);
  if (next) await offerTo(ctx, handover, next);
  else if (handover.givenBy === null && people.length > 0) await updateLook(ctx.db, handover.id, new Date(ctx.now().getTime() + LOOK_AGAIN_MS));
  else await giveBack(ctx, handover, { ticket, here, refusedBy });
  return next ?? null;
}
interface Asking { ticket: Ticket; here: Here; /** The only one who was asked and said no. */ refusedBy?: string | null }

/** Nobody took it: it is whose it was, and they are told; who has gone home is told by who supervises. */
async function giveBack(ctx: TxCtx, handover: Told, { ticket, here, refusedBy }: Required<Asking>): Promise<void> {
  await endHandover(ctx.db, handover.id, { state: "returned", takenBy: null, endedAs: handover.asked.length > 0 ? "all_refused" : "nobody", at: ctx.now() });
  await tell(ctx, "returned", handover);
  const giver = handover.givenBy ?? ticket.ownerId;
  const number = ticket.number;
  // A question nobody took up changes nothing for the ticket: who asked is told, nobody else.
  const to = { userId: giver, everybody: handover.kind === "consult" ? false : giver === null || handover.givenBy === null || await presenceNow(ctx, giver, here) === "off" };
  await alert(ctx, handover, refusedBy === null ? { ...to, key: ALERTS[handover.kind].returned, params: { number } } : { ...to, key: ALERTS[handover.kind].refusedBack, params: { number, name: refusedBy } });
}

/** The offer that stands ends unanswered or with a no, and who gave it is told of a no. */
export async function passOver(ctx: TxCtx, handover: Told, end: { state: "refused" | "missed"; reason: string | null; ticket: Ticket; here: Here }): Promise<void> {
  const { state, reason, ticket } = end;
  const userId = await endOffer(ctx.db, handover.id, { state, reason, at: ctx.now() });
  const name = userId ? await selectName(ctx.db, userId) : "";
  await tell(ctx, state, handover, { to: userId, name, reason });
  const next = await askNext(ctx, handover, { ...end, refusedBy: state === "refused" && handover.asked.length === 1 ? name : null });
  if (next) await alert(ctx, handover, { key: ALERTS[handover.kind][state], userId: handover.givenBy, params: { number: ticket.number, name, next: next.name } });
}

export const tellTaken = (ctx: TxCtx, handover: Handover, { number }: Ticket, name: string): Promise<void> =>
  alert(ctx, handover, { key: handover.interactionId ? "alert_handover_taken_live" : "alert_handover_taken", userId: handover.givenBy ?? handover.ownerId, params: { number, name } });

/** Who asked hears of it, unless the ticket is about them by now (R129). */
export const tellAsker = (ctx: TxCtx, handover: Handover, ticket: Ticket, said: { key: "alert_consult_taken" | "alert_consult_answered"; name: string }): Promise<void> =>
  (handover.givenBy && ticket.aboutUserIds?.includes(handover.givenBy) ? Promise.resolve() : alert(ctx, handover, { key: said.key, userId: handover.givenBy, params: { number: ticket.number, name: said.name } }));

export type Void = "by_hand" | "closed" | "merged" | "owner_changed";
/** Why nothing is to be handed over any more; null: it still is. */
export function voidBy(handover: Pick<Handover, "ownerId"> & Partial<Pick<Handover, "kind">>, ticket: Ticket): Void | null {
  if (ticket.mergedInto) return "merged";
  if (ticket.status === "done" || ticket.status === "closed") return "closed";
  return handover.kind === "consult" || ticket.ownerId === handover.ownerId ? null : "owner_changed";
}

/** What was asked for first begins, unless another waits; what is void is forgotten. Under the ticket's lock. */
export async function beginWanted(ctx: TxCtx, ticket: Ticket): Promise<void> {
  const now = ctx.now();
  for (const { cause, ownerId, askedBy, department, expected } of await selectWanted(ctx.db, ticket.id)) {
    const row: NewHandover = {
      id: newId(now.getTime()), kind: "handover", projectKey: ticket.projectKey, ticketId: ticket.id, interactionId: null, givenBy: null, askedBy, cause, ownerId, circle: department ? "department" : "supervisors", department,
      wanted: "", tried: "", expected, expectedBy: null, lookAt: now, createdAt: now,
    };
    if (voidBy(row, ticket) || (await insertHandover(ctx.db, row))) await deleteWanted(ctx.db, cause);
  }
}

export async function withdraw(ctx: TxCtx, handover: Handover, endedAs: Void): Promise<void> {
  await endOffer(ctx.db, handover.id, { state: "withdrawn", reason: null, at: ctx.now() });
  await endHandover(ctx.db, handover.id, { state: "withdrawn", takenBy: null, endedAs, at: ctx.now() });
  await tell(ctx, "withdrawn", handover, { endedAs });
}
