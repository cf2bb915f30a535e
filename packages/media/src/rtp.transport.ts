import type { RemoteInfo } from "node:dgram";
import type { Leg, Transport } from "./leg.ts";
import type { LentSocket, PortPair, PortPool } from "./ports.ts";
import type { AudioChoice } from "./sdp.ts";

/** How long after negotiation a phone behind NAT may show where it really is. */
const windowMs = 5_000;
/** So many valid packets in a row from one place, and none from the signalled one, make that place the far end. */
const packetsToLatch = 5;

interface Place { address: string; port: number }

/**
 * Plain RTP over a pair of UDP ports with symmetric latching. The signalled address wins at once; another one is
 * believed only after several packets within the window, and never once the signalled one has spoken. After latching
 * the kernel drops everything foreign.
 */
export class RtpTransport implements Transport {
  readonly pair: PortPair;
  readonly #leg: Leg;
  readonly #pool: PortPool;
  #signalled: Place | null = null;
  #remote: Place | null = null;
  #rtcpRemote: Place | null = null;
  #isMux = false;
  #isLatched = false;
  #windowUntilMs = 0;
  #candidate: (Place & { packets: number }) | null = null;
  /** Packets refused because they came from elsewhere. */
  foreignPackets = 0;

  constructor(leg: Leg, pair: PortPair, pool: PortPool) {
    this.#leg = leg;
    this.pair = pair;
    this.#pool = pool;
    pair.rtp.onPacket = this.#onRtp;
    pair.rtcp.onPacket = this.#onRtcp;
  }

  /** Points at what was negotiated; unchanged addresses keep their latch. */
  apply(choice: AudioChoice): void {
    const { media } = choice;
    this.#isMux = media.rtcpMux;
    const address = media.address ?? "0.0.0.0";
    // A held party still sends from where it was.
    if (address === "0.0.0.0") return;
    if (this.#signalled?.address === address && this.#signalled.port === media.port) return;
    this.#signalled = { address, port: media.port };
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
    const remote = this.#remote;
    return remote !== null && from.port === remote.port && from.address === remote.address;
  }

  /** Decides about a packet from a place not yet known as the far end; true when it may be heard. */
  #latch(packet: Buffer, from: RemoteInfo): boolean {
    const signalled = this.#signalled;
    if (!signalled || !this.#leg.accepts(packet, packet.length)) return false;
    const isSignalled = from.port === signalled.port && from.address === signalled.address;
    const isWindowOpen = performance.now() < this.#windowUntilMs;
    if (isSignalled) {
      // Even after a guess at a NAT: the signalled address is the better witness while the window is open.
      if (this.#isLatched && !isWindowOpen) return false;
      this.#settle(signalled);
      return true;
    }
    return !this.#isLatched && isWindowOpen && this.#guess(from);
  }

  /** Behind NAT: true once the same place has sent enough. */
  #guess(from: RemoteInfo): boolean {
    if (this.#candidate?.port !== from.port || this.#candidate.address !== from.address) {
      this.#candidate = { address: from.address, port: from.port, packets: 0 };
    }
    if (++this.#candidate.packets < packetsToLatch) return false;
    this.#isLatched = true;
    this.#remote = { address: from.address, port: from.port };
    if (this.#rtcpRemote) this.#rtcpRemote.address = from.address;
    return true;
  }

  #settle(place: Place): void {
    this.#isLatched = true;
    this.#remote = place;
    this.pair.rtp.connect(place.port, place.address);
  }

  /** Called once a second: a place found behind NAT is fixed in the kernel once the window has closed. */
  secondPassed(nowMs: number): void {
    if (this.#isLatched && this.#remote && !this.pair.rtp.isConnected && nowMs > this.#windowUntilMs) {
      this.pair.rtp.connect(this.#remote.port, this.#remote.address);
    }
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
