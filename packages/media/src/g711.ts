/**
 * ITU-T G.711 by tables: every conversion of a sample is one array read, whatever the law.
 * Payload types 0 (PCMU) and 8 (PCMA) name the laws everywhere in this package (RFC 3551 §6).
 */
export type Law = 0 | 8;
export const PCMU: Law = 0;
export const PCMA: Law = 8;

/** The byte each law uses for silence. */
export const silenceOf = (law: Law): number => (law === PCMU ? 0xff : 0xd5);

const decodeMu = (byte: number): number => {
  const u = ~byte & 0xff;
  const magnitude = (((u & 0x0f) << 3) + 0x84) << ((u & 0x70) >> 4);
  return u & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
};

const decodeA = (byte: number): number => {
  const a = byte ^ 0x55;
  const segment = (a & 0x70) >> 4;
  const base = (a & 0x0f) << 4;
  const magnitude = segment === 0 ? base + 8 : (base + 0x108) << (segment - 1);
  return a & 0x80 ? magnitude : -magnitude;
};

const encodeMu = (sample: number): number => {
  const magnitude = Math.min(Math.abs(sample), 32_635) + 0x84;
  const exponent = 24 - Math.clz32(magnitude);
  const code = (sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f);
  return ~code & 0xff;
};

const encodeA = (sample: number): number => {
  const magnitude = Math.min(sample >= 0 ? sample : -sample - 1, 32_635);
  const exponent = magnitude >= 256 ? 24 - Math.clz32(magnitude) : 0;
  const code = exponent > 0 ? (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f) : magnitude >> 4;
  return (code | (sample >= 0 ? 0x80 : 0)) ^ 0x55;
};

const table256 = <T extends Uint8Array | Int16Array>(table: T, of: (byte: number) => number): T => {
  for (let byte = 0; byte < 256; byte++) table[byte] = of(byte);
  return table;
};

const muToLinear = table256(new Int16Array(256), decodeMu);
const aToLinear = table256(new Int16Array(256), decodeA);
const muToA = table256(new Uint8Array(256), (byte) => encodeA(decodeMu(byte)));
const aToMu = table256(new Uint8Array(256), (byte) => encodeMu(decodeA(byte)));

/** Table from a byte of `law` to a 16-bit sample. */
export const toLinear = (law: Law): Int16Array => (law === PCMU ? muToLinear : aToLinear);

/** Table from a byte of `from` to a byte of the other law. */
export const crossTable = (from: Law): Uint8Array => (from === PCMU ? muToA : aToMu);

/** 16-bit samples as bytes of `law`. */
export function encode(law: Law, samples: Int16Array): Buffer {
  const out = Buffer.allocUnsafe(samples.length);
  const one = law === PCMU ? encodeMu : encodeA;
  for (let i = 0; i < samples.length; i++) out[i] = one(samples[i]!);
  return out;
}

/** Bytes of `law` as 16-bit samples. */
export function decode(law: Law, bytes: Uint8Array): Int16Array {
  const out = new Int16Array(bytes.length);
  const table = toLinear(law);
  for (let i = 0; i < bytes.length; i++) out[i] = table[bytes[i]!]!;
  return out;
}

/** Converts `length` bytes from `offset` to the other law where they lie. */
export function crossInPlace(from: Law, bytes: Uint8Array, offset: number, length: number): void {
  const table = crossTable(from);
  const end = offset + length;
  for (let i = offset; i < end; i++) bytes[i] = table[bytes[i]!]!;
}
