import type { z } from "zod";
import type { Ctx, TxCtx } from "../../platform/db.ts";
import { inTx } from "../../platform/db.ts";
import { AppError, conflict, forbidden, invalid, invalidField, notFound, type FieldProblem } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { audit } from "../../platform/audit.ts";
import type { Rpc } from "../../platform/rpc.ts";
import { may } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { getClient, joinCalls, rememberProject } from "../clients/index.ts";
import { getInteraction } from "../interactions/index.ts";
import { selectLine, selectOperator, updateDevice, type LineRow } from "../operators/index.ts";
import type { RouterClient } from "../queues/index.ts";
import { callbackDone, callerServed, takeCallback, type CallbackResult } from "../tickets/index.ts";
import type { Line, webCallState as webCallStateContract } from "./calls.contract.ts";
import type { CallInput } from "./calls.machine.ts";
import { toE164 } from "./calls.numbers.rules.ts";
import { countTicketsOf, isWrappedAs, selectCall, selectOfferOf, selectPromised, updateCallClient, updateWrapUp, type LiveCall } from "./calls.sql.ts";
import type { DialOut, WebCall } from "./calls.voice.ts";

/** What wrap-up must know of a disposition. */
export interface DispositionRule { requires: string[]; directions: ("inbound" | "outbound")[]; callback: CallbackResult["result"] }
export interface CallsDeps {
  rpc: Rpc;
  router: RouterClient;
  ringMs(queueId: string | null): number;
  wrapUpS(queueId: string | null): number;
  disposition(projectKey: string | null, key: string): DispositionRule | null;
  /** Country of a project, for numbers typed without one. */
  country(projectKey: string): "SI" | "RU";
  knownProject(key: string): boolean;
  languageOf(projectKey: string): Language;
}

const me = (ctx: Ctx) => {
  if (ctx.actor.kind !== "user") throw forbidden();
  return ctx.actor;
};

/** The operator's line: state, ringing offer, live call. */
export async function getLine(ctx: Ctx, deps: CallsDeps): Promise<Line> {
  const actor = me(ctx);
  const row = await selectLine(ctx.db, actor.id);
  if (!row) throw forbidden("not_an_operator");
  const callId = row.offerInteractionId ?? row.interactionId;
  const call = callId ? await getInteraction(ctx, callId) : null;
  const { held, muted, legUp, legDesk } = (callId && row.state === "talking" ? await liveState(ctx, deps, callId) : null) ?? QUIET;
  const queueId = call?.queueId ?? null;
  const wrapUpEndsAt = row.state === "wrap_up" ? later(row.since, deps.wrapUpS(queueId) * 1000) : null;
  return {
    state: row.state, reason: row.reason, since: row.since.toISOString(), device: row.device, extension: row.extension, phoneRegistered: row.phoneRegistered, wrapUpEndsAt,
    offer: offerOf(row, deps.ringMs(queueId)), call, held, muted, legUp, legDesk, clientHere: call !== null && call.endedAt === null,
  };
}

const QUIET = { held: false, muted: false, legUp: false, legDesk: "" };
const later = (at: Date, ms: number): string => new Date(at.getTime() + ms).toISOString();

function offerOf(row: LineRow, ringMs: number): Line["offer"] {
  const { offerId, offerInteractionId, offeredAt } = row;
  if (!offerId || !offerInteractionId || !offeredAt) return null;
  return { id: offerId, interactionId: offerInteractionId, offeredAt: offeredAt.toISOString(), expiresAt: later(offeredAt, ringMs) };
}

interface LiveState { at: string; held: boolean; muted: boolean; legUp: boolean; legDesk: string }
async function liveState(ctx: Ctx, deps: CallsDeps, callId: string): Promise<LiveState | null> {
  const call = await selectCall(ctx.db, callId);
  if (!call?.nodeId || call.state === "ended" || call.state === "wrap_up") return null;
  return deps.rpc.call<LiveState | null>({ node: call.nodeId }, "calls.state", { callId }).catch(() => null);
}

export async function setState(ctx: Ctx, deps: CallsDeps, state: "ready" | "not_ready" | "offline", reason: string | null): Promise<Line> {
  const actor = me(ctx);
  if (!may(ctx, "calls.take")) throw forbidden();
  await deps.router.setState(actor.id, state, reason);
  return getLine(ctx, deps);
}

