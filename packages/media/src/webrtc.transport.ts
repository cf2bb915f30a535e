import type { Socket } from "node:dgram";
import {
  RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport, RTCIceGatherer, RTCIceParameters, RTCIceTransport,
  StunProtocol, parseMessage,
} from "werift";
import { MediaFull } from "./engine.ts";
import type { Leg, Transport } from "./leg.ts";
import type { AudioChoice } from "./sdp.ts";
import type { LocalSecure } from "./sdp.write.ts";
import { SrtpContext, mostPacketBytes, profileCm, profileGcm } from "./srtp.ts";
import type { SrtpProfile } from "./srtp.ts";

/** AES-CM first: with our transform it costs a third less than GCM. */
const profiles: SrtpProfile[] = [profileCm, profileGcm];

/**
 * Packets on their way out. A send to an unconnected socket leaves after the current callback, so each packet needs
 * its own place until then; a ring is cheaper than a buffer a packet and far longer than any one callback's output.
 */
const slotBytes = 256;
const slots = 4_096;
const ring = Buffer.alloc(slotBytes * slots);
let slot = 0;
const nextSlot = (bytes: number): Buffer => {
  if (bytes > slotBytes) return Buffer.allocUnsafe(bytes);
  slot = (slot + 1) % slots;
  return ring.subarray(slot * slotBytes, (slot + 1) * slotBytes);
};

/** Makes the process's certificate, so that the first browser does not wait for a key. */
export async function prepareWebrtc(): Promise<void> {
  await RTCDtlsTransport.SetupCertificate();
}

const stunBindingRequest = 0x0001;
const tagRoom = 16;

/** The browser's certificate and credentials: the same ones mean the same page, others a reload. */
export const identityOf = (choice: AudioChoice): string => choice.media.fingerprints.map(({ value }) => value).join();

/**
 * A browser's leg. werift does ICE (as the lite side: we answer checks, the browser nominates, RFC 8445 §2.5) and the
 * DTLS handshake; media never enters it. Packets are taken at the socket by their first byte (RFC 7983) and pass
 * through our own SRTP.
 */
export class WebrtcTransport implements Transport {
  readonly #leg: Leg;
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;
  readonly identity: string;
  ufrag: string;
  #inbound: SrtpContext | null = null;
  #outbound: SrtpContext | null = null;
  #selected: { socket: Socket; address: string; port: number } | null = null;
  #isClosed = false;

  private constructor(leg: Leg, choice: AudioChoice, parts: { ice: RTCIceTransport; dtls: RTCDtlsTransport }) {
    this.#leg = leg;
    this.#ice = parts.ice;
    this.#dtls = parts.dtls;
    this.identity = identityOf(choice);
    this.ufrag = choice.media.ice!.ufrag;
  }

  /** Binds sockets on the addresses given; ICE and DTLS go on by themselves after that. */
  static async open(leg: Leg, choice: AudioChoice, where: { addresses: string[]; ports: [number, number] | null }): Promise<WebrtcTransport> {
    const certificate = await RTCDtlsTransport.SetupCertificate();
    const gatherer = new RTCIceGatherer({
      iceLite: true, useIpv4: false, useIpv6: false, additionalHostAddresses: where.addresses,
      ...(where.ports ? { portRange: where.ports } : {}),
    });
    const ice = new RTCIceTransport(gatherer);
    const dtls = new RTCDtlsTransport({}, ice, certificate, [...profiles]);
    const transport = new WebrtcTransport(leg, choice, { ice, dtls });
    await ice.gather();
    if (ice.connection.localCandidates.length === 0) {
      transport.close();
      throw new MediaFull(`no UDP port for a browser on ${where.addresses.join(", ")}`);
    }
    transport.#takeSockets();
    transport.#start(choice);
    return transport;
  }

  /** Same page, new ICE credentials (RFC 8839 §4.4.1.1.1): the sockets and the DTLS association stay. */
  async restartIce(choice: AudioChoice): Promise<void> {
    const { ufrag, pwd } = choice.media.ice!;
    this.ufrag = ufrag;
    this.#ice.setRemoteParams(new RTCIceParameters({ usernameFragment: ufrag, password: pwd, iceLite: false }));
    await this.#ice.gather();
    this.#ice.start().catch(() => {});
  }

