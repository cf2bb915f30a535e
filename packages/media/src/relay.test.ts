import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createMediaEngine, MediaFull, MediaRefused } from "./index.ts";
import type { ProcessMediaEngine } from "./index.ts";
import { EventLog, PCMA, PCMU, TestPhone, strongestTone, toneAt } from "./testing.ts";
import type { Law } from "./testing.ts";

let engine: ProcessMediaEngine;
let events: EventLog;
const phones: TestPhone[] = [];
const first = 10_000 + Math.floor(Math.random() * 9) * 200;

beforeAll(() => {
  engine = createMediaEngine({ workers: 1, rtpPorts: [first, first + 199], limits: { rtpLegs: 6, webrtcLegs: 0 }, watchdogMs: 1_500 });
  events = new EventLog(engine);
});
afterAll(() => engine.stop(0));
afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await engine.close("c");
  events.all.length = 0;
});

async function phoneOn(leg: string, law: Law): Promise<TestPhone> {
  const phone = await TestPhone.open(law);
  phones.push(phone);
  phone.follow(await engine.answer({ call: "c", leg }, "rtp", phone.sdp()));
  return phone;
}

async function twoPhones(lawA: Law, lawB: Law): Promise<[TestPhone, TestPhone]> {
  const a = await phoneOn("a", lawA);
  const b = await phoneOn("b", lawB);
  await engine.connect("c", "a", "b");
  return [a, b];
}

test("two phones hear each other across µ-law and A-law", async () => {
  const [a, b] = await twoPhones(PCMU, PCMA);
  a.sing(700);
  b.sing(1_100);
  await Promise.all([a.hear(10), b.hear(10)]);
  const [heardByA, heardByB] = await Promise.all([a.hear(40), b.hear(40)]);
  expect(toneAt(heardByB, 700)).toBeGreaterThan(0.98);
  expect(toneAt(heardByA, 1_100)).toBeGreaterThan(0.98);
  expect(a.heard.at(-1)!.payloadType).toBe(0);
  expect(b.heard.at(-1)!.payloadType).toBe(8);
});

test("a phone that was offered to is heard after its answer", async () => {
  const a = await phoneOn("a", PCMA);
  const b = await TestPhone.open(PCMU);
  phones.push(b);
  const offer = await engine.offer({ call: "c", leg: "b" });
  expect(offer).toContain("RTP/AVP 8 0 101");
  b.follow(offer);
  await engine.accept({ call: "c", leg: "b" }, b.sdp());
  await engine.connect("c", "a", "b");
  b.sing(900);
  expect(toneAt(await a.hear(40), 900)).toBeGreaterThan(0.9);
});

test("one SSRC with unbroken sequence and timestamps survives a change of the other party", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  const c = await phoneOn("c", PCMA);
  b.sing(500);
  await a.hear(10);
  await engine.connect("c", "a", "c");
  b.quiet();
  c.sing(1_300);
  await a.until((heard) => heard.length > 40);
  expect(strongestTone(a.samples().slice(-3_200), [500, 1_300])).toBe(1_300);
  const { heard } = a;
  expect(new Set(heard.map(({ ssrc }) => ssrc)).size).toBe(1);
  for (let i = 1; i < heard.length; i++) {
    expect((heard[i]!.seq - heard[i - 1]!.seq) & 0xffff).toBe(1);
    const step = (heard[i]!.timestamp - heard[i - 1]!.timestamp) >>> 0;
    expect(step).toBeGreaterThanOrEqual(160);
    expect(step).toBeLessThan(8_000);
  }
});

test("each digit is told once, also when its end packets are lost, and reaches the other phone", async () => {
  const [a, b] = await twoPhones(PCMU, PCMA);
  b.digitType = 101;
  a.press("1");
  a.press("1", true);
  a.press("#", true);
  a.press("D");
  await events.one("digit", ({ digit }) => digit === "D");
  expect(events.digits("a")).toBe("11#D");
  await b.until((heard) => heard.filter(({ payloadType }) => payloadType === 101).length === 26);
});

test("digits are sent as RFC 4733 events with one timestamp each and three ends", async () => {
  const [a] = await twoPhones(PCMA, PCMA);
  await engine.sendDigits({ call: "c", leg: "a" }, "7*");
  await a.until((heard) => heard.length >= 16);
  const events = a.heard.filter(({ payloadType }) => payloadType === 101);
  const stamps = [...new Set(events.map(({ timestamp }) => timestamp))];
  expect(stamps).toHaveLength(2);
  for (const [index, event] of [7, 10].entries()) {
    const packets = events.filter(({ timestamp }) => timestamp === stamps[index]);
    expect(packets.every(({ payload }) => payload[0] === event)).toBe(true);
    expect(packets.filter(({ payload }) => payload[1]! & 0x80)).toHaveLength(3);
    expect(packets.map(({ marker }) => marker).indexOf(true)).toBe(0);
    expect(packets.at(-1)!.payload.readUInt16BE(2)).toBe(800);
  }
  await expect(engine.sendDigits({ call: "c", leg: "a" }, "12x")).rejects.toMatchObject({ code: "no_digits" });
});

test("a phone on hold is sent nothing until it is taken back", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  b.sing(800);
  await a.hear(5);
  const held = await engine.answer({ call: "c", leg: "a" }, "rtp", a.sdp({ direction: "sendonly" }));
  expect(held).toContain("a=recvonly");
  a.sing(600);
  const before = a.heard.length;
  await b.hear(25);
  expect(a.heard.length - before).toBeLessThanOrEqual(2);
  const back = await engine.answer({ call: "c", leg: "a" }, "rtp", a.sdp());
  expect(back).toContain("a=sendrecv");
  expect(Number(/^o=\S+ \S+ (\d+)/m.exec(back)![1])).toBeGreaterThan(Number(/^o=\S+ \S+ (\d+)/m.exec(held)![1]));
  expect(toneAt(await a.hear(25), 800)).toBeGreaterThan(0.9);
});

