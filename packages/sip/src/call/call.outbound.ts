import { Call, type CallHandlers } from "./call.ts";
import type { Core } from "./core.ts";
import { dialogOfResponse, type Dialog } from "./dialog.ts";
import { answerChallenge, isStaleChallenge, type Credentials } from "../digest/digest.client.ts";
import type { SipResponse } from "../message/message.ts";
import { follower, type OutgoingRequest } from "../transaction/request.ts";
import type { Timer } from "../transaction/timers.ts";
import type { ClientTransaction } from "../transaction/transaction.client.ts";
import type { Transport } from "../transport/transport.ts";
import { oneLine, reasonOf, type SipAddress } from "../message/write.ts";

export type OutboundState = "calling" | "ringing" | "cancelling" | "confirmed" | "ended";

export interface OutboundHandlers extends CallHandlers {
  /** 180, 183…; SDP when it carries early media. Each fork may ring. */
  onRinging?(status: number, sdp: string | null): void;
  /** Answered; the ACK is already sent. */
  onAccepted?(sdp: string, response: SipResponse): void;
  /** No call: any final answer but 2xx, 408 and 503 of our own making, 487 after `cancel`. Exactly one of onAccepted and onFailed is called. The response is null when none came; of a 3xx it has the Contacts to try. */
  onFailed?(status: number, reason: string, response: SipResponse | null): void;
}

/** What `SipStack.invite` has prepared. */
export interface Outgoing {
  invite: OutgoingRequest;
  localTag: string;
  transport: Transport;
  credentials: Credentials | null;
  /** All requests of the call go here, not only the INVITE. */
  isSticky: boolean;
  ringTimeoutMs: number;
}

const MOST_CHALLENGES = 3;

/** A call of ours: the client side of INVITE (RFC 3261 §13.2), forks included. */
export class OutboundCall extends Call<OutboundHandlers> {
  state: OutboundState = "calling";
  readonly id: string;
  readonly #outgoing: Outgoing;
  readonly #onEnd: (call: OutboundCall) => void;
  readonly #early = new Map<string, Dialog>();
  /** ACKs by remote tag, to be repeated when a 2xx is. */
  readonly #acks = new Map<string, () => void>();
  #earlySdp: string | null = null;
  #transaction: ClientTransaction | null = null;
  #to: SipAddress | null = null;
  #invite: OutgoingRequest;
  #challenges = 0;
  /** Credentials of the INVITE, which its ACK repeats (§22.1). */
  #authRow = "";
  #hasProvisional = false;
  #isCancelSent = false;
  #isSettled = false;
  /** Why we cancel; set once `cancel` was called or the ringing took too long. */
  #giveUp: { status: number; reason: string; header: string | undefined } | null = null;
  #timer: Timer | null = null;

  constructor(core: Core, outgoing: Outgoing, onEnd: (call: OutboundCall) => void) {
    super(core);
    this.#outgoing = outgoing;
    this.#invite = outgoing.invite;
    this.#onEnd = onEnd;
    this.credentials = outgoing.credentials;
    this.id = `${outgoing.invite.callId};${outgoing.localTag}`;
  }

