import { MediaFull, MediaRefused, type LegRef, type MediaEngine } from "@linija/media";
import { invalidField, unavailable } from "../../platform/errors.ts";
import { counter } from "../../platform/metrics.ts";
import type { OfferOut } from "../queues/index.ts";
import type { CallRunner } from "./calls.runner.ts";

/** SIP legs of a call: the operator's phone, the client through the trunk, and how both end. */

const REFUSED: Record<number, "declined" | "missed"> = { 486: "declined", 600: "declined", 603: "declined", 408: "missed", 480: "missed", 487: "missed" };

const withoutLine = counter("offers_without_line_total", "Offers to an operator's phone that were taken back because the media engine was full");

/**
 * Rings the operator's SIP phone once the offer is `written`; its media leg is opened meanwhile. The phone's answer,
 * refusal or silence comes back as an input that names the offer.
 */
export async function ringPhone(runner: CallRunner, out: OfferOut, written: Promise<void>): Promise<void> {
  const dialled = await invitePhone(runner, out, {
    accepted: () => runner.feed({ on: "offer_answered", offerId: out.offerId }),
    refused: (status) => runner.feed({ on: "offer_refused", offerId: out.offerId, why: REFUSED[status] ?? "failed" }),
  }, written);
  if (dialled === "no_line") withoutLine.inc();
  if (dialled !== "ringing") runner.feed({ on: "offer_refused", offerId: out.offerId, why: dialled });
}

/** For an outgoing call of an operator who works on a phone: the phone is called first. */
export async function callOperatorPhone(runner: CallRunner, out: { operatorId: string; contact: string | null; sipUser: string | null }): Promise<void> {
  const dialled = await invitePhone(runner, out, { accepted: () => runner.feed({ on: "operator_phone_answered" }), refused: () => runner.feed({ on: "operator_phone_refused" }) })
    .catch((error: unknown) => { runner.deps.ctx.log.warn({ callId: runner.id, error: String(error) }, "the operator's phone cannot be called"); return "failed"; });
  if (dialled !== "ringing") runner.feed({ on: "operator_phone_refused" });
}

interface Answered { accepted(): void; refused(status: number): void }

async function invitePhone(runner: CallRunner, out: { operatorId: string; contact: string | null; sipUser: string | null }, answered: Answered, written: Promise<void> = Promise.resolve()): Promise<"ringing" | "no_line" | "failed"> {
  const { deps } = runner;
  const opened = deps.media.offer(runner.operatorRef).catch((error: unknown) => { if (error instanceof MediaFull) return FULL; if (error instanceof MediaRefused) return null; throw error; });
  const [contact, offer] = await Promise.all([deps.contactOf(out), opened, written]);
  if (contact && offer === FULL) return "no_line";
  if (!contact || !offer || offer === FULL) return "failed";
  const call = deps.stack().invite({ uri: contact, from: `<sip:${runner.row.from_number || "anonymous"}@${hostOf(runner)}>`, sdp: offer });
  runner.phone = call;
  call.handle({
    onAccepted: (sdp) => { void deps.media.accept(runner.operatorRef, sdp, call.far?.host).then(answered.accepted, () => { void call.bye(); answered.refused(488); }); },
    onFailed: (status) => { if (runner.phone === call) runner.phone = null; answered.refused(status); },
    onBye: () => gone(runner, call),
    onDead: () => gone(runner, call),
    onReinvite: (sdp, reply) => renegotiate(runner, "operator", sdp, reply),
  });
  return "ringing";
}

const FULL = Symbol("full");

function gone(runner: CallRunner, call: CallRunner["phone"]): void {
  if (runner.phone !== call) return;
  runner.phone = null;
  runner.feed({ on: "operator_gone" });
}

/** Answers a browser's offer; what the engine refuses is refused to the one who asked, in words of ours. */
export async function answerBrowser(media: MediaEngine, leg: LegRef, sdp: string): Promise<string> {
  try {
    return await media.answer(leg, "webrtc", sdp);
  } catch (error) {
    if (error instanceof MediaFull) throw unavailable("line_full", 5);
    if (error instanceof MediaRefused) throw invalidField("sdp", "wrong_value");
    throw error;
  }
}

