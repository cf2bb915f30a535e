/**
 * How many G.711 calls are relayed and recorded without loss, and what delay that adds. This process plays all phones
 * on a few sockets; the media processes are the engine's own. Prints one JSON line.
 *
 *     node packages/media/bench/relay.ts [--calls 300] [--seconds 10] [--no-record] [--workers 2] [--port 42000]
 */
import { createSocket } from "node:dgram";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createMediaEngine } from "../src/index.ts";
import type { ProcessMediaEngine } from "../src/index.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "300" }, seconds: { type: "string", default: "10" },
    workers: { type: "string", default: "2" }, "no-record": { type: "boolean", default: false },
    port: { type: "string", default: "42000" },
  },
});
const calls = Number(values.calls);
const seconds = Number(values.seconds);
const workers = Number(values.workers);
const phases = 20;

interface Side { ports: number[]; seqs: Uint16Array; sent: number; got: number; delays: number[] }

const literal = (host: string, _options: unknown, done: (e: null, address: string, family: number) => void): void => done(null, host, 4);
const bound = () => new Promise<ReturnType<typeof createSocket>>((resolve) => {
  const socket = createSocket({ type: "udp4", lookup: literal as never, recvBufferSize: 1 << 25, sendBufferSize: 1 << 25 });
  socket.bind(0, "127.0.0.1", () => resolve(socket));
});

const sdp = (port: number): string =>
  `v=0\r\no=x 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n`;
const portOf = (text: string): number => Number(/^m=audio (\d+)/m.exec(text)![1]);

const cpuSeconds = async (pids: number[]): Promise<number> => {
  let ticks = 0;
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
};
const pidsOf = (engine: ProcessMediaEngine): number[] => engine.processes().map(({ pid }) => pid!);

const folder = await mkdtemp(join(tmpdir(), "line-bench-"));
const first = Number(values.port);
const engine = createMediaEngine({ workers, rtpPorts: [first, first + 9_999], limits: { rtpLegs: 5_000, webrtcLegs: 0 } });
// libuv takes 32 packets from a socket each round: one socket a side would make this process the bottleneck.
const socketsASide = 16;
const sockets = await Promise.all([0, 1].map(() => Promise.all(Array.from({ length: socketsASide }, bound))));
const portOfPhone = (side: number, call: number): number => sockets[side]![call % socketsASide]!.address().port;
const sides: Side[] = [0, 1].map(() => ({ ports: [], seqs: new Uint16Array(calls), sent: 0, got: 0, delays: [] }));

for (const [index, group] of sockets.entries()) {
  // What one side hears the other side sent.
  const from = sides[1 - index]!;
  for (const socket of group) {
    socket.on("message", (packet) => {
      if (packet.length !== 172) return;
      const sentAt = packet.readDoubleBE(12);
      if (sentAt < measureFrom || sentAt >= measureTo) return;
      from.got++;
      from.delays.push(performance.now() - sentAt);
    });
  }
}
let measureFrom = Infinity;
let measureTo = Infinity;

for (let i = 0; i < calls; i++) {
  const call = `c${i}`;
  sides[0]!.ports.push(portOf(await engine.answer({ call, leg: "a" }, "rtp", sdp(portOfPhone(0, i)))));
  sides[1]!.ports.push(portOf(await engine.answer({ call, leg: "b" }, "rtp", sdp(portOfPhone(1, i)))));
  await engine.connect(call, "a", "b");
  if (!values["no-record"]) await engine.record(call, join(folder, `${call}.wav`), { left: "a", right: "b" });
}

const packets = Array.from({ length: 8 }, () => Buffer.alloc(172, 0xff));
let turn = 0;
function sendPhase(phase: number): void {
  for (const [index, side] of sides.entries()) {
    const group = sockets[index]!;
    for (let i = phase; i < calls; i += phases) {
      const packet = packets[(turn = (turn + 1) & 7)]!;
      const seq = (side.seqs[i] = side.seqs[i]! + 1);
      packet[0] = 0x80;
      packet[1] = 0;
      packet.writeUInt16BE(seq & 0xffff, 2);
      packet.writeUInt32BE((seq * 160) >>> 0, 4);
      packet.writeUInt32BE(index * 100_000 + i + 1, 8);
      const now = performance.now();
      packet.writeDoubleBE(now, 12);
      if (now >= measureFrom && now < measureTo) side.sent++;
      group[i % socketsASide]!.send(packet, side.ports[i]!, "127.0.0.1");
    }
  }
}

const startMs = performance.now();
let step = 0;
const pump = setInterval(() => {
  // A loader that falls behind must go on listening, or it measures itself.
  for (let burst = 0; burst < 4 && performance.now() - startMs >= step; burst++) sendPhase(step++ % phases);
}, 1);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

await wait(2_000);
measureFrom = performance.now();
measureTo = measureFrom + seconds * 1_000;
const cpuBefore = await cpuSeconds(pidsOf(engine));
const ownBefore = process.cpuUsage();
await wait(seconds * 1_000);
const cpu = (await cpuSeconds(pidsOf(engine))) - cpuBefore;
const own = process.cpuUsage(ownBefore);
await wait(1_000);
clearInterval(pump);

const delays = sides.flatMap(({ delays }) => delays).sort((a, b) => a - b);
const at = (share: number): number => Number((delays[Math.floor(delays.length * share)] ?? -1).toFixed(2));
const sent = sides[0]!.sent + sides[1]!.sent;
const got = sides[0]!.got + sides[1]!.got;
const closed = await Promise.all(Array.from({ length: calls }, (_, i) => engine.close(`c${i}`)));
console.log(JSON.stringify({
  bench: "relay",
  figures: {
    calls, recorded: !values["no-record"], workers, sent, lost: sent - got, added_p50_ms: at(0.5), added_p99_ms: at(0.99), added_max_ms: at(0.9999),
    engine_cpu_percent: Math.round((cpu / seconds) * 100), core_percent_a_call: Number(((cpu / seconds / calls) * 100).toFixed(3)),
    loader_cpu_percent: Math.round((own.user + own.system) / 1e4 / seconds), recorded_ms_min: !values["no-record"] ? Math.min(...closed.map(({ recording }) => recording?.durationMs ?? 0)) : null,
  },
}));
await engine.stop(0);
for (const socket of sockets.flat()) socket.close();
await rm(folder, { recursive: true, force: true });
