import { beforeAll, expect, test } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { audioSdp, overTcp, type Parts } from "../tools/wire.ts";
import { type Office, openOffice } from "./office.ts";

let office: Office;
beforeAll(async () => { office = await openOffice(); });

const calls = () => office.rows<{ n: number }>("select count(*)::int as n from interactions").then(([row]) => row!.n);

const broken: [string, number | "silence", Parts][] = [
  ["no-call-id", 400, { rows: { "Call-ID": null } }],
  ["no-from", 400, { rows: { From: null } }],
  ["no-to", 400, { rows: { To: null } }],
  ["no-cseq", 400, { rows: { CSeq: null } }],
  ["wrong-cseq-method", 400, { cseq: "1 OPTIONS" }],
  ["huge-cseq", 400, { cseq: "99999999999 INVITE" }],
  ["two-from", 400, { rows: { "f": "<sip:again@example.org>;tag=2" } }],
  ["length-beyond-the-datagram", 400, { rows: { "Content-Length": "9999" } }],
  ["no-via", "silence", { rows: { Via: null } }],
  ["broken-ack", "silence", { method: "ACK", rows: { From: null } }],
  ["no-hops-left", 483, { rows: { "Max-Forwards": "0" } }],
  ["body-of-another-kind", 415, { rows: { "Content-Type": "text/plain" } }],
];

test.each(broken)("broken-sip-400-or-silence: %s is answered %s", async (name, expected, parts) => {
  const before = await calls();
  const wire = await office.wire();
  wire.send(wire.request({ callId: name, sdp: audioSdp(), to: "200", from: office.number(), ...parts }));
  // What came before this has been dealt with when this is answered: one socket is read in order.
  await wire.echoed();
  const answers = wire.received.filter((message) => message.kind === "response" && !(message.status === 200 && message.get("cseq")?.endsWith("OPTIONS")));
  if (expected === "silence") expect(answers).toEqual([]);
  else expect(answers.map((answer) => answer.kind === "response" && answer.status)).toEqual([expected]);
  expect(await calls()).toBe(before);
  wire.close();
});

test.each([["noise", "hello there, are you a telephone?"], ["zeros", Buffer.alloc(600)], ["a-response-to-nothing", "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\n\r\n"], ["empty-lines", "\r\n\r\n\r\n"], ["cut-short", "INVITE sip:200@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/U"]])(
  "garbage-is-silence: %s", async (_name, bytes) => {
    const before = await calls();
    const wire = await office.wire();
    wire.send(bytes);
    await wire.echoed();
    expect(wire.received.filter((message) => message.kind === "response" && message.status !== 200 && message.status !== 400)).toEqual([]);
    expect(await calls()).toBe(before);
    wire.close();
  });

test("wrong-version-505: SIP/3.0 is not spoken here", async () => {
  const wire = await office.wire();
  wire.send(wire.request({ callId: "from-the-future", version: "SIP/3.0", sdp: audioSdp() }));
  expect((await wire.answer("from-the-future")).status).toBe(505);
  wire.close();
});

test("oversized-message-refused-513: headers beyond sixteen kilobytes", async () => {
  const wire = await office.wire();
  wire.send(wire.request({ callId: "too-much", sdp: audioSdp(), rows: { Subject: "x".repeat(20_000) } }));
  expect((await wire.answer("too-much")).status).toBe(513);
  wire.close();
});

test("oversized-body-refused-413: announced over TCP, refused before it is sent", async () => {
  const wire = await office.wire();
  const head = wire.request({ callId: "big-body", rows: { Via: `SIP/2.0/TCP 127.0.0.1:${wire.port};branch=z9hG4bKbig`, "Content-Length": "70000", "Content-Type": "application/sdp" } });
  expect(await overTcp(office.sip, head, (text) => text.includes("\r\n\r\n"))).toMatch(/^SIP\/2\.0 413 /);
  wire.close();
});

test("endless-head-over-tcp-is-cut-off: the connection ends, the server lives", async () => {
  const text = await overTcp(office.sip, `INVITE sip:200@127.0.0.1 SIP/2.0\r\n${"X-More: and more\r\n".repeat(4_000)}`, () => false);
  expect(text === "" || text.startsWith("SIP/2.0 ")).toBe(true);
  const wire = await office.wire();
  await wire.echoed();
  wire.close();
});

const strange: [string, { name: string; user?: string }, { callerName: string; fromNumber?: string }][] = [
  ["a-name-cut-within-a-character", { name: `${"a".repeat(79)}😀` }, { callerName: `${"a".repeat(79)}😀` }],
  ["a-name-with-nul-and-bell", { name: "Ana\0\u0007Kos" }, { callerName: "Ana Kos" }],
  ["a-number-of-3500-characters", { name: "Long", user: "x".repeat(3_500) }, { callerName: "Long", fromNumber: "x".repeat(64) }],
];

test.each(strange)("strange-caller-is-served: %s", async (callId, { name, user = office.number() }, expected) => {
  const wire = await office.wire();
  const tail = { callId, rows: { From: `"${name}" <sip:${user}@127.0.0.1>;tag=me` } };
  wire.send(wire.request({ ...tail, branch: `z9hG4bK${callId}`, sdp: audioSdp() }));
  const answer = await wire.answer(callId);
  expect(answer.status).toBe(200);
  wire.send(wire.request({ ...tail, method: "ACK", toTag: answer.to.tag!, cseq: "1 ACK" }));
  expect(await office.rows("select caller_name, from_number from interactions order by started_at desc, id desc limit 1")).toMatchObject([expected]);
  wire.send(wire.request({ ...tail, method: "BYE", toTag: answer.to.tag!, cseq: "2 BYE" }));
  await wire.until((message): message is typeof answer => message.kind === "response" && message.get("cseq") === "2 BYE", "answer to BYE");
  await office.tidy();
  wire.close();
});

test("unknown-method-501-and-unwanted-405: said, not ignored", async () => {
  const wire = await office.wire();
  wire.send(wire.request({ method: "DANCE", callId: "dance" }));
  expect((await wire.answer("dance")).status).toBe(501);
  wire.send(wire.request({ method: "MESSAGE", callId: "text" }));
  expect((await wire.answer("text")).status).toBe(405);
  wire.close();
});

test("torture-messages-leave-it-alive: every message of RFC 4475, and then an ordinary question", async () => {
  const before = await calls();
  const folder = fileURLToPath(new URL("../../packages/sip/test/rfc4475/", import.meta.url));
  const wire = await office.wire();
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".dat"))) wire.send(readFileSync(folder + name));
  await wire.echoed();
  const call = await (await office.phone()).call("200", { from: office.number() });
  await call.waitFor("answered");
  await call.hangUp();
  expect(await calls()).toBe(before + 1);
  await office.tidy();
  wire.close();
});

test("random-bytes-leave-it-alive: a thousand damaged INVITEs, seeded", async () => {
  const seed = Math.floor(Math.random() * 1e9);
  let state = seed;
  const next = (below: number): number => { state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0; return Math.floor((state / 4_294_967_296) * below); };
  const wire = await office.wire();
  try {
    for (let i = 0; i < 1_000; i += 1) {
      // Of a number nobody has, so that the sound ones among them make no call.
      const bytes = Buffer.from(wire.request({ to: "999999", sdp: audioSdp() }));
      for (let hit = 0; hit <= next(6); hit += 1) bytes[next(bytes.length)] = next(256);
      wire.send(bytes);
      if (i % 50 === 49) await wire.echoed();
    }
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  }
  wire.close();
});
