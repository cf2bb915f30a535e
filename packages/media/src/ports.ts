import { createSocket } from "node:dgram";
import type { RemoteInfo, Socket } from "node:dgram";
import { MediaFull } from "./engine.ts";

/** Addresses in SDP are literals: answering at once keeps DNS and a tick of the event loop out of every send. */
const literalLookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void => {
  done(null, host, 4);
};

const socketBufferBytes = 1 << 18;

/** An even port for RTP and the odd one above it for RTCP (RFC 3550 §11), bound once and lent out again and again. */
export interface PortPair { port: number; rtp: LentSocket; rtcp: LentSocket }

/** A bound socket whose packets go to whoever has it now, and to nobody while it rests. */
export class LentSocket {
  readonly socket: Socket;
  onPacket: ((packet: Buffer, from: RemoteInfo) => void) | null = null;
  isConnected = false;

  constructor() {
    this.socket = createSocket({ type: "udp4", lookup: literalLookup as never, recvBufferSize: socketBufferBytes, sendBufferSize: socketBufferBytes });
    this.socket.on("message", (packet, from) => this.onPacket?.(packet, from));
    // ICMP "port unreachable" comes back as an error on a connected socket; the watchdog is what decides about silence.
    this.socket.on("error", () => {});
  }

  bind(port: number, address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once("error", reject);
      this.socket.bind({ port, address, exclusive: true }, () => {
        this.socket.removeListener("error", reject);
        resolve();
      });
    });
  }

  /** Fixes the far end in the kernel: foreign packets no longer reach us and sends need no address. */
  connect(port: number, address: string): void {
    this.disconnect();
    this.socket.connect(port, address);
    // With a literal address Node connects before `connect` returns; it tells so only by this call not throwing.
    try {
      this.socket.remoteAddress();
      this.isConnected = true;
    } catch {
      this.isConnected = false;
    }
  }

  disconnect(): void {
    this.isConnected = false;
    try {
      this.socket.disconnect();
    } catch {
      // It was not connected; Node offers no way to ask first.
    }
  }

  send(packet: Buffer, start: number, end: number, to: { port: number; address: string }): void {
    if (this.isConnected) this.socket.send(packet, start, end - start);
    else this.socket.send(packet, start, end - start, to.port, to.address);
  }
}

export interface PortPoolOptions { from: number; to: number; bindAddress: string; quarantineMs: number }

/** Lends port pairs; one that comes back rests first, so that late packets of the last call meet nobody. */
export class PortPool {
  readonly #options: PortPoolOptions;
  readonly #untried: number[] = [];
  #pairs: number;
  readonly #resting: { pair: PortPair; untilMs: number }[] = [];

  constructor(options: PortPoolOptions) {
    this.#options = options;
    const first = options.from + (options.from & 1);
    for (let port = first; port + 1 <= options.to; port += 2) this.#untried.push(port);
    this.#pairs = this.#untried.length;
    // A process that takes the place of a dead one begins elsewhere: the far ends may still be sending.
    const turn = Math.floor(Math.random() * this.#untried.length);
    this.#untried.push(...this.#untried.splice(0, turn));
  }

  /** Pairs there are, lent or not; those another program was found to have are not among them. */
  get pairs(): number {
    return this.#pairs;
  }

  /** A bound pair; `MediaFull` when every port is lent, resting or taken by another program. */
  async lend(): Promise<PortPair> {
    for (;;) {
      const oldest = this.#resting[0];
      if (oldest && oldest.untilMs <= performance.now()) {
        this.#resting.shift();
        return oldest.pair;
      }
      const port = this.#untried.shift();
      if (port === undefined) throw new MediaFull(`no free RTP port between ${this.#options.from} and ${this.#options.to}`);
      const pair = await this.#bind(port);
      if (pair) return pair;
    }
  }

  async #bind(port: number): Promise<PortPair | null> {
    const pair: PortPair = { port, rtp: new LentSocket(), rtcp: new LentSocket() };
    try {
      await pair.rtp.bind(port, this.#options.bindAddress);
      await pair.rtcp.bind(port + 1, this.#options.bindAddress);
      return pair;
    } catch {
      closePair(pair);
      this.#pairs--;
      return null;
    }
  }

  giveBack(pair: PortPair): void {
    for (const lent of [pair.rtp, pair.rtcp]) {
      lent.onPacket = null;
      lent.disconnect();
    }
    this.#resting.push({ pair, untilMs: performance.now() + this.#options.quarantineMs });
  }

  close(): void {
    for (const { pair } of this.#resting.splice(0)) closePair(pair);
    this.#untried.length = 0;
  }
}

function closePair(pair: PortPair): void {
  for (const { socket } of [pair.rtp, pair.rtcp]) {
    try {
      socket.close();
    } catch {
      // Never bound.
    }
  }
}
