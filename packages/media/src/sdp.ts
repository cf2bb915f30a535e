import { BlockList, isIP } from "node:net";
import { MediaRefused } from "./engine.ts";
import { PCMA, PCMU } from "./g711.ts";
import type { Law } from "./g711.ts";

/**
 * Reads session descriptions (RFC 8866) as far as one audio stream needs, and only within bounds: whatever the text
 * is, the outcome is a description or a `MediaRefused` (`bad_sdp`, `not_acceptable`).
 */
const mostBytes = 64 * 1024;
const mostLines = 2_000;
const mostMedia = 32;
const mostFormats = 128;
const mostCandidates = 64;

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** Seen from the other side. */
export const reversed = (direction: Direction): Direction =>
  direction === "sendonly" ? "recvonly" : direction === "recvonly" ? "sendonly" : direction;

export interface SdpFingerprint { algorithm: string; value: string }

export interface SdpMedia {
  kind: string; port: number; protocol: string; formats: string[];
  /** Address of the section or of the session; null when neither names one. */
  address: string | null;
  direction: Direction;
  /** `a=rtpmap` by payload type: `PCMA/8000`, in capitals. */
  rtpmap: Map<number, string>;
  rtcpMux: boolean;
  rtcpPort: number | null;
  mid: string | null;
  ice: { ufrag: string; pwd: string } | null;
  fingerprints: SdpFingerprint[];
  setup: string | null;
  candidates: string[];
}

export interface Sdp { media: SdpMedia[]; bundle: string[] }

const bad = (message: string): MediaRefused => new MediaRefused("bad_sdp", message);

type Section = Omit<SdpMedia, "kind" | "port" | "protocol" | "formats">;

const newSection = (over?: Section): Section => ({
  address: over?.address ?? null, direction: over?.direction ?? "sendrecv", rtpmap: new Map(), rtcpMux: false,
  rtcpPort: null, mid: null, ice: over?.ice ? { ...over.ice } : null, fingerprints: [...(over?.fingerprints ?? [])],
  setup: over?.setup ?? null, candidates: [],
});

/** Parses an SDP text. */
export function parseSdp(text: string): Sdp {
  if (text.length > mostBytes) throw bad("session description is longer than 64 KB");
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > mostLines) throw bad(`session description has more than ${mostLines} lines`);
  if (lines[0] !== "v=0") throw bad("session description does not begin with v=0");
  const session = newSection();
  const sdp: Sdp = { media: [], bundle: [] };
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    if (!/^[a-z]=/.test(line)) throw bad(`line ${index + 1} is not of the form x=value`);
    readLine(line[0]!, line.slice(2), sdp, session);
  }
  if (sdp.media.length === 0) throw bad("session description has no media section");
  return sdp;
}

function readLine(type: string, value: string, sdp: Sdp, session: Section): void {
  const current = sdp.media.at(-1) ?? session;
  if (type === "o") checkOrigin(value);
  if (type === "c") current.address = parseConnection(value);
  if (type === "a") readAttribute(current, sdp, value);
  if (type !== "m") return;
  if (sdp.media.length === mostMedia) throw bad(`more than ${mostMedia} media sections`);
  sdp.media.push({ ...newSection(session), ...parseMediaLine(value) });
}

function checkOrigin(value: string): void {
  if (value.split(" ").length !== 6) throw bad("o= line needs six fields");
}

function parseConnection(value: string): string {
  const [net, family, address, ...rest] = value.split(" ");
  if (net !== "IN" || (family !== "IP4" && family !== "IP6") || !address || rest.length > 0) throw bad(`c= line not understood: ${value.slice(0, 80)}`);
  // A multicast suffix (TTL, count) has no place in a call, a host name would mean DNS on the media path.
  if (isIP(address) !== (family === "IP4" ? 4 : 6)) throw bad(`c= line without an ${family} address: ${address.slice(0, 80)}`);
  return address;
}

function parseMediaLine(value: string): Pick<SdpMedia, "kind" | "port" | "protocol" | "formats"> {
  const [kind, portText, protocol, ...formats] = value.split(" ").filter((word) => word !== "");
  if (!kind || !protocol || !/^\d{1,5}(\/\d{1,3})?$/.test(portText ?? "")) throw bad(`m= line not understood: ${value.slice(0, 80)}`);
  const port = Number.parseInt(portText!, 10);
  if (port > 65_535) throw bad(`port ${port} does not exist`);
  if (formats.length === 0 || formats.length > mostFormats) throw bad("m= line without formats or with too many");
  return { kind, port, protocol, formats };
}

const directions = new Set(["sendrecv", "sendonly", "recvonly", "inactive"]);

function readAttribute(section: Section, sdp: Sdp, attribute: string): void {
  if (directions.has(attribute)) {
    section.direction = attribute as Direction;
    return;
  }
  const colon = attribute.indexOf(":");
  const name = colon < 0 ? attribute : attribute.slice(0, colon);
  const value = colon < 0 ? "" : attribute.slice(colon + 1).trim();
  attributeReaders[name]?.(section, value, sdp);
}

type AttributeReader = (section: Section, value: string, sdp: Sdp) => void;

