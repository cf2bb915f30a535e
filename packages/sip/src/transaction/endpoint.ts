import type { Problem, SipRequest, SipResponse } from "../message/message.ts";
import { parseMessage, type ParseLimits } from "../message/parse.ts";
import { newBranch, randomHex } from "./random.ts";
import { writeRequest, type OutgoingRequest } from "./request.ts";
import { ClientTransaction, type ClientHandlers, type ClientRoute, type TransactionEnv } from "./transaction.client.ts";
import { sendReply, ServerTransaction, type ReplyPath } from "./transaction.server.ts";
import { hostPort, type Transport } from "../transport/transport.ts";
import { checkRequest, hasUniqueBranch, isSoundResponse } from "../message/validate.ts";
import { writeResponse, type ResponseParts, type SipAddress } from "../message/write.ts";

/** A sound request that belongs to no transaction yet. */
export interface Incoming {
  request: SipRequest;
  source: SipAddress;
  transport: Transport;
  /** Transaction key (§17.2.3). */
  key: string;
}

export interface EndpointHandlers {
  onRequest(incoming: Incoming): void;
  /** An ACK that no transaction wanted: it acknowledges a 2xx. */
  onAck(request: SipRequest, source: SipAddress): void;
  /** The transport for requests that do not fit a datagram; null when there is none. */
  streamTo?(address: SipAddress): Transport | null;
  onTrace?(direction: "in" | "refused", detail: Record<string, unknown>): void;
}

const NO_STREAM_MS = 600_000;
const NO_STREAM_MOST = 1000;

/** Bytes to messages to transactions and back: RFC 3261 §17 and §18. Knows nothing of calls. */
export class Endpoint {
  readonly env: TransactionEnv;
  readonly #limits: ParseLimits;
  readonly #on: EndpointHandlers;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  /** Requests without To tag in progress, by what stays the same on every path (§8.2.2.2). */
  readonly #merge = new Map<string, string>();
  readonly #serverRow: string;
  /** Addresses that took no stream of late, until when they are not tried again: a firewall that says nothing costs seconds each time. */
  readonly #noStream = new Map<string, number>();

  constructor(env: TransactionEnv, limits: ParseLimits, serverRow: string, on: EndpointHandlers) {
    this.env = env;
    this.#limits = limits;
    this.#serverRow = serverRow;
    this.#on = on;
  }

  /** Transactions alive in any state. */
  get size(): number { return this.#clients.size + this.#servers.size; }

  /** Client transactions that still wait for an answer, and INVITE answers that wait for their ACK. */
  get unfinished(): number {
    let open = 0;
    for (const { state } of this.#clients.values()) if (state === "calling" || state === "trying" || state === "proceeding") open++;
    for (const { state, isInvite } of this.#servers.values()) if (state === "proceeding" || (isInvite && state === "completed")) open++;
    return open;
  }

  /** One whole message from a transport; false when it is not SIP at all. Never throws for what is in it. */
  receive(data: Buffer, source: SipAddress, transport: Transport): boolean {
    this.env.count("received");
    const message = parseMessage(data, this.#limits);
    if (!message) this.#drop("no start line", source);
    else if (message.kind === "response") this.#receiveResponse(message, source);
    else {
      const problem = checkRequest(message);
      if (problem) this.#refuse({ request: message, source, transport, key: "" }, problem);
      else this.#receiveRequest({ request: message, source, transport, key: serverKey(message) });
    }
    return message !== null;
  }

  #drop(why: string, source: SipAddress): void {
    this.env.count("malformed");
    this.#on.onTrace?.("refused", { why, from: source.host });
  }

  #receiveResponse(response: SipResponse, source: SipAddress): void {
    if (!isSoundResponse(response)) return this.#drop("unusable response", source);
    const transaction = this.#clients.get(response.via.branch + response.cseq.method);
    if (transaction) transaction.receive(response);
    else this.env.count("stray_responses");
  }

  #refuse(incoming: Incoming, problem: Problem): void {
    const { request, source } = incoming;
    this.#drop(problem.reason, source);
    // An ACK is never answered (§17); without a Via nobody could match the answer.
    if (request.method === "ACK" || request.get("via") === undefined) return;
    this.answer(incoming, { status: problem.status, reason: problem.reason });
  }

  #receiveRequest(incoming: Incoming): void {
    const { request, key } = incoming;
    const transaction = this.#servers.get(key);
    if (request.method === "ACK") {
      if (transaction) transaction.receiveAck();
      else this.#on.onAck(request, incoming.source);
    } else if (transaction) transaction.receiveAgain();
    else this.#on.onRequest(incoming);
  }

  /** The INVITE transaction a CANCEL speaks of (§9.2). */
  cancelled(cancel: Incoming): ServerTransaction | undefined {
    return this.#servers.get(serverKey(cancel.request, "INVITE"));
  }