export async function setDevice(ctx: Ctx, deps: CallsDeps, device: "browser" | "phone"): Promise<Line> {
  const actor = me(ctx);
  const line = await getLine(ctx, deps);
  if (line.state === "talking" || line.state === "offered") throw conflict("operator_busy");
  if (device === "phone" && line.extension === null && !line.phoneRegistered) throw conflict("no_phone_given");
  await inTx(ctx, async (ctx) => {
    if (!(await updateDevice(ctx.db, actor.id, device))) throw forbidden("not_an_operator");
    await audit(ctx, { action: "operator.device_changed", object: { kind: "operator", id: actor.id }, before: { device: line.device }, after: { device } });
  });
  await deps.router.reload(actor.id);
  return getLine(ctx, deps);
}

export async function acceptOffer(ctx: Ctx, deps: CallsDeps, offerId: string, { sdp, desk }: { sdp?: string | undefined; desk: string }): Promise<{ sdp: string | null; line: Line }> {
  const actor = me(ctx);
  const offer = await selectOfferOf(ctx.db, offerId);
  if (!offer || offer.operatorId !== actor.id) throw notFound("offer", offerId);
  if (offer.state !== "ringing") throw conflict("offer_gone");
  if (!sdp) throw invalidField("sdp", "required");
  const answer = await deps.rpc.call<string>({ node: offer.nodeId }, "calls.accept", { callId: offer.interactionId, offerId, operatorId: actor.id, sdp, desk });
  return { sdp: answer, line: await getLine(ctx, deps) };
}

export async function declineOffer(ctx: Ctx, deps: CallsDeps, offerId: string): Promise<void> {
  const actor = me(ctx);
  const offer = await selectOfferOf(ctx.db, offerId);
  if (!offer || offer.operatorId !== actor.id) throw notFound("offer", offerId);
  await deps.rpc.call({ node: offer.nodeId }, "calls.decline", { callId: offer.interactionId, offerId, operatorId: actor.id });
}

/** A live call of the person asking; another's is not found, a finished one is a conflict. */
async function mine(ctx: Ctx, callId: string): Promise<LiveCall & { nodeId: string }> {
  const actor = me(ctx);
  const call = await selectCall(ctx.db, callId);
  if (!call || (call.operatorId !== null && call.operatorId !== actor.id)) throw notFound("call", callId);
  if (call.state === "ended" || call.state === "wrap_up" || !call.nodeId) throw conflict("call_over");
  return { ...call, nodeId: call.nodeId };
}

export async function attachLeg(ctx: Ctx, deps: CallsDeps, callId: string, body: { sdp: string; desk: string; take: boolean }): Promise<string> {
  const call = await mine(ctx, callId);
  return deps.rpc.call<string>({ node: call.nodeId }, "calls.attach", { callId, operatorId: me(ctx).id, ...body });
}

/** Hold, mute, digits, hang-up: one input to the call's machine. */
export async function controlCall(ctx: Ctx, deps: CallsDeps, callId: string, input: CallInput): Promise<Line> {
  const call = await mine(ctx, callId);
  await deps.rpc.call({ node: call.nodeId }, "calls.control", { callId, operatorId: me(ctx).id, input });
  return getLine(ctx, deps);
}

export interface DialInput { number: string; projectKey: string; ticketId: string | null; clientId: string | null; sdp?: string | undefined; desk?: string }
export async function dialOut(ctx: Ctx, deps: CallsDeps, input: DialInput): Promise<{ sdp: string | null; line: Line }> {
  const actor = me(ctx);
  if (!deps.knownProject(input.projectKey)) throw invalidField("projectKey", "unknown_project");
  if (!may(ctx, "calls.dial", { projectKey: input.projectKey })) throw forbidden();
  const operator = await selectOperator(ctx.db, actor.id);
  if (!operator) throw forbidden("not_an_operator");
  const number = toE164(input.number, deps.country(input.projectKey));
  if (!number) throw invalidField("number", "bad_number");
  if (operator.device === "browser" && !input.sdp) throw invalidField("sdp", "required");
  const client = input.clientId ? await getClient(ctx, input.clientId) : null;
  const out: DialOut = {
    operatorId: actor.id, device: operator.device, contact: operator.sipContact, sipUser: operator.sipUser, number, projectKey: input.projectKey,
    clientId: input.clientId, ticketId: input.ticketId, language: client?.language ?? deps.languageOf(input.projectKey), sdp: input.sdp ?? null, desk: input.desk ?? "",
  };
  const made = await dialTaken(ctx, deps, out);
  return { sdp: made.sdp, line: await getLine(ctx, deps) };
}

