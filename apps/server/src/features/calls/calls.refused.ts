import type { Refusal, SipRequest } from "@linija/sip";

/** How long a caller's INVITE may be sent again: 64·T1 (RFC 3261 §17.1.1.2). */
const SENT_AGAIN_MS = 32_000;
const MOST = 10_000;

/**
 * INVITEs refused without keeping state. Their repeats, sent before the refusal arrived, are refused as well: taken
 * after all, they would be calls whose caller has long heard the refusal and never acknowledges anything.
 */
export class RefusedInvites {
  readonly #known = new Map<string, { untilMs: number; refusal: Refusal }>();

  again(request: SipRequest): Refusal | null {
    const known = this.#known.size > 0 ? this.#known.get(keyOf(request)) : undefined;
    return known && known.untilMs > performance.now() ? known.refusal : null;
  }

  note(request: SipRequest, refusal: Refusal | null): Refusal | null {
    if (!refusal) return null;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(keyOf(request), { untilMs: performance.now() + SENT_AGAIN_MS, refusal });
    return refusal;
  }
}

/** A caller who tries anew does so with another number in the sequence. */
const keyOf = (request: SipRequest): string => `${request.get("call-id")} ${request.get("cseq")}`;
