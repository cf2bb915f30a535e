import { lookup } from "node:dns";
import { BlockList, isIP } from "node:net";
import { parseUri, type InboundCall, type Refusal, type SipAddress } from "@linija/sip";
import type { Config } from "../../platform/config.ts";

/** No registration lives longer. */
const REGISTERED_MS = 3_600_000;
const MOST_REGISTERED = 10_000;
const TRUNK_AGAIN_MS = 60_000;
/** Of the calls one address may have, so many may be answered and not yet acknowledged: a caller who means it acknowledges within a round trip. */
const UNACKED_SHARE = 5;

type Calls = Iterable<Pick<InboundCall, "state">> & { size: number };

/**
 * How many lines one address may take, so that a stranger who answers nothing cannot take them all. The trunk, phones
 * that have registered, and the networks excepted in the settings are not limited.
 */
export class Admission {
  readonly #limit: number;
  readonly #excepted = new BlockList();
  readonly #trunkHost: string | null;
  #trunk = new Set<string>();
  #trunkAgainMs = 0;
  /** Until when an address counts as that of a registered phone. */
  readonly #registered = new Map<string, number>();
  readonly #now: () => number;

  constructor(config: Pick<Config, "SIP_TRUNK" | "SIP_CALLS_PER_HOST" | "SIP_CALLS_PER_HOST_EXCEPT">, now: () => number = () => performance.now()) {
    this.#limit = config.SIP_CALLS_PER_HOST;
    this.#now = now;
    for (const network of config.SIP_CALLS_PER_HOST_EXCEPT) {
      const [address = "", bits] = network.split("/");
      const family = isIP(address) === 6 ? "ipv6" : "ipv4";
      this.#excepted.addSubnet(address, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
    }
    this.#trunkHost = parseUri(config.SIP_TRUNK)?.host.replace(/^\[|\]$/g, "") ?? null;
    this.#findTrunk();
  }

  /** The trunk may be a name whose address changes; asked again at most once a minute, and only while somebody is at the limit. */
  #findTrunk(): void {
    const host = this.#trunkHost;
    if (!host || this.#trunkAgainMs > this.#now()) return;
    this.#trunkAgainMs = this.#now() + TRUNK_AGAIN_MS;
    if (isIP(host)) this.#trunk = new Set([host]);
    else lookup(host, { all: true }, (error, found) => { if (!error) this.#trunk = new Set(found.map(({ address }) => address)); });
  }

  /** A phone at this address has registered with its password. */
  registered(host: string): void {
    this.#registered.delete(host);
    this.#registered.set(host, this.#now() + REGISTERED_MS);
    if (this.#registered.size > MOST_REGISTERED) this.#registered.delete(this.#registered.keys().next().value!);
  }

  /** Whether one more call may come from this address, which has these; null when it may. */
  refuse(host: string, calls: Calls): Refusal | null {
    if (this.#limit === 0 || !this.#isOver(calls) || this.#isFree(host)) return null;
    return { status: 503, reason: "Too many calls from your address", retryAfterS: 5 };
  }

  /** Whether who calls from here is known to be there: over a connection, or where our trunk, phones and own networks are. */
  knows({ host, proto }: SipAddress): boolean {
    return proto !== "udp" || this.#isFree(host);
  }

  #isOver(calls: Calls): boolean {
    if (calls.size >= this.#limit) return true;
    const most = Math.ceil(this.#limit / UNACKED_SHARE);
    if (calls.size < most) return false;
    let unacked = 0;
    for (const { state } of calls) if (state === "accepted") unacked++;
    return unacked >= most;
  }

  #isFree(host: string): boolean {
    this.#findTrunk();
    const plain = host.replace(/^::ffff:(?=\d+\.)/i, "");
    return this.#trunk.has(plain) || (this.#registered.get(host) ?? 0) > this.#now() || this.#excepted.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  }
}
