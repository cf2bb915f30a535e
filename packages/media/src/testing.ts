/** Tools for tests of anything that speaks: tones, their detection, WAV reading and a phone made of one UDP socket. */
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { writeFile } from "node:fs/promises";
import { PCMA, PCMU, decode, encode } from "./g711.ts";
import type { Law } from "./g711.ts";
import type { MediaEngine, MediaEvent } from "./engine.ts";
import { newView, readRtp } from "./rtp.ts";
import { readWav } from "./wav.ts";

export { PCMA, PCMU, decode as decodeG711, encode as encodeG711, readWav };
export type { Law };

/** `ms` of a sine of `hz` at 8 kHz, half of full scale. */
export function tone(hz: number, ms: number, amplitude = 16_000): Int16Array {
  const samples = new Int16Array(Math.round(ms * 8));
  for (let i = 0; i < samples.length; i++) samples[i] = Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / 8_000));
  return samples;
}

/**
 * How much of the signal is a tone of `hz` (Goertzel): 0 for none, 1 when it is all. `rate` is the sampling rate, 8000
 * unless told.
 */
export function toneAt(samples: ArrayLike<number>, hz: number, rate = 8_000): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / rate);
  let before = 0;
  let last = 0;
  let energy = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    energy += sample * sample;
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
  }
  if (energy === 0) return 0;
  const power = last * last + before * before - coefficient * last * before;
  return Math.min(1, (2 * power) / (samples.length * energy));
}

/** The strongest of some tones, or null when none carries a fifth of the signal. */
export function strongestTone(samples: ArrayLike<number>, candidates: number[], rate = 8_000): number | null {
  let best: number | null = null;
  let most = 0.2;
  for (const hz of candidates) {
    const share = toneAt(samples, hz, rate);
    if (share > most) [best, most] = [hz, share];
  }
  return best;
}

/** Writes 16-bit mono samples as a WAV file. */
export async function writeToneWav(path: string, samples: Int16Array, rate = 8_000): Promise<void> {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + samples.length * 2, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(samples.length * 2, 40);
  await writeFile(path, Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]));
}

export interface HeardPacket { payloadType: number; marker: boolean; seq: number; timestamp: number; ssrc: number; payload: Buffer; atMs: number }

/** A phone's media: sends a tone, keeps what it hears. Its SDP is what a SIP phone would write. */
export class TestPhone {
  readonly socket: Socket;
  readonly heard: HeardPacket[] = [];
  readonly law: Law;
  digitType = 101;
  /** What the engine answered or offered: where to send. */
  #to: { address: string; port: number } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #seq = Math.floor(Math.random() * 30_000);
  #timestamp = Math.floor(Math.random() * 1_000_000);
  readonly #ssrc = 1 + Math.floor(Math.random() * 0xffff_fffe);
  #waiters: (() => void)[] = [];

  private constructor(socket: Socket, law: Law) {
    this.socket = socket;
    this.law = law;
    const view = newView();
    socket.on("message", (packet) => {
      if (!readRtp(packet, packet.length, view)) return;
      const { payloadType, marker, seq, timestamp, ssrc } = view;
      this.heard.push({ payloadType, marker, seq, timestamp, ssrc, payload: packet.subarray(view.start, view.end), atMs: performance.now() });
      for (const wake of this.#waiters.splice(0)) wake();
    });
  }

  static async open(law: Law = PCMA, address = "127.0.0.1"): Promise<TestPhone> {
    const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return new TestPhone(socket, law);
  }

  get port(): number {
    return this.socket.address().port;
  }

  sdp(over: { direction?: string; address?: string; port?: number; extra?: string[] } = {}): string {
    const name = this.law === PCMU ? "PCMU" : "PCMA";
    return [
      "v=0", `o=phone 1 1 IN IP4 127.0.0.1`, "s=-", `c=IN IP4 ${over.address ?? "127.0.0.1"}`, "t=0 0",
      `m=audio ${over.port ?? this.port} RTP/AVP ${this.law} ${this.digitType}`, `a=rtpmap:${this.law} ${name}/8000`,
      `a=rtpmap:${this.digitType} telephone-event/8000`, `a=fmtp:${this.digitType} 0-16`, `a=${over.direction ?? "sendrecv"}`,
      ...(over.extra ?? []), "",
    ].join("\r\n");
  }

  /** Takes the engine's side of the negotiation. */
  follow(sdp: string): void {
    const address = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1];
    const port = /^m=audio (\d+)/m.exec(sdp)?.[1];
    if (!address || !port) throw new Error(`no audio in ${sdp}`);
    this.#to = { address, port: Number(port) };
  }

