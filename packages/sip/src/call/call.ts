import type { Core, ReinviteResult } from "./core.ts";
import type { Credentials } from "../digest/digest.client.ts";
import type { Dialog } from "./dialog.ts";
import type { Incoming } from "../transaction/endpoint.ts";
import type { SipRequest } from "../message/message.ts";
import { Reinviter } from "./reinvite.ts";
import type { ServerTransaction } from "../transaction/transaction.server.ts";
import type { Timer } from "../transaction/timers.ts";
import { writeHeaders, writeResponse, type SipAddress } from "../message/write.ts";

/** How the application answers a re-INVITE; only the first call counts. */
export interface ReinviteReply { accept(sdp: string): void; reject(status: number, reason?: string): void }

/** What both kinds of call tell the application. None is called after `bye` or `reject` of our own. */
export interface CallHandlers {
  /** The caller gave up before the final answer; 487 is already sent. */
  onCancel?(): void;
  /** Our 2xx was acknowledged; SDP when the ACK carries the answer to an offer of ours (delayed offer). */
  onAck?(sdp: string | null): void;
  /** The far end ended the call; 200 is already sent. The text is its Reason header. */
  onBye?(reason: string | null): void;
  /** The far end wants other media; null asks us to offer. Without this handler it is told 488. */
  onReinvite?(sdp: string | null, reply: ReinviteReply): void;
  /** INFO of the far end, answered 200. */
  onInfo?(contentType: string, body: string): void;
  /** The stack gave the dialog up: no ACK came, the far end is gone or has forgotten the call. */
  onDead?(reason: "ack_timeout" | "transport" | "timeout"): void;
}

/** A 2xx of ours that waits for its ACK (§13.3.1.4). */
interface AwaitedAck { cseq: number; timer: Timer | null; onAck(request: SipRequest): void }

/** What happens inside a dialog, whoever began it: BYE, INFO, OPTIONS, re-INVITE, and 2xx until ACK. */
export abstract class Call<H extends CallHandlers = CallHandlers> {
  handlers: H = {} as H;
  protected readonly core: Core;
  protected dialog: Dialog | null = null;
  protected credentials: Credentials | null = null;
  protected isOver = false;
  protected awaited: AwaitedAck | null = null;
  readonly #reinviter: Reinviter;
  #byePending: { headers: Record<string, string> | undefined; done: (() => void)[] } | null = null;

  constructor(core: Core) {
    this.core = core;
    this.#reinviter = new Reinviter(core, { isConfirmed: () => this.isConfirmed, isAwaitingAck: () => this.awaited !== null, giveUp: () => this.die("timeout") });
  }

  /** Sets the handlers; call it at once, in the same turn the call came or was made. */
  handle(handlers: H): void {
    this.handlers = handlers;
  }

  /** Where the far end was last heard, or where it is being called; null before that is known. */
  get far(): SipAddress | null { return this.dialog?.peer ?? null; }

  /** Whether requests inside the dialog may be sent. */
  protected abstract get isConfirmed(): boolean;
  /** Records the end and tells nobody. */
  protected abstract markEnded(): void;

