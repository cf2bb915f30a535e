import fc from "fast-check";
import { expect, test } from "vitest";
import { MediaRefused } from "./index.ts";
import { chooseAudio, parseSdp } from "./sdp.ts";
import { writeAnswer } from "./sdp.write.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const runs = { seed, numRuns: 3_000 };

const phoneOffer = [
  "v=0", "o=alice 2890844526 2890844526 IN IP4 192.0.2.10", "s=call", "c=IN IP4 192.0.2.10", "t=0 0",
  "m=audio 49170 RTP/AVP 9 8 0 101", "a=rtpmap:9 G722/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000/1",
  "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=rtcp:49999", "a=sendrecv",
  "m=video 51372 RTP/AVP 31", "a=rtpmap:31 H261/90000", "",
];
const local = { address: "198.51.100.1", port: 20_000, rtcpPort: 20_001, sessionId: 1, version: 1 };
const edited = (from: string, to: string): string => phoneOffer.join("\r\n").replace(from, to);

test("the first G.711 law of the offer and its telephone-event are chosen", () => {
  const choice = chooseAudio(parseSdp(phoneOffer.join("\r\n")), "rtp");
  expect(choice).toMatchObject({ index: 0, law: 8, audioType: 8, digitType: 101, maySend: true, mayHear: true });
  expect(choice.media).toMatchObject({ address: "192.0.2.10", port: 49_170, rtcpPort: 49_999, direction: "sendrecv" });
});

test("every section of the offer is answered in its place, those we do not carry with port 0", () => {
  const offer = parseSdp(phoneOffer.join("\r\n"));
  const answer = writeAnswer(local, offer, chooseAudio(offer, "rtp"));
  expect(answer.split("\r\n").filter((line) => line.startsWith("m="))).toEqual(["m=audio 20000 RTP/AVP 8 101", "m=video 0 RTP/AVP 31"]);
  expect(parseSdp(answer).media).toHaveLength(2);
});

test("line ends of all kinds, dynamic types and connection lines in the section are understood", () => {
  const choice = chooseAudio(parseSdp(
    "v=0\no=x 1 1 IN IP4 h\ns=-\nt=0 0\nm=audio 4000 RTP/AVP 97 98\nc=IN IP4 203.0.113.5\na=rtpmap:97 pcmu/8000\na=rtpmap:98 telephone-event/8000\n",
  ), "rtp");
  expect(choice).toMatchObject({ law: 0, audioType: 97, digitType: 98 });
  expect(choice.media.address).toBe("203.0.113.5");
});

test("telephone-event at 48 kHz is not taken for G.711's", () => {
  expect(chooseAudio(parseSdp(edited("telephone-event/8000", "telephone-event/48000")), "rtp").digitType).toBeNull();
});

test.each([
  ["sendonly", "a=recvonly", false, true], ["recvonly", "a=sendonly", true, false], ["inactive", "a=inactive", false, false],
])("%s is answered with %s", (theirs, ours, maySend, mayHear) => {
  const offer = parseSdp(edited("a=sendrecv", `a=${theirs}`));
  const choice = chooseAudio(offer, "rtp");
  expect(choice).toMatchObject({ maySend, mayHear });
  expect(writeAnswer(local, offer, choice)).toContain(ours);
});

test.each([
  ["no version", edited("v=0\r\n", "")],
  ["a port that does not exist", edited("49170", "99999")],
  ["a port that is no number", edited("49170", "4x")],
  ["a host name for an address", edited("c=IN IP4 192.0.2.10", "c=IN IP4 phone.example")],
  ["an address of the wrong family", edited("c=IN IP4", "c=IN IP6")],
  ["a line without a type", edited("s=call", "call")],
  ["an rtpmap beyond 127", edited("a=rtpmap:9 G", "a=rtpmap:900 G")],
  ["no media", "v=0\r\no=x 1 1 IN IP4 1.2.3.4\r\n"],
  ["more than 64 KB", `${phoneOffer.join("\r\n")}${"a=x\r\n".repeat(14_000)}`],
  ["more sections than anyone needs", `v=0\r\n${"m=audio 4 RTP/AVP 8\r\n".repeat(40)}`],
])("%s is refused as bad, with a reason", (_what, text) => {
  expect(() => parseSdp(text)).toThrow(expect.objectContaining({ code: "bad_sdp", message: expect.stringMatching(/\w+ \w+/) as string }) as Error);
});

test.each([
  ["only G.722", edited("9 8 0 101", "9")], ["a closed port", edited("audio 49170", "audio 0")],
  ["encrypted media", edited("49170 RTP/AVP", "49170 RTP/SAVP")], ["only video", edited("m=audio", "m=text")],
  ["a multicast address", edited("c=IN IP4 192.0.2.10", "c=IN IP4 239.1.2.3")],
  ["the broadcast address", edited("c=IN IP4 192.0.2.10", "c=IN IP4 255.255.255.255")],
  ["a reserved address", edited("c=IN IP4 192.0.2.10", "c=IN IP4 240.0.0.1")],
  ["an address of no network", edited("c=IN IP4 192.0.2.10", "c=IN IP4 0.1.2.3")],
  ["an IPv6 address", edited("c=IN IP4 192.0.2.10", "c=IN IP6 2001:db8::1")],
])("%s is refused as not acceptable", (_what, text) => {
  expect(() => chooseAudio(parseSdp(text), "rtp")).toThrow(expect.objectContaining({ code: "not_acceptable" }) as Error);
});

/** The code of a refusal, or "read"; anything else that is thrown goes on. */
function outcome(text: string): string {
  const refusal = (attempt: () => void): string => {
    try {
      attempt();
      return "read";
    } catch (error) {
      if (error instanceof MediaRefused) return error.code;
      throw error;
    }
  };
  return refusal(() => {
    const sdp = parseSdp(text);
    for (const kind of ["rtp", "webrtc"] as const) refusal(() => void parseSdp(writeAnswer(local, sdp, chooseAudio(sdp, kind))));
  });
}

test(`whatever the text, it is read or refused (seed ${seed})`, () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => ["read", "bad_sdp"].includes(outcome(text))), runs);
});

test(`a bent offer is read or refused, never more (seed ${seed})`, () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom("v=0", "m=audio", "m=audio 1 RTP/AVP 0", "a=rtpmap:", "c=IN IP4", "a=fingerprint:", "a=ice-ufrag:x", "\0", "a=__proto__:1", "a=constructor", "a=candidate:"), fc.nat().map(String));
  const bend = fc.record({ line: fc.nat(phoneOffer.length), at: fc.nat(60), cut: fc.nat(20), put: piece });
  fc.assert(fc.property(fc.array(bend, { minLength: 1, maxLength: 6 }), (bends) => {
    const lines = [...phoneOffer];
    for (const { line, at, cut, put } of bends) {
      const text = lines[line] ?? "";
      lines[line] = text.slice(0, at) + put + text.slice(at + cut);
    }
    return ["read", "bad_sdp"].includes(outcome(lines.join("\r\n")));
  }), runs);
});

test("the longest allowed text is read or refused in under 50 ms", () => {
  const startMs = performance.now();
  outcome(`${phoneOffer.join("\r\n")}a=candidate:${"1 ".repeat(30_000)}`);
  expect(performance.now() - startMs).toBeLessThan(50);
});
