import { z } from "zod";
import { contract, idParams, instant, languageSchema, okReply, page, pageQuery } from "../api.contract.ts";

export const interactionState = z.enum(["ivr", "waiting", "offered", "dialling", "talking", "wrap_up", "ended"]);
export const callView = z.object({
  id: z.uuid(), direction: z.enum(["in", "out"]), state: interactionState, projectKey: z.string().nullable(), queueId: z.string().nullable(), queueName: z.string(), language: languageSchema.nullable(),
  fromNumber: z.string(), toNumber: z.string(), clientId: z.uuid().nullable(), clientName: z.string(), operatorId: z.uuid().nullable(), operatorName: z.string(), ticketId: z.uuid().nullable(),
  startedAt: instant, queuedAt: instant.nullable(), answeredAt: instant.nullable(), endedAt: instant.nullable(), wrappedAt: instant.nullable(),
  outcome: z.string().nullable(), disposition: z.string().nullable(), notes: z.string(),
  recordingId: z.uuid().nullable(), tickets: z.array(z.object({ id: z.uuid(), number: z.string(), subject: z.string() })),
});
export type CallView = z.infer<typeof callView>;

/** The live line of the person signed in: what the top bar and the offer card show. */
export const lineSchema = z.object({
  state: z.enum(["offline", "ready", "not_ready", "offered", "talking", "wrap_up"]), reason: z.string().nullable(), since: instant,
  device: z.enum(["browser", "phone"]), /** Of the phone that was given to me; null: none was. */ extension: z.string().nullable(), phoneRegistered: z.boolean(), wrapUpEndsAt: instant.nullable(),
  offer: z.object({ id: z.uuid(), interactionId: z.uuid(), expiresAt: instant, offeredAt: instant }).nullable(),
  call: callView.nullable(),
  /** Of the live call. */
  held: z.boolean(), muted: z.boolean(), clientHere: z.boolean(), legUp: z.boolean(), /** The desk whose browser has the sound; "" when none has. */ legDesk: z.string(),
});
export type Line = z.infer<typeof lineSchema>;

const sdp = z.string().min(20).max(20_000);
/** Made by each tab of the desk for itself: which of them has the sound of the call. */
const desk = z.string().max(40).default("");
export const getLine = contract({ method: "GET", path: "/calls/line", summary: "My state, offer and live call", reply: lineSchema });
export const setState = contract({ method: "PUT", path: "/calls/line/state", summary: "Ready, not ready with a reason, or offline", body: z.object({ state: z.enum(["ready", "not_ready", "offline"]), reason: z.string().max(60).nullable().default(null) }), reply: lineSchema });
export const setDevice = contract({ method: "PUT", path: "/calls/line/device", summary: "Work in the browser or on the SIP phone", body: z.object({ device: z.enum(["browser", "phone"]) }), reply: lineSchema });
export const acceptOffer = contract({ method: "POST", path: "/calls/offers/:id/accept", summary: "Answer; the browser sends its SDP offer and gets our answer", params: idParams, body: z.object({ sdp: sdp.optional(), desk }), reply: z.object({ sdp: z.string().nullable(), line: lineSchema }) });
export const declineOffer = contract({ method: "POST", path: "/calls/offers/:id/decline", summary: "Decline; the next operator is offered the call", params: idParams, reply: okReply });
export const attachLeg = contract({ method: "POST", path: "/calls/:id/leg", summary: "Bring the browser's audio back to the live call (after a reload); from another desk that has it only with `take`", params: idParams, body: z.object({ sdp, desk, take: z.boolean().default(false) }), reply: z.object({ sdp: z.string() }) });
export const holdCall = contract({ method: "POST", path: "/calls/:id/hold", summary: "Hold with music, or resume", params: idParams, body: z.object({ held: z.boolean() }), reply: lineSchema });
export const muteCall = contract({ method: "POST", path: "/calls/:id/mute", summary: "Mute my microphone, or unmute", params: idParams, body: z.object({ muted: z.boolean() }), reply: lineSchema });
export const sendDigits = contract({ method: "POST", path: "/calls/:id/digits", summary: "Send keys to the client's side", params: idParams, body: z.object({ digits: z.string().regex(/^[0-9*#A-D]{1,32}$/) }), reply: okReply });
export const hangUp = contract({ method: "POST", path: "/calls/:id/hang-up", summary: "End the call", params: idParams, reply: lineSchema });
export const dial = contract({ method: "POST", path: "/calls/dial", summary: "Call out through the trunk; a callback ticket may be named", body: z.object({ number: z.string().min(3).max(40), projectKey: z.string().max(40), ticketId: z.uuid().nullable().default(null), clientId: z.uuid().nullable().default(null), sdp: sdp.optional(), desk }), reply: z.object({ sdp: z.string().nullable(), line: lineSchema }) });
export const wrapUp = contract({ method: "POST", path: "/calls/:id/wrap-up", summary: "Finish the wrap-up; what the disposition requires may not be left out", params: idParams, body: z.object({ disposition: z.string().max(60), notes: z.string().trim().max(10_000).default(""), ready: z.boolean().default(true) }), reply: lineSchema });
export const linkClient = contract({ method: "PUT", path: "/calls/:id/client", summary: "Say who the caller is", params: idParams, body: z.object({ clientId: z.uuid() }), reply: callView });
export const getCall = contract({ method: "GET", path: "/calls/:id", summary: "One call", params: idParams, reply: callView });
export const listCalls = contract({ method: "GET", path: "/calls", summary: "Calls one may see, newest first", query: z.object({ mine: z.boolean().optional(), unfinished: z.boolean().optional(), outcome: z.string().max(40).optional(), ...pageQuery }), reply: page(callView) });

export const recordingView = z.object({ id: z.uuid(), interactionId: z.uuid(), durationMs: z.number().int(), startedAt: instant, /** 0–255 per bucket: left the client, right the operator. */ peaks: z.object({ left: z.array(z.number().int()), right: z.array(z.number().int()) }) });
export const getRecording = contract({ method: "GET", path: "/recordings/:id", summary: "A recording's waveform; the sound is at /api/recordings/:id/audio (WAV, ranges)", params: idParams, reply: recordingView });

/** "Call us" of a web page: no sign-in, rate-limited; `token` controls this one call. */
export const webCall = contract({ method: "POST", path: "/public/calls", summary: "Call from a web page (WebRTC)", body: z.object({ project: z.string().max(40), language: languageSchema.optional(), name: z.string().trim().max(80).optional(), phone: z.string().max(32).optional(), sdp }), reply: z.object({ id: z.uuid(), token: z.string(), sdp: z.string() }) });
export const webCallState = contract({ method: "GET", path: "/public/calls/:id", summary: "State of a web call", params: idParams, query: z.object({ token: z.string().max(100) }), reply: z.object({ state: interactionState, position: z.number().int().nullable(), expectedWaitMs: z.number().nullable(), /** The caller is asked for keys now. */ keys: z.boolean(), /** Of a call that is over: a call back was promised, and by when. */ callback: z.object({ dueAt: instant.nullable() }).nullable() }) });
export const webCallHangUp = contract({ method: "POST", path: "/public/calls/:id/hang-up", summary: "End a web call", params: idParams, body: z.object({ token: z.string().max(100) }), reply: okReply });
