/**
 * How many G.711 calls are relayed and recorded without loss, and what delay that adds. This process plays all phones
 * on a few sockets; the media processes are the engine's own. Prints one JSON line.
 *
 *     node packages/media/bench/relay.ts [--calls 300] [--seconds 10] [--no-record] [--workers 2] [--port 42000]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createMediaEngine } from "../src/index.ts";
import { Stream, boundSocket, measure, mediaPort, packetBytes, phoneSdp } from "./load.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "300" }, seconds: { type: "string", default: "10" },
    workers: { type: "string", default: "2" }, "no-record": { type: "boolean", default: false },
    port: { type: "string", default: "42000" },
  },
});
const calls = Number(values.calls);
const folder = await mkdtemp(join(tmpdir(), "line-bench-"));
const first = Number(values.port);
const engine = createMediaEngine({ workers: Number(values.workers), rtpPorts: [first, first + 9_999], limits: { rtpLegs: 5_000, webrtcLegs: 0 } });

// libuv takes 32 packets from a socket each round: one socket a side would make this process the bottleneck.
const socketsASide = 16;
const sockets = await Promise.all([0, 1].map(() => Promise.all(Array.from({ length: socketsASide }, boundSocket))));
const ports: number[][] = [[], []];
const streams = [0, 1].map((side) => new Stream(calls, (call, packet) => {
  sockets[side]![call % socketsASide]!.send(packet, 0, packetBytes, ports[side]![call]!, "127.0.0.1");
}));
for (const [side, group] of sockets.entries()) {
  for (const socket of group) socket.on("message", (packet) => packet.length === packetBytes && streams[1 - side]!.heard(packet));
}

for (let i = 0; i < calls; i++) {
  const call = `c${i}`;
  for (const side of [0, 1]) {
    const answer = await engine.answer({ call, leg: `${side}` }, "rtp", phoneSdp(sockets[side]![i % socketsASide]!.address().port));
    ports[side]!.push(mediaPort(answer));
  }
  await engine.connect(call, "0", "1");
  if (!values["no-record"]) await engine.record(call, join(folder, `${call}.wav`), { left: "0", right: "1" });
}
const figures = await measure(engine, streams, calls, Number(values.seconds));
const closed = await Promise.all(Array.from({ length: calls }, (_, i) => engine.close(`c${i}`)));
const recorded = closed.map(({ recording }) => recording?.durationMs ?? 0);
console.log(JSON.stringify({ bench: "relay", figures: { ...figures, workers: Number(values.workers), recorded_ms_min: Math.min(...recorded) } }));
await engine.stop(0);
for (const socket of sockets.flat()) socket.close();
await rm(folder, { recursive: true, force: true });
