import type { InboundCall } from "./call/call.inbound.ts";
import type { Core, DialogUser } from "./call/core.ts";
import type { Incoming } from "./transaction/endpoint.ts";
import { FloodGate } from "./flood.ts";
import { Refusals } from "./refusals.ts";
import type { SipRequest } from "./message/message.ts";
import type { Refusal, ServerRequest, StackOptions } from "./stack.types.ts";
import type { ServerTransaction } from "./transaction/transaction.server.ts";
import { acceptsSdp, unsupported } from "./message/validate.ts";
import { writeHeaders, writeResponse, type ResponseParts } from "./message/write.ts";

export const allowRow = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\r\n";
const acceptRow = "Accept: application/sdp\r\n";

/** Methods with a meaning in some RFC: refused with 405; all others with 501 (§8.2.1, §21.5.2). */
const known = new Set([
  "INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "INFO", "PRACK", "UPDATE", "SUBSCRIBE", "NOTIFY", "MESSAGE", "REFER", "PUBLISH",
]);
/** Methods that mean something only inside a dialog. */
const needDialog = new Set(["BYE", "INFO", "PRACK", "UPDATE"]);

interface Calls {
  find(request: SipRequest): DialogUser | undefined;
  take(incoming: Incoming, transaction: ServerTransaction): InboundCall;
}

/** Takes every new request and decides, in the order of RFC 3261 §8.2, who gets it or why nobody does. */
export class Receptionist {
  isClosing = false;
  readonly #core: Core;
  readonly #options: StackOptions;
  readonly #calls: Calls;
  readonly #supported: ReadonlySet<string>;
  readonly #gate: FloodGate | null;
  readonly #refusals = new Refusals();
  readonly #ringing = new Map<ServerTransaction, InboundCall>();

  constructor(core: Core, options: StackOptions, calls: Calls) {
    this.#core = core;
    this.#options = options;
    this.#calls = calls;
    this.#supported = new Set(options.supported);
    this.#gate = options.floodPerS === undefined ? null : new FloodGate(options.floodPerS);
  }

  receive(incoming: Incoming): void {
    const { request } = incoming;
    if (request.method === "CANCEL") return this.#cancel(incoming);
    if (request.to.tag !== null) return this.#inDialog(incoming);
    const refused = request.method === "INVITE" ? this.#refusals.again(incoming.key, this.#core.endpoint.env.timers.now()) : null;
    if (refused) return this.#core.endpoint.answer(incoming, refused);
    if (this.#isFlooding(incoming)) return;
    if (this.#core.endpoint.isMerged(incoming)) return this.#core.endpoint.answer(incoming, { status: 482 }); // §8.2.2.2
    if (!this.#isExtended(incoming)) this.#byMethod(incoming);
  }

  /** Refuses what requires an extension nobody here knows (§8.2.2.3). */
  #isExtended(incoming: Incoming): boolean {
    const refused = unsupported(incoming.request, this.#supported);
    if (refused.length > 0) this.#core.endpoint.answer(incoming, { status: 420, headers: { Unsupported: refused.join(", ") } });
    return refused.length > 0;
  }

  #isFlooding(incoming: Incoming): boolean {
    const { endpoint } = this.#core;
    if (!this.#gate || this.#gate.admits(incoming.source.host, endpoint.env.timers.now())) return false;
    endpoint.env.count("flooded");
    this.#refuse(incoming, { status: 503, headers: { "Retry-After": "2" } });
    return true;
  }

  /** Refuses without a transaction. */
  #refuse(incoming: Incoming, parts: ResponseParts): void {
    const { endpoint } = this.#core;
    const { timers, values } = endpoint.env;
    if (incoming.request.method === "INVITE") this.#refusals.note(incoming.key, parts, timers.now() + 64 * values.t1);
    endpoint.answer(incoming, parts);
  }

  #cancel(incoming: Incoming): void {
    const { endpoint } = this.#core;
    const transaction = endpoint.cancelled(incoming);
    if (!transaction) return endpoint.answer(incoming, { status: 481 });
    const call = this.#ringing.get(transaction);
    // §9.2: the 200 to CANCEL has the To tag of the INVITE's answers; sent statelessly, a repeated CANCEL gets it again.
    endpoint.answer(incoming, { status: 200, toTag: call?.localTag });
    if (call) call.cancelled();
    else this.#calls.find(incoming.request)?.cancelReinvite(transaction);
  }

  #inDialog(incoming: Incoming): void {
    const { endpoint } = this.#core;
    const { request } = incoming;
    const call = this.#calls.find(request);
    if (!call) return endpoint.answer(incoming, { status: 481 }); // §12.2.2
    if (this.#isExtended(incoming)) return;
    if (request.method === "INVITE" && hasForeignBody(request)) return endpoint.answer(incoming, { status: 415, rows: acceptRow });
    call.receive(incoming);
  }

  #byMethod(incoming: Incoming): void {
    const { method } = incoming.request;
    const { onRegister, onOptions, onRequest } = this.#options;
    if (method === "INVITE") return this.#invite(incoming);
    if (method === "OPTIONS") {
      if (onOptions) return this.#hand(incoming, (request) => onOptions(request));
      // Stateless: a flood of OPTIONS, the usual probe, must fill no memory.
      return this.#core.endpoint.answer(incoming, { status: 200, rows: this.#allow() + acceptRow });
    }
    if (method === "REGISTER" && onRegister) return this.#hand(incoming, (request) => onRegister(request));
    if (needDialog.has(method)) return this.#core.endpoint.answer(incoming, { status: 481 });
    if (onRequest) return this.#hand(incoming, (request) => onRequest(request));
    this.#core.endpoint.answer(incoming, { status: known.has(method) ? 405 : 501, rows: this.#allow() });
  }

