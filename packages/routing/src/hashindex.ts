import { NONE } from "./table.ts";

/**
 * Finds rows by hash, in one array: a slot is a hash and a row number + 1, 0 when empty; a hash that is taken moves on
 * to the next slot. JavaScript's Map keeps buckets, entries and keys apart and reads the text of every key it passes:
 * four places of cold memory for a lookup, here nearly always one.
 */
export class HashIndex {
  #slots = new Int32Array(2 * 64);
  /** Slots less one; a power of two less one. */
  #mask = 63;
  #count = 0;

  /** The first slot with this hash, or `NONE`. */
  first(hash: number): number {
    return this.#from(hash & this.#mask, hash);
  }

  /** The next slot with this hash. */
  next(slot: number, hash: number): number {
    return this.#from((slot + 1) & this.#mask, hash);
  }

  row(slot: number): number {
    return this.#slots[slot * 2 + 1]! - 1;
  }

  add(hash: number, row: number): void {
    if (++this.#count * 2 > this.#mask) this.#grow();
    this.#put(hash, row + 1);
  }

  /** Nothing happens when it is not there. */
  delete(hash: number, row: number): void {
    const slots = this.#slots;
    let gap = this.first(hash);
    while (gap !== NONE && this.row(gap) !== row) gap = this.next(gap, hash);
    if (gap === NONE) return;
    this.#count--;
    // Whatever had to move past the gap moves back, so that no search ends at it too early.
    for (let i = (gap + 1) & this.#mask; slots[i * 2 + 1] !== 0; i = (i + 1) & this.#mask) {
      const home = slots[i * 2]! & this.#mask;
      if (((i - home) & this.#mask) < ((i - gap) & this.#mask)) continue;
      slots[gap * 2] = slots[i * 2]!;
      slots[gap * 2 + 1] = slots[i * 2 + 1]!;
      gap = i;
    }
    slots[gap * 2 + 1] = 0;
  }

  /** All rows, in no order. */
  rows(): number[] {
    const rows: number[] = [];
    for (let slot = 0; slot <= this.#mask; slot++) if (this.row(slot) !== NONE) rows.push(this.row(slot));
    return rows;
  }

  #from(start: number, hash: number): number {
    const slots = this.#slots;
    for (let i = start; slots[i * 2 + 1] !== 0; i = (i + 1) & this.#mask) if (slots[i * 2] === hash) return i;
    return NONE;
  }

  #put(hash: number, entry: number): void {
    const slots = this.#slots;
    let i = hash & this.#mask;
    while (slots[i * 2 + 1] !== 0) i = (i + 1) & this.#mask;
    slots[i * 2] = hash;
    slots[i * 2 + 1] = entry;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = old.length - 1;
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== 0) this.#put(old[i]!, old[i + 1]!);
  }
}

/** FNV-1a over the code units, stirred so that the low bits serve as slots. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return stirred(hash);
}

export function hashOfNumbers(a: number, b: number, c: number): number {
  return stirred(Math.imul(Math.imul(stirred(a) ^ b, 0x01000193) ^ c, 0x01000193));
}

function stirred(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return once ^ (once >>> 15);
}
