import { reinviteResult, type Core, type ReinviteResult } from "./core.ts";
import type { Credentials } from "../digest/digest.client.ts";
import type { Dialog } from "./dialog.ts";
import type { SipResponse } from "../message/message.ts";
import type { ClientTransaction } from "../transaction/transaction.client.ts";
import type { Timer } from "../transaction/timers.ts";
import type { ServerTransaction } from "../transaction/transaction.server.ts";

interface Owner { isConfirmed(): boolean; isAwaitingAck(): boolean; giveUp(): void }

const MOST_TRIES = 4;
/** A 1xx stops all timers of an INVITE (§17.1.1.2); one inside a call is not waited for longer than this. */
const PATIENCE_MS = 180_000;
const failed = (status: number, reason: string): ReinviteResult => ({ isAccepted: false, status, reason, sdp: null });

/** Our side of re-INVITE (RFC 3261 §14.1): one at a time, glare tried again after a random wait. */
export class Reinviter {
  /** A re-INVITE of the far end that the application is still thinking about. */
  theirs: { transaction: ServerTransaction; reject(): void } | null = null;
  readonly #core: Core;
  readonly #owner: Owner;
  /** Our INVITE while it has no final answer. */
  #sending: ClientTransaction | null = null;
  #isSending = false;
  #patience: Timer | null = null;
  #wait: Timer | null = null;
  /** Ours, held back until theirs is settled and acknowledged. */
  #queued: (() => void) | null = null;
  #settle: ((result: ReinviteResult) => void) | null = null;

  constructor(core: Core, owner: Owner) {
    this.#core = core;
    this.#owner = owner;
  }

  /** Whether an INVITE of either side is in progress. */
  get isBusy(): boolean { return this.#isSending || this.theirs !== null; }

  send(dialog: Dialog | null, sdp: string, credentials: Credentials | null): Promise<ReinviteResult> {
    if (!dialog || !this.#owner.isConfirmed()) return Promise.resolve(failed(481, "No dialog"));
    if (this.#settle) return Promise.resolve(failed(491, "Another re-INVITE is in progress"));
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#try({ dialog, sdp, credentials }, 1);
    });
  }

  #try(what: { dialog: Dialog; sdp: string; credentials: Credentials | null }, count: number): void {
    this.#wait = null;
    // Theirs goes first, and so does an unacknowledged 200 of ours: sending now would only be told 491.
    if (this.theirs || this.#owner.isAwaitingAck()) {
      this.#queued = () => this.#try(what, count);
      return;
    }
    const { dialog, sdp, credentials } = what;
    const core = this.#core;
    const rows = core.contactRow(dialog.transport, null) + core.allowRow + core.agentRow;
    this.#isSending = true;
    let ackAgain: (() => void) | null = null;
    const onResponse = (response: SipResponse): void => {
      if (response.status < 200) return;
      if (ackAgain) return ackAgain();
      this.#sent();
      if (response.status < 300) {
        dialog.retarget(response);
        ackAgain = core.sendAck(dialog, dialog.build("ACK", { cseq: response.cseq.number, rows: core.agentRow }));
      }
      if (!this.#settle) return; // the call has ended meanwhile
      if (response.status === 491 && count < MOST_TRIES) return this.#later(what, count);
      this.#done(reinviteResult(response));
      this.watch(response.status);
    };
    const onFail = (reason: "timeout" | "transport"): void => {
      this.#sent();
      this.#done(failed(reason === "timeout" ? 408 : 503, reason));
      this.#owner.giveUp();
    };
    const onStart = (transaction: ClientTransaction): void => { this.#sending = transaction; };
    core.sendInDialog(dialog, dialog.build("INVITE", { rows, body: sdp }), { onResponse, onFail, onStart }, credentials);
    this.#patience = core.endpoint.env.timers.start(PATIENCE_MS, () => {
      this.#sending?.abandon();
      this.#sent();
      this.#done(failed(408, "No final answer"));
    });
  }

  /** Theirs may be settled now: sends what was held back for it. */
  resume(): void {
    const queued = this.#queued;
    this.#queued = null;
    queued?.();
  }

  #sent(): void {
    this.#core.endpoint.env.timers.cancel(this.#patience);
    this.#patience = this.#sending = null;
    this.#isSending = false;
  }

  /** §14.1: whoever made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms. */
  #later(what: { dialog: Dialog; sdp: string; credentials: Credentials | null }, count: number): void {
    const steps = what.dialog.isCallIdOwner ? 210 + Math.floor(this.#core.random() * 191) : Math.floor(this.#core.random() * 201);
    this.#wait = this.#core.endpoint.env.timers.start(steps * 10, () => this.#try(what, count + 1));
  }

  /** 481 and 408 inside a dialog mean that the far end has lost it (§12.2.1.2). */
  watch(status: number): void {
    if (status === 481 || status === 408) this.#owner.giveUp();
  }

  #done(result: ReinviteResult): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(result);
  }

  /** The call ends under our INVITE. Its final answer, should it still come, is only acknowledged; if it was lost, nobody will repeat it. */
  #forsake(): void {
    const { timers, values } = this.#core.endpoint.env;
    const transaction = this.#sending;
    this.#sent();
    if (transaction) timers.start(64 * values.t1, () => { if (transaction.state === "proceeding") transaction.abandon(); });
  }

  stop(): void {
    this.#core.endpoint.env.timers.cancel(this.#wait);
    this.#wait = this.#queued = null;
    this.theirs?.reject();
    this.#forsake();
    this.#done(failed(487, "The call has ended"));
  }
}
