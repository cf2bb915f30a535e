import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createMediaEngine } from "./index.ts";
import type { ProcessMediaEngine } from "./index.ts";
import { EventLog, PCMA, PCMU, TestPhone, encodeG711, strongestTone, tone, toneAt, writeToneWav } from "./testing.ts";

let engine: ProcessMediaEngine;
let events: EventLog;
let folder: string;
let phone: TestPhone;
const first = 12_000 + Math.floor(Math.random() * 19) * 100;
const leg = { call: "c", leg: "a" };
const file = (name: string): string => join(folder, `${name}.wav`);

/** A WAV header for G.711, for what tools other than ours write. */
function g711Wav(tag: number, data: Buffer): Buffer {
  const head = Buffer.alloc(46);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(38 + data.length, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(18, 16);
  head.writeUInt16LE(tag, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 38, "latin1");
  head.writeUInt32LE(data.length, 42);
  return Buffer.concat([head, data]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "prompts-"));
  await writeToneWav(file("low"), tone(400, 300));
  await writeFile(file("mid"), g711Wav(6, encodeG711(PCMA, tone(800, 310))));
  await writeFile(file("high"), g711Wav(7, encodeG711(PCMU, tone(1_600, 300))));
  await writeToneWav(file("wide"), tone(400, 300), 16_000);
  engine = createMediaEngine({ workers: 1, rtpPorts: [first, first + 99], limits: { webrtcLegs: 0 } });
  events = new EventLog(engine);
});
afterAll(async () => {
  await engine.stop(0);
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  phone.close();
  await engine.close("c");
  events.all.length = 0;
});

async function answered(law = PCMA): Promise<void> {
  phone = await TestPhone.open(law);
  phone.follow(await engine.answer(leg, "rtp", phone.sdp()));
}

test("files of all three encodings are played in their order and the end is told", async () => {
  await answered(PCMU);
  await engine.play(leg, { playId: "p1", files: [file("low"), file("mid"), file("high")] });
  expect(await events.one("played")).toMatchObject({ leg: "a", playId: "p1", outcome: "finished" });
  await phone.until((heard) => heard.length === 46);
  const samples = phone.samples();
  expect(toneAt(samples.slice(0, 2_400), 400)).toBeGreaterThan(0.98);
  expect(toneAt(samples.slice(2_400, 4_880), 800)).toBeGreaterThan(0.98);
  expect(toneAt(samples.slice(4_880, 7_280), 1_600)).toBeGreaterThan(0.98);
  expect(phone.heard[0]!.marker).toBe(true);
});

test("frames leave every 20 ms without drift", async () => {
  await answered();
  await engine.play(leg, { playId: "p", files: [file("low")], loop: true });
  await phone.hear(101);
  const heard = phone.heard.slice(0, 101);
  expect(heard[100]!.atMs - heard[0]!.atMs).toBeGreaterThan(1_900);
  expect(heard[100]!.atMs - heard[0]!.atMs).toBeLessThan(2_100);
  expect((heard[100]!.timestamp - heard[0]!.timestamp) >>> 0).toBe(16_000);
});

test("music loops until it is stopped", async () => {
  await answered();
  await engine.play(leg, { playId: "music", files: [file("low"), file("mid")], loop: true });
  await phone.until((heard) => heard.length > 80);
  await engine.stopPlay(leg);
  expect(await events.one("played")).toMatchObject({ playId: "music", outcome: "stopped" });
  expect(strongestTone(phone.samples().slice(0, 2_000), [400, 800])).toBe(400);
  expect(strongestTone(phone.samples().slice(9_920 - 2_200, 9_920 - 200), [400, 800])).toBe(800);
});

test("a new play ends the one before as stopped", async () => {
  await answered();
  await engine.play(leg, { playId: "one", files: [file("low")], loop: true });
  await engine.play(leg, { playId: "two", files: [file("mid")] });
  expect(await events.one("played", ({ playId }) => playId === "one")).toMatchObject({ outcome: "stopped" });
  expect(await events.one("played", ({ playId }) => playId === "two")).toMatchObject({ outcome: "finished" });
});

test("a file that is missing or of the wrong rate is told as failed", async () => {
  await answered();
  await engine.play(leg, { playId: "none", files: [file("absent")] });
  expect(await events.one("played", ({ playId }) => playId === "none")).toMatchObject({ outcome: "failed" });
  await engine.play(leg, { playId: "wide", files: [file("wide")] });
  expect(await events.one("played", ({ playId }) => playId === "wide")).toMatchObject({ outcome: "failed" });
});

test("who is played to does not hear the other party meanwhile, and connecting ends the music", async () => {
  await answered();
  const other = await TestPhone.open(PCMA);
  other.follow(await engine.answer({ call: "c", leg: "b" }, "rtp", other.sdp()));
  await engine.connect("c", "a", "b");
  other.sing(1_600);
  await phone.hear(5);
  await engine.play(leg, { playId: "music", files: [file("low")], loop: true });
  await phone.hear(10);
  expect(strongestTone(await phone.hear(15), [400, 1_600])).toBe(400);
  await engine.connect("c", "a", "b");
  expect(await events.one("played")).toMatchObject({ playId: "music", outcome: "stopped" });
  await phone.hear(10);
  expect(strongestTone(await phone.hear(15), [400, 1_600])).toBe(1_600);
  other.close();
});

test("a prompt to a party that holds us ends in its time, unheard", async () => {
  await answered();
  await engine.answer(leg, "rtp", phone.sdp({ direction: "inactive" }));
  await engine.play(leg, { playId: "p", files: [file("low")] });
  expect(await events.one("played")).toMatchObject({ outcome: "finished" });
  expect(phone.heard).toHaveLength(0);
});
