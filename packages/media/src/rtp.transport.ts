import type { RemoteInfo } from "node:dgram";
import type { Leg, Transport } from "./leg.ts";
import type { LentSocket, PortPair, PortPool } from "./ports.ts";
import type { AudioChoice } from "./sdp.ts";

/**
 * Whom a leg believes besides the signalled address and port: only who sends from an address that signalling named
 * ("signalled"), or for five seconds after each negotiation anybody ("any").
 */
export type LatchRule = "signalled" | "any";

/** How long after negotiation anybody may show up where the rule is "any". */
const windowMs = 5_000;
/** So many valid packets in a row from one place, and none from the signalled one, make that place the far end. */
const packetsToLatch = 5;
/** Packets of a place the far end moved away from may be on their way for so long. */
const stragglersMs = 2_000;

interface Place { address: string; port: number }

const isSame = (a: Place, b: Place): boolean => a.port === b.port && a.address === b.address;

/**
 * Plain RTP over a pair of UDP ports with symmetric latching. The signalled address and port are heard at once and at any
 * time, and then the kernel drops everything else. Another place is a guess, taken after several packets: a port of the
 * signalled address, or one of the address that signalling came from, as behind NAT. A stranger is at neither.
 */
export class RtpTransport implements Transport {
  readonly pair: PortPair;
  readonly #leg: Leg;
  readonly #pool: PortPool;
  #signalled: Place | null = null;
  #remote: Place | null = null;
  #rtcpRemote: Place | null = null;
  readonly #rule: LatchRule;
  #signalledFrom: string | null = null;
  #isMux = false;
  #isLatched = false;
  #windowUntilMs = 0;
  #left: (Place & { untilMs: number }) | null = null;
  #candidate: (Place & { packets: number }) | null = null;
  /** Packets refused because they came from elsewhere. */
  foreignPackets = 0;

  constructor(leg: Leg, pair: PortPair, pool: PortPool, rule: LatchRule) {
    this.#leg = leg;
    this.#rule = rule;
    this.pair = pair;
    this.#pool = pool;
    pair.rtp.onPacket = this.#onRtp;
    pair.rtcp.onPacket = this.#onRtcp;
  }

  /** Points at what was negotiated by signalling from this address; what has not changed keeps its latch. */
  apply(choice: AudioChoice, signalledFrom: string | null): void {
    const { media } = choice;
    this.#isMux = media.rtcpMux;
    const hasNewSource = signalledFrom !== null && signalledFrom !== this.#signalledFrom;
    this.#signalledFrom = signalledFrom ?? this.#signalledFrom;
    const address = media.address ?? "0.0.0.0";
    // A held party still sends from where it was.
    if (address === "0.0.0.0") return;
    const place = { address, port: media.port };
    const hasMoved = !this.#signalled || !isSame(this.#signalled, place);
    if (!hasMoved && !hasNewSource) return;
    if (hasMoved && this.#remote) this.#left = { ...this.#remote, untilMs: performance.now() + stragglersMs };
    this.#signalled = place;
    this.#rtcpRemote = { address, port: this.#isMux ? media.port : (media.rtcpPort ?? media.port + 1) };
    this.unlatch();
  }

  /** Back to listening for the far end: after a new address, or after silence. */
  unlatch(): void {
    this.#isLatched = false;
    this.#candidate = null;
    this.#windowUntilMs = performance.now() + windowMs;
    this.#remote = this.#signalled;
    this.pair.rtp.disconnect();
  }

  readonly #onRtp = (packet: Buffer, from: RemoteInfo): void => {
    // RFC 5761 §4: with a multiplexed port, second bytes 192–223 are RTCP.
    const second = packet[1] ?? 0;
    if (second >= 192 && second <= 223) {
      if (this.#isMux && this.#isRemote(from)) this.#leg.receiveRtcp(packet);
      return;
    }
    if ((this.#isLatched && this.#isRemote(from)) || this.#latch(packet, from)) this.#leg.receive(packet, packet.length);
    else this.foreignPackets++;
  };

  readonly #onRtcp = (packet: Buffer, from: RemoteInfo): void => {
    if (from.address !== this.#rtcpRemote?.address) return;
    this.#rtcpRemote.port = from.port;
    this.#leg.receiveRtcp(packet);
  };

  #isRemote(from: RemoteInfo): boolean {
    return this.#remote !== null && isSame(from, this.#remote);
  }

  /** Decides about a packet from a place not yet known as the far end; true when it may be heard. */
  #latch(packet: Buffer, from: RemoteInfo): boolean {
    const signalled = this.#signalled;
    if (!signalled || !this.#leg.accepts(packet, packet.length)) return false;
    if (isSame(from, signalled)) {
      // Also after a guess, and however late: the signalled address is the better witness.
      this.#settle(signalled);
      return true;
    }
    return !this.#isLatched && this.#mayBeThere(from, signalled) && this.#guess(from);
  }

  #mayBeThere(from: Place, signalled: Place): boolean {
    if (this.#left && isSame(from, this.#left) && performance.now() < this.#left.untilMs) return false;
    if (from.address === signalled.address || from.address === this.#signalledFrom) return true;
    return this.#rule === "any" && performance.now() < this.#windowUntilMs;
  }

  /** Behind NAT: true once the same place has sent enough. The kernel is not told: it would shut the signalled place out. */
  #guess(from: Place): boolean {
    if (!this.#candidate || !isSame(this.#candidate, from)) this.#candidate = { address: from.address, port: from.port, packets: 0 };
    if (++this.#candidate.packets < packetsToLatch) return false;
    this.#isLatched = true;
    this.#remote = { address: from.address, port: from.port };
    if (this.#rtcpRemote) this.#rtcpRemote.address = from.address;
    return true;
  }

  #settle(place: Place): void {
    this.#isLatched = true;
    this.#remote = place;
    if (this.#rtcpRemote) this.#rtcpRemote.address = place.address;
    this.pair.rtp.connect(place.port, place.address);
  }

  send(packet: Buffer, start: number, end: number): void {
    if (this.#remote) this.pair.rtp.send(packet, start, end, this.#remote);
  }

  sendRtcp(packet: Buffer): void {
    const socket: LentSocket = this.#isMux ? this.pair.rtp : this.pair.rtcp;
    const to = this.#isMux ? this.#remote : this.#rtcpRemote;
    if (to) socket.send(packet, 0, packet.length, to);
  }

  close(): void {
    this.#pool.giveBack(this.pair);
  }
}
