import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createStack, type ServerRequest, type SipStack } from "@linija/sip";
import { afterEach, expect, test, vi } from "vitest";
import { configSchema } from "../../platform/config.ts";
import { createLog } from "../../platform/log.ts";
import { Admission } from "./calls.admit.ts";
import { openSip } from "./calls.sip.ts";
import type { Voice } from "./calls.voice.ts";

const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** SIP as the voice role opens it, over a line that answers every call at once; nobody is excepted unless told. */
async function front(settings: Record<string, string>, answerByOperator = false) {
  const config = configSchema.parse({ SIP_PORT: "0", SIP_CALLS_PER_HOST_EXCEPT: "", ...settings });
  const media = { answer: vi.fn(() => Promise.resolve(sdp)), close: () => Promise.resolve({}) };
  const began: boolean[] = [];
  const voice = {
    draining: false, databaseAway: false, full: false, useStack: () => undefined, saw: () => undefined, options: { media, plan: { flowOf: () => "shop", answerByOperator: () => answerByOperator } },
    begin: ({ line, rings }: { rings: boolean; line: { call: { accept(sdp: string): void }; answerSdp: string } }) => { began.push(rings); line.call.accept(line.answerSdp); return Promise.resolve({ feed: () => undefined }); },
  };
  const stack = await openSip(voice as unknown as Voice, config, createLog("silent", ""), ({ respond }: ServerRequest) => respond(200));
  open.push(() => stack.close(0));
  return { stack, media, began, uri: `sip:200@127.0.0.1:${stack.addresses[0]!.port}` };
}

async function caller(): Promise<SipStack> {
  const stack = await createStack({ listen: [{ proto: "udp", host: "127.0.0.1", port: 0 }], onInvite: (call) => call.reject(480) });
  open.push(() => stack.close(0));
  return stack;
}

/** Calls and acknowledges; how to hang up, or the status and Retry-After of the refusal. */
const calls = (from: SipStack, uri: string): Promise<{ bye(): Promise<void> } | [number, string | undefined]> => new Promise((resolve) => {
  const call = from.invite({ uri, from: "<sip:+38640111222@127.0.0.1>", sdp });
  call.handle({ onAccepted: () => resolve({ bye: () => call.bye() }), onFailed: (status, _reason, response) => resolve([status, response?.get("retry-after")]) });
});

/** Sends an INVITE and never anything more; the final status. */
async function callsWithoutAck(port: number, name: string): Promise<string> {
  const socket = createSocket("udp4");
  open.push(() => { socket.close(); });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.send(`INVITE sip:200@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${name};rport\r\nMax-Forwards: 70\r\nFrom: <sip:x@y>;tag=${name}\r\nTo: <sip:200@x>\r\nCall-ID: ${name}\r\nCSeq: 1 INVITE\r\nContact: <sip:x@127.0.0.1:${socket.address().port}>\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`, port, "127.0.0.1");
  for (;;) {
    const [message] = (await once(socket, "message")) as [Buffer];
    const status = String(message).slice(8, 11);
    if (status !== "100") return status;
  }
}

test("calls of one address that are never acknowledged take a fifth of its lines; the next is refused before any media port is taken", async () => {
  const { stack, media } = await front({ SIP_CALLS_PER_HOST: "10" });
  const { port } = stack.addresses[0]!;
  expect([await callsWithoutAck(port, "a"), await callsWithoutAck(port, "b"), await callsWithoutAck(port, "c")]).toEqual(["200", "200", "503"]);
  expect(media.answer).toHaveBeenCalledTimes(2);
});

test("an address has so many live calls and no more; who hangs up makes room", async () => {
  const { uri, media } = await front({ SIP_CALLS_PER_HOST: "3" });
  const from = await caller();
  const live = [await calls(from, uri), await calls(from, uri), await calls(from, uri)];
  expect(await calls(from, uri)).toEqual([503, "5"]);
  expect(media.answer).toHaveBeenCalledTimes(3);
  await (live[0] as { bye(): Promise<void> }).bye();
  expect(await calls(from, uri)).toHaveProperty("bye");
});

test("this machine itself is not limited unless the settings say so, and 0 limits nobody", async () => {
  const either: Record<string, string>[] = [{ SIP_CALLS_PER_HOST: "1", SIP_CALLS_PER_HOST_EXCEPT: "127.0.0.0/8,::1" }, { SIP_CALLS_PER_HOST: "0" }];
  for (const settings of either) {
    const { uri } = await front(settings);
    const from = await caller();
    for (let i = 0; i < 4; i++) expect(await calls(from, uri)).toHaveProperty("bye");
  }
});

test("a phone that has registered is no longer limited", async () => {
  const { uri } = await front({ SIP_CALLS_PER_HOST: "1" });
  const from = await caller();
  await calls(from, uri);
  expect(await calls(from, uri)).toEqual([503, "5"]);
  expect(await from.request({ method: "REGISTER", uri, from: "<sip:201@linija>", to: "<sip:201@linija>" })).toMatchObject({ status: 200 });
  expect(await calls(from, uri)).toHaveProperty("bye");
});

test("the trunk and excepted networks may have any number of calls, their neighbours may not, and a registration counts for an hour", () => {
  let nowMs = 0;
  const admission = new Admission(configSchema.parse({ SIP_TRUNK: "sip:user@192.0.2.5:5080;transport=udp", SIP_CALLS_PER_HOST_EXCEPT: "198.51.100.0/24, 2001:db8::/32" }), () => nowMs);
  const many = new Set(Array.from({ length: 100 }, () => ({ state: "confirmed" as const })));
  const isFree = (host: string): boolean => admission.refuse(host, many) === null;
  expect(["192.0.2.5", "::ffff:192.0.2.5", "198.51.100.77", "2001:db8::1"].filter((host) => !isFree(host))).toEqual([]);
  expect(["192.0.2.6", "198.51.101.1", "2001:db9::1", "127.0.0.1"].filter(isFree)).toEqual([]);
  admission.registered("192.0.2.6");
  nowMs = 3_599_000;
  expect(isFree("192.0.2.6")).toBe(true);
  nowMs = 3_601_000;
  expect(isFree("192.0.2.6")).toBe(false);
});

test("a network that is none is refused at the start", () => {
  expect(() => configSchema.parse({ SIP_CALLS_PER_HOST_EXCEPT: "10.0.0.0/33" })).toThrow("an address or a network");
  expect(() => configSchema.parse({ SIP_CALLS_PER_HOST_EXCEPT: "trunk.example" })).toThrow("an address or a network");
});

test("a line that only rings rings for whom we know: a stranger's datagram is answered, and nobody is rung before it is acknowledged", async () => {
  const { uri, began } = await front({}, true);
  await calls(await caller(), uri);
  expect(began).toEqual([false]);
  const known = await front({ SIP_CALLS_PER_HOST_EXCEPT: "127.0.0.0/8" }, true);
  await calls(await caller(), known.uri);
  expect(known.began).toEqual([true]);
});
