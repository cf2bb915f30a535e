import { z } from "zod";
import { contract, idParams, instant } from "../api.contract.ts";

export const queueFloor = z.object({
  id: z.string(), projectKey: z.string(), name: z.string(), color: z.string(), open: z.boolean(), /** When it opens next; null while it is open. */ opensAt: instant.nullable(), waiting: z.number().int(), longestWaitSince: instant.nullable(),
  offeredToday: z.number().int(), answeredToday: z.number().int(), abandonedToday: z.number().int(), /** Answered within the target of all queued today that ended their wait; null before the first. */ serviceLevel: z.number().nullable(),
  target: z.object({ percent: z.number(), withinS: z.number() }), averageWaitS: z.number().nullable(), readyOperators: z.number().int(),
});
export const operatorTile = z.object({ id: z.uuid(), name: z.string(), state: z.enum(["offline", "ready", "not_ready", "offered", "talking", "wrap_up"]), reason: z.string().nullable(), since: instant, device: z.string(), projects: z.array(z.string()), languages: z.array(z.string()), callId: z.uuid().nullable(), clientName: z.string(), answeredToday: z.number().int(), /** When the wrap-up should be over; null in any other state. */ wrapUpEndsAt: instant.nullable() });
export const waitingCall = z.object({ id: z.uuid(), queueId: z.string(), fromNumber: z.string(), clientName: z.string(), language: z.string().nullable(), queuedAt: instant, state: z.string(), position: z.number().int().nullable() });
export const alertView = z.object({ id: z.string(), kind: z.string(), at: instant, text: z.string(), ticketId: z.uuid().nullable(), queueId: z.string().nullable() });
/** `timeZone`: of the company; "today" begins at its midnight and the hours of the day are its hours. */
export const floorSchema = z.object({ at: instant, timeZone: z.string(), queues: z.array(queueFloor), operators: z.array(operatorTile), waiting: z.array(waitingCall), alerts: z.array(alertView),
  day: z.object({ callsByHour: z.array(z.object({ hour: z.number().int(), offered: z.number().int(), answered: z.number().int() })), openTickets: z.number().int(), callbacksDue: z.number().int(), unconfirmed: z.number().int() }) });
export type Floor = z.infer<typeof floorSchema>;
export const getFloor = contract({ method: "GET", path: "/floor", summary: "Queues, waiting calls, operators, service level today (supervisor)", reply: floorSchema });
export const forceState = contract({ method: "PUT", path: "/floor/operators/:id/state", summary: "Set an operator's state (supervisor)", params: idParams, body: z.object({ state: z.enum(["ready", "not_ready", "offline"]), reason: z.string().max(60).nullable().default(null) }), reply: operatorTile });
