/** A small seeded generator: the same seed gives the same demo on every machine. */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number;
  pick<T>(list: readonly T[]): T;
  chance(percent: number): boolean;
}

/** Mulberry32 over a hash of the seed's letters. Not for secrets. */
export function seededRandom(seed: string): Random {
  let state = 2_166_136_261;
  for (const letter of seed) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number) => Math.floor(next() * below);
  const pick = <T>(list: readonly T[]): T => {
    const one = list[int(list.length)];
    if (one === undefined) throw new RangeError("nothing to pick from");
    return one;
  };
  return { int, pick, chance: (percent) => int(100) < percent };
}
