import { PCMA, PCMU, crossInPlace, silenceOf } from "./g711.ts";
import type { Law } from "./g711.ts";
import { DigitReader, DigitSender } from "./digits.ts";
import type { LegKind, LegRef, LegStats, MediaEvent } from "./engine.ts";
import type { Player } from "./prompts.ts";
import type { RecordingChannel } from "./recorder.ts";
import { InStream, readRtcp, writeRtcp } from "./rtcp.ts";
import type { FarReport, SenderReportSeen } from "./rtcp.ts";
import { OutStream, headerBytes, newView, readRtp, samplesPerFrame } from "./rtp.ts";
import type { RtpView } from "./rtp.ts";
import type { AudioChoice } from "./sdp.ts";

/** What carries a leg's packets: a pair of UDP sockets, or ICE + DTLS + SRTP. */
export interface Transport {
  /** Sends the RTP packet in `packet[start, end)`; the bytes may be changed and are free again when this returns. */
  send(packet: Buffer, start: number, end: number): void;
  sendRtcp(packet: Buffer): void;
  close(): void;
}

const noTransport: Transport = { send: () => {}, sendRtcp: () => {}, close: () => {} };

/** What a payload type of this leg means. */
const meanings = { none: 0, mu: 1, a: 2, digits: 3 } as const;

/** One view for the whole process: a packet is dealt with before the next one is read. */
const view: RtpView = newView();

/** One party of a call: what it hears, who hears it, what it is recorded on. Knows nothing of sockets. */
export class Leg {
  readonly ref: LegRef;
  readonly kind: LegKind;
  readonly in = new InStream();
  readonly out = new OutStream();
  readonly digits = new DigitSender();
  transport: Transport = noTransport;
  peer: Leg | null = null;
  isMuted = false;
  player: Player | null = null;
  /** Counts plays, so that files read too late for the next play are dropped. */
  playCount = 0;
  channel: RecordingChannel | null = null;
  choice: AudioChoice | null = null;
  /** Last packet of any valid kind, for the watchdog. */
  heardAtMs = performance.now();
  state: "waiting" | "up" | "lost" = "waiting";
  readonly #emit: (event: MediaEvent) => void;
  readonly #reader = new DigitReader();
  readonly #meaning = new Uint8Array(128);
  readonly #heardReport: SenderReportSeen = { middle: 0, atMs: 0 };
  #far: FarReport | null = null;
  #law: Law = PCMA;
  #audioType = 8;
  #digitType = -1;
  #maySend = false;
  /** A queued send may still hold the last frame when the next is written, so frames take turns. */
  readonly #frames = Array.from({ length: 4 }, () => Buffer.alloc(headerBytes + samplesPerFrame));
  #frame = 0;

  constructor(ref: LegRef, kind: LegKind, emit: (event: MediaEvent) => void) {
    this.ref = ref;
    this.kind = kind;
    this.#emit = emit;
  }

  /** Takes what was negotiated; `offeredDigitType` is what our own offer called telephone-event, if there was one. */
  apply(choice: AudioChoice, offeredDigitType: number | null = null): void {
    this.choice = choice;
    this.#law = choice.law;
    this.#audioType = choice.audioType;
    this.#digitType = choice.digitType ?? -1;
    this.#maySend = choice.maySend;
    this.heardAtMs = performance.now();
    this.#meaning.fill(meanings.none);
    for (const [type, law] of choice.laws) this.#meaning[type] = law === PCMU ? meanings.mu : meanings.a;
    for (const type of [offeredDigitType, choice.digitType]) if (type !== null) this.#meaning[type] = meanings.digits;
  }

  get law(): Law {
    return this.#law;
  }

  get canSendDigits(): boolean {
    return this.#digitType >= 0 && this.#maySend;
  }

  /** Whether this is RTP in a payload type that was negotiated: what a socket may latch onto. */
  accepts(packet: Buffer, length: number): boolean {
    return readRtp(packet, length, view) && this.#meaning[view.payloadType] !== meanings.none;
  }

  /** A packet from this party, already known to come from it. */
  receive(packet: Buffer, length: number): void {
    if (!readRtp(packet, length, view)) return;
    const meaning = this.#meaning[view.payloadType]!;
    const nowMs = (view.atMs = performance.now());
    this.in.count(view, length, meaning === meanings.mu || meaning === meanings.a);
    this.heardAtMs = nowMs;
    if (this.state !== "up") this.#setUp();
    if (meaning === meanings.none) return;
    if (meaning === meanings.digits) {
      this.#receiveDigit(packet);
      return;
    }
    if (this.isMuted) return;
    const law = meaning === meanings.mu ? PCMU : PCMA;
    this.channel?.put(law, packet, view);
    this.peer?.hear(packet, law);
  }

