import type { ResponseParts } from "./message/write.ts";

const MOST = 10_000;

/**
 * INVITEs refused without a transaction. Repeats that were on their way are refused alike (§8.2.7): taken after all,
 * each would be a call whose caller has long heard the refusal and never acknowledges anything. The oldest are forgotten
 * first, so that a flood fills no memory.
 */
export class Refusals {
  readonly #known = new Map<string, { untilMs: number; parts: ResponseParts }>();

  /** `key` is that of the server transaction there might have been. */
  note(key: string, parts: ResponseParts, untilMs: number): void {
    this.#known.delete(key);
    if (this.#known.size >= MOST) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, { untilMs, parts });
  }

  again(key: string, nowMs: number): ResponseParts | null {
    const known = this.#known.size > 0 ? this.#known.get(key) : undefined;
    return known && known.untilMs > nowMs ? known.parts : null;
  }
}
