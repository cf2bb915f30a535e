import type { Timer } from "./timers.ts";
import type { TransactionEnv } from "./transaction.client.ts";
import type { Transport } from "../transport/transport.ts";
import type { SipAddress } from "../message/write.ts";

type ServerState = "trying" | "proceeding" | "accepted" | "completed" | "confirmed" | "terminated";

/** Where responses go and how they are written. */
export interface ReplyPath {
  transport: Transport;
  to: SipAddress;
  /** Where responses go when the stream to `to` has closed (§18.2.2); null for datagrams. */
  elsewhere: SipAddress | null;
  encoding: "utf8" | "latin1";
}

/** Sends a response over the connection its request came on, or over a new one when that has closed. */
export function sendReply(path: ReplyPath, text: string): void {
  const { transport, to, elsewhere, encoding } = path;
  transport.send(text, elsewhere && !transport.isConnected(to) ? elsewhere : to, encoding);
}

/** INVITE and non-INVITE server transactions (RFC 3261 §17.2, RFC 6026). */
export class ServerTransaction {
  state: ServerState;
  readonly isInvite: boolean;
  /** For INVITE: the final answer of 300 and above was never ACKed (timer H). */
  onAckTimeout: (() => void) | null = null;
  readonly #env: TransactionEnv;
  readonly #path: ReplyPath;
  readonly #onEnd: () => void;
  #last = "";
  #retransmit: Timer | null = null;
  #deadline: Timer | null = null;

  constructor(env: TransactionEnv, isInvite: boolean, path: ReplyPath, onEnd: () => void) {
    this.#env = env;
    this.isInvite = isInvite;
    this.#path = path;
    this.#onEnd = onEnd;
    this.state = isInvite ? "proceeding" : "trying";
    // A request that nobody answers must not live for ever; its sender gives up at 64·T1 (timer F).
    if (!isInvite) this.#endIn(64 * env.values.t1);
  }

  get #isReliable(): boolean { return this.#path.to.proto === "tcp"; }

  /** The same request again: repeats the last answer, or absorbs it. */
  receiveAgain(): void {
    this.#env.count("request_retransmissions");
    // In "accepted" the 2xx is repeated by the core, on its own clock (RFC 6026 §7.1).
    if (this.#last !== "" && (this.state === "proceeding" || this.state === "completed")) this.#resend();
  }

  /** The ACK to an answer of 300 and above (§17.2.1). */
  receiveAck(): void {
    if (this.state !== "completed" || !this.isInvite) return;
    this.#stopTimers();
    this.state = "confirmed";
    this.#last = "";
    this.#endIn(this.#isReliable ? 0 : this.#env.values.t4); // timer I
  }

  /** Sends a response; false when the transaction has already had its final one. */
  respond(status: number, text: string): boolean {
    if (this.state !== "trying" && this.state !== "proceeding") return false;
    this.#last = text;
    this.#resend();
    if (status < 200) {
      this.state = "proceeding";
      return true;
    }
    this.#stopTimers();
    if (this.isInvite) this.#finalOfInvite(status);
    else {
      this.state = "completed";
      this.#endIn(this.#isReliable ? 0 : 64 * this.#env.values.t1); // timer J
    }
    return true;
  }

  /** Repeats a 2xx to INVITE that the core has not seen ACKed (§13.3.1.4). */
  resendAccepted(text: string): void {
    this.#env.count("retransmitted");
    sendReply(this.#path, text);
  }

  #finalOfInvite(status: number): void {
    const { t1 } = this.#env.values;
    if (status < 300) {
      this.state = "accepted";
      this.#last = "";
      this.#endIn(64 * t1); // timer L
      return;
    }
    this.state = "completed";
    if (!this.#isReliable) this.#retransmitIn(t1); // timer G
    this.#deadline = this.#env.timers.start(64 * t1, () => { // timer H
      const report = this.onAckTimeout;
      this.end();
      report?.();
    });
  }

  #resend(): void {
    sendReply(this.#path, this.#last);
  }

  #retransmitIn(ms: number): void {
    this.#retransmit = this.#env.timers.start(ms, () => {
      this.#env.count("retransmitted");
      this.#resend();
      this.#retransmitIn(Math.min(ms * 2, this.#env.values.t2));
    });
  }

  #stopTimers(): void {
    this.#env.timers.cancel(this.#retransmit);
    this.#env.timers.cancel(this.#deadline);
    this.#retransmit = this.#deadline = null;
  }

  #endIn(ms: number): void {
    if (ms === 0) this.end();
    else this.#deadline = this.#env.timers.start(ms, () => this.end());
  }

  end(): void {
    if (this.state === "terminated") return;
    this.#stopTimers();
    this.state = "terminated";
    this.#last = "";
    this.#onEnd();
  }
}