/** Of several operators who press at once the first has the ticket, before anybody is called. A call that cannot begin gives it back. */
async function dialTaken(ctx: Ctx, deps: CallsDeps, out: DialOut): Promise<{ sdp: string | null }> {
  const { ticketId, operatorId } = out;
  const taken = ticketId && (await takeCallback(ctx, ticketId)) ? ticketId : null;
  try {
    return await deps.rpc.call<{ sdp: string | null }>({ role: "voice" }, "calls.dial", out);
  } catch (error) {
    if (taken) await callbackDone(ctx, taken, { result: "missed", operatorId }).catch((error: unknown) => ctx.log.error({ err: error, ticketId }, "a callback that could not be dialled stays in work"));
    throw error;
  }
}

/** Finishes the wrap-up; what is missing is named field by field and nothing is lost. The same sent again is answered as the first time. */
export async function wrapUp(ctx: Ctx, deps: CallsDeps, callId: string, input: { disposition: string; notes: string; ready: boolean }): Promise<Line> {
  const actor = me(ctx);
  const call = await selectCall(ctx.db, callId);
  if (!call || call.operatorId !== actor.id) throw notFound("call", callId);
  await writeWrapUp(ctx, deps, call, input);
  // It is written and must not be told as failed: a router that is away finds the operator free at its next sweep.
  await deps.router.wrapUpDone(actor.id, callId, input.ready).catch((error: unknown) => { if (!(error instanceof AppError && error.code === "unavailable")) throw error; });
  return getLine(ctx, deps);
}

async function writeWrapUp(ctx: Ctx, deps: CallsDeps, call: LiveCall, input: { disposition: string; notes: string }): Promise<void> {
  const callId = call.id;
  if (call.wrappedAt) return wrappedAs(ctx, callId, input, "already_wrapped");
  const rule = deps.disposition(call.projectKey, input.disposition);
  const problems = await missing(ctx, rule, call, input.notes);
  if (problems.length > 0) throw invalid(problems, "wrap_up_incomplete");
  const at = ctx.now();
  await inTx(ctx, async (ctx) => {
    if (!(await updateWrapUp(ctx.db, callId, { disposition: input.disposition, notes: input.notes, at }))) return wrappedAs(ctx, callId, input, "call_not_over");
    await tellCallback(ctx, call, rule);
    await emit(ctx, { type: "call.wrapped_up", subject: { kind: "call", id: callId }, data: { disposition: input.disposition }, touches: call.clientId ? [{ kind: "client", id: call.clientId }] : [] });
    await audit(ctx, { action: "call.wrapped_up", object: { kind: "call", id: callId }, after: { disposition: input.disposition, notes: input.notes } });
  });
}

async function wrappedAs(ctx: Ctx, callId: string, input: { disposition: string; notes: string }, otherwise: string): Promise<void> {
  if (!(await isWrappedAs(ctx.db, callId, input))) throw conflict(otherwise);
}

/**
 * A callback whose client answered is being called until its operator says what came of it: it may have been a machine
 * that answered. Who rang by themselves and was served need not be called back, unless the talk is still to be had.
 */
async function tellCallback(ctx: TxCtx, { id, direction, ticketId, operatorId, answeredAt }: LiveCall, rule: DispositionRule | null): Promise<void> {
  if (!rule || !answeredAt) return;
  if (direction === "in" && rule.callback !== "missed") await callerServed(ctx, id, operatorId);
  if (direction === "out" && ticketId) await callbackDone(ctx, ticketId, { result: rule.callback, operatorId });
}

