import { connect, createServer, isIPv6, type Server, type Socket } from "node:net";
import { StreamFramer } from "./stream.ts";
import type { Timer } from "../transaction/timers.ts";
import { hostPort, type Transport, type TransportOptions } from "./transport.ts";
import type { SipAddress } from "../message/write.ts";

/** What strangers may cost a TCP listener. */
export interface TcpLimits {
  /** Open connections in all; a further one takes the place of the oldest that has said nothing yet, or is closed at once. */
  connections: number;
  /** Open connections from one address; a further one likewise, among those of that address. */
  perHost: number;
  /** Who connects must have sent one whole message by then. */
  firstMessageMs: number;
  /** A message must be whole this long after its first byte. */
  messageMs: number;
  /** A connection that says nothing this long is closed. */
  idleMs: number;
  /** What may wait for a peer that reads too slowly; more and it is dropped. */
  writeBytes: number;
  /** A connection of ours must be open by then; a peer that answers nothing costs this long. */
  connectMs: number;
}

/** What a stack allows unless told otherwise. */
export const defaultTcpLimits: TcpLimits = {
  connections: 2000, perHost: 200, firstMessageMs: 10_000, messageMs: 10_000, idleMs: 600_000, writeBytes: 1_048_576, connectMs: 5_000,
};

type Fail = (error: Error) => void;

/** 64·T1: no transaction waits longer for its first answer. */
const ANSWER_MS = 32_000;

/** Those who sent something over a connection lately and may still wait for its answer: two generations, so that a trunk's connection forgets without looking through them. */
class Waiting {
  #recent: Fail[] = [];
  #older: Fail[] = [];
  #sinceMs = -Infinity;

  add(fail: Fail, nowMs: number): void {
    if (nowMs - this.#sinceMs > ANSWER_MS) {
      this.#older = nowMs - this.#sinceMs > 2 * ANSWER_MS ? [] : this.#recent;
      this.#recent = [];
      this.#sinceMs = nowMs;
    }
    this.#recent.push(fail);
  }

  tell(error: Error): void {
    const all = [...this.#older, ...this.#recent];
    this.#older = this.#recent = [];
    for (const fail of all) fail(error);
  }
}

interface Connection {
  socket: Socket;
  peer: SipAddress;
  framer: StreamFramer;
  isOpen: boolean;
  /** Told when the connection ends. */
  waiting: Waiting;
  partial: Timer | null;
  /** Until the first message its deadline, then how long nothing may be said. */
  idle: Timer | null;
  lastHeardMs: number;
}

/** Listens on TCP and opens connections of its own when asked to send where none is open (§18.1.1). */
export async function openTcp(options: TransportOptions, limits: TcpLimits = defaultTcpLimits): Promise<Transport> {
  const transport = new TcpTransport(options, limits);
  await transport.listen();
  return transport;
}

class TcpTransport implements Transport {
  local: SipAddress;
  sentBy = "";
  readonly #options: TransportOptions;
  readonly #limits: TcpLimits;
  readonly #server: Server;
  readonly #connections = new Map<string, Connection>();
  readonly #perHost = new Map<string, number>();
  /** Accepted and without a whole message yet, the oldest first: holding a connection open costs a stranger nothing. */
  readonly #silent = new Set<Connection>();

