import type { LatchRule } from "./rtp.transport.ts";
import type { WorkerOptions } from "./worker.ts";

/** What a media process may be told; everything has a default that works on one machine. */
export interface MediaOptions {
  /** UDP ports for RTP, both ends included. Default 20000–29999. */
  rtpPorts?: [from: number, to: number];
  /** Host put into SDP: the address at which phones reach us. Default 127.0.0.1. */
  address?: string;
  /** Where RTP sockets are bound. Default: `address` when it is loopback, else every interface. */
  bindAddress?: string;
  /** Addresses offered to browsers as host candidates. Default: `[address]`. */
  webrtcAddresses?: string[];
  /** UDP ports for browsers. Default: whatever the system gives; set it where a firewall stands in front. */
  webrtcPorts?: [from: number, to: number];
  /** Legs one process carries before it answers `MediaFull`, RTP legs at most one a pair of ports. Default 1000 RTP, 150 browser. */
  limits?: { rtpLegs?: number; webrtcLegs?: number };
  /** RTP silence after which a leg is `lost`, in ms. Default 20000. */
  watchdogMs?: number;
  /** Silence of a browser (neither media nor connectivity checks) after which it is `lost`, in ms. Default 7000. */
  consentMs?: number;
  /**
   * Whose RTP a phone's leg believes besides the signalled address and port. "signalled" (default): who sends from the
   * signalled address or from where the signalling came. "any": for five seconds after each negotiation also anybody
   * else; only for a trunk whose media comes from addresses it does not name, with a firewall in front.
   */
  latch?: LatchRule;
  /** How long a port rests before it is lent again, in ms. Default 3000. */
  quarantineMs?: number;
}

const defaults = {
  address: "127.0.0.1", rtpPorts: [20_000, 29_999] as [number, number], webrtcPorts: null, latch: "signalled" as const,
  watchdogMs: 20_000, consentMs: 7_000, quarantineMs: 3_000,
};
const defaultLimits = { rtpLegs: 1_000, webrtcLegs: 150 };

export function withDefaults(options: MediaOptions): WorkerOptions {
  const { address } = { ...defaults, ...options };
  return {
    ...defaults,
    bindAddress: address.startsWith("127.") ? address : "0.0.0.0",
    webrtcAddresses: [address],
    ...options,
    limits: { ...defaultLimits, ...options.limits },
  };
}

/** `host:port`, `port` or the path of a Unix socket. */
export function parseAddress(address: string): { path: string } | { host: string; port: number } {
  if (address.includes("/")) return { path: address };
  const colon = address.lastIndexOf(":");
  const port = Number(address.slice(colon + 1));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`not a control address: ${address}`);
  return { host: colon < 0 ? "127.0.0.1" : address.slice(0, colon), port };
}