async function missing(ctx: Ctx, rule: DispositionRule | null, call: LiveCall, notes: string): Promise<FieldProblem[]> {
  if (!rule) return [{ field: "disposition", code: "required" }];
  const problems: FieldProblem[] = [];
  if (!rule.directions.includes(call.direction === "in" ? "inbound" : "outbound")) problems.push({ field: "disposition", code: "disposition_direction" });
  if (rule.requires.includes("notes") && notes === "") problems.push({ field: "notes", code: "required" });
  if (rule.requires.includes("ticket") && (await countTicketsOf(ctx.db, call.id)) === 0) problems.push({ field: "ticket", code: "ticket_required" });
  if (rule.requires.includes("client") && !call.clientId) problems.push({ field: "client", code: "client_required" });
  return problems;
}

/**
 * Says who the caller is: from now on the call stands in that client's timeline, and the card belongs to the project
 * called. It takes somebody who may read the card already: a number alone opens nothing (decision 0044).
 */
export async function linkClient(ctx: Ctx, deps: CallsDeps, callId: string, clientId: string) {
  await getInteraction(ctx, callId);
  const call = await selectCall(ctx.db, callId);
  if (!call) throw notFound("call", callId);
  if (!may(ctx, isHistory(call) && call.clientId !== clientId ? "calls.relink" : "clients.write", { projectKey: call.projectKey, ownerId: call.operatorId })) throw forbidden();
  const client = await getClient(ctx, clientId);
  await inTx(ctx, async (ctx) => {
    await updateCallClient(ctx.db, callId, clientId);
    await joinCalls(ctx, clientId, callId);
    if (call.projectKey && !client.projects.includes(call.projectKey)) await rememberProject(ctx, clientId, call.projectKey);
    await emit(ctx, { type: "call.client_linked", subject: { kind: "call", id: callId }, data: { client_id: clientId }, touches: [{ kind: "client", id: clientId }, ...(call.operatorId ? [{ kind: "line", id: call.operatorId }] : [])] });
    await audit(ctx, { action: "call.client_linked", object: { kind: "call", id: callId }, before: { client_id: call.clientId }, after: { client_id: clientId } });
  });
  if (call.nodeId && call.state !== "ended") await deps.rpc.call({ node: call.nodeId }, "calls.set_client", { callId, clientId }).catch(() => undefined);
  return getInteraction(ctx, callId);
}

/** Somebody has talked to this caller, or said who it was: only they and who answers for their work may say otherwise. */
const isHistory = ({ endedAt, operatorId, clientId }: LiveCall): boolean => endedAt !== null && (operatorId !== null || clientId !== null);

/** A visitor of a web page calls; nobody is signed in. */
export async function webCall(deps: CallsDeps, input: Omit<WebCall, "phone"> & { phone?: string | undefined }): Promise<{ id: string; token: string; sdp: string }> {
  if (!deps.knownProject(input.project)) throw invalidField("project", "unknown_project");
  const phone = input.phone ? toE164(input.phone, deps.country(input.project)) : null;
  if (input.phone && !phone) throw invalidField("phone", "bad_number");
  return deps.rpc.call({ role: "voice" }, "calls.web", { ...input, phone } satisfies WebCall);
}

export async function webCallState(ctx: Ctx, deps: CallsDeps, callId: string, token: string): Promise<z.input<typeof webCallStateContract.reply>> {
  const call = await selectCall(ctx.db, callId);
  if (!call?.nodeId) throw notFound("call", callId);
  if (call.state === "ended" || call.state === "wrap_up") {
    if (!(await deps.rpc.call<boolean>({ node: call.nodeId }, "calls.web_knows", { callId, token }).catch(() => false))) throw notFound("call", callId);
    const promised = await selectPromised(ctx.db, callId);
    return { state: "ended", position: null, expectedWaitMs: null, keys: false, callback: promised ? { dueAt: promised.dueAt?.toISOString() ?? null } : null };
  }
  return deps.rpc.call({ node: call.nodeId }, "calls.web_state", { callId, token });
}

export async function webHangUp(ctx: Ctx, deps: CallsDeps, callId: string, token: string): Promise<void> {
  const call = await selectCall(ctx.db, callId);
  if (!call?.nodeId) throw notFound("call", callId);
  await deps.rpc.call({ node: call.nodeId }, "calls.web_hang_up", { callId, token });
}