  constructor(options: TransportOptions, limits: TcpLimits) {
    this.#options = options;
    this.#limits = limits;
    this.local = { host: options.host, port: options.port, proto: "tcp" };
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  async listen(): Promise<void> {
    const { host, port, advertise } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    this.#server.on("error", (error) => this.#options.log("warn", "tcp listener error", { error: error.message }));
    const bound = this.#server.address();
    if (bound === null || typeof bound === "string") throw new Error("tcp listener has no address");
    this.local = { host: bound.address, port: bound.port, proto: "tcp" };
    this.sentBy = hostPort(advertise ?? bound.address, bound.port);
  }

  isConnected(to: SipAddress): boolean {
    return this.#connections.get(hostPort(to.host, to.port))?.isOpen ?? false;
  }

  send(text: string, to: SipAddress, encoding: "utf8" | "latin1", onError?: (error: Error) => void): void {
    this.#options.count("sent");
    const connection = this.#connections.get(hostPort(to.host, to.port)) ?? this.#connect(to);
    if (onError) connection.waiting.add(onError, this.#options.timers.now());
    if (connection.socket.writableLength > this.#limits.writeBytes) {
      this.#options.count("slow_peers");
      connection.socket.destroy(new Error("the peer reads too slowly"));
      return;
    }
    connection.socket.write(Buffer.from(text, encoding));
  }

  #accept(socket: Socket): void {
    const host = socket.remoteAddress;
    if (host === undefined || socket.remotePort === undefined || !this.#hasRoom(host)) {
      this.#options.count("connections_refused");
      socket.on("error", () => undefined);
      socket.destroy();
      return;
    }
    this.#options.count("connections_accepted");
    const connection = this.#adopt(socket, { host, port: socket.remotePort, proto: "tcp" });
    connection.isOpen = true;
    this.#silent.add(connection);
    const { firstMessageMs, idleMs } = this.#limits;
    connection.idle = this.#options.timers.start(Math.min(firstMessageMs, idleMs), () => this.#giveWay(connection));
  }

  /** Whether one more may come from this address, after somebody who has said nothing has given way if need be. */
  #hasRoom(host: string): boolean {
    const isHostFull = (this.#perHost.get(host) ?? 0) >= this.#limits.perHost;
    if (!isHostFull && this.#connections.size < this.#limits.connections) return true;
    for (const silent of this.#silent) {
      if (isHostFull && silent.peer.host !== host) continue;
      this.#giveWay(silent);
      return true;
    }
    return false;
  }

  #giveWay(connection: Connection): void {
    this.#options.count("silent_peers");
    this.#silent.delete(connection);
    connection.socket.destroy();
  }

  #spoke(connection: Connection): void {
    if (!this.#silent.delete(connection)) return;
    this.#options.timers.cancel(connection.idle);
    this.#watchIdle(connection, this.#limits.idleMs);
  }

  #connect(to: SipAddress): Connection {
    const socket = connect({ host: to.host, port: to.port, noDelay: true, family: isIPv6(to.host) ? 6 : 4 });
    const connection = this.#adopt(socket, to);
    const deadline = this.#options.timers.start(this.#limits.connectMs, () => socket.destroy(new Error("connect timed out")));
    socket.once("connect", () => {
      this.#options.timers.cancel(deadline);
      connection.isOpen = true;
      this.#watchIdle(connection, this.#limits.idleMs);
    });
    socket.once("close", () => this.#options.timers.cancel(deadline));
    return connection;
  }

  #adopt(socket: Socket, peer: SipAddress): Connection {
    const connection: Connection = {
      socket, peer, framer: new StreamFramer(this.#options.limits), isOpen: false, waiting: new Waiting(), partial: null, idle: null,
      lastHeardMs: this.#options.timers.now(),
    };
    this.#connections.set(hostPort(peer.host, peer.port), connection);
    this.#perHost.set(peer.host, (this.#perHost.get(peer.host) ?? 0) + 1);
    let failure = new Error("connection closed");
    socket.on("error", (error) => { failure = error; });
    socket.on("data", (chunk) => this.#read(connection, chunk));
    socket.once("close", () => this.#forget(connection, failure));
    return connection;
  }

  #read(connection: Connection, chunk: Buffer): void {
    const { timers, count } = this.#options;
    connection.lastHeardMs = timers.now();
    const { messages, pings, isBroken } = connection.framer.push(chunk);
    for (let i = 0; i < pings; i++) {
      count("keepalives");
      connection.socket.write("\r\n");
    }
    if (messages.length > 0) this.#spoke(connection);
    let isSip = true;
    for (const message of messages) isSip = isSip && this.#options.receive(message, connection.peer, this);
    if (isBroken || !isSip) {
      count("streams_broken");
      connection.socket.end();
      // A peer that does not close its side is not waited for.
      timers.start(this.#limits.messageMs, () => connection.socket.destroy());
    }
    this.#watchPartial(connection, messages.length > 0);
  }

  /** A peer that drips a message byte by byte holds memory; it gets so long for each message. */
  #watchPartial(connection: Connection, isFresh: boolean): void {
    const { timers, count } = this.#options;
    if (connection.framer.pendingBytes === 0 || isFresh) {
      timers.cancel(connection.partial);
      connection.partial = null;
    }
    if (connection.framer.pendingBytes === 0 || connection.partial !== null) return;
    connection.partial = timers.start(this.#limits.messageMs, () => {
      count("slow_peers");
      connection.socket.destroy();
    });
  }

  #watchIdle(connection: Connection, afterMs: number): void {
    const { timers } = this.#options;
    connection.idle = timers.start(afterMs, () => {
      const left = connection.lastHeardMs + this.#limits.idleMs - timers.now();
      if (left > 0) this.#watchIdle(connection, left);
      else connection.socket.destroy();
    });
  }

  #forget(connection: Connection, error: Error): void {
    const { peer, waiting, isOpen } = connection;
    const key = hostPort(peer.host, peer.port);
    connection.isOpen = false;
    this.#silent.delete(connection);
    this.#options.count("connections_closed");
    this.#options.timers.cancel(connection.partial);
    this.#options.timers.cancel(connection.idle);
    if (this.#connections.get(key) === connection) this.#connections.delete(key);
    const left = (this.#perHost.get(peer.host) ?? 1) - 1;
    if (left === 0) this.#perHost.delete(peer.host);
    else this.#perHost.set(peer.host, left);
    if (!isOpen) this.#options.count("connect_errors");
    waiting.tell(error);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
    for (const connection of this.#connections.values()) connection.socket.destroy();
    await closed;
  }
}
