import type { InboundCall } from "./call/call.inbound.ts";
import type { OutboundCall } from "./call/call.outbound.ts";
import type { LogLevel } from "./call/core.ts";
import type { Credentials } from "./digest/digest.client.ts";
import type { SipRequest, SipResponse } from "./message/message.ts";
import type { ParseLimits } from "./message/parse.ts";
import type { TimerValues } from "./transaction/transaction.client.ts";
import type { TcpLimits } from "./transport/transport.tcp.ts";
import type { Proto, SipAddress } from "./message/write.ts";

/** Header values by name; a list is as many rows, in its order. */
export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** A request outside any dialog that the application answers; only the first answer is sent. */
export interface ServerRequest {
  request: SipRequest;
  source: SipAddress;
  respond: (status: number, reason?: string, headers?: Headers, body?: { type: string; text: string }) => void;
}

/** A refusal made before anything is kept about the call. */
export interface Refusal { status: number; reason: string; retryAfterS?: number }

export interface StackOptions {
  /** At least one; port 0 picks a free one (see `SipStack.addresses`). */
  listen: { proto: Proto; host: string; port: number }[];
  /** Host for Via and Contact; default the listen host, or the first address of the machine when that is a wildcard. */
  advertise?: string;
  /** For User-Agent and Server; default neither. */
  userAgent?: string;
  /** Milliseconds of a monotonic clock; for tests. */
  now?: () => number;
  /** Runs `wake` once after `delayMs`, returns how to call it off; for tests. */
  setTimer?: (wake: () => void, delayMs: number) => () => void;
  /** [0, 1); decides the waits after 491; for tests. */
  random?: () => number;
  /** T1, T2 and T4 in milliseconds (RFC 3261 table 4). */
  timers?: Partial<TimerValues>;
  /** Sizes of messages; default `defaultLimits`. */
  limits?: Partial<ParseLimits>;
  /** Default `defaultTcpLimits`. */
  tcp?: Partial<TcpLimits>;
  /** New requests outside dialogs that one address may send in a second; more are told 503 with Retry-After. Default: no limit. */
  floodPerS?: number;
  /** Option tags that may stand in Require; default none. */
  supported?: readonly string[];
  /** A new call, after 100 was sent. */
  onInvite: (call: InboundCall) => void;
  /** Default: 405. */
  onRegister?: (request: ServerRequest) => void;
  /** Default: 200 with Allow and Accept. */
  onOptions?: (request: ServerRequest) => void;
  /** Other requests outside dialogs (MESSAGE, SUBSCRIBE…). Default: 405, or 501 for methods nobody knows. */
  onRequest?: (request: ServerRequest) => void;
  /** Asked once before a new INVITE costs anything. A refusal is sent without a transaction; repeats of that INVITE are refused alike, whatever would be said now. */
  admit?: (request: SipRequest, source: SipAddress) => Refusal | null;
  log?: (level: LogLevel, message: string, fields: Record<string, unknown>) => void;
}

export interface InviteOptions {
  /** Whom to call: a `sip:` URI, also the next hop unless `route` or `destination` says otherwise. Another scheme fails with 416, an address that cannot be found with 503. */
  uri: string;
  /** name-addr; a tag in it is left out. Its user part stands in our Contact. */
  from: string;
  /** name-addr; default the URI. */
  to?: string;
  /** The offer. */
  sdp: string;
  /** Further rows; Max-Forwards replaces the 70 there would be. */
  headers?: Record<string, string>;
  /** Route values to begin with, e.g. "<sip:proxy.example.org;lr>". */
  route?: string[];
  /** Answers a 401 or 407, once, and once more when the nonce was stale. */
  credentials?: Credentials;
  /** Cancelled when not answered by then, told as 408. Default 180 000. */
  ringTimeoutMs?: number;
  /** Next hop of the INVITE in place of what the URI or the first Route says. */
  destination?: SipAddress;
  /** With `destination`: ACK, BYE and all later requests go there too, as phones behind NAT need it. */
  isDestinationSticky?: boolean;
}

/** A request outside dialogs: REGISTER, OPTIONS, MESSAGE… */
export interface RequestOptions {
  method: string;
  /** Request-URI; also the next hop unless `destination` says otherwise. */
  uri: string;
  /** Further rows. Contact is ours unless given; Max-Forwards replaces the 70 there would be. */
  headers?: Record<string, string>;
  body?: string;
  /** Of the body; default application/sdp. */
  contentType?: string;
  /** Answers a 401 or 407, once, and once more when the nonce was stale. */
  credentials?: Credentials;
  /** name-addr; default `to`, as in REGISTER, or else our own address. */
  from?: string;
  /** name-addr; default the URI. */
  to?: string;
  /** Next hop in place of what the URI says. */
  destination?: SipAddress;
}

export interface SipStack {
  /** Where the stack listens, with real ports, in the order of `listen`. */
  readonly addresses: SipAddress[];
  /** Counts since the start, never down: received, sent, malformed, retransmitted, refused_503, late_answers… One that never happened may be absent. */
  readonly counters: Readonly<Record<string, number>>;
  /** Calls at once; what happens comes to the handlers set in the same turn. */
  invite(options: InviteOptions): OutboundCall;
  /** Sends a request outside dialogs. Resolves to its final answer, after answering one challenge; 408 and 503 are made here when none comes. */
  request(options: RequestOptions): Promise<SipResponse>;
  /** Calls that have not ended. */
  liveDialogs(): number;
  /** Calls this IP address made to us that have not ended; those in state `accepted` lack their ACK. What `admit` needs to share lines out. */
  callsFrom(host: string): ReadonlySet<InboundCall>;
  /** Refuses new calls, ends live ones, waits up to `graceMs` (default 1000) for the far ends, closes the sockets. */
  close(graceMs?: number): Promise<void>;
}
