import { hash, type KeyObject } from "node:crypto";

/**
 * A ticket number: the project's prefix, nine digits and a check digit, written to be said aloud: `INT-482-109-375-4`.
 * The digits are a keyed permutation of a sequence, so numbers never repeat and one says nothing about the next.
 */
const SPACE = 1_000_000_000;
const HALF_BITS = 15;
const HALF_MASK = (1 << HALF_BITS) - 1;
/** Four rounds make a Feistel network strong on paper; ten leave room for so small a block. */
const ROUNDS = 10;

/** Damm's quasigroup of order ten: finds every wrong digit and every swap of neighbours. */
const DAMM = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2], [7, 0, 9, 2, 1, 5, 4, 8, 6, 3], [4, 2, 0, 6, 8, 7, 1, 3, 5, 9], [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8], [3, 6, 7, 4, 2, 0, 9, 5, 8, 1], [5, 8, 6, 9, 7, 2, 0, 1, 3, 4], [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5], [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/** The check digit of a text of digits; over digits and their check digit together it is 0. */
export function checkDigit(digits: string): number {
  let interim = 0;
  for (const digit of digits) interim = DAMM[interim]![Number(digit)]!;
  return interim;
}

/** The `n`-th of a billion numbers: a permutation of 0 … 999,999,999 under the key. */
export function scramble(n: number, key: KeyObject): number {
  if (!Number.isInteger(n) || n < 0 || n >= SPACE) throw new RangeError(`ticket sequence ${n} is outside the nine digits`);
  let value = n;
  // Cycle walking: 2^30 is a little more than the space, so what falls outside is permuted again until it is inside.
  do value = feistel(value, key); while (value >= SPACE);
  return value;
}

function feistel(value: number, key: KeyObject): number {
  const { inner, outer } = padsOf(key);
  let left = value >> HALF_BITS;
  let right = value & HALF_MASK;
  for (let round = 0; round < ROUNDS; round += 1) {
    inner.set([round, right >> 8, right & 0xff], BLOCK);
    outer.set(hash("sha256", inner, "buffer"), BLOCK);
    const mixed = hash("sha256", outer, "buffer").readUInt16BE(0) & HALF_MASK;
    [left, right] = [right, left ^ mixed];
  }
  return left * (HALF_MASK + 1) + right;
}

/** HMAC-SHA-256 (RFC 2104) with its padded key made once: an object for each of ten rounds cost more than the hashing. */
const BLOCK = 64;
const pads = new WeakMap<KeyObject, { inner: Buffer; outer: Buffer }>();
function padsOf(key: KeyObject): { inner: Buffer; outer: Buffer } {
  const known = pads.get(key);
  if (known) return known;
  const secret = key.export();
  const padded = Buffer.alloc(BLOCK);
  (secret.length > BLOCK ? hash("sha256", secret, "buffer") : secret).copy(padded);
  const made = { inner: Buffer.alloc(BLOCK + 3), outer: Buffer.alloc(BLOCK + 32) };
  padded.forEach((byte, index) => { made.inner[index] = byte ^ 0x36; made.outer[index] = byte ^ 0x5c; });
  pads.set(key, made);
  return made;
}

export function ticketNumber(prefix: string, n: number, key: KeyObject): string {
  const digits = String(scramble(n, key)).padStart(9, "0");
  return `${prefix}-${groups(digits)}-${checkDigit(digits)}`;
}

const groups = (digits: string) => `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6, 9)}`;

/** `digits` is written as in the number (`482-109-375-4`); `prefix` is null when the client left it out. */
export type ParsedNumber = { kind: "number"; prefix: string | null; digits: string } | { kind: "wrong_check" } | { kind: "not_a_number" };

/** Reads a number as people write it: spaces, small letters, any dashes or none, with or without the prefix. */
export function parseTicketNumber(text: string): ParsedNumber {
  const plain = text.normalize("NFKC").toUpperCase().replaceAll(/[\s\p{Pd}._/№#]/gu, "");
  const match = /^([A-Z]{3})?(\d{9})(\d)$/.exec(plain);
  if (!match) return { kind: "not_a_number" };
  const [, prefix, digits, check] = match;
  if (checkDigit(digits!) !== Number(check)) return { kind: "wrong_check" };
  return { kind: "number", prefix: prefix ?? null, digits: `${groups(digits!)}-${check}` };
}
