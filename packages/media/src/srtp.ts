import { createCipheriv, createDecipheriv, createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { Cipheriv, KeyObject } from "node:crypto";
import { headerBytes, write32 } from "./rtp.ts";

/**
 * SRTP and SRTCP (RFC 3711, RFC 7714) with the two profiles browsers agree on. Keys are KeyObjects and the AES-CM
 * keystream comes from one long-lived ECB cipher, because in Node 24 a fresh cipher with a raw key costs more than
 * everything else done to a packet.
 */
export const profileCm = 0x0001;
export const profileGcm = 0x0007;
export type SrtpProfile = typeof profileCm | typeof profileGcm;

const cmTagBytes = 10;
const gcmTagBytes = 16;
/** RFC 3711 §3.3.2 asks for at least 64. */
const replayWindow = 128;
const mostSources = 16;
const blockBytes = 16;
const mostBlocks = 96;
/** Largest packet this transform takes; larger ones are not telephony. */
export const mostPacketBytes = mostBlocks * blockBytes;

const labels = { rtp: { key: 0, auth: 1, salt: 2 }, rtcp: { key: 3, auth: 4, salt: 5 } } as const;

export interface MasterKey { key: Buffer; salt: Buffer }

/** RFC 3711 §4.3 with a key derivation rate of zero. */
function derive(master: MasterKey, label: number, length: number): Buffer {
  const iv = Buffer.alloc(16);
  master.salt.copy(iv, 0);
  iv[7]! ^= label;
  return createCipheriv("aes-128-ctr", createSecretKey(master.key), iv).update(Buffer.alloc(length));
}

/** Packet numbers beyond 16 bits and which of the last 128 were seen, for one SSRC (RFC 3711 §3.3.1, §3.3.2). */
class SourceIndex {
  #highest = -1;
  readonly #seen = new Float64Array(replayWindow).fill(-1);

  /** The 48-bit index this sequence number most likely stands for. */
  guess(seq: number): number {
    if (this.#highest < 0) return seq;
    const roc = Math.floor(this.#highest / 0x1_0000);
    const last = this.#highest % 0x1_0000;
    if (last < 0x8000) return seq - last > 0x8000 && roc > 0 ? (roc - 1) * 0x1_0000 + seq : roc * 0x1_0000 + seq;
    return last - 0x8000 > seq ? (roc + 1) * 0x1_0000 + seq : roc * 0x1_0000 + seq;
  }

  isReplayed(index: number): boolean {
    return index <= this.#highest - replayWindow || this.#seen[index % replayWindow] === index;
  }

  /** To be called for authentic packets only. */
  note(index: number): void {
    this.#seen[index % replayWindow] = index;
    if (index > this.#highest) this.#highest = index;
  }
}

/** Session keys of one direction for RTP or RTCP. */
interface SessionKeys { cipherKey: KeyObject; authKey: KeyObject; salt: Buffer; ecb: Cipheriv | null }

function sessionKeys(master: MasterKey, label: { key: number; auth: number; salt: number }, profile: SrtpProfile): SessionKeys {
  const cipherKey = createSecretKey(derive(master, label.key, 16));
  const ecb = profile === profileCm ? createCipheriv("aes-128-ecb", cipherKey, null).setAutoPadding(false) : null;
  return {
    cipherKey, ecb, authKey: createSecretKey(derive(master, label.auth, 20)),
    salt: derive(master, label.salt, profile === profileCm ? 14 : 12),
  };
}

/** Counter blocks, shared by all: filled and used within one call. Words are little-endian on every platform Node has binaries for. */
const blocks = Buffer.alloc(mostBlocks * blockBytes);
const blockWords = new Uint32Array(blocks.buffer, blocks.byteOffset, mostBlocks * 4);
const iv = Buffer.alloc(14);
const ivWords = new Uint32Array(iv.buffer, iv.byteOffset, 3);
const gcmIv = Buffer.alloc(12);

const xor32 = (b: Buffer, at: number, value: number): void => {
  b[at]! ^= value >>> 24;
  b[at + 1]! ^= value >>> 16;
  b[at + 2]! ^= value >>> 8;
  b[at + 3]! ^= value;
};

/** RFC 3711 §4.1.1: encrypts or decrypts `bytes[start, end)` where they lie. */
function counterMode(keys: SessionKeys, ssrc: number, index: number, bytes: { in: Buffer; start: number; end: number }): void {
  const count = Math.ceil((bytes.end - bytes.start) / blockBytes);
  if (count === 0) return;
  keys.salt.copy(iv, 0);
  xor32(iv, 4, ssrc);
  const high = Math.floor(index / 0x1_0000_0000);
  iv[8]! ^= high >>> 8;
  iv[9]! ^= high;
  xor32(iv, 10, index >>> 0);
  const tail = iv[12]! | (iv[13]! << 8);
  for (let i = 0, word = 0; i < count; i++, word += 4) {
    blockWords[word] = ivWords[0]!;
    blockWords[word + 1] = ivWords[1]!;
    blockWords[word + 2] = ivWords[2]!;
    blockWords[word + 3] = tail | (i << 24);
  }
  const stream = keys.ecb!.update(blocks.subarray(0, count * blockBytes));
  const into = bytes.in;
  for (let at = bytes.start, i = 0; at < bytes.end; at++, i++) into[at]! ^= stream[i]!;
}

/** RFC 7714 §8.1 and §9.1: both nonces have the same shape. */
function gcmNonce(keys: SessionKeys, ssrc: number, high: number, low: number): Buffer {
  keys.salt.copy(gcmIv, 0);
  xor32(gcmIv, 2, ssrc);
  xor32(gcmIv, 6, high);
  gcmIv[10]! ^= low >>> 8;
  gcmIv[11]! ^= low;
  return gcmIv;
}

const rtpHeaderLength = (packet: Buffer, length: number): number => {
  const csrcEnd = headerBytes + (packet[0]! & 0x0f) * 4;
  if (!(packet[0]! & 0x10)) return csrcEnd;
  return csrcEnd + 4 <= length ? csrcEnd + 4 + packet.readUInt16BE(csrcEnd + 2) * 4 : length + 1;
};

/** One direction of one association. A sending one only protects, a receiving one only unprotects. */
export class SrtpContext {
  readonly #profile: SrtpProfile;
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #sources = new Map<number, SourceIndex>();
  readonly #rtcpSeen = new Map<number, SourceIndex>();
  #rtcpIndex = 0;
  /** Packets refused: seen before or too old, and not authentic. */
  replayed = 0;
  forged = 0;

  constructor(profile: SrtpProfile, master: MasterKey) {
    this.#profile = profile;
    this.#rtp = sessionKeys(master, labels.rtp, profile);
    this.#rtcp = sessionKeys(master, labels.rtcp, profile);
  }

  /** Encrypts and signs the RTP packet `out[0, length)` where it lies; returns its new length (10 or 16 more). */
  protect(out: Buffer, length: number): number {
    const ssrc = out.readUInt32BE(8);
    const source = this.#source(this.#sources, ssrc);
    const index = source.guess(out.readUInt16BE(2));
    source.note(index);
    const start = rtpHeaderLength(out, length);
    const roc = Math.floor(index / 0x1_0000);
    if (this.#profile === profileGcm) {
      const nonce = gcmNonce(this.#rtp, ssrc, roc, index & 0xffff);
      return this.#seal(this.#rtp, nonce, out, { aadEnd: start, end: length });
    }
    counterMode(this.#rtp, ssrc, index, { in: out, start, end: length });
    write32(out, length, roc);
    const tag = createHmac("sha1", this.#rtp.authKey).update(out.subarray(0, length + 4)).digest();
    tag.copy(out, length, 0, cmTagBytes);
    return length + cmTagBytes;
  }

  /** Checks and decrypts an RTP packet where it lies; its length without the tag, or -1 when it must be dropped. */
  unprotect(packet: Buffer): number {
    const length = packet.length - (this.#profile === profileGcm ? gcmTagBytes : cmTagBytes);
    if (length < headerBytes || packet.length > mostPacketBytes) return -1;
    const start = rtpHeaderLength(packet, length);
    if (start > length) return -1;
    const ssrc = packet.readUInt32BE(8);
    const source = this.#sources.get(ssrc) ?? new SourceIndex();
    const index = source.guess(packet.readUInt16BE(2));
    if (source.isReplayed(index)) {
      this.replayed++;
      return -1;
    }
    const isAuthentic = this.#profile === profileGcm
      ? this.#open(this.#rtp, gcmNonce(this.#rtp, ssrc, Math.floor(index / 0x1_0000), index & 0xffff), packet, { aadEnd: start, end: length })
      : this.#verify(this.#rtp, packet, length, Math.floor(index / 0x1_0000));
    if (!isAuthentic) {
      this.forged++;
      return -1;
    }
    if (this.#profile === profileCm) counterMode(this.#rtp, ssrc, index, { in: packet, start, end: length });
    this.#source(this.#sources, ssrc).note(index);
    return length;
  }

  /** Encrypts and signs an RTCP packet; returns a new buffer (RFC 3711 §3.4, RFC 7714 §9). */
  protectRtcp(packet: Buffer): Buffer {
    const index = (this.#rtcpIndex = (this.#rtcpIndex + 1) & 0x7fff_ffff);
    const ssrc = packet.readUInt32BE(4);
    const out = Buffer.alloc(packet.length + 4 + gcmTagBytes);
    packet.copy(out);
    if (this.#profile === profileCm) {
      counterMode(this.#rtcp, ssrc, index, { in: out, start: 8, end: packet.length });
      write32(out, packet.length, (index | 0x8000_0000) >>> 0);
      const signed = packet.length + 4;
      createHmac("sha1", this.#rtcp.authKey).update(out.subarray(0, signed)).digest().copy(out, signed, 0, cmTagBytes);
      return out.subarray(0, signed + cmTagBytes);
    }
    const trailer = Buffer.alloc(4);
    write32(trailer, 0, (index | 0x8000_0000) >>> 0);
    const cipher = createCipheriv("aes-128-gcm", this.#rtcp.cipherKey, gcmNonce(this.#rtcp, ssrc, index >>> 16, index & 0xffff));
    cipher.setAAD(Buffer.concat([packet.subarray(0, 8), trailer]));
    const sealed = Buffer.concat([cipher.update(packet.subarray(8)), cipher.final(), cipher.getAuthTag(), trailer]);
    return Buffer.concat([packet.subarray(0, 8), sealed]);
  }

  /** Checks and decrypts an RTCP packet; null when it must be dropped. */
  unprotectRtcp(packet: Buffer): Buffer | null {
    const isGcm = this.#profile === profileGcm;
    const end = packet.length - 4 - (isGcm ? gcmTagBytes : cmTagBytes);
    if (end < 8 || packet.length > mostPacketBytes) return null;
    const trailerAt = isGcm ? packet.length - 4 : end;
    const trailer = packet.readUInt32BE(trailerAt);
    const index = trailer & 0x7fff_ffff;
    const ssrc = packet.readUInt32BE(4);
    const seen = this.#rtcpSeen.get(ssrc) ?? new SourceIndex();
    // Browsers always encrypt; the clear form (E bit unset) is refused rather than supported untested.
    if (trailer < 0x8000_0000) return null;
    if (seen.isReplayed(index)) {
      this.replayed++;
      return null;
    }
    const clear = isGcm ? this.#openRtcp(packet, end, ssrc, index) : this.#openRtcpCm(packet, end, ssrc, index);
    if (!clear) {
      this.forged++;
      return null;
    }
    this.#source(this.#rtcpSeen, ssrc).note(index);
    return clear;
  }

  #openRtcpCm(packet: Buffer, end: number, ssrc: number, index: number): Buffer | null {
    const tag = createHmac("sha1", this.#rtcp.authKey).update(packet.subarray(0, end + 4)).digest();
    if (!timingSafeEqual(tag.subarray(0, cmTagBytes), packet.subarray(end + 4))) return null;
    counterMode(this.#rtcp, ssrc, index, { in: packet, start: 8, end });
    return packet.subarray(0, end);
  }

  #openRtcp(packet: Buffer, end: number, ssrc: number, index: number): Buffer | null {
    const decipher = createDecipheriv("aes-128-gcm", this.#rtcp.cipherKey, gcmNonce(this.#rtcp, ssrc, index >>> 16, index & 0xffff));
    decipher.setAAD(Buffer.concat([packet.subarray(0, 8), packet.subarray(packet.length - 4)]));
    decipher.setAuthTag(packet.subarray(end, end + gcmTagBytes));
    const clear = decipher.update(packet.subarray(8, end));
    try {
      decipher.final();
    } catch {
      return null;
    }
    return Buffer.concat([packet.subarray(0, 8), clear]);
  }

  #source(sources: Map<number, SourceIndex>, ssrc: number): SourceIndex {
    let source = sources.get(ssrc);
    if (!source) {
      // Only authentic packets come here, so the oldest may go: a browser uses one SSRC for one track.
      if (sources.size >= mostSources) sources.delete(sources.keys().next().value!);
      sources.set(ssrc, (source = new SourceIndex()));
    }
    return source;
  }

  /** The rollover counter takes the tag's place while the signature is computed, which saves a copy. */
  #verify(keys: SessionKeys, packet: Buffer, length: number, roc: number): boolean {
    packet.copy(tagKept, 0, length, length + cmTagBytes);
    write32(packet, length, roc);
    const tag = createHmac("sha1", keys.authKey).update(packet.subarray(0, length + 4)).digest();
    // The kept tag goes back: a packet refused here may be shown to another context.
    tagKept.copy(packet, length);
    return timingSafeEqual(tag.subarray(0, cmTagBytes), tagKept);
  }

  #seal(keys: SessionKeys, nonce: Buffer, out: Buffer, at: { aadEnd: number; end: number }): number {
    const cipher = createCipheriv("aes-128-gcm", keys.cipherKey, nonce);
    cipher.setAAD(out.subarray(0, at.aadEnd));
    cipher.update(out.subarray(at.aadEnd, at.end)).copy(out, at.aadEnd);
    cipher.final();
    cipher.getAuthTag().copy(out, at.end);
    return at.end + gcmTagBytes;
  }

  #open(keys: SessionKeys, nonce: Buffer, packet: Buffer, at: { aadEnd: number; end: number }): boolean {
    const decipher = createDecipheriv("aes-128-gcm", keys.cipherKey, nonce);
    decipher.setAAD(packet.subarray(0, at.aadEnd));
    decipher.setAuthTag(packet.subarray(at.end, at.end + gcmTagBytes));
    const clear = decipher.update(packet.subarray(at.aadEnd, at.end));
    try {
      decipher.final();
    } catch {
      return false;
    }
    clear.copy(packet, at.aadEnd);
    return true;
  }
}

const tagKept = Buffer.alloc(cmTagBytes);
