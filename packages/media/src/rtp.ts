/**
 * RTP headers (RFC 3550 §5.1): reading into one reused object, because an object a packet would be the largest
 * part of what a relayed packet costs, and the outgoing stream that every leg keeps for its whole life.
 */
export const samplesPerFrame = 160;
export const frameMs = 20;
export const headerBytes = 12;

export interface RtpView {
  payloadType: number; marker: boolean; seq: number; timestamp: number; ssrc: number;
  /** Where the payload begins and ends, extensions and padding taken off. */
  start: number; end: number;
  /** When it came, on the clock of `performance.now()`; set by whoever received it. */
  atMs: number;
}

export const newView = (): RtpView => ({ payloadType: 0, marker: false, seq: 0, timestamp: 0, ssrc: 0, start: 0, end: 0, atMs: 0 });

const read32 = (b: Uint8Array, at: number): number =>
  ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;

/** Fills `view` from a packet; false when it is not RTP version 2 or its lengths do not add up. */
export function readRtp(packet: Uint8Array, length: number, view: RtpView): boolean {
  if (length < headerBytes || packet[0]! >>> 6 !== 2) return false;
  const first = packet[0]!;
  let start = headerBytes + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (start + 4 > length) return false;
    start += 4 + ((packet[start + 2]! << 8) | packet[start + 3]!) * 4;
  }
  let end = length;
  if (first & 0x20) end -= packet[length - 1]!;
  if (start > end) return false;
  view.payloadType = packet[1]! & 0x7f;
  view.marker = packet[1]! > 0x7f;
  view.seq = (packet[2]! << 8) | packet[3]!;
  view.timestamp = read32(packet, 4);
  view.ssrc = read32(packet, 8);
  view.start = start;
  view.end = end;
  return true;
}

const random32 = (): number => Math.floor(Math.random() * 0x1_0000_0000);

/**
 * What we send to one leg: one SSRC whose sequence and timestamp run on over every change of source (another party,
 * a prompt, digits), so that the far end's jitter buffer never sees a break (RFC 3550 §7.1 would let a translator
 * keep the sender's numbers; phones disagree).
 */
export class OutStream {
  readonly ssrc = random32() || 1;
  packets = 0;
  bytes = 0;
  lastTimestamp = random32();
  lastAtMs = 0;
  #seq = Math.floor(Math.random() * 0x8000);
  #source = 0;
  #inSeq = 0;
  #inTimestamp = 0;
  #seqOffset = 0;
  #timestampOffset = 0;

  /** The next packet is the first of a new source, whatever its SSRC. */
  breakSource(): void {
    this.#source = 0;
  }

  /** Timestamp of something sent now that continues from what was sent before. */
  timestampNow(nowMs: number): number {
    if (this.lastAtMs === 0) return this.lastTimestamp;
    const elapsed = Math.max(samplesPerFrame, Math.round((nowMs - this.lastAtMs) * 8));
    return (this.lastTimestamp + elapsed) >>> 0;
  }

  /**
   * Writes the twelve header bytes at `at` for a packet that came with `from`'s numbers; gaps and reordering inside
   * one source are kept, so that the far end can count them.
   */
  relayed(buf: Uint8Array, at: number, payloadType: number, from: RtpView): void {
    let marker = from.marker;
    if (this.#source !== from.ssrc || jumped(from.seq, this.#inSeq) || tsJumped(from.timestamp, this.#inTimestamp)) {
      this.#source = from.ssrc;
      this.#seqOffset = (this.#seq + 1 - from.seq) & 0xffff;
      this.#timestampOffset = (this.timestampNow(from.atMs) - from.timestamp) >>> 0;
      marker = true;
    }
    this.#inSeq = from.seq;
    this.#inTimestamp = from.timestamp;
    const seq = (from.seq + this.#seqOffset) & 0xffff;
    const timestamp = (from.timestamp + this.#timestampOffset) >>> 0;
    this.#write(buf, at, marker ? payloadType | 0x80 : payloadType, seq);
    write32(buf, at + 4, timestamp);
    if (((seq - this.#seq) & 0xffff) < 0x8000) {
      this.#seq = seq;
      this.#note(timestamp, from.atMs);
    }
  }

  /** Writes a header for a packet of our own with the next sequence number and the timestamp given. */
  own(buf: Uint8Array, payloadType: number, timestamp: number, nowMs: number): void {
    this.#source = 0;
    this.#seq = (this.#seq + 1) & 0xffff;
    this.#note(timestamp, nowMs);
    this.#write(buf, 0, payloadType, this.#seq);
    write32(buf, 4, timestamp);
  }

  /** The packets of one telephone event share a timestamp; the clock runs from the first of them. */
  #note(timestamp: number, nowMs: number): void {
    if (timestamp === this.lastTimestamp && this.lastAtMs !== 0) return;
    this.lastTimestamp = timestamp;
    this.lastAtMs = nowMs;
  }

  #write(buf: Uint8Array, at: number, second: number, seq: number): void {
    buf[at] = 0x80;
    buf[at + 1] = second;
    buf[at + 2] = seq >>> 8;
    buf[at + 3] = seq;
    write32(buf, at + 8, this.ssrc);
  }
}

/** A sender that restarted its numbers under the same SSRC is a new source to us. */
const jumped = (seq: number, last: number): boolean => {
  const ahead = (seq - last) & 0xffff;
  return ahead > 1_000 && ahead < 0xffff - 1_000;
};
/** Ten seconds of silence suppression are ordinary, more is a restart. */
const tsJumped = (timestamp: number, last: number): boolean => Math.abs((timestamp - last) | 0) > 600 * 8_000;

export const write32 = (b: Uint8Array, at: number, value: number): void => {
  b[at] = value >>> 24;
  b[at + 1] = value >>> 16;
  b[at + 2] = value >>> 8;
  b[at + 3] = value;
};
