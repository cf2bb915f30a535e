const MOST_SOURCES = 10_000;

/** A token bucket for each source address: `perS` requests a second, as many in one burst. */
export class FloodGate {
  readonly #perS: number;
  readonly #sources = new Map<string, { tokens: number; atMs: number }>();

  constructor(perS: number) {
    this.#perS = perS;
  }

  /** Takes one token; false when there is none. */
  admits(host: string, nowMs: number): boolean {
    const bucket = this.#sources.get(host);
    if (!bucket) {
      // Forged addresses must not fill memory: forgetting everybody costs one burst each, no more.
      if (this.#sources.size >= MOST_SOURCES) this.#sources.clear();
      this.#sources.set(host, { tokens: this.#perS - 1, atMs: nowMs });
      return true;
    }
    bucket.tokens = Math.min(this.#perS, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * this.#perS);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
