import type { SipResponse } from "../message/message.ts";
import { follower, writeRequest, type OutgoingRequest } from "./request.ts";
import type { Timer, Timers } from "./timers.ts";
import type { Transport } from "../transport/transport.ts";
import type { SipAddress } from "../message/write.ts";

/** RFC 3261 §17.1.1.1, table 4; milliseconds. */
export interface TimerValues { t1: number; t2: number; t4: number }
/** What RFC 3261 recommends. */
export const defaultTimerValues: TimerValues = { t1: 500, t2: 4000, t4: 5000 };

/** What transactions need from the world. */
export interface TransactionEnv {
  timers: Timers;
  values: TimerValues;
  count(name: string): void;
}

export interface ClientHandlers {
  /** Every response but retransmissions; after a 2xx to INVITE also each further 2xx (RFC 6026 §7.2). */
  onResponse: (response: SipResponse) => void;
  /** The transaction that carries the request, each time there is a new one. */
  onStart?: (transaction: ClientTransaction) => void;
  /** No final answer will come. */
  onFail: (reason: "timeout" | "transport") => void;
}

/** How a request is sent. `stream` is the transport for what is too large for a datagram, when there is one; `to` is then a datagram address. */
export interface ClientRoute { to: SipAddress; transport: Transport; branch?: string; stream?: Transport | null }

/** Told to whoever keeps the transactions. */
interface TransactionOwner {
  onEnd: () => void;
  /** The far end took no stream for a request that a datagram can hardly carry. */
  onNarrow?: () => void;
}

/** Bytes. */
const DATAGRAM_MOST = 1300;

type ClientState = "calling" | "trying" | "proceeding" | "accepted" | "completed" | "terminated";

/** INVITE and non-INVITE client transactions (RFC 3261 §17.1, RFC 6026). */
export class ClientTransaction {
  state: ClientState;
  readonly request: OutgoingRequest;
  readonly branch: string;
  /** Where it goes and how: a request too large for a datagram goes over a stream while there is one. */
  to: SipAddress;
  transport: Transport;
  /** The datagram way, for when the stream cannot be had. */
  #datagram: { to: SipAddress; transport: Transport } | null = null;
  readonly #env: TransactionEnv;
  readonly #onEnd: () => void;
  readonly #onNarrow: (() => void) | undefined;
  #handlers: ClientHandlers | null;
  #text: string;
  #retransmit: Timer | null = null;
  #deadline: Timer | null = null;

  constructor(env: TransactionEnv, request: OutgoingRequest, route: ClientRoute & { branch: string }, on: ClientHandlers & TransactionOwner) {
    this.state = request.method === "INVITE" ? "calling" : "trying";
    this.request = request;
    this.branch = route.branch;
    this.to = route.to;
    this.transport = route.transport;
    this.#env = env;
    this.#handlers = on;
    this.#onEnd = on.onEnd;
    this.#onNarrow = on.onNarrow;
    this.#text = writeRequest(request, this.#viaRow());
    if (route.stream && Buffer.byteLength(this.#text, request.encoding) > DATAGRAM_MOST) this.#widen(route.stream);
  }

  /** RFC 3261 §18.1.1: larger than 1300 bytes with an unknown path MTU goes over a congestion controlled transport. */
  #widen(stream: Transport): void {
    this.#datagram = { to: this.to, transport: this.transport };
    this.#take({ to: { ...this.to, proto: "tcp" }, transport: stream });
    this.#env.count("sent_by_stream");
  }

  /** The branch stays: whoever heard of the request after all takes what follows for a repeat. */
  #take(way: { to: SipAddress; transport: Transport }): void {
    this.to = way.to;
    this.transport = way.transport;
    this.#text = writeRequest(this.request, this.#viaRow());
  }

