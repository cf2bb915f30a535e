import type { ParseLimits } from "../message/parse.ts";
import type { Timers } from "../transaction/timers.ts";
import type { SipAddress } from "../message/write.ts";

/** One listen address and everything that is sent from it. */
export interface Transport {
  /** Where we really listen. */
  readonly local: SipAddress;
  /** "host:port" for Via and Contact. */
  readonly sentBy: string;
  /**
   * Sends and forgets. `onError` is called in a later turn when it is known that the message cannot arrive, and when the
   * stream it went over has ended soon after, so that no answer will come that way (§18.4); at most once.
   */
  send(text: string, to: SipAddress, encoding: "utf8" | "latin1", onError?: (error: Error) => void): void;
  /** Whether a stream to exactly this address is open; always false for datagrams. */
  isConnected(to: SipAddress): boolean;
  close(): Promise<void>;
}

export interface TransportOptions {
  host: string;
  port: number;
  advertise?: string | undefined;
  limits: ParseLimits;
  timers: Timers;
  /** One whole message; false says that it is not SIP, and a stream that carries such is closed. */
  receive: (data: Buffer, source: SipAddress, transport: Transport) => boolean;
  count: (name: string) => void;
  log: (level: "debug" | "info" | "warn" | "error", message: string, fields: Record<string, unknown>) => void;
}

/** "[::1]:5060" for IPv6, "127.0.0.1:5060" otherwise. */
export const hostPort = (host: string, port: number): string => `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;

/** Host without the brackets of an IPv6 reference, as sockets want it. */
export const bareHost = (host: string): string => (host.startsWith("[") ? host.slice(1, -1) : host);