  #receiveDigit(packet: Buffer): void {
    const digit = this.#reader.read(packet, view);
    if (digit !== null) this.#emit({ kind: "digit", ...this.ref, digit });
    if (!this.isMuted) this.peer?.hearDigit(packet);
  }

  #setUp(): void {
    this.state = "up";
    this.#emit({ kind: "up", ...this.ref });
  }

  get #hearsPeer(): boolean {
    return this.#maySend && this.player === null && this.digits.isIdle;
  }

  /** Sends on what the peer said; header and law are rewritten where the packet lies. */
  hear(packet: Buffer, law: Law): void {
    if (!this.#hearsPeer) return;
    if (law !== this.#law) crossInPlace(law, packet, view.start, view.end - view.start);
    this.#relay(packet, this.#audioType);
  }

  hearDigit(packet: Buffer): void {
    if (this.#hearsPeer && this.#digitType >= 0) this.#relay(packet, this.#digitType);
  }

  #relay(packet: Buffer, type: number): void {
    const start = view.start - headerBytes;
    this.out.relayed(packet, start, type, view);
    this.#send(packet, start, view.end);
  }

  #send(packet: Buffer, start: number, end: number): void {
    this.out.packets++;
    this.out.bytes += end - start - headerBytes;
    this.transport.send(packet, start, end);
  }

  /** One 20 ms step: digits go before prompts, prompts before nothing. */
  tick(nowMs: number): void {
    if (!this.digits.isIdle) {
      if (!this.canSendDigits) {
        this.digits.abandon();
        return;
      }
      this.digits.step(this.out, this.#digitType, nowMs, (packet) => {
        this.#send(packet, 0, packet.length);
      });
      if (this.player) this.player.isFresh = true;
      return;
    }
    if (this.player && this.choice) this.#playFrame(this.player, nowMs);
  }

  #playFrame(player: Player, nowMs: number): void {
    const packet = this.#frames[(this.#frame = (this.#frame + 1) & 3)]!;
    if (!player.frame(this.#law, packet, headerBytes, silenceOf(this.#law))) {
      this.endPlay("finished");
      return;
    }
    // A prompt to a party that holds us runs on unheard: whoever waits for its end must not wait for ever.
    if (!this.#maySend) return;
    const timestamp = player.isFresh ? this.out.timestampNow(nowMs) : (this.out.lastTimestamp + samplesPerFrame) >>> 0;
    this.out.own(packet, player.isFresh ? this.#audioType | 0x80 : this.#audioType, timestamp, nowMs);
    player.isFresh = false;
    this.#send(packet, 0, packet.length);
  }

  /** Ends what plays, telling why. */
  endPlay(outcome: "finished" | "stopped"): void {
    const ended = this.player;
    if (!ended) return;
    this.player = null;
    this.#emit({ kind: "played", ...this.ref, playId: ended.playId, outcome });
  }

  /** RTCP from this party: an RFC 3550 compound packet. */
  receiveRtcp(packet: Buffer): void {
    this.heardAtMs = performance.now();
    this.#far = readRtcp(packet, this.out.ssrc, this.#heardReport) ?? this.#far;
  }

  sendRtcp(): void {
    if (this.choice && (this.out.packets > 0 || this.in.packets > 0)) {
      this.transport.sendRtcp(writeRtcp(this.out, this.in, this.#heardReport, `linija@${this.out.ssrc.toString(16)}`));
    }
  }

  /** Tells once that nothing comes any more. */
  markLost(): void {
    if (this.state === "lost") return;
    this.state = "lost";
    this.#emit({ kind: "lost", ...this.ref });
  }

  /** Nobody hears it and it hears nobody. */
  disconnect(): void {
    if (this.peer?.peer === this) this.peer.peer = null;
    this.peer = null;
  }

  stats(): LegStats {
    return {
      packetsIn: this.in.packets, packetsOut: this.out.packets, bytesIn: this.in.bytes, bytesOut: this.out.bytes,
      lostIn: this.in.lost, jitterInMs: this.in.jitterMs,
      lostOut: this.#far?.lost ?? null, jitterOutMs: this.#far?.jitterMs ?? null, roundTripMs: this.#far?.roundTripMs ?? null,
      codec: this.choice ? (this.#law === PCMU ? "PCMU" : "PCMA") : null,
    };
  }

  /** Lets go of everything; the transport too. */
  close(): void {
    this.disconnect();
    this.endPlay("stopped");
    this.digits.abandon();
    this.transport.close();
    this.transport = noTransport;
  }
}
