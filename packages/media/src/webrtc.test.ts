import { mkdtemp, rm } from "node:fs/promises";
import { createSocket } from "node:dgram";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openBrowser } from "./browser.testing.ts";
import type { LinePage } from "./browser.testing.ts";
import { createMediaEngine, MediaFull } from "./index.ts";
import type { ProcessMediaEngine } from "./index.ts";
import { EventLog, PCMA, TestPhone, readWav, toneAt } from "./testing.ts";

let engine: ProcessMediaEngine;
let events: EventLog;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let phone: TestPhone;
let folder: string;
const first = 16_000 + Math.floor(Math.random() * 19) * 100;
const leg = { call: "c", leg: "w" };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "webrtc-"));
  engine = createMediaEngine({ workers: 1, rtpPorts: [first, first + 99], limits: { rtpLegs: 10, webrtcLegs: 1 }, consentMs: 3_000 });
  events = new EventLog(engine);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await engine.stop(0);
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  phone.close();
  await engine.close("c");
  events.all.length = 0;
});

/** A page with a tone of 1000 Hz on a leg that is connected to a phone. */
async function pageAndPhone(): Promise<LinePage> {
  phone = await TestPhone.open(PCMA);
  phone.follow(await engine.answer({ call: "c", leg: "a" }, "rtp", phone.sdp()));
  const line = await browser.newLine();
  await line.answer(await engine.answer(leg, "webrtc", await line.offer(1_000)));
  await engine.connect("c", "a", "w");
  return line;
}

const pageHears = (line: LinePage, hz: number) => expect.poll(async () => {
  const heard = await line.heard();
  return heard ? toneAt(heard.samples, hz, heard.rate) : 0;
}, { timeout: 8_000, interval: 100 }).toBeGreaterThan(0.95);

test("a phone and a real browser hear each other, and digits go both ways", async () => {
  const line = await pageAndPhone();
  phone.sing(700);
  await phone.hear(10);
  expect(toneAt(await phone.hear(50), 1_000)).toBeGreaterThan(0.97);
  await pageHears(line, 700);
  await line.digits("12#");
  await events.one("digit", ({ digit }) => digit === "#");
  expect(events.digits("w")).toBe("12#");
  await phone.until((heard) => heard.filter(({ payloadType, payload }) => payloadType === 101 && payload[1]! & 0x80).length >= 3);
  await expect.poll(async () => (await engine.stats(leg))!.lostOut, { timeout: 8_000 }).toBe(0);
  await line.page.close();
});

test("a page reload keeps the call: the new page inherits the other party, the recording and the place among the legs", async () => {
  const line = await pageAndPhone();
  const path = join(folder, "reload.wav");
  await engine.record("c", path, { left: "a", right: "w" });
  phone.sing(700);
  await phone.hear(20);
  await expect(engine.answer({ call: "d", leg: "w" }, "webrtc", await (await browser.newLine()).offer(400))).rejects.toThrow(MediaFull);
  await line.page.close();
  const reloaded = await browser.newLine();
  await reloaded.answer(await engine.answer(leg, "webrtc", await reloaded.offer(1_500)));
  await phone.hear(10);
  expect(toneAt(await phone.hear(50), 1_500)).toBeGreaterThan(0.97);
  await pageHears(reloaded, 700);
  expect(new Set(phone.heard.map(({ ssrc }) => ssrc)).size).toBe(1);
  await engine.close("c");
  const { channels } = await readWav(path);
  expect(toneAt(channels[1]!.slice(-4_000), 1_500)).toBeGreaterThan(0.9);
  await reloaded.page.close();
});

test("the same page may restart ICE and is heard on", async () => {
  const line = await pageAndPhone();
  await phone.hear(5);
  const offer: string = await line.page.evaluate(`(async () => {
    line.pc.restartIce();
    await line.pc.setLocalDescription(await line.pc.createOffer());
    await new Promise((done) => setTimeout(done, 300));
    return line.pc.localDescription.sdp;
  })()`);
  await line.answer(await engine.answer(leg, "webrtc", offer));
  phone.sing(700);
  expect(toneAt(await phone.hear(100), 1_000)).toBeGreaterThan(0.9);
  await pageHears(line, 700);
  await line.page.close();
});

test("a browser that vanishes is told as lost", async () => {
  const line = await pageAndPhone();
  await phone.hear(5);
  await line.page.close();
  await events.one("lost", ({ leg }) => leg === "w");
});

test("a stranger's check without the password neither is answered nor moves the media", async () => {
  const line = await browser.newLine();
  phone = await TestPhone.open(PCMA);
  phone.follow(await engine.answer({ call: "c", leg: "a" }, "rtp", phone.sdp()));
  const answer = await engine.answer(leg, "webrtc", await line.offer(1_000));
  await line.answer(answer);
  await engine.connect("c", "a", "w");
  phone.sing(700);
  const port = Number(/ (\d+) typ host/.exec(answer)![1]);
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(answer)![1]!;
  const stranger = createSocket("udp4");
  let answers = 0;
  stranger.on("message", () => answers++);
  const name = Buffer.from(`${ufrag}:evil`);
  const check = Buffer.alloc(20 + 4 + Math.ceil(name.length / 4) * 4 + 4);
  check.writeUInt16BE(1, 0);
  check.writeUInt16BE(check.length - 20, 2);
  check.writeUInt32BE(0x2112_a442, 4);
  check.writeUInt16BE(0x0006, 20);
  check.writeUInt16BE(name.length, 22);
  name.copy(check, 24);
  check.writeUInt16BE(0x0025, check.length - 4);
  for (let i = 0; i < 5; i++) stranger.send(check, port, "127.0.0.1");
  await phone.hear(25);
  await pageHears(line, 700);
  expect(answers).toBe(0);
  stranger.close();
  await line.page.close();
});
