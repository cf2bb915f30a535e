import { createStack, type InboundCall, type Refusal, type ServerRequest, type SipStack, type StackOptions } from "@linija/sip";
import { MediaFull, MediaRefused } from "@linija/media";
import type { Config } from "../../platform/config.ts";
import { isDatabaseAway, AppError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { Log } from "../../platform/log.ts";
import { Gauge } from "prom-client";
import { counter, registry } from "../../platform/metrics.ts";
import { Admission } from "./calls.admit.ts";
import { dialledNumber, toE164 } from "./calls.numbers.rules.ts";
import { renegotiate } from "./calls.legs.ts";
import type { CallRunner } from "./calls.runner.ts";
import type { Voice } from "./calls.voice.ts";

const invites = counter("sip_invites_total", "INVITEs by what became of them", ["outcome"]);

/** Opens SIP on UDP and TCP; when the port is taken the next free one is used (and told at start). */
export async function openSip(voice: Voice, config: Config, log: Log, onRegister: StackOptions["onRegister"]): Promise<SipStack> {
  const admission = new Admission(config);
  let opened: SipStack | null = null;
  const options = (port: number): StackOptions => ({
    listen: [{ proto: "udp", host: config.SIP_HOST, port }, { proto: "tcp", host: config.SIP_HOST, port }],
    ...(config.SIP_ADVERTISE && { advertise: config.SIP_ADVERTISE }), userAgent: "Linija", floodPerS: config.SIP_FLOOD_PER_S,
    onInvite: (call) => { void invited(voice, call, { log, isKnown: admission.knows(call.source) }); },
    ...(onRegister && { onRegister: (asked) => onRegister(noted(asked, admission)) }),
    admit: (_request, { host }) => {
      const refusal = refuse(voice);
      if (refusal) { invites.inc({ outcome: "refused" }); return refusal; }
      const tooMany = opened ? admission.refuse(host, opened.callsFrom(host)) : null;
      if (tooMany) invites.inc({ outcome: "host_full" });
      return tooMany;
    },
    log: (level, message, fields) => log[level](fields, message),
  });
  for (let port = config.SIP_PORT; ; port++) {
    try {
      const stack = await createStack(options(port));
      opened = stack;
      voice.useStack(stack);
      exportCounters(stack);
      return stack;
    } catch (error) {
      if ((error as { code?: string }).code !== "EADDRINUSE" || port >= config.SIP_PORT + 200 || config.SIP_PORT === 0) throw error;
    }
  }
}

/** Whoever registers with a password is no stranger to the limit of calls. */
function noted(asked: ServerRequest, admission: Admission): ServerRequest {
  return { ...asked, respond: (status, ...rest) => {
    if (status === 200) admission.registered(asked.source.host);
    asked.respond(status, ...rest);
  } };
}

/** The stack's own counters (messages, retransmissions, refusals, floods) as they stand when Prometheus asks. */
function exportCounters(stack: SipStack): void {
  registry.removeSingleMetric("linija_sip_stack");
  const figure = new Gauge({ name: "linija_sip_stack", help: "Counters of the SIP stack since start", labelNames: ["counter"], registers: [registry], collect: () => {
    for (const [counter, value] of Object.entries(stack.counters)) figure.set({ counter }, value);
  } });
}

/** Overload and absence are said before anything is done for the caller. */
function refuse(voice: Voice): Refusal | null {
  if (voice.draining) return { status: 503, reason: "Going down", retryAfterS: 10 };
  if (voice.databaseAway) return { status: 503, reason: "Database away", retryAfterS: 5 };
  if (voice.full) return { status: 503, reason: "All lines in use", retryAfterS: 5 };
  return null;
}

/** A new call: number to flow, offer to media, row to the table; then the machine has it. */
async function invited(voice: Voice, call: InboundCall, { log, isKnown }: { log: Log; isKnown: boolean }): Promise<void> {
  const to = dialledNumber(call.uri.user ?? "");
  const flow = voice.options.plan.flowOf(to);
  if (!flow) { end(call, 404, "no_number"); return; }
  if (!call.sdp) { end(call, 488, "no_sdp"); return; }
  const id = newId();
  const from = call.from.uri.user ?? "";
  const phone = toE164(from);
  // An operator is rung before any answer only for whom we know: of a stranger's INVITE nothing shows that it is theirs.
  const rings = isKnown && voice.options.plan.answerByOperator(flow);
  let runner: CallRunner | null = null;
  let gone = false;
  const here = (): void => { remember(voice, call, phone); runner?.feed({ on: "client_acknowledged" }); };
  call.handle({
    onAck: here,
    onCancel: () => { gone = true; runner?.feed({ on: "client_gone" }); },
    // A BYE names the tag of our answer: it has arrived, whatever became of the ACK.
    onBye: () => { gone = true; here(); runner?.feed({ on: "client_gone" }); },
    onDead: () => { gone = true; runner?.feed({ on: "client_gone" }); },
    onReinvite: (sdp, reply) => { if (runner) renegotiate(runner, "client", sdp, reply); else reply.reject(491); },
    onInfo: (type, body) => infoDigit(runner, type, body),
  });
  try {
    const answerSdp = await voice.options.media.answer({ call: id, leg: "client" }, "rtp", call.sdp, call.source.host);
    if (rings) { call.ring(); remember(voice, call, phone); }
    runner = await voice.begin({ id, flow, from, name: call.from.display ?? "", to, phone, rings, line: { kind: "sip", call, answerSdp } });
    if (gone) runner.feed({ on: "client_gone" });
    invites.inc({ outcome: "taken" });
  } catch (error) {
    await voice.options.media.close(id).catch(() => undefined);
    if (!gone) refused(call, error, log);
  }
}

/** The phone itself is called back where there is no trunk: only one that was seen there. */
function remember(voice: Voice, call: InboundCall, number: string | null): void {
  const contact = /<(sips?:[^>]+)>/i.exec(call.request.get("contact") ?? "")?.[1];
  if (number && contact) voice.saw(number, contact);
}

function end(call: InboundCall, status: number, outcome: string, headers?: Record<string, string>): void {
  invites.inc({ outcome });
  call.reject(status, undefined, headers);
}

/** The one table from failures to SIP status. */
function refused(call: InboundCall, error: unknown, log: Log): void {
  if (error instanceof MediaFull || (error instanceof MediaRefused && error.code === "gone")) { end(call, 503, "media_full", { "Retry-After": "5" }); return; }
  if (isDatabaseAway(error) || (error instanceof AppError && error.code === "unavailable")) { end(call, 503, "away", { "Retry-After": "5" }); return; }
  if (error instanceof MediaRefused) { end(call, 488, "bad_sdp"); return; }
  log.error({ err: error, callId: call.id }, "an INVITE failed");
  end(call, 500, "bug");
}

/** Digits of phones that send them by INFO instead of RFC 4733. */
function infoDigit(runner: CallRunner | null, type: string, body: string): void {
  if (!/dtmf/i.test(type)) return;
  const digit = /^(?:Signal\s*=\s*)?([0-9*#A-D])\s*$/im.exec(body)?.[1];
  if (digit) runner?.feed({ on: "digit", digit });
}
