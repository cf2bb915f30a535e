/** What both benches share: a paced sender, delays, CPU of processes. */
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { readFile } from "node:fs/promises";
import type { ProcessMediaEngine } from "../src/index.ts";

export const packetBytes = 172;
const phases = 20;
const literal = (host: string, _options: unknown, done: (e: null, address: string, family: number) => void): void => done(null, host, 4);

export const boundSocket = (): Promise<Socket> => new Promise((resolve) => {
  const socket = createSocket({ type: "udp4", lookup: literal as never, recvBufferSize: 1 << 25, sendBufferSize: 1 << 25 });
  socket.bind(0, "127.0.0.1", () => resolve(socket));
});

export const phoneSdp = (port: number): string =>
  `v=0\r\no=x 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n`;
export const mediaPort = (text: string): number => Number(/^m=audio (\d+)/m.exec(text)![1]);
export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** CPU seconds the engine's processes have used. */
export async function cpuSeconds(engine: ProcessMediaEngine): Promise<number> {
  let ticks = 0;
  for (const { pid } of engine.processes()) {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
}

/** Sends a stamped packet for each of `streams` every 20 ms and collects what comes out at the other end. */
export class Stream {
  readonly #streams: number;
  readonly #send: (stream: number, packet: Buffer) => void;
  readonly #seqs: Uint16Array;
  readonly #packets = Array.from({ length: 8 }, () => Buffer.alloc(packetBytes + 16, 0xff));
  readonly #ssrc = 1 + Math.floor(Math.random() * 4_000_000_000);
  #turn = 0;
  sent = 0;
  got = 0;
  readonly delays: number[] = [];
  fromMs = Infinity;
  toMs = Infinity;

  constructor(streams: number, send: (stream: number, packet: Buffer) => void) {
    this.#streams = streams;
    this.#send = send;
    this.#seqs = new Uint16Array(streams);
  }

  sendPhase(phase: number): void {
    for (let i = phase; i < this.#streams; i += phases) {
      const packet = this.#packets[(this.#turn = (this.#turn + 1) & 7)]!;
      const seq = (this.#seqs[i] = this.#seqs[i]! + 1) & 0xffff;
      packet[0] = 0x80;
      packet[1] = 0;
      packet.writeUInt16BE(seq, 2);
      packet.writeUInt32BE(seq * 160, 4);
      packet.writeUInt32BE((this.#ssrc + i) >>> 0, 8);
      const now = performance.now();
      packet.writeDoubleBE(now, 12);
      if (now >= this.fromMs && now < this.toMs) this.sent++;
      this.#send(i, packet);
    }
  }

  readonly heard = (packet: Buffer): void => {
    const sentAt = packet.readDoubleBE(12);
    if (!(sentAt >= this.fromMs && sentAt < this.toMs)) return;
    this.got++;
    this.delays.push(performance.now() - sentAt);
  };
}

/** Drives streams for two seconds of warming and `seconds` of measuring. */
export async function measure(engine: ProcessMediaEngine, streams: Stream[], calls: number, seconds: number): Promise<Record<string, number>> {
  const startMs = performance.now();
  let step = 0;
  const pump = setInterval(() => {
    // A loader that falls behind must go on listening, or it measures itself.
    for (let burst = 0; burst < 4 && performance.now() - startMs >= step; burst++, step++) {
      for (const stream of streams) stream.sendPhase(step % phases);
    }
  }, 1);
  await wait(2_000);
  const cpuBefore = await cpuSeconds(engine);
  const ownBefore = process.cpuUsage();
  for (const stream of streams) [stream.fromMs, stream.toMs] = [performance.now(), performance.now() + seconds * 1_000];
  await wait(seconds * 1_000);
  const cpu = (await cpuSeconds(engine)) - cpuBefore;
  const own = process.cpuUsage(ownBefore);
  await wait(1_000);
  clearInterval(pump);
  const delays = streams.flatMap(({ delays }) => delays).sort((a, b) => a - b);
  const at = (share: number): number => Number((delays[Math.floor(delays.length * share)] ?? -1).toFixed(2));
  const sent = streams.reduce((sum, { sent }) => sum + sent, 0);
  return {
    calls, sent, lost: sent - streams.reduce((sum, { got }) => sum + got, 0),
    added_p50_ms: at(0.5), added_p99_ms: at(0.99), added_p9999_ms: at(0.9999),
    engine_cpu_percent: Math.round((cpu / seconds) * 100), core_percent_a_call: Number(((cpu / seconds / calls) * 100).toFixed(3)),
    loader_cpu_percent: Math.round((own.user + own.system) / 1e4 / seconds),
  };
}