  /** The far end takes no streams: the request is tried as a datagram after all (§18.1.1, last paragraph), with timers of its own. */
  #narrow(way: { to: SipAddress; transport: Transport }): void {
    this.#datagram = null;
    this.#onNarrow?.();
    this.#env.count("stream_refused");
    this.#take(way);
    this.#stopTimers();
    this.start();
  }

  /** Nobody waits for the answer any more: a stream that cannot be had is then the end, and no datagram is tried. */
  relent(): void {
    this.#datagram = null;
  }

  /** Sends the request and starts timers A and B, or E and F. */
  start(): void {
    const { timers, values } = this.#env;
    this.#deadline = timers.start(64 * values.t1, () => this.fail("timeout"));
    if (!this.#isReliable) this.#retransmitIn(values.t1);
    this.#send();
  }

  get #isInvite(): boolean { return this.request.method === "INVITE"; }
  get #isReliable(): boolean { return this.to.proto === "tcp"; }

  #viaRow(): string {
    return `Via: SIP/2.0/${this.to.proto === "tcp" ? "TCP" : "UDP"} ${this.transport.sentBy};rport;branch=${this.branch}\r\n`;
  }

  #send(): void {
    const { transport } = this;
    transport.send(this.#text, this.to, this.request.encoding, () => {
      // Of an earlier way, or too late: whoever has begun to answer may go on over a stream of their own (§18.2.2).
      if (transport !== this.transport || (this.state !== "calling" && this.state !== "trying")) return;
      if (this.#datagram) this.#narrow(this.#datagram);
      else this.fail("transport");
    });
  }

  #retransmitIn(ms: number): void {
    this.#retransmit = this.#env.timers.start(ms, () => {
      this.#env.count("retransmitted");
      this.#send();
      const { t2 } = this.#env.values;
      // Timer A doubles without bound (§17.1.1.2); E up to T2, and is T2 once there was a 1xx (§17.1.2.2).
      if (this.state !== "terminated") this.#retransmitIn(this.#isInvite ? ms * 2 : this.state === "proceeding" ? t2 : Math.min(ms * 2, t2));
    });
  }

  receive(response: SipResponse): void {
    if (response.status < 200) return this.#provisional(response);
    if (this.state === "accepted" && response.status < 300) return this.#handlers?.onResponse(response);
    if (this.state === "completed" && this.#isInvite && response.status >= 300) return this.#ack(response);
    if (this.state !== "calling" && this.state !== "trying" && this.state !== "proceeding") return;
    this.#stopTimers();
    if (this.#isInvite) this.#finalOfInvite(response);
    else this.#finalOfOther(response);
  }

  #provisional(response: SipResponse): void {
    if (this.state === "calling") {
      this.#stopTimers();
      this.state = "proceeding";
    } else if (this.state === "trying") this.state = "proceeding";
    if (this.state === "proceeding") this.#handlers?.onResponse(response);
  }

  #finalOfInvite(response: SipResponse): void {
    const { t1 } = this.#env.values;
    const handlers = this.#handlers;
    if (response.status < 300) {
      this.state = "accepted";
      this.#endIn(64 * t1); // timer M: later 2xx of other forks still find us (RFC 6026 §7.2)
    } else {
      this.state = "completed";
      this.#ack(response);
      this.#handlers = null;
      this.#endIn(this.#isReliable ? 0 : 64 * t1); // timer D
    }
    this.#text = "";
    handlers?.onResponse(response);
  }

  #finalOfOther(response: SipResponse): void {
    const handlers = this.#handlers;
    this.state = "completed";
    this.#handlers = null;
    this.#text = "";
    this.#endIn(this.#isReliable ? 0 : this.#env.values.t4); // timer K
    handlers?.onResponse(response);
  }

  #ack(response: SipResponse): void {
    const ack = follower(this.request, "ACK", response.get("to"));
    this.transport.send(writeRequest(ack, this.#viaRow()), this.to, ack.encoding);
  }

  /** Gives up: the transport failed, time ran out, or the stack closes. */
  fail(reason: "timeout" | "transport"): void {
    if (this.state === "terminated" || this.state === "completed" || this.state === "accepted") return;
    const handlers = this.#handlers;
    this.#env.count(reason === "timeout" ? "transaction_timeout" : "transport_error");
    this.#end();
    handlers?.onFail(reason);
  }

  /** Forgets the transaction without a word to anyone. */
  abandon(): void {
    this.#end();
  }

  #stopTimers(): void {
    this.#env.timers.cancel(this.#retransmit);
    this.#env.timers.cancel(this.#deadline);
    this.#retransmit = this.#deadline = null;
  }

  #endIn(ms: number): void {
    if (ms === 0) this.#end();
    else this.#deadline = this.#env.timers.start(ms, () => this.#end());
  }

  #end(): void {
    if (this.state === "terminated") return;
    this.#stopTimers();
    this.state = "terminated";
    this.#handlers = null;
    this.#onEnd();
  }
}
