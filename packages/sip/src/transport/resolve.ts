import { lookup } from "node:dns";
import { isIP } from "node:net";
import { bareHost } from "./transport.ts";
import { parseUri } from "../message/uri.ts";
import type { Proto, SipAddress } from "../message/write.ts";

export interface Hop { host: string; port: number; proto: Proto }

/** Where a request to this URI goes next (RFC 3263 without SRV and NAPTR): maddr before host, transport, port. Null for schemes we cannot send to. */
export function hopOf(uriText: string, fallback: Proto): Hop | null {
  const uri = parseUri(uriText);
  if (!uri || uri.scheme !== "sip") return null;
  const said = uri.params.get("transport")?.toLowerCase();
  if (said !== undefined && said !== "udp" && said !== "tcp") return null;
  const host = bareHost(uri.params.get("maddr") ?? uri.host);
  return { host, port: uri.port ?? 5060, proto: said ?? fallback };
}

const CACHE_MS = 30_000;
const CACHE_MOST = 1000;

/** Turns names into addresses, remembering them for half a minute; literals never leave the process. */
export class Resolver {
  readonly #now: () => number;
  readonly #cache = new Map<string, { address: string; untilMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Calls back at once, in the same turn, for IP literals and remembered names; with null when the name has no address. */
  resolve(hop: Hop, done: (address: SipAddress | null) => void): void {
    if (isIP(hop.host) !== 0) return done(hop);
    const known = this.#cache.get(hop.host);
    if (known && known.untilMs > this.#now()) return done({ ...hop, host: known.address });
    lookup(hop.host, { family: 4 }, (error, address) => {
      if (error) return done(null);
      if (this.#cache.size >= CACHE_MOST) this.#cache.clear();
      this.#cache.set(hop.host, { address, untilMs: this.#now() + CACHE_MS });
      done({ ...hop, host: address });
    });
  }
}