  #allow(): string {
    return this.#options.onRegister ? allowRow.replace("\r\n", ", REGISTER\r\n") : allowRow;
  }

  #write(incoming: Incoming, parts: { status: number; reason?: string | undefined; rows: string; body?: string; contentType?: string | undefined }): string {
    const { status, reason, rows, body = "", contentType = "text/plain" } = parts;
    const toTag = `${incoming.key.length}${status}`;
    return writeResponse(incoming.request, incoming.source, { status, reason, toTag, rows: this.#core.serverRow + rows, body, contentType });
  }

  #hand(incoming: Incoming, take: (request: ServerRequest) => void): void {
    const transaction = this.#core.endpoint.open(incoming);
    const respond: ServerRequest["respond"] = (status, reason, headers, body) => {
      const rows = writeHeaders(headers);
      transaction.respond(status, this.#write(incoming, { status, reason, rows, body: body?.text ?? "", contentType: body?.type }));
    };
    this.#core.guard(() => take({ request: incoming.request, source: incoming.source, respond }));
  }

  #invite(incoming: Incoming): void {
    const { request } = incoming;
    const refusal = this.#unfit(request) ?? this.#notNow(incoming);
    if (refusal) {
      const headers = refusal.retryAfterS === undefined ? undefined : { "Retry-After": String(refusal.retryAfterS) };
      const rows = refusal.status === 415 ? `${acceptRow}Accept-Encoding: identity\r\n` : "";
      return this.#refuse(incoming, { status: refusal.status, reason: refusal.reason, headers, rows });
    }
    const transaction = this.#core.endpoint.open(incoming);
    transaction.respond(100, writeResponse(request, incoming.source, { status: 100 }));
    const call = this.#calls.take(incoming, transaction);
    this.#ringing.set(transaction, call);
    let isTaken = false;
    this.#core.guard(() => {
      this.#options.onInvite(call);
      isTaken = true;
    });
    if (!isTaken) call.reject(500);
  }

  /** Forgets which call an INVITE transaction began, once it has ended. */
  forget(transaction: ServerTransaction): void {
    this.#ringing.delete(transaction);
  }

  /** What no application could change about an INVITE. */
  #unfit(request: SipRequest): Refusal | null {
    // A B2BUA is a hop, so a call that has used up its hops must not pass it (RFC 7332 §5).
    if (Number(request.get("max-forwards") ?? 70) === 0) return { status: 483, reason: "Too Many Hops" };
    if (hasForeignBody(request)) return { status: 415, reason: "Unsupported Media Type" };
    return acceptsSdp(request) ? null : { status: 406, reason: "Not Acceptable" };
  }

  #notNow(incoming: Incoming): Refusal | null {
    if (this.isClosing) return { status: 503, reason: "Shutting Down", retryAfterS: 5 };
    let refusal: Refusal | null = null;
    this.#core.guard(() => { refusal = this.#options.admit?.(incoming.request, incoming.source) ?? null; });
    return refusal;
  }
}

/** A body that is not plain SDP (§8.2.3). */
function hasForeignBody(request: SipRequest): boolean {
  const encoding = request.get("content-encoding")?.toLowerCase() ?? "identity";
  return request.body.length > 0 && (request.sdp === null || encoding !== "identity");
}
