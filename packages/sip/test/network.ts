import { parseMessage } from "../src/message/parse.ts";
import type { SipRequest, SipResponse } from "../src/message/message.ts";
import { Stack } from "../src/stack.ts";
import type { StackOptions } from "../src/stack.types.ts";
import type { Transport } from "../src/transport/transport.ts";
import { hostPort } from "../src/transport/transport.ts";
import type { Proto, SipAddress } from "../src/message/write.ts";

/** Virtual time: nothing happens until `advance`. */
export class Clock {
  nowMs = 1_000_000;
  #queue: { atMs: number; order: number; run: (() => void) | null }[] = [];
  #order = 0;

  readonly now = (): number => this.nowMs;

  readonly setTimer = (run: () => void, delayMs: number): (() => void) => {
    const entry = { atMs: this.nowMs + delayMs, order: this.#order++, run: run as (() => void) | null };
    this.#queue.push(entry);
    return () => { entry.run = null; };
  };

  /** Runs everything that is due in the next `ms`, in order, at its own time. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      this.#queue = this.#queue.filter((entry) => entry.run !== null);
      let next = this.#queue[0];
      for (const entry of this.#queue) {
        if (entry.atMs < next!.atMs || (entry.atMs === next!.atMs && entry.order < next!.order)) next = entry;
      }
      if (!next || next.atMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      const { run } = next;
      next.run = null;
      run?.();
    }
    this.nowMs = untilMs;
  }
}

export interface Sent { text: string; data: Buffer; to: SipAddress; atMs: number }

/** A network in memory: stacks and scripted peers send to each other in virtual time, with delay and loss as asked. */
export class Network {
  readonly clock = new Clock();
  delayMs = 1;
  /** Decides for each message whether it is lost. */
  loses: (from: SipAddress, to: SipAddress, data: Buffer) => boolean = () => false;
  readonly #receivers = new Map<string, (data: Buffer, from: SipAddress) => void>();

  bind(address: SipAddress, receive: (data: Buffer, from: SipAddress) => void): void {
    this.#receivers.set(hostPort(address.host, address.port), receive);
  }

  send(data: Buffer, from: SipAddress, to: SipAddress): void {
    if (this.loses(from, to, data)) return;
    this.clock.setTimer(() => this.#receivers.get(hostPort(to.host, to.port))?.(data, from), this.delayMs);
  }

  /** A stack at an address of this network. */
  stack(host: string, options: Partial<StackOptions> = {}, proto: Proto = "udp"): Stack {
    const { clock } = this;
    const local: SipAddress = { host, port: 5060, proto };
    const stack = new Stack({ listen: [], now: clock.now, setTimer: clock.setTimer, onInvite: (call) => call.reject(480), ...options });
    const transport: Transport = {
      local, sentBy: hostPort(host, 5060), isConnected: () => false, close: () => Promise.resolve(),
      send: (text, to, encoding) => {
        stack.count("sent");
        this.send(Buffer.from(text, encoding), local, to);
      },
    };
    stack.add(transport);
    this.bind(local, (data, from) => stack.endpoint.receive(data, from, transport));
    return stack;
  }

  /** A scripted peer: keeps what it receives, sends what it is told. */
  peer(host: string, port = 5060, proto: Proto = "udp"): Peer {
    return new Peer(this, { host, port, proto });
  }
}

export class Peer {
  readonly address: SipAddress;
  readonly heard: (SipRequest | SipResponse)[] = [];
  readonly #network: Network;

  constructor(network: Network, address: SipAddress) {
    this.#network = network;
    this.address = address;
    network.bind(address, (data) => {
      const message = parseMessage(data);
      if (message) this.heard.push(message);
    });
  }

  /** Sends lines joined by CRLF; the blank line and Content-Length are added, and the body when there is one. */
  send(to: SipAddress, lines: string[], body = ""): void {
    const type = body === "" || lines.some((line) => line.startsWith("Content-Type")) ? [] : ["Content-Type: application/sdp"];
    const text = [...lines, ...type, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
    this.#network.send(Buffer.from(text), this.address, to);
    this.#network.clock.advance(2 * this.#network.delayMs + 1);
  }

  /** Answers a request it heard; `extra` are further header lines. */
  answer(to: SipAddress, request: SipRequest, start: string, options: { tag?: string; extra?: string[]; body?: string } = {}): void {
    const tag = options.tag === undefined || request.to.tag !== null ? "" : `;tag=${options.tag}`;
    this.send(to, [
      `SIP/2.0 ${start}`, ...request.rows("via").map((via) => `Via: ${via}`), `From: ${request.get("from")}`, `To: ${request.get("to")}${tag}`,
      `Call-ID: ${request.callId}`, `CSeq: ${request.get("cseq")}`, ...(options.extra ?? []),
    ], options.body);
  }

  get last(): SipRequest | SipResponse {
    const last = this.heard.at(-1);
    if (!last) throw new Error("nothing heard");
    return last;
  }

  /** What was heard, as "INVITE" and "200 INVITE". */
  get log(): string[] {
    return this.heard.map((message) => (message.kind === "request" ? message.method : `${message.status} ${message.cseq.method}`));
  }

  request(method: string): SipRequest {
    const found = this.heard.findLast((message): message is SipRequest => message.kind === "request" && message.method === method);
    if (!found) throw new Error(`no ${method} heard, only ${this.log.join(", ")}`);
    return found;
  }

  response(status: number, method = "INVITE"): SipResponse {
    const found = this.heard.findLast((message): message is SipResponse => message.kind === "response" && message.status === status && message.cseq.method === method);
    if (!found) throw new Error(`no ${status} to ${method} heard, only ${this.log.join(", ")}`);
    return found;
  }
}

export const offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
export const answer = offer.replace("4000", "5000");

/** The lines of an INVITE from `peer` to `to`. */
export function inviteLines(peer: Peer, to: SipAddress, options: { branch?: string; callId?: string; cseq?: number; extra?: string[]; toTag?: string } = {}): string[] {
  const { branch = "z9hG4bKone", callId = "call-1", cseq = 1, extra = [], toTag } = options;
  const own = `${peer.address.host}:${peer.address.port}`;
  return [
    `INVITE sip:100@${to.host} SIP/2.0`, `Via: SIP/2.0/UDP ${own};branch=${branch}`, "Max-Forwards: 70", `From: "Ana" <sip:ana@${own}>;tag=ana`,
    `To: <sip:100@${to.host}>${toTag === undefined ? "" : `;tag=${toTag}`}`, `Call-ID: ${callId}`, `CSeq: ${cseq} INVITE`, `Contact: <sip:ana@${own}>`, ...extra,
  ];
}

/** A request of the caller, such as "BYE 2", inside the dialog that `ok` (our 2xx or 18x) set up. */
export function insideLines(peer: Peer, ok: SipResponse, what: string, extra: string[] = []): string[] {
  const [method = "", cseq = ""] = what.split(" ");
  const own = `${peer.address.host}:${peer.address.port}`;
  return [
    `${method} ${ok.contacts()![0]!.uri.text} SIP/2.0`, `Via: SIP/2.0/UDP ${own};branch=z9hG4bK${method}${cseq}`, "Max-Forwards: 70",
    `From: ${ok.get("from")}`, `To: ${ok.get("to")}`, `Call-ID: ${ok.callId}`, `CSeq: ${cseq} ${method}`, `Contact: <sip:ana@${own}>`, ...extra,
  ];
}