  /** Our half of the negotiation, for SDP. */
  local(): { secure: LocalSecure; port: number } {
    const { localUsername, localPassword, localCandidates } = this.#ice.connection;
    return {
      port: localCandidates[0]?.port ?? 9,
      secure: {
        ufrag: localUsername, pwd: localPassword, ssrc: this.#leg.out.ssrc,
        fingerprint: this.#dtls.localParameters.fingerprints[0]!.value,
        candidates: localCandidates.map((candidate) => candidate.toSdp()),
      },
    };
  }

  #takeSockets(): void {
    // Private in werift's types, and the only way to its sockets.
    const { protocols } = this.#ice.connection as unknown as { protocols: unknown[] };
    for (const protocol of protocols) {
      if (!(protocol instanceof StunProtocol)) continue;
      const { socket } = protocol.transport;
      const original = protocol.transport.onData;
      socket.on("error", () => {});
      protocol.transport.onData = (packet, from) => {
        const first = packet[0] ?? 0;
        if (first >= 128 && first < 192) this.#onMedia(packet);
        else if (first > 3 || this.#isTrueStun(packet, socket, from)) original(packet, from);
      };
    }
  }

  /**
   * werift answers binding requests without checking their integrity, and to a lite agent a request is what selects
   * the path; so nothing unauthenticated may pass (RFC 8445 §7.3, RFC 8489 §9.1).
   */
  #isTrueStun(packet: Buffer, socket: Socket, from: readonly [string, number]): boolean {
    if (packet.length < 20) return false;
    if (packet.readUInt16BE(0) !== stunBindingRequest) return false;
    const message = parseMessage(packet, Buffer.from(this.#ice.connection.localPassword, "utf8"));
    if (!message) return false;
    this.#leg.heardAtMs = performance.now();
    if (message.attributesKeys.includes("USE-CANDIDATE") || !this.#selected) {
      this.#selected = { socket, address: from[0], port: from[1] };
    }
    return true;
  }

  #start(choice: AudioChoice): void {
    const { ufrag, pwd } = choice.media.ice!;
    this.#ice.setRemoteParams(new RTCIceParameters({ usernameFragment: ufrag, password: pwd, iceLite: false }));
    this.#dtls.role = "server";
    this.#dtls.setRemoteParams(new RTCDtlsParameters(
      choice.media.fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value)), "client",
    ));
    this.#dtls.startSrtp = () => this.#takeKeys();
    this.#dtls.onStateChange.subscribe((state) => {
      // A browser that leaves says so with a DTLS alert; no need to wait for the watchdog.
      if ((state === "closed" || state === "failed") && !this.#isClosed) this.#leg.markLost();
    });
    this.#ice.start().then(() => this.#dtls.start()).catch(() => {
      if (!this.#isClosed) this.#leg.markLost();
    });
  }

  #takeKeys(): void {
    const { dtls } = this.#dtls;
    const profile = dtls?.srtp.srtpProfile as SrtpProfile | undefined;
    if (!dtls || (profile !== profileCm && profile !== profileGcm)) throw new Error("no SRTP profile in common");
    const keys = dtls.extractSessionKeys(16, profile === profileCm ? 14 : 12);
    this.#outbound = new SrtpContext(profile, { key: keys.localKey, salt: keys.localSalt });
    this.#inbound = new SrtpContext(profile, { key: keys.remoteKey, salt: keys.remoteSalt });
  }

  #onMedia(packet: Buffer): void {
    const inbound = this.#inbound;
    if (!inbound || packet.length < 12) return;
    const second = packet[1]!;
    // RFC 5761 §4
    if (second >= 192 && second <= 223) {
      const clear = inbound.unprotectRtcp(packet);
      if (clear) this.#leg.receiveRtcp(clear);
      return;
    }
    const length = inbound.unprotect(packet);
    if (length > 0) this.#leg.receive(packet, length);
  }

  send(packet: Buffer, start: number, end: number): void {
    const outbound = this.#outbound;
    const to = this.#selected;
    if (!outbound || !to || end - start + tagRoom > mostPacketBytes) return;
    const out = nextSlot(end - start + tagRoom);
    packet.copy(out, 0, start, end);
    const length = outbound.protect(out, end - start);
    to.socket.send(out, 0, length, to.port, to.address);
  }

  sendRtcp(packet: Buffer): void {
    const to = this.#selected;
    if (this.#outbound && to) to.socket.send(this.#outbound.protectRtcp(packet), to.port, to.address);
  }

  close(): void {
    this.#isClosed = true;
    this.#selected = null;
    this.#dtls.stop().catch(() => {});
  }
}
