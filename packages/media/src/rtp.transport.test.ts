import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Leg } from "./leg.ts";
import type { PortPair, PortPool } from "./ports.ts";
import { RtpTransport } from "./rtp.transport.ts";
import type { LatchRule } from "./rtp.transport.ts";
import { chooseAudio, parseSdp } from "./sdp.ts";

const phone = "192.0.2.10:4000";
const otherPort = "192.0.2.10:4900";
const stranger = "198.51.100.66:4000";
const behindNat = "203.0.113.5:61000";

beforeEach(() => { vi.useFakeTimers({ toFake: ["performance"] }); });
afterEach(() => { vi.useRealTimers(); });

const later = (ms: number): void => { vi.advanceTimersByTime(ms); };
const placeOf = (text: string): { address: string; port: number } => {
  const [address, port] = text.split(":") as [string, string];
  return { address, port: Number(port) };
};

/** One leg on sockets that only note what they are told; the clock stands until it is moved. */
function open(rule: LatchRule = "signalled") {
  const kernel: { only: string | null; sentTo: string | null } = { only: null, sentTo: null };
  const socket = () => ({
    onPacket: null as ((packet: Buffer, from: object) => void) | null, isConnected: false,
    connect: (port: number, address: string) => { kernel.only = `${address}:${port}`; },
    disconnect: () => { kernel.only = null; },
    send: (_packet: Buffer, _start: number, _end: number, to: { address: string; port: number }) => { kernel.sentTo = `${to.address}:${to.port}`; },
  });
  const pair = { port: 20_000, rtp: socket(), rtcp: socket() };
  const leg = new Leg({ call: "c", leg: "a" }, "rtp", () => {});
  const transport = new RtpTransport(leg, pair as unknown as PortPair, {} as PortPool, rule);
  let seq = 0;
  return {
    kernel,
    signal(place: string, signalledFrom: string | null = null) {
      const { address, port } = placeOf(place);
      const choice = chooseAudio(parseSdp(`v=0\no=x 1 1 IN IP4 h\ns=-\nc=IN IP4 ${address}\nt=0 0\nm=audio ${port} RTP/AVP 8\n`), "rtp");
      leg.apply(choice);
      transport.apply(choice, signalledFrom);
    },
    /** How many of so many packets from this place were heard. */
    heard(place: string, packets: number): number {
      const before = leg.in.packets;
      for (let i = 0; i < packets; i++) {
        const packet = Buffer.alloc(172);
        packet.writeUInt16BE(0x8008, 0);
        packet.writeUInt16BE(++seq, 2);
        packet.writeUInt32BE(seq * 160, 4);
        packet.writeUInt32BE(7, 8);
        if (kernel.only === null || kernel.only === place) pair.rtp.onPacket!(packet, placeOf(place));
      }
      return leg.in.packets - before;
    },
    unlatch: () => transport.unlatch(),
    /** Where sound goes now. */
    get speaksTo() {
      transport.send(Buffer.alloc(172), 0, 172);
      return kernel.sentTo;
    },
  };
}

test("a stranger who comes first and stays is never believed, and the phone that is nine seconds late is heard at once", () => {
  const leg = open();
  leg.signal(phone, "192.0.2.10");
  for (let second = 0; second < 9; second++) {
    expect(leg.heard(stranger, 50)).toBe(0);
    later(1_000);
  }
  expect(leg.speaksTo).toBe(phone);
  expect(leg.heard(phone, 1)).toBe(1);
  expect(leg.kernel.only).toBe(phone);
  expect(leg.heard(stranger, 50)).toBe(0);
});

test("a stranger is not believed after the phone has fallen silent either", () => {
  const leg = open();
  leg.signal(phone);
  expect(leg.heard(phone, 5)).toBe(5);
  later(20_000);
  leg.unlatch();
  expect(leg.heard(stranger, 200)).toBe(0);
  expect(leg.speaksTo).toBe(phone);
});

test("a phone behind NAT with a private address in SDP is found where its signalling came from, however late it speaks", () => {
  const leg = open();
  leg.signal("10.9.8.7:4000", "203.0.113.5");
  later(9_000);
  expect(leg.heard(stranger, 100)).toBe(0);
  expect(leg.heard(behindNat, 5)).toBe(1);
  expect(leg.speaksTo).toBe(behindNat);
});

test("a private address in SDP with signalling from nowhere known believes nobody else", () => {
  const leg = open();
  leg.signal("10.9.8.7:4000");
  expect(leg.heard(behindNat, 100)).toBe(0);
});

test("symmetric RTP: a phone that sends from another port of its address is answered there", () => {
  const leg = open();
  leg.signal(phone);
  expect(leg.heard(otherPort, 4)).toBe(0);
  expect(leg.heard(otherPort, 4)).toBe(4);
  expect(leg.speaksTo).toBe(otherPort);
});

test("the signalled address wins also long after a guess was taken, and takes the sound with it", () => {
  const leg = open();
  leg.signal(phone, "203.0.113.5");
  expect(leg.heard(behindNat, 10)).toBe(6);
  later(60_000);
  expect(leg.kernel.only).toBeNull();
  expect(leg.heard(phone, 1)).toBe(1);
  expect(leg.speaksTo).toBe(phone);
  expect(leg.heard(behindNat, 10)).toBe(0);
});

test("a re-INVITE that moves the address is followed, and stragglers of the old place do not draw the sound back", () => {
  const leg = open();
  leg.signal(phone, "192.0.2.10");
  expect(leg.heard(phone, 10)).toBe(10);
  leg.signal(otherPort, "192.0.2.10");
  expect(leg.speaksTo).toBe(otherPort);
  expect(leg.heard(phone, 20)).toBe(0);
  expect(leg.speaksTo).toBe(otherPort);
  expect(leg.heard(otherPort, 1)).toBe(1);
  expect(leg.kernel.only).toBe(otherPort);
  leg.signal("192.0.2.77:5000", "192.0.2.77");
  expect([leg.heard(phone, 50), leg.heard(otherPort, 50), leg.heard("192.0.2.77:5000", 1)]).toEqual([0, 0, 1]);
});

test("a phone behind NAT that comes back from another network is found again by its re-INVITE", () => {
  const leg = open();
  leg.signal("10.9.8.7:4000", "203.0.113.5");
  leg.heard(behindNat, 10);
  leg.signal("10.9.8.7:4000", "203.0.113.99");
  expect(leg.heard("203.0.113.99:3000", 5)).toBe(1);
  expect(leg.speaksTo).toBe("203.0.113.99:3000");
});

test("a trunk that sends from addresses it does not name is believed where the engine is told so, for five seconds, and the signalled address still wins", () => {
  const leg = open("any");
  leg.signal(phone, "192.0.2.10");
  expect(leg.heard("192.0.2.200:30000", 5)).toBe(1);
  expect(leg.speaksTo).toBe("192.0.2.200:30000");
  later(9_000);
  expect(leg.heard(phone, 1)).toBe(1);
  expect(leg.speaksTo).toBe(phone);
  leg.signal("192.0.2.10:4002");
  later(5_000);
  expect(leg.heard(stranger, 50)).toBe(0);
});
