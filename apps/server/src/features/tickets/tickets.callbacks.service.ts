import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict, invalidField, notFound } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { translate } from "../../platform/messages.ts";
import type { Language } from "../api.contract.ts";
import { processOf, projectOf } from "./tickets.definitions.ts";
import { move } from "./tickets.move.service.ts";
import { engineRoles } from "./tickets.rules.ts";
import { register } from "./tickets.service.ts";
import { selectCallbackOf, selectContact, selectTicketForUpdate, type Ticket } from "./tickets.sql.ts";

export interface CallbackInput {
  projectKey: string; queueId: string; interactionId: string; clientId: string | null; phone: string; language: Language;
  /** By when the client was promised a call; null takes the project's callback deadline. */
  dueAt: Date | null;
  /** Why: `abandoned`, `callback_taken`, `closed_hours`, `interrupted`. */
  reason: string;
}

export interface Callback { id: string; number: string; dueAt: Date | null; isNew: boolean }

/** The one callback ticket of a call, however often call control asks for it. */
export async function registerCallback(ctx: Ctx, input: CallbackInput): Promise<Callback> {
  return inTx(ctx, async (ctx) => {
    const earlier = await selectCallbackOf(ctx.db, input.interactionId);
    if (earlier) return told(earlier, false);
    const project = await projectOf(ctx.db, input.projectKey);
    const type = project.types.find((each) => each.key === "callback");
    if (!type) throw invalidField("type", "unknown_type");
    const contact = input.clientId ? await selectContact(ctx.db, input.clientId) : undefined;
    const ticket = await register(ctx, project, {
      id: newId(ctx.now().getTime()), type, subject: translate(input.language, "callback_subject", { phone: input.phone }), description: "", fields: { queueId: input.queueId, cause: input.reason },
      priority: ["low", "normal", "high", "urgent"].indexOf(type.priority), language: input.language, channel: "voice", clientId: contact?.id ?? null, interactionId: input.interactionId,
      contactPhone: input.phone, contactEmail: contact?.emails[0] ?? null, requiredBy: input.dueAt, ownerId: null, createdBy: null, department: null,
    });
    if (ticket) return told(ticket, true);
    const first = await selectCallbackOf(ctx.db, input.interactionId);
    if (!first) throw conflict("changed_meanwhile");
    return told(first, false);
  });
}

const told = (ticket: Ticket, isNew: boolean): Callback => ({ id: ticket.id, number: ticket.number, dueAt: ticket.dueAt, isNew });

/** What came of trying: `started` when an operator dials, then `reached` or `missed`; `cancelled` when the client rang again. */
export type CallbackResult = { result: "started" | "reached" | "missed" | "cancelled"; operatorId?: string | null; resolution?: string };

const TRANSITIONS: Record<CallbackResult["result"], string> = { started: "call", reached: "reached", missed: "missed", cancelled: "cancel" };

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
    if (!transition?.from.includes(ticket.stage)) return "moved_on";
    const roles = operatorId ? engineRoles(["operator"]) : ["system" as const];
    const accepts = resolution !== undefined && transition.accepts.includes("resolution");
    await move(ctx, ticket, { transition: TRANSITIONS[result], input: accepts ? { resolution } : {}, by: { id: operatorId, roles } });
    return "moved";
  });
}