  override get far(): SipAddress | null { return super.far ?? this.#to; }
  protected get isConfirmed(): boolean { return this.state === "confirmed"; }

  protected markEnded(): void {
    this.state = "ended";
    this.core.endpoint.env.timers.cancel(this.#timer);
    this.#timer = null;
    this.#forgetEarly();
    this.#onEnd(this);
  }

  /** Sends the INVITE; null means that the address could not be found. */
  start(to: SipAddress | null): void {
    if (this.isOver) return;
    if (!to) return this.#fail(503, "Destination unknown");
    if (this.#giveUp) return this.#fail(this.#giveUp.status, this.#giveUp.reason);
    this.#to = to;
    this.#send();
    this.#timer = this.core.endpoint.env.timers.start(this.#outgoing.ringTimeoutMs, () => this.#startCancel(408, reasonOf(408)));
  }

  #send(): void {
    const route = { to: this.#to!, transport: this.#outgoing.transport };
    const cseq = this.#invite.cseq;
    this.#hasProvisional = false;
    this.#transaction = this.core.endpoint.request(this.#invite, route, {
      onResponse: (response) => this.#receiveResponse(response, cseq),
      onFail: (reason) => {
        if (this.#giveUp) return this.#fail(this.#giveUp.status, this.#giveUp.reason);
        this.#fail(reason === "timeout" ? 408 : 503, reason === "timeout" ? reasonOf(408) : "Transport failed");
      },
    });
  }

  /** Refused before anything was sent (no transport, no usable URI); told in a later turn, when the handlers are set. */
  refuse(status: number, reason: string): void {
    queueMicrotask(() => this.#fail(status, reason));
  }

  #receiveResponse(response: SipResponse, cseq: number): void {
    if (response.status < 200) return this.#receiveProvisional(response);
    if (response.status < 300) return this.#receiveAccepted(response, cseq);
    if (this.isOver) return;
    if ((response.status === 401 || response.status === 407) && this.#answerChallenge(response)) return;
    if (this.#giveUp) this.#fail(this.#giveUp.status, this.#giveUp.reason);
    else this.#fail(response.status, response.reason || reasonOf(response.status), response);
  }

  #receiveProvisional(response: SipResponse): void {
    if (this.isOver) return;
    this.#hasProvisional = true;
    if (this.#giveUp) return this.#sendCancel();
    if (response.status === 100) return;
    const tag = response.to.tag;
    if (tag !== null && !this.#early.has(tag)) {
      const dialog = this.#dialogOf(response);
      this.#early.set(tag, dialog);
      this.core.join(dialog, this);
    }
    this.state = "ringing";
    this.#earlySdp = response.sdp ?? this.#earlySdp;
    this.core.guard(() => this.handlers.onRinging?.(response.status, response.sdp));
  }

  #dialogOf(response: SipResponse): Dialog {
    const { transport, localTag, isSticky } = this.#outgoing;
    const dialog = dialogOfResponse(this.#invite, response, { peer: this.#to!, transport, localTag });
    if (isSticky) dialog.flow = this.#to;
    return dialog;
  }

  /** The first 2xx makes the call; those of other forks, and those that come after we gave up, are ACKed and hung up (§13.2.2.4). */
  #receiveAccepted(response: SipResponse, cseq: number): void {
    const tag = response.to.tag ?? "";
    const known = this.#acks.get(tag);
    if (known) return known();
    // The early dialog of this fork becomes the dialog, but its route set is that of the 2xx (§13.2.2.4).
    const dialog = this.#dialogOf(response);
    dialog.remoteSeq = this.#early.get(tag)?.remoteSeq ?? null;
    const ackAgain = this.core.sendAck(dialog, dialog.build("ACK", { cseq, rows: this.core.agentRow + this.#authRow }));
    this.#acks.set(tag, ackAgain);
    const sdp = response.sdp ?? this.#earlySdp;
    if (this.isOver || this.#isSettled || this.#giveUp || sdp === null) return this.#hangUpFork(dialog, sdp);
    this.#forgetEarly();
    this.#settleTimers();
    this.dialog = dialog;
    this.core.join(dialog, this);
    this.state = "confirmed";
    this.#isSettled = true;
    this.core.guard(() => this.handlers.onAccepted?.(sdp, response));
  }

  #hangUpFork(dialog: Dialog, sdp: string | null): void {
    this.core.endpoint.env.count("late_answers");
    const bye = dialog.build("BYE", { rows: this.core.agentRow });
    this.core.sendInDialog(dialog, bye, { onResponse: () => undefined, onFail: () => undefined }, this.credentials);
    if (this.#isSettled || this.isOver) return;
    if (this.#giveUp) this.#fail(this.#giveUp.status, this.#giveUp.reason);
    else if (sdp === null) this.#fail(488, "Answer without SDP");
  }

  #answerChallenge(response: SipResponse): boolean {
    const { credentials } = this.#outgoing;
    if (!credentials || this.#giveUp || this.#challenges >= MOST_CHALLENGES) return false;
    if (this.#challenges > 0 && !isStaleChallenge(response)) return false;
    const row = answerChallenge(response, this.#invite, credentials);
    if (row === null) return false;
    this.#challenges++;
    const { invite } = this.#outgoing;
    this.#authRow = row;
    this.#invite = { ...invite, cseq: this.#invite.cseq + 1, rows: invite.rows + row };
    this.#forgetEarly();
    this.#send();
    return true;
  }

  /** Gives the call up before it is answered. The INVITE is cancelled once the far end has shown a sign of life (§9.1). */
  cancel(reason?: string): void {
    this.#startCancel(487, reasonOf(487), reason);
  }

  #startCancel(status: number, reason: string, header?: string): void {
    if (this.isOver || this.#isSettled || this.#giveUp) return;
    this.#giveUp = { status, reason, header };
    this.state = "cancelling";
    this.#transaction?.relent();
    if (!this.#transaction) queueMicrotask(() => this.#fail(status, reason));
    else if (this.#hasProvisional) this.#sendCancel();
  }

  #sendCancel(): void {
    const transaction = this.#transaction!;
    if (this.#isCancelSent || transaction.state !== "proceeding") return;
    this.#isCancelSent = true;
    const header = this.#giveUp?.header;
    const rows = this.core.agentRow + (header === undefined ? "" : `Reason: ${oneLine(header)}\r\n`);
    const { to, transport, branch } = transaction;
    const ignore = (): void => undefined;
    this.core.endpoint.request({ ...follower(this.#invite, "CANCEL"), rows }, { to, transport, branch }, { onResponse: ignore, onFail: ignore });
    // §9.1: when no final answer follows the CANCEL, the INVITE is considered ended after 64·T1.
    const { timers, values } = this.core.endpoint.env;
    timers.cancel(this.#timer);
    this.#timer = timers.start(64 * values.t1, () => {
      transaction.abandon();
      this.#fail(this.#giveUp!.status, this.#giveUp!.reason);
    });
  }

  #settleTimers(): void {
    this.core.endpoint.env.timers.cancel(this.#timer);
    this.#timer = null;
  }

  #forgetEarly(): void {
    for (const dialog of this.#early.values()) this.core.leave(dialog);
    this.#early.clear();
  }

  #fail(status: number, reason: string, response: SipResponse | null = null): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (!this.isOver) this.finish();
    this.core.guard(() => this.handlers.onFailed?.(status, reason, response));
  }

  /** Ends the call: BYE once it is answered, CANCEL before. Resolves when the far end has answered or never will. */
  bye(headers?: Record<string, string>): Promise<void> {
    if (this.#isSettled) return this.hangUp(headers);
    this.cancel();
    return Promise.resolve();
  }

  /** A request in a dialog that is only early: BYE of one fork ends that fork, nothing else is done there. */
  override receive(incoming: Parameters<Call["receive"]>[0]): void {
    if (this.dialog) return super.receive(incoming);
    const { endpoint } = this.core;
    const transaction = endpoint.open(incoming);
    this.reply(incoming, transaction, { status: incoming.request.method === "INVITE" ? 491 : incoming.request.method === "INFO" ? 481 : 200 });
  }

  override abandon(): void {
    if (!this.#isSettled) this.#fail(503, "Shutting down");
    super.abandon();
  }
}
