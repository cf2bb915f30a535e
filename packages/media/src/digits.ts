import { headerBytes } from "./rtp.ts";
import type { OutStream, RtpView } from "./rtp.ts";

/** RFC 4733 §3.2 events 0–15. */
export const digitSymbols = "0123456789*#ABCD";

/** Tells a digit once however many packets carry it, in whatever order, with or without its end (RFC 4733 §2.5.1). */
export class DigitReader {
  #ssrc = 0;
  #timestamp = 0;
  #event = -1;
  #ended = true;
  #duration = 0;

  /** The digit when this packet begins one, else null. */
  read(packet: Uint8Array, view: RtpView): string | null {
    if (view.end - view.start < 4) return null;
    const event = packet[view.start]!;
    const ended = (packet[view.start + 1]! & 0x80) !== 0;
    const duration = (packet[view.start + 2]! << 8) | packet[view.start + 3]!;
    const isNew = this.#isNew(view, event);
    if (isNew !== "old") {
      this.#event = event;
      this.#timestamp = view.timestamp;
      this.#ssrc = view.ssrc;
      this.#ended = ended;
      this.#duration = duration;
    }
    return isNew === "new" ? (digitSymbols[event] ?? null) : null;
  }

  #isNew(view: RtpView, event: number): "new" | "same" | "old" {
    if (view.ssrc !== this.#ssrc || this.#event < 0) return "new";
    const ahead = (view.timestamp - this.#timestamp) | 0;
    if (ahead === 0) return "same";
    if (ahead < 0) return "old";
    // §2.5.1.3: an event longer than 65535 units goes on as a new segment that begins where the last one ended.
    const goesOn = !view.marker && event === this.#event && !this.#ended && ahead === this.#duration;
    return goesOn ? "same" : "new";
  }
}

const toneFrames = 5;
const endRepeats = 3;
const gapFrames = 5;

/** Sends queued digits, one step every 20 ms: five growing packets, the end three times, then a pause of 100 ms. */
export class DigitSender {
  readonly #queue: { digits: string; done: () => void }[] = [];
  #at = 0;
  #frame = 0;
  #timestamp = 0;
  readonly #packet = Buffer.alloc(headerBytes + 4);

  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  add(digits: string, done: () => void): void {
    this.#queue.push({ digits, done });
  }

  /** Lets everyone who waits go on; the leg has ended. */
  abandon(): void {
    for (const { done } of this.#queue.splice(0)) done();
  }

  /** One 20 ms step; calls `send` with a packet when there is one to send. */
  step(out: OutStream, payloadType: number, nowMs: number, send: (packet: Buffer) => void): void {
    const job = this.#queue[0];
    if (!job) return;
    if (this.#frame < toneFrames + endRepeats) this.#sendEvent(job.digits[this.#at]!, out, { payloadType, nowMs }, send);
    this.#frame++;
    if (this.#frame < toneFrames + endRepeats + gapFrames) return;
    this.#frame = 0;
    this.#at++;
    if (this.#at < job.digits.length) return;
    this.#at = 0;
    this.#queue.shift();
    job.done();
  }

  #sendEvent(digit: string, out: OutStream, how: { payloadType: number; nowMs: number }, send: (p: Buffer) => void): void {
    const first = this.#frame === 0;
    if (first) this.#timestamp = out.timestampNow(how.nowMs);
    const ends = this.#frame >= toneFrames;
    const duration = Math.min(this.#frame + 1, toneFrames) * 160;
    const packet = this.#packet;
    out.own(packet, first ? how.payloadType | 0x80 : how.payloadType, this.#timestamp, how.nowMs);
    packet[headerBytes] = digitSymbols.indexOf(digit.toUpperCase());
    packet[headerBytes + 1] = (ends ? 0x80 : 0) | 10;
    packet[headerBytes + 2] = duration >>> 8;
    packet[headerBytes + 3] = duration;
    send(packet);
  }
}