test("a held phone may also say so by the address 0.0.0.0", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  expect(await engine.answer({ call: "c", leg: "a" }, "rtp", a.sdp({ address: "0.0.0.0" }))).toContain("a=recvonly");
  b.sing(800);
  a.sing(600);
  await b.hear(10);
  expect(a.heard).toHaveLength(0);
});

test("a muted leg is heard by nobody until it is unmuted", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  a.sing(500);
  b.sing(900);
  await b.hear(5);
  await engine.mute({ call: "c", leg: "a" }, true);
  const before = b.heard.length;
  await a.hear(20);
  expect(b.heard.length - before).toBeLessThanOrEqual(2);
  await engine.mute({ call: "c", leg: "a" }, false);
  expect(toneAt(await b.hear(10), 500)).toBeGreaterThan(0.9);
});

test("a stranger who sends to the port is not heard once the phone has spoken", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  const stranger = await TestPhone.open(PCMA);
  phones.push(stranger);
  stranger.follow(await engine.answer({ call: "c", leg: "a" }, "rtp", a.sdp()));
  a.sing(500);
  await b.hear(5);
  stranger.sing(1_700);
  const heard = await b.hear(50);
  expect(toneAt(heard, 500)).toBeGreaterThan(0.97);
  expect(toneAt(heard, 1_700)).toBeLessThan(0.01);
});

test("another port of the phone's address is not believed before the phone has spoken unless it keeps sending, and the phone then still wins", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  const stranger = await TestPhone.open(PCMA);
  phones.push(stranger);
  stranger.follow(await engine.answer({ call: "c", leg: "a" }, "rtp", a.sdp()));
  for (let i = 0; i < 4; i++) stranger.send(stranger.packet(8, new Uint8Array(160)));
  a.sing(500);
  const heard = await b.hear(30);
  expect(toneAt(heard, 500)).toBeGreaterThan(0.97);
});

test("a stranger who sends to the port before the phone does is heard by nobody and hears nothing", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  const stranger = await TestPhone.open(PCMA, "127.0.0.2");
  phones.push(stranger);
  stranger.follow(await engine.answer({ call: "c", leg: "a" }, "rtp", a.sdp()));
  stranger.sing(1_700);
  b.sing(900);
  expect(toneAt(await a.hear(50), 900)).toBeGreaterThan(0.9);
  expect([stranger.heard.length, b.heard.length]).toEqual([0, 0]);
  a.sing(500);
  expect(toneAt(await b.hear(25), 500)).toBeGreaterThan(0.9);
  expect(stranger.heard).toHaveLength(0);
});

test("a phone behind NAT is found where it really sends from", async () => {
  const a = await TestPhone.open(PCMA);
  const b = await phoneOn("b", PCMA);
  phones.push(a);
  a.follow(await engine.answer({ call: "c", leg: "a" }, "rtp", a.sdp({ address: "10.9.8.7", port: 4_000 }), "127.0.0.1"));
  await engine.connect("c", "a", "b");
  b.sing(900);
  a.sing(500);
  expect(toneAt(await a.hear(25), 900)).toBeGreaterThan(0.9);
});

test("silence is told as lost and the next packet as up", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  a.sing(500);
  await b.hear(3);
  await events.one("up", ({ leg }) => leg === "a");
  a.quiet();
  await events.one("lost", ({ leg }) => leg === "a");
  events.all.length = 0;
  a.sing(500);
  await events.one("up", ({ leg }) => leg === "a");
});

test("the seventh leg is refused and a freed place is given again", async () => {
  for (const leg of ["1", "2", "3", "4", "5", "6"]) await phoneOn(leg, PCMA);
  await expect(phoneOn("7", PCMA)).rejects.toThrow(MediaFull);
  expect(await engine.load()).toMatchObject({ rtpLegs: 6, rtpLimit: 6 });
  expect(await engine.hangup({ call: "c", leg: "1" })).toMatchObject({ packetsIn: 0, codec: "PCMA" });
  await phoneOn("7", PCMA);
});

test("an offer without usable audio is refused so that SIP can say 488", async () => {
  const video = "v=0\r\no=x 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 4000 RTP/AVP 31\r\n";
  await expect(engine.answer({ call: "c", leg: "a" }, "rtp", video)).rejects.toMatchObject({ code: "not_acceptable" });
  await expect(engine.answer({ call: "c", leg: "a" }, "rtp", "hello")).rejects.toBeInstanceOf(MediaRefused);
  expect(await engine.load()).toMatchObject({ rtpLegs: 0 });
});

test("what went in and out is counted, with what the far end reports", async () => {
  const [a, b] = await twoPhones(PCMA, PCMA);
  a.sing(500);
  await b.hear(20);
  const stats = await engine.stats({ call: "c", leg: "a" });
  expect(stats!.packetsIn).toBeGreaterThanOrEqual(20);
  expect(stats!.lostIn).toBe(0);
  expect(stats!.codec).toBe("PCMA");
  expect((await engine.stats({ call: "c", leg: "b" }))!.packetsOut).toBeGreaterThanOrEqual(20);
  expect(await engine.stats({ call: "c", leg: "nobody" })).toBeNull();
});