/** A phone that puts us on hold or changes its address sends an offer; without one (null) it is told we cannot. */
export function renegotiate(runner: CallRunner, leg: "client" | "operator", sdp: string | null, reply: { accept(sdp: string): void; reject(status: number): void }): void {
  if (!sdp) { reply.reject(488); return; }
  // Media of an ended call would be opened anew, and nobody would close it.
  if (runner.call.state.at === "ended") { reply.reject(481); return; }
  const { client } = runner;
  const line = leg === "operator" ? runner.phone : client.kind === "web" ? null : client.call;
  void runner.deps.media.answer({ call: runner.id, leg }, "rtp", sdp, line?.far?.host).then((answer) => reply.accept(answer), () => reply.reject(488));
}

/** Calls the client through the trunk, or straight at the phone they called from where there is no trunk. */
export async function dialClient(runner: CallRunner): Promise<void> {
  const { deps, client } = runner;
  if (client.kind !== "trunk") return;
  const { config } = deps;
  const sdp = await deps.media.offer(runner.clientLeg);
  const caller = config.SIP_TRUNK_CALLER || deps.callerId(runner.call.projectKey ?? "");
  const call = deps.stack().invite({
    uri: client.uri, from: `<sip:${caller}@${hostOf(runner)}>`, sdp, ringTimeoutMs: 60_000,
    ...(config.SIP_TRUNK_USER && { credentials: { username: config.SIP_TRUNK_USER, password: config.SIP_TRUNK_PASSWORD } }),
  });
  client.call = call;
  let early = false;
  const ringback = () => { void deps.media.play(runner.operatorRef, { playId: "ringback", files: [`${deps.prompts}/tones/ringback.wav`], loop: true }).catch(() => undefined); };
  call.handle({
    onRinging: (_status, sdp) => {
      if (early) return;
      if (!sdp) { ringback(); return; }
      early = true;
      void deps.media.accept(runner.clientLeg, sdp, call.far?.host).then(() => deps.media.connect(runner.id, "client", "operator")).catch(() => undefined);
    },
    onAccepted: (sdp) => { void deps.media.accept(runner.clientLeg, sdp, call.far?.host).then(() => runner.feed({ on: "client_answered" }), () => { void call.bye(); runner.feed({ on: "client_refused", why: "failed" }); }); },
    onFailed: (status) => { client.call = null; runner.feed({ on: "client_refused", why: whyNot(status) }); },
    onBye: () => { client.call = null; runner.feed({ on: "client_gone" }); },
    onDead: () => { client.call = null; runner.feed({ on: "client_gone" }); },
    onReinvite: (sdp, reply) => renegotiate(runner, "client", sdp, reply),
  });
}

const whyNot = (status: number): "busy" | "no_answer" | "failed" => (status === 486 || status === 600 ? "busy" : [408, 480, 487, 603].includes(status) ? "no_answer" : "failed");

/** `sip:host:port;params` with the number as user part. */
export function trunkUri(trunk: string, number: string): string {
  const match = /^(sips?):(?:[^@]*@)?(.+)$/.exec(trunk);
  return match ? `${match[1]}:${number}@${match[2]}` : "";
}

const hostOf = (runner: CallRunner): string => {
  const { SIP_ADVERTISE, SIP_HOST } = runner.deps.config;
  const address = runner.deps.stack().addresses[0];
  return `${SIP_ADVERTISE || SIP_HOST}:${address?.port ?? 5060}`;
};

/** Ends the client's side, whatever state it is in. */
export async function hangUpClient(runner: CallRunner): Promise<void> {
  const { client } = runner;
  if (client.kind === "trunk") {
    const { call } = client;
    client.call = null;
    if (call) await endOutbound(call);
    return;
  }
  if (client.kind !== "sip" || client.call.state === "ended") return;
  if (client.call.state === "incoming" || client.call.state === "early") client.call.reject(480);
  else void client.call.bye();
}

export async function hangUpPhone(runner: CallRunner): Promise<void> {
  const { phone } = runner;
  runner.phone = null;
  if (phone) await endOutbound(phone);
}

/** Not waited for: the far end may take half a minute to answer, and the call is over for us. */
async function endOutbound(call: NonNullable<CallRunner["phone"]>): Promise<void> {
  if (call.state === "confirmed") void call.bye();
  else if (call.state !== "ended") call.cancel();
}
