import { Call } from "./call.ts";
import type { Core } from "./core.ts";
import { dialogOfRequest } from "./dialog.ts";
import type { Incoming } from "../transaction/endpoint.ts";
import type { NameAddr } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import { newTag } from "../transaction/random.ts";
import type { Timer } from "../transaction/timers.ts";
import type { ServerTransaction } from "../transaction/transaction.server.ts";
import type { SipUri } from "../message/uri.ts";
import { writeHeaders, writeResponse, type SipAddress } from "../message/write.ts";

export type InboundState = "incoming" | "early" | "accepted" | "confirmed" | "ended";

/** §13.3.1.1: proxies give a silent call up after three minutes, so ringing is said again each minute. */
const RING_AGAIN_MS = 60_000;

/** A call somebody makes to us: the server side of INVITE (RFC 3261 §13.3). */
export class InboundCall extends Call {
  state: InboundState = "incoming";
  /** Unique: Call-ID and our tag. */
  readonly id: string;
  readonly request: SipRequest;
  readonly from: NameAddr;
  readonly to: NameAddr;
  /** Request-URI: what was dialled. */
  readonly uri: SipUri;
  readonly source: SipAddress;
  /** The offer; null when the caller wants us to offer in the 200. */
  readonly sdp: string | null;
  readonly #transaction: ServerTransaction;
  readonly #localTag: string;
  #ringing: Timer | null = null;
  #expiry: Timer | null = null;
  readonly #onEnd: (call: InboundCall) => void;

  /** Made by the stack, which has sent 100 and opened the transaction. */
  constructor(core: Core, incoming: Incoming, transaction: ServerTransaction, onEnd: (call: InboundCall) => void) {
    super(core);
    const { request, source, transport } = incoming;
    this.#localTag = newTag();
    this.#transaction = transaction;
    this.#onEnd = onEnd;
    this.request = request;
    this.from = request.from;
    this.to = request.to;
    this.uri = request.uri;
    this.source = source;
    this.sdp = request.sdp;
    this.id = `${request.callId};${this.#localTag}`;
    this.dialog = dialogOfRequest(request, { source, transport, localTag: this.#localTag });
    core.join(this.dialog, this);
    transaction.onAckTimeout = () => core.endpoint.env.count("ack_timeouts");
    this.#watchExpires();
  }

  /** Expires of an INVITE limits how long it may ring (§13.3.1). */
  #watchExpires(): void {
    const seconds = Number(this.request.get("expires") ?? NaN);
    if (!(seconds > 0) || seconds > 3600) return;
    this.#expiry = this.core.endpoint.env.timers.start(seconds * 1000, () => this.cancelled());
  }

  protected get isConfirmed(): boolean { return this.state === "confirmed"; }
  get #isOpen(): boolean { return this.state === "incoming" || this.state === "early"; }

  protected markEnded(): void {
    this.state = "ended";
    this.#stopRinging();
    this.#onEnd(this);
  }

  #stopRinging(): void {
    const { timers } = this.core.endpoint.env;
    timers.cancel(this.#ringing);
    timers.cancel(this.#expiry);
    this.#ringing = this.#expiry = null;
  }

  #write(status: number, parts: { reason?: string | undefined; rows?: string; body?: string } = {}): string {
    return writeResponse(this.request, this.source, { status, toTag: this.#localTag, ...parts, rows: this.core.serverRow + (parts.rows ?? "") });
  }

  /** Says that it rings: 180, or 183 with SDP for early media. May be called again. */
  ring(sdp?: string): void {
    if (!this.#isOpen) return;
    this.state = "early";
    const rows = this.core.contactRow(this.dialog!.transport, this.uri.user);
    const status = sdp === undefined ? 180 : 183;
    const text = this.#write(status, { rows, body: sdp ?? "" });
    this.#transaction.respond(status, text);
    this.#ringAgain(status, text);
  }

  #ringAgain(status: number, text: string): void {
    const { timers } = this.core.endpoint.env;
    timers.cancel(this.#ringing);
    this.#ringing = timers.start(RING_AGAIN_MS, () => {
      this.#transaction.respond(status, text);
      this.#ringAgain(status, text);
    });
  }

  /** Answers 200 with our SDP, repeated until the ACK comes. Without effect once the call has a final answer. */
  accept(sdp: string, headers?: Record<string, string>): void {
    if (!this.#isOpen) return;
    this.#stopRinging();
    this.state = "accepted";
    const { core } = this;
    const rows = core.contactRow(this.dialog!.transport, this.uri.user) + core.allowRow + writeHeaders(headers);
    const text = this.#write(200, { rows, body: sdp });
    this.#transaction.respond(200, text);
    this.awaitAck(this.request.cseq.number, { transaction: this.#transaction, text }, (ack) => {
      this.state = "confirmed";
      core.guard(() => this.handlers.onAck?.(this.sdp === null ? ack.sdp : null));
    });
  }

  /** Refuses with a final status of 300 to 699. Without effect once the call has a final answer. */
  reject(status: number, reason?: string, headers?: Record<string, string>): void {
    if (!this.#isOpen) return;
    const final = status >= 300 && status <= 699 ? status : 500;
    const text = this.#write(final, { reason, rows: writeHeaders(headers) });
    this.#transaction.respond(final, text);
    this.abandon();
  }

  /** CANCEL came, or Expires ran out: 487 and the end. False when a final answer was sent before (§9.2). */
  cancelled(): boolean {
    if (!this.#isOpen) return false;
    this.reject(487);
    this.core.guard(() => this.handlers.onCancel?.());
    return true;
  }

  /** The To tag of our answers, which the 200 to CANCEL should share (§9.2). */
  get localTag(): string { return this.#localTag; }

  /** Ends the call: BYE once it is answered, 480 before. Resolves when the far end has answered or never will. */
  bye(headers?: Record<string, string>): Promise<void> {
    if (this.#isOpen) this.reject(480);
    return this.hangUp(headers);
  }

  /** BYE in an early dialog (§15): the INVITE is answered 487 as well. */
  protected override endedByPeer(reason: string | null): void {
    if (this.#isOpen) this.cancelled();
    else super.endedByPeer(reason);
  }
}
