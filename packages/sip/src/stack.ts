import { networkInterfaces } from "node:os";
import { InboundCall } from "./call/call.inbound.ts";
import { OutboundCall } from "./call/call.outbound.ts";
import type { Core, DialogUser, LogLevel } from "./call/core.ts";
import { answerChallenge, isStaleChallenge, type Credentials } from "./digest/digest.client.ts";
import { dialogKey, isUsableTarget, type Dialog } from "./call/dialog.ts";
import { Endpoint } from "./transaction/endpoint.ts";
import { SipResponse, type SipRequest } from "./message/message.ts";
import { defaultLimits } from "./message/parse.ts";
import { newTag } from "./transaction/random.ts";
import { hopOf, Resolver } from "./transport/resolve.ts";
import type { OutgoingRequest } from "./transaction/request.ts";
import { allowRow, Receptionist } from "./receptionist.ts";
import type { InviteOptions, Refusal, RequestOptions, SipStack, StackOptions } from "./stack.types.ts";
import { Timers } from "./transaction/timers.ts";
import { defaultTimerValues, type ClientHandlers } from "./transaction/transaction.client.ts";
import type { Transport, TransportOptions } from "./transport/transport.ts";
import { defaultTcpLimits, openTcp } from "./transport/transport.tcp.ts";
import { openUdp } from "./transport/transport.udp.ts";
import { parseUri } from "./message/uri.ts";
import { parseNameAddr } from "./message/headers.ts";
import { composeInvite, composeRequest } from "./compose.ts";
import { oneLine, reasonOf, type SipAddress } from "./message/write.ts";

/** Opens the sockets; rejects when an address cannot be bound. */
export async function createStack(options: StackOptions): Promise<SipStack> {
  const stack = new Stack(options);
  await stack.open();
  return stack;
}

/** The stack without its sockets; `createStack` is the door, tests add transports of their own. */
export class Stack implements SipStack, Core {
  readonly addresses: SipAddress[] = [];
  readonly counters: Record<string, number> = { received: 0, sent: 0, malformed: 0, retransmitted: 0, stray_responses: 0 };
  readonly endpoint: Endpoint;
  readonly resolver: Resolver;
  readonly agentRow: string;
  readonly serverRow: string;
  readonly allowRow = allowRow;
  readonly random: () => number;
  readonly #options: StackOptions;
  readonly #timers: Timers;
  readonly #transports: Transport[] = [];
  readonly #dialogs = new Map<string, DialogUser>();
  readonly #calls = new Set<InboundCall | OutboundCall>();
  readonly #callers = new Map<string, Set<InboundCall>>();
  readonly #receptionist: Receptionist;
  #closed: Promise<void> | null = null;

  constructor(options: StackOptions) {
    this.#options = options;
    this.#timers = new Timers(options);
    this.random = options.random ?? Math.random;
    this.resolver = new Resolver(this.#timers.now);
    const agent = options.userAgent === undefined ? null : oneLine(options.userAgent);
    this.agentRow = agent === null ? "" : `User-Agent: ${agent}\r\n`;
    this.serverRow = agent === null ? "" : `Server: ${agent}\r\n`;
    const env = { timers: this.#timers, values: { ...defaultTimerValues, ...options.timers }, count: (name: string) => this.count(name) };
    this.#receptionist = new Receptionist(this, options, {
      find: (request) => this.#find(request),
      take: (incoming, transaction) => {
        const call = new InboundCall(this, incoming, transaction, (ended) => {
          this.#calls.delete(ended);
          this.#forgetCaller(ended);
          this.#receptionist.forget(transaction);
        });
        this.#calls.add(call);
        const { host } = incoming.source;
        const others = this.#callers.get(host);
        if (others) others.add(call);
        else this.#callers.set(host, new Set([call]));
        return call;
      },
    });
    this.endpoint = new Endpoint(env, { ...defaultLimits, ...options.limits }, this.serverRow, {
      onRequest: (incoming) => this.#receptionist.receive(incoming),
      onAck: (ack) => this.#find(ack)?.receiveAck(ack),
      streamTo: (address) => { const transport = this.transportFor(address); return transport?.local.proto === "tcp" ? transport : null; },
      onTrace: (direction, detail) => this.log("debug", `message ${direction}`, detail),
    });
  }

