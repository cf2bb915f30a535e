import { write32 } from "./rtp.ts";
import type { OutStream, RtpView } from "./rtp.ts";

/** What we know of the stream that comes in (RFC 3550 A.1, A.3, A.8). */
export class InStream {
  ssrc = 0;
  packets = 0;
  bytes = 0;
  jitter = 0;
  #lostBefore = 0;
  #base = 0;
  #highest = 0;
  #receivedNow = 0;
  #expectedPrior = 0;
  #receivedPrior = 0;
  #transit = 0;
  #fresh = true;

  /** Counts one packet; `clocked` is false for packets whose timestamp stands still (telephone events). */
  count(view: RtpView, length: number, clocked: boolean): void {
    this.packets++;
    this.bytes += length;
    if (view.ssrc !== this.ssrc || this.#fresh) this.#restart(view);
    const ahead = (view.seq - this.#highest) & 0xffff;
    if (ahead < 3_000) this.#highest += ahead;
    else if (ahead < 0xffff - 1_000) this.#restart(view);
    this.#receivedNow++;
    if (!clocked) return;
    const transit = view.atMs * 8 - view.timestamp;
    if (this.#receivedNow > 1) {
      const delta = Math.abs(transit - this.#transit);
      // A jump of over two seconds is a talk spurt after silence, not jitter.
      if (delta < 16_000) this.jitter += (delta - this.jitter) / 16;
    }
    this.#transit = transit;
  }

  #restart(view: RtpView): void {
    this.#lostBefore = this.lost;
    this.ssrc = view.ssrc;
    this.#base = view.seq;
    this.#highest = view.seq;
    this.#receivedNow = 0;
    this.#expectedPrior = 0;
    this.#receivedPrior = 0;
    this.#fresh = false;
  }

  get #expected(): number {
    return this.#fresh ? 0 : this.#highest - this.#base + 1;
  }

  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected - this.#receivedNow);
  }

  get jitterMs(): number {
    return this.jitter / 8;
  }

  /** One report block (RFC 3550 §6.4.1), 24 bytes at `at`. */
  writeReport(out: Buffer, at: number, heard: SenderReportSeen): void {
    const expected = this.#expected - this.#expectedPrior;
    const lostNow = expected - (this.#receivedNow - this.#receivedPrior);
    this.#expectedPrior = this.#expected;
    this.#receivedPrior = this.#receivedNow;
    const fraction = expected > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expected)) : 0;
    const lost = Math.min(0x7f_ffff, Math.max(0, this.#expected - this.#receivedNow));
    write32(out, at, this.ssrc);
    write32(out, at + 4, ((fraction << 24) | lost) >>> 0);
    write32(out, at + 8, this.#highest >>> 0);
    write32(out, at + 12, Math.floor(this.jitter));
    write32(out, at + 16, heard.middle);
    write32(out, at + 20, heard.middle === 0 ? 0 : Math.floor(((performance.now() - heard.atMs) * 65_536) / 1_000));
  }
}

/** The middle 32 bits of the last sender report's NTP time, and when it came. */
export interface SenderReportSeen { middle: number; atMs: number }

export interface FarReport { lost: number; jitterMs: number; roundTripMs: number | null }

const ntpEpochSeconds = 2_208_988_800;
const ntpNow = (): { seconds: number; fraction: number } => {
  const ms = performance.timeOrigin + performance.now();
  const seconds = Math.floor(ms / 1_000);
  return { seconds: seconds + ntpEpochSeconds, fraction: Math.floor(((ms - seconds * 1_000) / 1_000) * 0x1_0000_0000) };
};
const ntpMiddle = (): number => {
  const { seconds, fraction } = ntpNow();
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
};

/** A compound SR (or RR while nothing was sent) with SDES, as RFC 3550 §6.1 wants it. */
export function writeRtcp(sent: OutStream, received: InStream, heard: SenderReportSeen, cname: string): Buffer {
  const hasReport = received.packets > 0;
  const isSender = sent.packets > 0;
  const head = isSender ? 28 : 8;
  const report = head + (hasReport ? 24 : 0);
  const name = Buffer.from(cname.slice(0, 64));
  // SDES: header, SSRC, one item, at least one zero, filled to 32 bits.
  const sdes = 8 + Math.ceil((2 + name.length + 1) / 4) * 4;
  const out = Buffer.alloc(report + sdes);
  out[0] = 0x80 | (hasReport ? 1 : 0);
  out[1] = isSender ? 200 : 201;
  out.writeUInt16BE(report / 4 - 1, 2);
  write32(out, 4, sent.ssrc);
  if (isSender) {
    const now = ntpNow();
    write32(out, 8, now.seconds);
    write32(out, 12, now.fraction);
    write32(out, 16, sent.timestampNow(performance.now()));
    write32(out, 20, sent.packets);
    write32(out, 24, sent.bytes);
  }
  if (hasReport) received.writeReport(out, head, heard);
  out[report] = 0x81;
  out[report + 1] = 202;
  out.writeUInt16BE(sdes / 4 - 1, report + 2);
  write32(out, report + 4, sent.ssrc);
  out[report + 8] = 1;
  out[report + 9] = name.length;
  name.copy(out, report + 10);
  return out;
}

/** Reads a compound packet: sets `heard` from a sender report and returns the block about `ourSsrc`, if any. */
export function readRtcp(packet: Buffer, ourSsrc: number, heard: SenderReportSeen): FarReport | null {
  let found: FarReport | null = null;
  let at = 0;
  while (at + 8 <= packet.length && packet[at]! >>> 6 === 2) {
    const length = (packet.readUInt16BE(at + 2) + 1) * 4;
    if (at + length > packet.length) break;
    const type = packet[at + 1]!;
    if (type === 200 && length >= 28) {
      heard.middle = packet.readUInt32BE(at + 10);
      heard.atMs = performance.now();
    }
    if (type === 200 || type === 201) {
      found = readBlocks(packet.subarray(at, at + length), type === 200 ? 28 : 8, ourSsrc) ?? found;
    }
    at += length;
  }
  return found;
}

function readBlocks(report: Buffer, from: number, ourSsrc: number): FarReport | null {
  const count = report[0]! & 0x1f;
  for (let i = 0, at = from; i < count && at + 24 <= report.length; i++, at += 24) {
    if (report.readUInt32BE(at) !== ourSsrc) continue;
    const lost = (report.readInt32BE(at + 4) << 8) >> 8;
    const middle = report.readUInt32BE(at + 16);
    const roundTrip = ((ntpMiddle() - middle - report.readUInt32BE(at + 20)) | 0) / 65.536;
    return { lost: Math.max(0, lost), jitterMs: report.readUInt32BE(at + 12) / 8, roundTripMs: middle === 0 || roundTrip < 0 ? null : roundTrip };
  }
  return null;
}