const attributeReaders: Record<string, AttributeReader | undefined> = Object.assign(Object.create(null) as Record<string, AttributeReader>, {
  rtpmap(section, value) {
    const found = /^(\d{1,3}) +([^ ]{1,64})$/.exec(value);
    if (!found || Number(found[1]) > 127) throw bad(`a=rtpmap not understood: ${value.slice(0, 80)}`);
    section.rtpmap.set(Number(found[1]), found[2]!.toUpperCase().replace(/^([^/]+\/\d+)\/1$/, "$1"));
  },
  rtcp(section, value) {
    const port = Number.parseInt(value, 10);
    if (port > 0 && port <= 65_535) section.rtcpPort = port;
  },
  "rtcp-mux"(section) {
    section.rtcpMux = true;
  },
  mid(section, value) {
    section.mid = token(value, "mid");
  },
  setup(section, value) {
    section.setup = value;
  },
  fingerprint(section, value) {
    const [algorithm, digest] = value.split(/ +/);
    if (!algorithm || !digest || !/^[0-9a-f]{2}(:[0-9a-f]{2}){15,63}$/i.test(digest)) throw bad("a=fingerprint not understood");
    section.fingerprints = [...section.fingerprints.slice(0, 7), { algorithm: algorithm.toLowerCase(), value: digest.toUpperCase() }];
  },
  "ice-ufrag"(section, value) {
    section.ice = { ufrag: iceText(value, 4, "ufrag"), pwd: section.ice?.pwd ?? "" };
  },
  "ice-pwd"(section, value) {
    section.ice = { ufrag: section.ice?.ufrag ?? "", pwd: iceText(value, 22, "pwd") };
  },
  candidate(section, value) {
    if (section.candidates.length < mostCandidates && value.length < 512) section.candidates.push(value);
  },
  group(_section, value, sdp) {
    const [semantics, ...mids] = value.split(" ");
    if (semantics === "BUNDLE") sdp.bundle = mids.slice(0, mostMedia);
  },
} satisfies Record<string, AttributeReader>);

function token(value: string, name: string): string {
  if (!/^[\w!#$%&'*+.^`{|}~-]{1,64}$/.test(value)) throw bad(`a=${name} is not a token`);
  return value;
}

/** RFC 8839 §5.4: 4 to 256 (22 to 256) characters of a small alphabet. */
function iceText(value: string, least: number, name: string): string {
  if (value.length < least || !/^[A-Za-z0-9+/]{1,256}$/.test(value)) throw bad(`a=ice-${name} not understood`);
  return value;
}

/** What two sides can say to each other over one audio section. */
export interface AudioChoice {
  /** Index of the section among all, so that the answer can refuse the others. */
  index: number;
  media: SdpMedia;
  /** What we send: the first G.711 law the other side lists. */
  law: Law;
  audioType: number;
  /** Payload type of telephone-event at 8 kHz; null when the other side has none. */
  digitType: number | null;
  /** All laws by payload type: a phone may switch between those it listed. */
  laws: Map<number, Law>;
  /** False while the other side holds us or is not yet reachable: nothing may be sent to it. */
  maySend: boolean;
  /** False while the other side does not intend to send. */
  mayHear: boolean;
}

const lawOf = (name: string | undefined): Law | null =>
  name === "PCMU/8000" ? PCMU : name === "PCMA/8000" ? PCMA : null;
const staticNames: Record<number, string> = { 0: "PCMU/8000", 8: "PCMA/8000" };

const plainProtocols = new Set(["RTP/AVP", "RTP/AVPF"]);
const secureProtocols = new Set(["UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVPF"]);

/** Picks the first audio section we can carry; `not_acceptable` when there is none. */
export function chooseAudio(sdp: Sdp, kind: "rtp" | "webrtc"): AudioChoice {
  const protocols = kind === "rtp" ? plainProtocols : secureProtocols;
  for (const [index, media] of sdp.media.entries()) {
    if (media.kind !== "audio" || media.port === 0 || !protocols.has(media.protocol)) continue;
    const codecs = chooseCodecs(media);
    if (!codecs) continue;
    checkReachable(media, kind);
    const isHeld = kind === "rtp" && media.address === heldAddress;
    const wants = media.direction;
    return {
      index, media, ...codecs,
      maySend: !isHeld && (wants === "sendrecv" || wants === "recvonly"),
      mayHear: wants === "sendrecv" || wants === "sendonly",
    };
  }
  throw new MediaRefused("not_acceptable", "no audio in PCMA or PCMU over a transport we carry");
}

/** RFC 3264 §8.4: the old way to hold. */
const heldAddress = "0.0.0.0";

/** Nobody can be called there: this network, multicast, reserved with the broadcast address (RFC 6890, RFC 5771). */
const nobody = new BlockList();
for (const [net, bits] of [["0.0.0.0", 8], ["224.0.0.0", 4], ["240.0.0.0", 4]] as const) nobody.addSubnet(net, bits);

function checkReachable(media: SdpMedia, kind: "rtp" | "webrtc"): void {
  if (kind === "webrtc" && (!media.ice?.ufrag || !media.ice.pwd || media.fingerprints.length === 0)) {
    throw bad("browser offer without ICE credentials or fingerprint");
  }
  if (kind === "webrtc") return;
  const address = media.address ?? "";
  if (isIP(address) !== 4) throw new MediaRefused("not_acceptable", "audio needs an IPv4 address");
  if (address !== heldAddress && nobody.check(address)) throw new MediaRefused("not_acceptable", `audio cannot be sent to ${address}`);
}

function chooseCodecs(media: SdpMedia): Pick<AudioChoice, "law" | "audioType" | "digitType" | "laws"> | null {
  const laws = new Map<number, Law>();
  let digitType: number | null = null;
  for (const format of media.formats) {
    const type = Number(format);
    if (!Number.isInteger(type) || type < 0 || type > 127) continue;
    const name = media.rtpmap.get(type) ?? staticNames[type];
    const law = lawOf(name);
    if (law !== null) laws.set(type, law);
    // Chromium also lists telephone-event/48000 for Opus; only the 8 kHz one shares G.711's clock (RFC 4733 §2.1).
    if (digitType === null && name === "TELEPHONE-EVENT/8000") digitType = type;
  }
  const [first] = laws;
  return first ? { audioType: first[0], law: first[1], digitType, laws } : null;
}
