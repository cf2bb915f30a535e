import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMediaEngine, peaks, repairWav } from "./index.ts";
import type { ProcessMediaEngine } from "./index.ts";
import { EventLog, PCMA, PCMU, TestPhone, readWav, strongestTone, toneAt } from "./testing.ts";
import type { Law } from "./testing.ts";

let engine: ProcessMediaEngine;
let events: EventLog;
let folder: string;
const phones: TestPhone[] = [];
const first = 14_000 + Math.floor(Math.random() * 19) * 100;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "recording-"));
  engine = createMediaEngine({ workers: 2, rtpPorts: [first, first + 99], limits: { webrtcLegs: 0 } });
  events = new EventLog(engine);
});
afterAll(async () => {
  for (const phone of phones) phone.close();
  await engine.stop(0);
  await rm(folder, { recursive: true });
});

async function talking(call: string, laws: [Law, Law] = [PCMU, PCMA]): Promise<[TestPhone, TestPhone]> {
  const pair = [await TestPhone.open(laws[0]), await TestPhone.open(laws[1])] as [TestPhone, TestPhone];
  phones.push(...pair);
  for (const [index, phone] of pair.entries()) {
    phone.follow(await engine.answer({ call, leg: index === 0 ? "client" : "operator" }, "rtp", phone.sdp()));
  }
  await engine.connect(call, "client", "operator");
  return pair;
}

const legs = { left: "client", right: "operator" };
const middle = (samples: Int16Array): Int16Array => samples.slice(samples.length * 0.3, samples.length * 0.9);

test("the client is on the left and the operator on the right, whatever their codecs", async () => {
  const path = join(folder, "stereo.wav");
  const [client, operator] = await talking("stereo");
  await engine.record("stereo", path, legs);
  const startMs = performance.now();
  client.sing(700);
  operator.sing(1_100);
  await client.hear(75);
  const recording = await engine.stopRecording("stereo");
  const tookMs = performance.now() - startMs;
  expect(recording).toMatchObject({ path });
  expect(Math.abs(recording!.durationMs - tookMs)).toBeLessThan(150);
  expect((await stat(path)).size).toBe(recording!.bytes);
  const { rate, channels } = await readWav(path);
  expect(rate).toBe(8_000);
  expect(channels[0]!.length).toBe(Math.round(recording!.durationMs * 8));
  expect(toneAt(middle(channels[0]!), 700)).toBeGreaterThan(0.97);
  expect(toneAt(middle(channels[1]!), 1_100)).toBeGreaterThan(0.97);
  expect(await engine.stopRecording("stereo")).toBeNull();
  await engine.close("stereo");
});

test("who is silent or muted is silence on his side and the sides stay together", async () => {
  const path = join(folder, "muted.wav");
  const [client, operator] = await talking("muted");
  await engine.record("muted", path, legs);
  client.sing(700);
  operator.sing(1_100);
  await client.hear(25);
  await engine.mute({ call: "muted", leg: "client" }, true);
  await client.hear(25);
  operator.quiet();
  await engine.mute({ call: "muted", leg: "client" }, false);
  await operator.hear(25);
  await engine.close("muted");
  const { channels } = await readWav(path);
  const [left, right] = channels as [Int16Array, Int16Array];
  const part = (samples: Int16Array, from: number, to: number): Int16Array => samples.slice(samples.length * from, samples.length * to);
  expect(toneAt(part(left, 0.1, 0.25), 700)).toBeGreaterThan(0.9);
  expect(Math.max(...part(left, 0.45, 0.58).map(Math.abs))).toBeLessThan(16);
  expect(toneAt(part(left, 0.75, 0.95), 700)).toBeGreaterThan(0.9);
  expect(toneAt(part(right, 0.45, 0.58), 1_100)).toBeGreaterThan(0.9);
  expect(Math.max(...part(right, 0.75, 0.95).map(Math.abs))).toBeLessThan(16);
});