  async open(): Promise<void> {
    try {
      for (const listen of this.#options.listen) {
        const options: TransportOptions = {
          ...listen, advertise: this.#options.advertise ?? advertised(listen.host), limits: { ...defaultLimits, ...this.#options.limits },
          timers: this.#timers, count: (name) => this.count(name), log: (level, message, fields) => this.log(level, message, fields),
          receive: (data, source, transport) => this.endpoint.receive(data, source, transport),
        };
        const transport = await (listen.proto === "udp" ? openUdp(options) : openTcp(options, { ...defaultTcpLimits, ...this.#options.tcp }));
        this.add(transport);
      }
    } catch (error) {
      await Promise.all(this.#transports.map((transport) => transport.close()));
      throw error;
    }
  }

  /** Takes a transport whose messages reach `endpoint.receive`. */
  add(transport: Transport): void {
    this.#transports.push(transport);
    this.addresses.push(transport.local);
  }

  count(name: string): void {
    this.counters[name] = (this.counters[name] ?? 0) + 1;
  }

  log(level: LogLevel, message: string, fields: Record<string, unknown>): void {
    this.#options.log?.(level, message, fields);
  }

  guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.count("handler_errors");
      this.log("error", "a handler of the application threw", { error: error instanceof Error ? error.stack : String(error) });
    }
  }

  contactRow(transport: Transport, user: string | null): string {
    const who = user === null ? "" : `${user}@`;
    return `Contact: <sip:${who}${transport.sentBy}${transport.local.proto === "tcp" ? ";transport=tcp" : ""}>\r\n`;
  }

  transportFor(to: SipAddress): Transport | null {
    const isV6 = to.host.includes(":");
    return this.#transports.find(({ local }) => local.proto === to.proto && local.host.includes(":") === isV6) ??
      this.#transports.find(({ local }) => local.proto === to.proto) ?? null;
  }

  join(dialog: Dialog, call: DialogUser): void {
    this.#dialogs.set(dialog.key, call);
  }

  leave(dialog: Dialog): void {
    this.#dialogs.delete(dialog.key);
  }

  #find(request: SipRequest): DialogUser | undefined {
    return this.#dialogs.get(dialogKey(request.callId, request.to.tag ?? "", request.from.tag ?? ""));
  }

  liveDialogs(): number {
    return this.#calls.size;
  }

  callsFrom(host: string): ReadonlySet<InboundCall> {
    return this.#callers.get(host) ?? noCalls;
  }

  #forgetCaller(ended: InboundCall): void {
    const { host } = ended.source;
    const calls = this.#callers.get(host);
    calls?.delete(ended);
    if (calls?.size === 0) this.#callers.delete(host);
  }

