import { PCMU } from "./g711.ts";
import type { Law } from "./g711.ts";
import { reversed } from "./sdp.ts";
import type { AudioChoice, Direction, Sdp } from "./sdp.ts";

/** The parts of our side that do not come from the other side's description. */
export interface LocalAudio { address: string; port: number; rtcpPort: number; sessionId: number; version: number }

const nameOf = (law: Law): string => (law === PCMU ? "PCMU/8000" : "PCMA/8000");

const head = (local: LocalAudio): string[] => [
  "v=0",
  `o=linija ${local.sessionId} ${local.version} IN IP4 ${local.address}`,
  "s=-",
  `c=IN IP4 ${local.address}`,
  "t=0 0",
];

const digitLines = (type: number): string[] => [`a=rtpmap:${type} telephone-event/8000`, `a=fmtp:${type} 0-15`];
const text = (lines: string[]): string => `${lines.join("\r\n")}\r\n`;

/** Payload type of telephone-event in our own offers. */
export const ourDigitType = 101;

/** Our offer of plain RTP audio, the preferred law first. */
export function writeOffer(local: LocalAudio, preferred: Law): string {
  const laws: Law[] = preferred === PCMU ? [0, 8] : [8, 0];
  return text([
    ...head(local),
    `m=audio ${local.port} RTP/AVP ${laws.join(" ")} ${ourDigitType}`,
    ...laws.map((law) => `a=rtpmap:${law} ${nameOf(law)}`),
    ...digitLines(ourDigitType),
    `a=rtcp:${local.rtcpPort}`,
    "a=ptime:20",
    "a=sendrecv",
  ]);
}

/** What we answer with: one law, the events, and the mirror of what they do (RFC 3264 §6.1). */
function answerLines(choice: AudioChoice): string[] {
  return [
    `a=rtpmap:${choice.audioType} ${nameOf(choice.law)}`,
    ...(choice.digitType === null ? [] : digitLines(choice.digitType)),
    "a=ptime:20",
    `a=${directionOfAnswer(choice)}`,
  ];
}

function directionOfAnswer(choice: AudioChoice): Direction {
  const mirrored = reversed(choice.media.direction);
  return mirrored === "sendrecv" && !choice.maySend ? "recvonly" : mirrored;
}

const formatsOf = (choice: AudioChoice): string =>
  choice.digitType === null ? `${choice.audioType}` : `${choice.audioType} ${choice.digitType}`;

/** All sections of the offer in their order (RFC 3264 §6): ours where the audio is, port 0 for the others. */
function withRefused(offer: Sdp, choice: AudioChoice, ours: string[]): string[] {
  return offer.media.flatMap((media, index) => {
    if (index === choice.index) return ours;
    const refused = [`m=${media.kind} 0 ${media.protocol} ${media.formats.join(" ")}`, "c=IN IP4 0.0.0.0"];
    return media.mid === null ? refused : [...refused, `a=mid:${media.mid}`];
  });
}

/** Our answer to an offer of plain RTP. */
export function writeAnswer(local: LocalAudio, offer: Sdp, choice: AudioChoice): string {
  const { media } = choice;
  return text([
    ...head(local),
    ...withRefused(offer, choice, [
      `m=audio ${local.port} ${media.protocol} ${formatsOf(choice)}`,
      ...answerLines(choice),
      ...(media.rtcpMux ? ["a=rtcp-mux"] : [`a=rtcp:${local.rtcpPort}`]),
    ]),
  ]);
}

/** The secure side of a browser leg as it goes into SDP (RFC 8839, RFC 8842). */
export interface LocalSecure {
  ufrag: string; pwd: string; fingerprint: string; candidates: string[]; ssrc: number;
}

/** Our answer to a browser: all candidates inside, `ice-lite`, the browser opens DTLS. */
export function writeWebrtcAnswer(local: LocalAudio, secure: LocalSecure, offer: Sdp, choice: AudioChoice): string {
  const mid = choice.media.mid;
  return text([
    ...head(local),
    ...(mid !== null && offer.bundle.includes(mid) ? [`a=group:BUNDLE ${mid}`] : []),
    "a=ice-lite",
    ...withRefused(offer, choice, [
      `m=audio ${local.port} ${choice.media.protocol} ${formatsOf(choice)}`,
      ...(mid === null ? [] : [`a=mid:${mid}`]),
      `a=ice-ufrag:${secure.ufrag}`,
      `a=ice-pwd:${secure.pwd}`,
      `a=fingerprint:sha-256 ${secure.fingerprint}`,
      "a=setup:passive",
      "a=rtcp-mux",
      ...answerLines(choice),
      "a=msid:linija audio",
      `a=ssrc:${secure.ssrc} cname:linija`,
      ...secure.candidates.map((candidate) => `a=candidate:${candidate}`),
      "a=end-of-candidates",
    ]),
  ]);
}