  /** Sends BYE; after our 200 and before its ACK it waits for the ACK (§15). Resolves when the far end has answered or never will. */
  protected hangUp(headers?: Record<string, string>): Promise<void> {
    return new Promise((done) => {
      if (this.isOver || !this.dialog) return done();
      this.handlers = {} as H; // the application has let go: a BYE that crosses ours is no news to it
      if (this.awaited) {
        if (this.#byePending) this.#byePending.done.push(done);
        else this.#byePending = { headers, done: [done] };
        return;
      }
      this.sendBye(headers, done);
    });
  }

  protected sendBye(headers?: Record<string, string>, done: () => void = () => undefined): void {
    const dialog = this.dialog!;
    this.finish();
    const bye = dialog.build("BYE", { rows: this.core.agentRow + writeHeaders(headers) });
    const end = (): void => {
      this.core.leave(dialog);
      done();
    };
    this.core.sendInDialog(dialog, bye, { onResponse: (response) => { if (response.status >= 200) end(); }, onFail: end }, this.credentials);
  }

  /** Stops everything that still ticks. The dialog stays known until `leave`, so that a crossing BYE gets its 200. */
  protected finish(): void {
    this.#reinviter.stop(); // first: an open re-INVITE of theirs is still answered 487 (§15.1.2)
    this.isOver = true;
    this.stopAwaiting();
    this.markEnded();
    for (const done of this.#byePending?.done ?? []) done();
    this.#byePending = null;
  }

  /** Gives the dialog up and says so. */
  protected die(reason: "ack_timeout" | "transport" | "timeout"): void {
    if (this.isOver) return;
    if (this.dialog) this.sendBye();
    else this.finish();
    this.core.guard(() => this.handlers.onDead?.(reason));
  }

  /** Offers other media inside the call. Glare is retried after the random wait of §14.1; never rejects. */
  reinvite(sdp: string): Promise<ReinviteResult> {
    return this.#reinviter.send(this.dialog, sdp, this.credentials);
  }

  /** Sends INFO; resolves to the status of the answer, 408 when there was none, 481 when there is no dialog. */
  info(contentType: string, body: string): Promise<number> {
    return this.#ask("INFO", { body, contentType });
  }

  /** Asks with OPTIONS whether the far end still knows the call; 481 and 408 end it with `onDead`. Resolves like `info`. */
  ping(): Promise<number> {
    return this.#ask("OPTIONS", {});
  }

  #ask(method: string, parts: { body?: string; contentType?: string }): Promise<number> {
    return new Promise((done) => {
      if (this.isOver || !this.dialog || !this.isConfirmed) return done(481);
      const request = this.dialog.build(method, { rows: this.core.agentRow, ...parts });
      this.core.sendInDialog(this.dialog, request, {
        onResponse: (response) => {
          if (response.status < 200) return;
          done(response.status);
          this.#reinviter.watch(response.status);
        },
        onFail: (reason) => {
          done(reason === "timeout" ? 408 : 503);
          this.#reinviter.watch(reason === "timeout" ? 408 : 503);
        },
      }, this.credentials);
    });
  }

  /** A request of the far end in this dialog. */
  receive(incoming: Incoming): void {
    const { request, source } = incoming;
    const dialog = this.dialog!;
    if (this.isOver && request.method !== "BYE") return this.core.endpoint.answer(incoming, { status: 481 });
    if (!dialog.takeSeq(request.cseq.number)) {
      return this.core.endpoint.answer(incoming, { status: 500, reason: "CSeq out of order" }); // §12.2.2
    }
    dialog.peer = source;
    const transaction = this.core.endpoint.open(incoming);
    const reply = (status: number, rows = ""): void => { this.reply(incoming, transaction, { status, rows }); };
    switch (request.method) {
      case "BYE": return this.#receiveBye(request, reply);
      case "INVITE": return this.#receiveReinvite(incoming, transaction);
      case "INFO":
        reply(200);
        return this.core.guard(() => this.handlers.onInfo?.(request.get("content-type") ?? "", request.text));
      case "OPTIONS": return reply(200, this.core.allowRow);
      default: return reply(405, this.core.allowRow);
    }
  }

  protected reply(incoming: Incoming, transaction: ServerTransaction, parts: { status: number; reason?: string | undefined; rows?: string; body?: string }): string {
    const text = writeResponse(incoming.request, incoming.source, { ...parts, rows: this.core.serverRow + (parts.rows ?? "") });
    transaction.respond(parts.status, text);
    return text;
  }

  #receiveBye(request: SipRequest, reply: (status: number) => void): void {
    reply(200);
    if (this.isOver) return;
    const dialog = this.dialog!;
    this.endedByPeer(request.get("reason") ?? null);
    this.core.leave(dialog);
  }

  protected endedByPeer(reason: string | null): void {
    this.finish();
    this.core.guard(() => this.handlers.onBye?.(reason));
  }