  #route(dialog: Dialog, done: (to: SipAddress) => void): void {
    if (dialog.flow) return done(dialog.flow);
    const hop = hopOf(dialog.nextHop, dialog.transport.local.proto);
    // A Contact that leads nowhere, such as a tel URI or a name only its owner knows: back to where it was heard.
    if (!hop) return done(dialog.peer);
    this.resolver.resolve(hop, (found) => {
      const to = found ?? dialog.peer;
      // A phone that called in over TCP may listen nowhere: while its connection lives, it is the way back.
      const canReuse = to.proto === "tcp" && dialog.peer.proto === "tcp" && dialog.routeSet.length === 0;
      done(canReuse && !dialog.transport.isConnected(to) && dialog.transport.isConnected(dialog.peer) ? dialog.peer : to);
    });
  }

  #transportOf(dialog: Dialog, to: SipAddress): Transport {
    return dialog.transport.local.proto === to.proto ? dialog.transport : (this.transportFor(to) ?? dialog.transport);
  }

  sendAck(dialog: Dialog, ack: OutgoingRequest): () => void {
    const send = (): void => this.#route(dialog, (to) => {
      this.endpoint.sendAck(ack, { to, transport: this.#transportOf(dialog, to) });
    });
    send();
    return send;
  }

  sendInDialog(dialog: Dialog, request: OutgoingRequest, on: ClientHandlers, credentials: Credentials | null = null): void {
    this.#route(dialog, (to) => {
      const again = (rows: string): OutgoingRequest => ({ ...request, cseq: ++dialog.localSeq, rows: request.rows + rows });
      this.#sendAuthorized(request, { to, transport: this.#transportOf(dialog, to), credentials, again }, on);
    });
  }

  /** Sends, and when challenged sends once more with credentials; a stale nonce earns one more try. */
  #sendAuthorized(request: OutgoingRequest, route: AuthorizedRoute, on: ClientHandlers, tries = 0): void {
    const { to, transport, credentials, again } = route;
    const transaction = this.endpoint.request(request, { to, transport }, {
      onFail: on.onFail,
      onResponse: (response) => {
        const isChallenge = response.status === 401 || response.status === 407;
        const mayTry = tries === 0 || (tries === 1 && isStaleChallenge(response));
        const row = isChallenge && credentials && mayTry ? answerChallenge(response, request, credentials) : null;
        if (row === null) on.onResponse(response);
        else this.#sendAuthorized(again(row), route, on, tries + 1);
      },
    });
    on.onStart?.(transaction);
  }

  invite(options: InviteOptions): OutboundCall {
    const hop = options.destination ?? hopOf(firstRoute(options.route) ?? options.uri, this.#transports[0]!.local.proto);
    const transport = hop && this.transportFor(hop);
    const near = transport ?? this.#transports[0]!;
    const localTag = newTag();
    const isSticky = options.isDestinationSticky === true && options.destination !== undefined;
    const call = new OutboundCall(this, {
      invite: composeInvite(this, options, { transport: near, localTag }), localTag, transport: near, credentials: options.credentials ?? null,
      isSticky, ringTimeoutMs: options.ringTimeoutMs ?? 180_000,
    }, (ended) => this.#calls.delete(ended));
    this.#calls.add(call);
    const refusal = this.#unsendable(options);
    if (refusal) call.refuse(refusal.status, refusal.reason);
    else if (!hop || !transport) call.refuse(503, "No transport for this destination");
    else this.resolver.resolve(hop, (to) => call.start(to));
    return call;
  }

  #unsendable(options: InviteOptions): Refusal | null {
    if (this.#receptionist.isClosing) return { status: 503, reason: "Shutting down" };
    if (!parseNameAddr(options.from)) return { status: 400, reason: "Malformed from" };
    if (!parseUri(options.uri)) return { status: 400, reason: "Malformed URI" };
    return isUsableTarget(options.uri) || options.destination ? null : { status: 416, reason: reasonOf(416) };
  }

  request(options: RequestOptions): Promise<SipResponse> {
    const hop = options.destination ?? hopOf(options.uri, this.#transports[0]!.local.proto);
    const transport = hop && this.transportFor(hop);
    if (!hop || !transport) return Promise.resolve(madeHere(503, "No transport for this destination"));
    const request = composeRequest(this, options, transport);
    return new Promise((resolve) => {
      this.resolver.resolve(hop, (to) => {
        if (!to) return resolve(madeHere(503, "Destination unknown"));
        const again = (row: string): OutgoingRequest => ({ ...request, cseq: request.cseq + 1, rows: request.rows + row });
        this.#sendAuthorized(request, { to, transport, credentials: options.credentials ?? null, again }, {
          onResponse: (response) => { if (response.status >= 200) resolve(response); },
          onFail: (reason) => resolve(reason === "timeout" ? madeHere(408, reasonOf(408)) : madeHere(503, "Transport failed")),
        });
      });
    });
  }

  close(graceMs = 1000): Promise<void> {
    return (this.#closed ??= this.#close(graceMs));
  }

  async #close(graceMs: number): Promise<void> {
    this.#receptionist.isClosing = true;
    for (const call of this.#calls) this.guard(() => { void this.#endForClose(call); });
    const untilMs = this.#timers.now() + graceMs;
    while ((this.#calls.size > 0 || this.endpoint.unfinished > 0) && this.#timers.now() < untilMs) {
      await new Promise<void>((resolve) => { this.#timers.start(10, resolve); });
    }
    for (const call of this.#calls) call.abandon();
    this.endpoint.close();
    this.#dialogs.clear();
    await Promise.all(this.#transports.map((transport) => transport.close()));
    this.#timers.clear();
  }

  #endForClose(call: InboundCall | OutboundCall): Promise<void> {
    if (call instanceof InboundCall && (call.state === "incoming" || call.state === "early")) call.reject(503);
    return call.bye();
  }
}

const noCalls: ReadonlySet<InboundCall> = new Set();

interface AuthorizedRoute {
  to: SipAddress;
  transport: Transport;
  credentials: Credentials | null;
  /** The same request with the next CSeq and this header row. */
  again: (row: string) => OutgoingRequest;
}

/** An answer that no far end gave (§8.1.3.1). */
const madeHere = (status: number, reason: string): SipResponse => new SipResponse(status, reason, "SIP/2.0");

const firstRoute = (route: string[] | undefined): string | undefined => route?.[0] && parseNameAddr(route[0])?.uri.text;

/** A wildcard cannot stand in Via or Contact: the first outward address of the machine stands in for it. */
function advertised(host: string): string | undefined {
  if (host !== "0.0.0.0" && host !== "::") return undefined;
  const family = host === "::" ? "IPv6" : "IPv4";
  const all = Object.values(networkInterfaces()).flat();
  return all.find((address) => address?.family === family && !address.internal)?.address ?? (family === "IPv6" ? "::1" : "127.0.0.1");
}