  send(packet: Buffer): void {
    if (!this.#to) throw new Error("the phone does not know where to send yet");
    this.socket.send(packet, this.#to.port, this.#to.address);
  }

  packet(payloadType: number, payload: Uint8Array, over: { marker?: boolean; timestamp?: number } = {}): Buffer {
    const packet = Buffer.alloc(12 + payload.length);
    packet[0] = 0x80;
    packet[1] = payloadType | (over.marker ? 0x80 : 0);
    packet.writeUInt16BE((this.#seq = (this.#seq + 1) & 0xffff), 2);
    packet.writeUInt32BE((over.timestamp ?? this.#timestamp) >>> 0, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    packet.set(payload, 12);
    return packet;
  }

  /** Sends a tone in real time until `quiet` is called. */
  sing(hz: number): void {
    this.quiet();
    const second = encode(this.law, tone(hz, 1_000));
    const startMs = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      while (performance.now() - startMs >= sent * 20) {
        this.#timestamp = (this.#timestamp + 160) >>> 0;
        const at = (sent % 50) * 160;
        this.send(this.packet(this.law, second.subarray(at, at + 160)));
        sent++;
      }
    }, 5);
  }

  quiet(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Sends one digit as RFC 4733 says; `withoutEnd` drops the end packets, as a lossy network would. */
  press(digit: string, withoutEnd = false): void {
    const event = "0123456789*#ABCD".indexOf(digit);
    const timestamp = (this.#timestamp += 800) >>> 0;
    for (let i = 0; i < (withoutEnd ? 5 : 8); i++) {
      const duration = Math.min(i + 1, 5) * 160;
      const payload = Uint8Array.of(event, (i >= 5 ? 0x80 : 0) | 10, duration >> 8, duration & 0xff);
      this.send(this.packet(this.digitType, payload, { marker: i === 0, timestamp }));
    }
    this.#timestamp += 800;
  }

  /** What was heard from packet `from` on, as samples; other payloads than G.711 are left out. */
  samples(from = 0): Int16Array {
    const parts = this.heard.slice(from).filter(({ payloadType }) => payloadType === PCMU || payloadType === PCMA)
      .map(({ payloadType, payload }) => decode(payloadType as Law, payload));
    const out = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  /** Resolves when the condition holds; looked at on every packet heard. Rejects after `withinMs`. */
  async until(condition: (heard: HeardPacket[]) => boolean, withinMs = 5_000): Promise<void> {
    const timeout = AbortSignal.timeout(withinMs);
    while (!condition(this.heard)) {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.push(resolve);
        timeout.addEventListener("abort", () => reject(new Error(`not heard within ${withinMs} ms (${this.heard.length} packets)`)), { once: true });
      });
    }
  }

  /** Waits for `count` more packets and returns the samples in them. */
  async hear(count = 25, withinMs = 5_000): Promise<Int16Array> {
    const from = this.heard.length;
    await this.until((heard) => heard.length >= from + count, withinMs);
    return this.samples(from);
  }

  close(): void {
    this.quiet();
    this.socket.close();
  }
}

/** Keeps an engine's events and waits for those to come. */
export class EventLog {
  readonly all: MediaEvent[] = [];
  #waiters: (() => void)[] = [];

  constructor(engine: Pick<MediaEngine, "on">) {
    engine.on((event) => {
      this.all.push(event);
      for (const wake of this.#waiters.splice(0)) wake();
    });
  }

  /** The first event of a kind that fits, past or to come. */
  async one<K extends MediaEvent["kind"]>(
    kind: K, fits: (event: Extract<MediaEvent, { kind: K }>) => boolean = () => true, withinMs = 8_000,
  ): Promise<Extract<MediaEvent, { kind: K }>> {
    const timeout = AbortSignal.timeout(withinMs);
    for (;;) {
      const found = this.all.find((event): event is Extract<MediaEvent, { kind: K }> => event.kind === kind && fits(event as never));
      if (found) return found;
      await new Promise<void>((resolve, reject) => {
        this.#waiters.push(resolve);
        timeout.addEventListener("abort", () => reject(new Error(`no ${kind} event within ${withinMs} ms: ${JSON.stringify(this.all)}`)), { once: true });
      });
    }
  }

  /** Digits a leg pressed so far. */
  digits(leg: string): string {
    return this.all.map((event) => (event.kind === "digit" && event.leg === leg ? event.digit : "")).join("");
  }
}