  /** Whether the same request came here before by another path and is still in progress (§8.2.2.2). */
  isMerged(incoming: Incoming): boolean {
    if (incoming.request.to.tag !== null) return false;
    const first = this.#merge.get(mergeKey(incoming.request));
    return first !== undefined && first !== incoming.key;
  }

  /** Answers without keeping anything: for refusals that must stay cheap. The same request gets the same To tag again (§8.2.7). */
  answer(incoming: Incoming, parts: ResponseParts): void {
    const { request, source, transport } = incoming;
    if (parts.status >= 300) this.env.count(`refused_${parts.status}`);
    const toTag = parts.toTag ?? statelessTag(request);
    const text = writeResponse(request, source, { ...parts, toTag, rows: this.#serverRow + (parts.rows ?? "") });
    sendReply(replyPath(request, source, transport), text);
  }

  /** Starts the server transaction of a request. */
  open(incoming: Incoming): ServerTransaction {
    const { request, source, transport, key } = incoming;
    const path = replyPath(request, source, transport);
    const merge = request.to.tag === null ? mergeKey(request) : null;
    const transaction = new ServerTransaction(this.env, request.method === "INVITE", path, () => {
      this.#servers.delete(key);
      if (merge !== null) this.#merge.delete(merge);
    });
    this.#servers.set(key, transaction);
    if (merge !== null) this.#merge.set(merge, key);
    return transaction;
  }

  /** Sends a request in a transaction of its own. */
  request(request: OutgoingRequest, route: ClientRoute, on: ClientHandlers): ClientTransaction {
    const branch = route.branch ?? newBranch();
    const key = branch + request.method;
    const transaction = new ClientTransaction(this.env, request, { ...route, branch, stream: this.#streamTo(route.to) }, {
      onResponse: on.onResponse, onFail: on.onFail, onEnd: () => this.#clients.delete(key), onNarrow: () => this.#noteNoStream(route.to),
    });
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  #streamTo(to: SipAddress): Transport | null {
    if (to.proto !== "udp") return null;
    const untilMs = this.#noStream.get(hostPort(to.host, to.port));
    if (untilMs !== undefined && untilMs > this.env.timers.now()) return null;
    return this.#on.streamTo?.({ ...to, proto: "tcp" }) ?? null;
  }

  #noteNoStream(to: SipAddress): void {
    if (this.#noStream.size >= NO_STREAM_MOST) this.#noStream.clear();
    this.#noStream.set(hostPort(to.host, to.port), this.env.timers.now() + NO_STREAM_MS);
  }

  /** Sends an ACK to a 2xx: it has a branch of its own and no transaction (§13.2.2.4). Returns its text for repeats. */
  sendAck(request: OutgoingRequest, route: ClientRoute): string {
    const { to, transport } = route;
    const via = `Via: SIP/2.0/${to.proto === "tcp" ? "TCP" : "UDP"} ${transport.sentBy};rport;branch=${newBranch()}\r\n`;
    const text = writeRequest(request, via);
    transport.send(text, to, request.encoding);
    return text;
  }

  close(): void {
    // Deleting from a map while walking it is safe; nothing is added, the stack is closing.
    for (const transaction of this.#clients.values()) transaction.fail("transport");
    for (const transaction of this.#clients.values()) transaction.abandon();
    for (const transaction of this.#servers.values()) transaction.end();
  }
}

/**
 * Server transaction key (§17.2.3): branch, sent-by and method when the branch is one RFC 3261 promises; otherwise
 * what RFC 2543 left us. ACK and CANCEL look for the INVITE.
 */
function serverKey(request: SipRequest, method = request.method === "ACK" ? "INVITE" : request.method): string {
  const { via } = request;
  if (hasUniqueBranch(via)) return `${via.branch}|${via.host}:${via.port ?? ""}|${method}`;
  return `${request.callId}|${request.cseq.number}|${request.from.tag ?? ""}|${request.uriText}|${via.text}|${method}`;
}

const mergeKey = (request: SipRequest): string => `${request.callId}|${request.cseq.number}|${request.from.tag ?? ""}|${request.method}`;

/** Responses go back where the request came from: over its connection, or to its address and the port it asked for (§18.2.2, RFC 3581). maddr is ignored on purpose: it would let a stranger aim our answers. */
function replyPath(request: SipRequest, source: SipAddress, transport: Transport): ReplyPath {
  const { encoding } = request;
  const via = request.peekVia();
  const sentBy: SipAddress = { ...source, port: via?.port ?? 5060 };
  if (source.proto === "tcp") return { transport, to: source, elsewhere: sentBy, encoding };
  return { transport, to: !via || via.params.has("rport") ? source : sentBy, elsewhere: null, encoding };
}

const secret = randomHex(8);

/** A To tag that is the same each time the request is repeated, without remembering it. */
function statelessTag(request: SipRequest): string {
  const text = `${secret}${request.get("via") ?? ""}${request.get("call-id") ?? ""}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return secret.slice(0, 6) + (hash >>> 0).toString(16);
}
