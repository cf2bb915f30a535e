import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { translate } from "../../platform/messages.ts";
import type { Language } from "../api.contract.ts";
import { inAll } from "../projects/index.ts";
import { countCall, lockNumber, selectCallbackOf, selectOpenCallbacks, selectServed } from "./tickets.callbacks.sql.ts";
import { processOf, projectOf } from "./tickets.definitions.ts";
import { touched } from "./tickets.effects.ts";
import { actorIn, move } from "./tickets.move.service.ts";
import { engineRoles } from "./tickets.rules.ts";
import { loadTicket } from "./tickets.load.ts";
import { register } from "./tickets.register.ts";
import { dueByHand, updateTicket } from "./tickets.service.ts";
import { linkCallback, selectContact, selectTicketForUpdate, selectUserForTicket, type Ticket } from "./tickets.sql.ts";

export interface CallbackInput {
  projectKey: string; queueId: string; interactionId: string; clientId: string | null; phone: string; language: Language;
  /** By when the client was promised a call; null takes the project's callback deadline. */
  dueAt: Date | null;
  /** Why: `abandoned`, `callback_taken`, `closed_hours`, `interrupted`. */
  reason: string;
}

export interface Callback { id: string; number: string; dueAt: Date | null; isNew: boolean; /** How often the client has called. */ calls: number }

/**
 * The one callback ticket of a call, however often call control asks for it. Who gives up again before anybody has begun
 * to call back is counted on the ticket there is: one client, one call, by the time promised first.
 */
export async function registerCallback(ctx: Ctx, input: CallbackInput): Promise<Callback> {
  return inTx(ctx, async (ctx) => {
    await lockNumber(ctx.db, input.projectKey, input.phone);
    const earlier = await selectCallbackOf(ctx.db, input.interactionId) ?? await countOnOpen(ctx, input);
    if (earlier) return told(earlier, false);
    const project = await projectOf(ctx.db, input.projectKey);
    const type = project.types.find((each) => each.key === "callback");
    if (!type) throw invalidField("type", "unknown_type");
    const contact = input.clientId ? await selectContact(ctx.db, input.clientId) : undefined;
    const ticket = await register(ctx, project, {
      id: newId(ctx.now().getTime()), type, subject: translate(input.language, "callback_subject"), texts: { subject: inAll((language) => translate(language, "callback_subject")) }, description: "", fields: { queueId: input.queueId, cause: input.reason },
      priority: ["low", "normal", "high", "urgent"].indexOf(type.priority), language: input.language, channel: "voice", clientId: contact?.id ?? null, interactionId: input.interactionId,
      contactPhone: input.phone, contactEmail: contact?.emails[0] ?? null, requiredBy: input.dueAt, ownerId: null, createdBy: null, department: null,
    });
    if (!ticket) throw conflict("changed_meanwhile");
    return told(ticket, true);
  });
}

const told = (ticket: Ticket, isNew: boolean): Callback => ({ id: ticket.id, number: ticket.number, dueAt: ticket.dueAt, isNew, calls: ticket.calls });

/** The callback to this number that nobody has begun to work on, with this call counted. */
async function countOnOpen(ctx: TxCtx, input: CallbackInput): Promise<Ticket | undefined> {
  for (const open of await selectOpenCallbacks(ctx.db, input)) {
    const process = await processOf(ctx.db, open.processId);
    if (open.stage !== process.start) continue;
    const counted = await countCall(ctx.db, open, { ...(await earlierDue(ctx, open, input.dueAt)), at: ctx.now() });
    if (counted) return announceCall(ctx, counted, input);
  }
  return undefined;
}

/** The earlier promise is kept; this one is the earlier only where somebody has put the first off. */
async function earlierDue(ctx: TxCtx, open: Ticket, dueAt: Date | null) {
  return dueAt && open.dueAt && dueAt < open.dueAt ? dueByHand(ctx, open, dueAt) : {};
}

async function announceCall(ctx: TxCtx, ticket: Ticket, { interactionId, reason }: CallbackInput): Promise<Ticket> {
  await linkCallback(interactionId, ticket.id).execute(ctx.db);
  const { calls } = ticket;
  await emit(ctx, {
    type: "ticket.called_again", subject: { kind: "ticket", id: ticket.id }, touches: [...touched(ticket), { kind: "interaction", id: interactionId }],
    data: { number: ticket.number, projectKey: ticket.projectKey, interactionId, calls, reason },
  });
  await audit(ctx, { action: "ticket.called_again", object: { kind: "ticket", id: ticket.id }, before: { calls: calls - 1 }, after: { calls, interactionId } });
  return ticket;
}

/**
 * An operator is about to call back: from now on the ticket is theirs and no colleague calls the same client. True when
 * it became theirs by this; of a ticket that is closed, or whose process knows no calling, nothing is asked.
 */
export async function takeCallback(ctx: Ctx, ticketId: string): Promise<boolean> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.move", { lock: true });
    const by = actorIn(ctx);
    const call = (await processOf(ctx.db, ticket.processId)).transitions[CALL];
    if (call?.from.includes(ticket.stage)) {
      await move(ctx, ticket, { transition: CALL, input: {}, by });
      return true;
    }
    if (call?.to !== ticket.stage || ticket.ownerId === by.id) return false;
    if (ticket.ownerId) throw conflict("callback_taken", { name: (await selectUserForTicket(ctx.db, ticket.ownerId))?.name ?? "?" });
    await updateTicket(ctx, ticketId, { version: ticket.version, ownerId: by.id });
    return true;
  });
}
const CALL = "call";

/** What came of trying: `reached` or `missed`; `cancelled` when the client rang again. */
export type CallbackResult = { result: "reached" | "missed" | "cancelled"; operatorId?: string | null; resolution?: string };

const TRANSITIONS: Record<CallbackResult["result"], string> = { reached: "reached", missed: "missed", cancelled: "cancel" };

/**
 * Call control tells what came of a callback. Told twice, or of a ticket that has gone on, it changes nothing: the
 * call's ending must not fail because someone closed the ticket by hand.
 */
export async function callbackDone(ctx: Ctx, ticketId: string, { result, operatorId = null, resolution }: CallbackResult): Promise<"moved" | "moved_on"> {
  return inTx(ctx, async (ctx) => {
    const ticket = await selectTicketForUpdate(ctx.db, ticketId);
    if (!ticket) throw notFound("ticket", ticketId);
    const process = await processOf(ctx.db, ticket.processId);
    const transition = process.transitions[TRANSITIONS[result]];
    // Other processes have words of their own for these.
    if (ticket.type !== "callback") return "moved_on";
    if (!transition?.from.includes(ticket.stage)) return "moved_on";
    const roles = operatorId ? engineRoles(["operator"]) : ["system" as const];
    const accepts = resolution !== undefined && transition.accepts.includes("resolution");
    await move(ctx, ticket, { transition: TRANSITIONS[result], input: accepts ? { resolution } : {}, by: { id: operatorId, roles } });
    return "moved";
  });
}

/**
 * The client rang again by themselves and was served: nobody need call back, whether or not it was known who they are. One
 * that a colleague is calling at this moment stays that colleague's to end.
 */
export async function callerServed(ctx: TxCtx, interactionId: string, operatorId: string | null): Promise<void> {
  for (const { id, stage, ownerId, processId } of await selectServed(ctx.db, interactionId)) {
    const beingCalled = (await processOf(ctx.db, processId)).transitions[CALL]?.to === stage;
    if (!beingCalled || ownerId === operatorId) await callbackDone(ctx, id, { result: "cancelled", operatorId });
  }
}
