import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Actor, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { sameOrRefused } from "../../platform/once.ts";
import { findProject, giveOwner, lockTicket, ticketToGive, type Ticket } from "../tickets/index.ts";
import type * as contracts from "./handovers.contract.ts";
import type { HandoverView } from "./handovers.contract.ts";
import { beginAdvising, endAdvising, isUnanswered } from "./handovers.advising.ts";
import { offerTo, passOver, tell, tellTaken, voidBy, withdraw } from "./handovers.offering.ts";
import { askingFor, peopleOf, without, type HandoversDeps, type Here, type Present } from "./handovers.people.ts";
import { nextOf } from "./handovers.rules.ts";
import { deleteWantedOf, endHandover, endOffer, insertHandover, lockChoosing, selectHandover, selectLiveTalk, selectOfTicket, type Handover, type NewHandover, type Told } from "./handovers.sql.ts";
import { leads, mayKnow, offerOf, toView } from "./handovers.view.ts";

export type GiveInput = z.output<typeof contracts.giveHandover.body>;
type User = Extract<Actor, { kind: "user" }>;

export function userOf({ actor }: Ctx): User {
  if (actor.kind !== "user") throw forbidden();
  return actor;
}

/** Offers the ticket to a person, or to the next free of a circle; sent twice it is one hand-over. */
export async function giveHandover(ctx: Ctx, ticketId: string, input: GiveInput, { here }: HandoversDeps): Promise<HandoverView> {
  const me = userOf(ctx);
  const desks = await here();
  return inTx(ctx, async (ctx) => {
    await lockTicket(ctx, ticketId);
    const same = await selectHandover(ctx.db, input.handoverId);
    // Also when its ticket is finished meanwhile: whoever sends again has not heard the answer.
    if (same?.givenBy === me.id && same.ticketId === ticketId && mayKnow(ctx, same)) return toView(ctx, sameOrRefused(same, { kind: "handover", wanted: input.wanted, tried: input.tried, expected: input.expected }));
    const ticket = await ticketToGive(ctx, ticketId);
    if (same) throw conflict("changed_meanwhile");
    await refuseSecond(ctx, ticketId);
    const to = await chosen(ctx, ticket, input, desks);
    const handover = await begin(ctx, ticket, { ...input, id: input.handoverId, givenBy: me.id, interactionId: await selectLiveTalk(ctx.db, me.id, ticket) });
    await offerTo(ctx, { ...handover, ...NOT_ENDED }, to);
    await audit(ctx, { action: "handover.give", object: { kind: "ticket", id: ticketId }, after: { ...handover, to: to.id } });
    return toView(ctx, (await selectHandover(ctx.db, handover.id))!);
  });
}
export const NOT_ENDED = { state: "waiting", takenBy: null, endedAt: null, endedAs: null, answer: null, answeredAt: null, advises: false, advisesUntil: null } as const;

export async function refuseSecond(ctx: Ctx, ticketId: string, asked: Handover["kind"] = "handover"): Promise<void> {
  const waiting = (await selectOfTicket(ctx.db, ticketId)).find(({ kind, state }) => kind === asked && state === "waiting");
  if (waiting) throw conflict(asked === "consult" ? "consult_waiting" : "handover_waiting", { name: offerOf(waiting)?.name ?? "" });
}

type Begun = { kind?: Handover["kind"] } & Pick<NewHandover, "id" | "givenBy" | "interactionId" | "circle" | "department" | "wanted" | "tried" | "expected"> & { expectedBy: string | null; askedBy?: string; cause?: string };
export async function begin(ctx: TxCtx, ticket: Ticket, { id, kind = "handover", givenBy, interactionId, circle, department, wanted, tried, expected, expectedBy }: Begun): Promise<NewHandover> {
  const row: NewHandover = {
    id, kind, givenBy, interactionId, circle, department: circle === "department" ? department : null, wanted, tried, expected, expectedBy: expectedBy === null ? null : new Date(expectedBy),
    projectKey: ticket.projectKey, ticketId: ticket.id, ownerId: ticket.ownerId, askedBy: null, cause: null, lookAt: ctx.now(), createdAt: ctx.now(),
  };
  if (!(await insertHandover(ctx.db, row))) throw conflict("changed_meanwhile");
  return row;
}

/** Whom the giver has chosen, or the next free. */
export async function chosen(ctx: Ctx, ticket: Ticket, { circle, department, userId, insist }: Pick<GiveInput, "circle" | "department" | "userId" | "insist">, here: Here): Promise<Present> {
  if (circle === "department") await refuseDepartment(ctx, ticket, department);
  await lockChoosing(ctx.db);
  const people = await peopleOf(ctx, askingFor(ticket, { circle, department, without: without(userOf(ctx).id, ticket.ownerId) }), here);
  const next = nextOf(people, ticket.language);
  if (userId !== null) return reachable(people.find(({ id }) => id === userId), { next, insist });
  if (!next) throw conflict("handover_nobody");
  return next;
}

async function refuseDepartment(ctx: Ctx, { projectKey }: Ticket, department: string | null): Promise<void> {
  const known = (await findProject(ctx.db, projectKey))?.departments ?? {};
  if (department === null || !Object.hasOwn(known, department)) throw invalidField("department", "unknown_department");
}