test("a leg that joins later under the recorded name is recorded too", async () => {
  const path = join(folder, "later.wav");
  const client = await TestPhone.open(PCMA);
  phones.push(client);
  client.follow(await engine.answer({ call: "later", leg: "client" }, "rtp", client.sdp()));
  await engine.record("later", path, legs);
  client.sing(700);
  const [, operator] = [client, await TestPhone.open(PCMA)];
  phones.push(operator);
  operator.follow(await engine.answer({ call: "later", leg: "operator" }, "rtp", operator.sdp()));
  await engine.connect("later", "client", "operator");
  operator.sing(1_100);
  await client.hear(30);
  const { recording } = await engine.close("later");
  expect(recording!.durationMs).toBeGreaterThan(500);
  const { channels } = await readWav(path);
  expect(strongestTone(channels[1]!.slice(-3_000), [700, 1_100])).toBe(1_100);
});

test("a recording cannot be made twice at once, nor over an existing file", async () => {
  await talking("twice");
  await engine.record("twice", join(folder, "twice.wav"), legs);
  await expect(engine.record("twice", join(folder, "other.wav"), legs)).rejects.toMatchObject({ code: "bad_file" });
  await engine.stopRecording("twice");
  await expect(engine.record("twice", join(folder, "twice.wav"), legs)).rejects.toMatchObject({ code: "bad_file" });
  await expect(engine.record("nobody", join(folder, "x.wav"), legs)).rejects.toMatchObject({ code: "unknown_leg" });
  await engine.close("twice");
});

test("peaks show where somebody spoke", async () => {
  const [left, right] = await peaks(join(folder, "muted.wav"), 20);
  expect(left).toHaveLength(20);
  expect(left![3]).toBeGreaterThan(100);
  expect(left![10]).toBeLessThan(3);
  expect(right![10]).toBeGreaterThan(100);
  expect(right![18]).toBeLessThan(3);
});

test("kill -9 of a media process leaves a playable recording, names its calls, and spares the others", async () => {
  const paths = [join(folder, "killed.wav"), join(folder, "spared.wav")];
  const [client] = await talking("killed");
  const [spared] = await talking("spared");
  await engine.record("killed", paths[0]!, legs);
  await engine.record("spared", paths[1]!, legs);
  for (const phone of phones.slice(-4)) phone.sing(900);
  const startMs = performance.now();
  await client.hear(250, 8_000);
  const livedMs = performance.now() - startMs;
  const victim = engine.processes()[0]!;
  expect(victim.calls).toBe(1);
  process.kill(victim.pid!, "SIGKILL");
  const died = await events.one("died");
  expect(died.calls).toHaveLength(1);
  const [dead, alive] = died.calls[0] === "killed" ? [0, 1] : [1, 0];
  const { channels } = await readWav(paths[dead]!);
  const keptMs = channels[0]!.length / 8;
  expect(keptMs).toBeGreaterThan(livedMs - 3_500);
  expect(toneAt(middle(channels[0]!), 900)).toBeGreaterThan(0.95);
  await (alive === 1 ? spared : client).hear(10);
  const names = ["killed", "spared"];
  expect(await engine.stats({ call: names[dead]!, leg: "client" })).toBeNull();
  await expect(engine.connect(names[dead]!, "client", "operator")).rejects.toMatchObject({ code: "unknown_leg" });
  // Another process takes its place and calls go on being accepted meanwhile.
  const phone = await TestPhone.open(PCMA);
  phones.push(phone);
  await engine.answer({ call: "next", leg: "client" }, "rtp", phone.sdp());
  await expect.poll(() => engine.processes().every(({ pid }) => pid !== null), { timeout: 2_000 }).toBe(true);
  expect((await engine.close(names[alive]!)).recording!.durationMs).toBeGreaterThan(livedMs - 200);
});

test("a header left behind by a crash is repaired to what the file holds", async () => {
  const path = join(folder, "stereo.wav");
  const before = await readFile(path);
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(4), 0, 4, 54);
  await file.write(Buffer.from([0x55]), 0, 1, before.length);
  await file.close();
  const repaired = await repairWav(path);
  expect(repaired.bytes).toBe(before.length);
  expect(await readFile(path)).toEqual(before);
  await expect(repairWav(import.meta.filename)).rejects.toMatchObject({ code: "bad_file" });
});