  #receiveReinvite(incoming: Incoming, transaction: ServerTransaction): void {
    const { request } = incoming;
    // §14.2: ours is in progress, or their last one is not settled yet.
    if (this.#reinviter.isBusy || this.awaited || !this.isConfirmed) {
      this.core.endpoint.env.count("glare");
      this.reply(incoming, transaction, { status: 491 });
      return;
    }
    this.reply(incoming, transaction, { status: 100 });
    const settle = this.#settleReinvite(incoming, transaction);
    const { handlers } = this;
    if (!handlers.onReinvite) return settle.reject(488);
    this.core.guard(() => handlers.onReinvite?.(request.sdp, settle));
  }

  #settleReinvite(incoming: Incoming, transaction: ServerTransaction): ReinviteReply {
    const { timers, values } = this.core.endpoint.env;
    const dialog = this.dialog!;
    const isPending = (): boolean => !this.isOver && transaction.state === "proceeding";
    const contact = this.core.contactRow(dialog.transport, null);
    const reject = (status: number, reason?: string): void => {
      timers.cancel(silence);
      this.#reinviter.theirs = null;
      if (isPending()) this.reply(incoming, transaction, { status, reason });
      this.#reinviter.resume();
    };
    // An application that never answers must not leave the far end hanging.
    const silence = timers.start(64 * values.t1, () => reject(500, "No decision"));
    this.#reinviter.theirs = { transaction, reject: () => reject(487) };
    const accept = (sdp: string): void => {
      if (!isPending()) return;
      timers.cancel(silence);
      this.#reinviter.theirs = null;
      dialog.retarget(incoming.request);
      const text = this.reply(incoming, transaction, { status: 200, rows: contact + this.core.allowRow, body: sdp });
      const hadOffer = incoming.request.sdp !== null;
      this.awaitAck(incoming.request.cseq.number, { transaction, text }, (ack) => {
        this.core.guard(() => this.handlers.onAck?.(hadOffer ? null : ack.sdp));
      });
    };
    return { accept, reject };
  }

  /** CANCEL of a re-INVITE that the application has not answered. */
  cancelReinvite(transaction: ServerTransaction): void {
    const { theirs } = this.#reinviter;
    if (theirs?.transaction === transaction) theirs.reject();
  }

  /** Repeats a 2xx from T1 doubling to T2 until its ACK comes, over any transport; BYE when it never does (§13.3.1.4, §14.2). */
  protected awaitAck(cseq: number, accepted: { transaction: ServerTransaction; text: string }, onAck: (request: SipRequest) => void): void {
    const { timers, values } = this.core.endpoint.env;
    const giveUpMs = timers.now() + 64 * values.t1;
    const awaited: AwaitedAck = { cseq, timer: null, onAck };
    const again = (ms: number): void => {
      awaited.timer = timers.start(ms, () => {
        if (timers.now() >= giveUpMs) {
          this.core.endpoint.env.count("ack_timeouts");
          this.stopAwaiting();
          return this.die("ack_timeout");
        }
        accepted.transaction.resendAccepted(accepted.text);
        again(Math.min(ms * 2, values.t2, Math.max(1, giveUpMs - timers.now())));
      });
    };
    this.awaited = awaited;
    again(values.t1);
  }

  protected stopAwaiting(): void {
    if (this.awaited) this.core.endpoint.env.timers.cancel(this.awaited.timer);
    this.awaited = null;
  }

  /** An ACK to a 2xx of ours; repeats of it find nothing to do. */
  receiveAck(ack: SipRequest): void {
    const { awaited } = this;
    if (!awaited || awaited.cseq !== ack.cseq.number) return;
    this.stopAwaiting();
    awaited.onAck(ack);
    const pending = this.#byePending;
    this.#byePending = null;
    if (pending && !this.isOver) this.sendBye(pending.headers, () => pending.done.forEach((done) => done()));
    else this.#reinviter.resume();
  }

  /** The stack closes: leaves without waiting. */
  abandon(): void {
    if (!this.isOver) this.finish();
    if (this.dialog) this.core.leave(this.dialog);
  }
}