/** Busy people are asked only when the giver insists; the next free is named instead (R220). */
function reachable(person: Present | undefined, { next, insist }: { next: Present | undefined; insist: boolean }): Present {
  if (!person) throw invalidField("userId", "unknown_owner");
  if (person.presence === "off") throw invalidField("userId", "handover_off", { name: person.name });
  if (person.presence === "free" || insist) return person;
  throw next ? conflict("handover_busy", { name: person.name, next: next.name }) : conflict("handover_all_busy", { name: person.name });
}

/** The hand-over under its ticket's lock, waiting still; one the actor knows nothing of is not there. */
async function locked(ctx: TxCtx, id: string): Promise<{ handover: Told; ticket: Ticket }> {
  const found = await lockedAnyhow(ctx, id);
  refuseEnded(found.handover);
  return found;
}

function refuseEnded({ state, takenName }: Told): void {
  if (state === "taken") throw conflict("handover_taken", { name: takenName });
  if (state !== "waiting") throw conflict("handover_over");
}

export async function lockedAnyhow(ctx: TxCtx, id: string): Promise<{ handover: Told; ticket: Ticket }> {
  const known = await selectHandover(ctx.db, id);
  if (!known || !mayKnow(ctx, known)) throw notFound("handover", id);
  const ticket = await lockTicket(ctx, known.ticketId);
  // Read again: whoever had the lock may have taken it.
  const handover = (await selectHandover(ctx.db, id))!;
  if (!mayKnow(ctx, handover)) throw notFound("handover", id);
  return { handover, ticket };
}

/** Of two who take it in one moment one wins; the other is told who. Whoever presses again, because the answer was lost, has it. */
export async function takeHandover(ctx: Ctx, id: string): Promise<HandoverView> {
  const me = userOf(ctx);
  return inTx(ctx, async (ctx) => {
    const { handover, ticket } = await lockedAnyhow(ctx, id);
    if (handover.state === "taken" && handover.takenBy === me.id) return toView(ctx, handover);
    const offer = refuseTaking(ctx, handover, ticket);
    await endOffer(ctx.db, id, { state: offer?.userId === me.id ? "taken" : "withdrawn", reason: null, at: ctx.now() });
    await endHandover(ctx.db, id, { state: "taken", takenBy: me.id, endedAs: null, at: ctx.now() });
    if (handover.kind === "consult") {
      await beginAdvising(ctx, handover, ticket, me);
      return toView(ctx, (await selectHandover(ctx.db, id))!);
    }
    await deleteWantedOf(ctx.db, ticket.id);
    await giveOwner(ctx, ticket, { ownerId: me.id, by: handover.givenBy, askedBy: handover.askedBy });
    await tell(ctx, "taken", handover, { to: me.id, name: me.name });
    // The voice goes along when calls can be transferred: whoever carries it listens to this fact.
    await emit(ctx, { type: "handover.taken", subject: { kind: "handover", id }, data: { ticketId: ticket.id, projectKey: ticket.projectKey, interactionId: handover.interactionId, from: handover.givenBy, to: me.id }, touches: [{ kind: "handover", id }] });
    await tellTaken(ctx, handover, ticket, me.name);
    await audit(ctx, { action: "handover.take", object: { kind: "ticket", id: ticket.id }, before: { ownerId: handover.ownerId }, after: { handoverId: id, ownerId: me.id } });
    return toView(ctx, (await selectHandover(ctx.db, id))!);
  });
}

/** The offer that is open, and is this person's to take. */
function refuseTaking(ctx: Ctx, handover: Told, ticket: Ticket): ReturnType<typeof offerOf> {
  refuseEnded(handover);
  const offer = offerOf(handover);
  if (offer?.userId !== userOf(ctx).id && !leads(ctx, handover)) throw conflict(offer ? "handover_elsewhere" : "handover_over", { name: offer?.name ?? "" });
  if (voidBy(handover, ticket)) throw conflict("handover_over");
  return offer;
}

export async function refuseHandover(ctx: Ctx, id: string, reason: string, { here }: HandoversDeps): Promise<HandoverView> {
  const me = userOf(ctx);
  const desks = await here();
  return inTx(ctx, async (ctx) => {
    const { handover, ticket } = await locked(ctx, id);
    const offer = offerOf(handover);
    if (offer?.userId !== me.id) throw conflict(offer ? "handover_elsewhere" : "handover_over", { name: offer?.name ?? "" });
    await passOver(ctx, handover, { state: "refused", reason, ticket, here: desks });
    await audit(ctx, { action: "handover.refuse", object: { kind: "ticket", id: ticket.id }, after: { handoverId: id, reason } });
    return toView(ctx, (await selectHandover(ctx.db, id))!);
  });
}

/** Who gave it, or who leads, takes it back while nobody has taken it; a question also while nobody has answered it. */
export async function withdrawHandover(ctx: Ctx, id: string): Promise<HandoverView> {
  const me = userOf(ctx);
  return inTx(ctx, async (ctx) => {
    const { handover: known, ticket } = await lockedAnyhow(ctx, id);
    const { handover } = isUnanswered(known) ? { handover: known } : await locked(ctx, id);
    if (handover.givenBy !== me.id && !leads(ctx, handover)) throw forbidden();
    if (handover.state === "waiting") await withdraw(ctx, handover, "by_hand");
    else await endAdvising(ctx, handover, "by_hand");
    await audit(ctx, { action: "handover.withdraw", object: { kind: "ticket", id: ticket.id }, after: { handoverId: id } });
    return toView(ctx, (await selectHandover(ctx.db, id))!);
  });
}
