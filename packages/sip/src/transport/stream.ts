import { parseUnsigned } from "../message/uri.ts";
import type { ParseLimits } from "../message/parse.ts";

/** What one `push` brought: whole messages, keep-alive pings to answer, and whether the stream can be read on. */
export interface StreamYield {
  messages: Buffer[];
  /** Double CRLFs between messages: answer each with one CRLF (RFC 5626 §3.5.1). */
  pings: number;
  /** The stream has lost its frame: the last message says what is wrong; close after answering it. */
  isBroken: boolean;
}

const CR = 13, LF = 10;

/** Cuts a byte stream into SIP messages by Content-Length (RFC 3261 §18.3). Memory is bounded by the limits. */
export class StreamFramer {
  readonly #limits: ParseLimits;
  #buffer: Buffer = Buffer.allocUnsafe(4096);
  #start = 0;
  #end = 0;
  /** How far the end of the headers has been looked for, so that single bytes do not cost a search each. */
  #scanned = 0;
  /** Full length of the message at the start once its headers are in; 0 before. */
  #wanted = 0;
  #blankBytes = 0;
  #isBroken = false;

  constructor(limits: ParseLimits) {
    this.#limits = limits;
  }

  /** Bytes of a message that is not whole yet. */
  get pendingBytes(): number { return this.#end - this.#start; }

  push(chunk: Buffer): StreamYield {
    const found: StreamYield = { messages: [], pings: 0, isBroken: this.#isBroken };
    if (this.#isBroken) return found;
    this.#append(chunk);
    while (this.#takeOne(found));
    if (this.#start === this.#end) this.#start = this.#end = this.#scanned = 0;
    found.isBroken = this.#isBroken;
    return found;
  }

  #append(chunk: Buffer): void {
    const pending = this.#end - this.#start;
    if (this.#end + chunk.length > this.#buffer.length) {
      const size = Math.max(this.#buffer.length, 4096);
      const room = pending + chunk.length > size ? Math.max(size * 2, pending + chunk.length) : size;
      const next = Buffer.allocUnsafe(room);
      this.#buffer.copy(next, 0, this.#start, this.#end);
      this.#buffer = next;
      this.#scanned -= this.#start;
      this.#start = 0;
      this.#end = pending;
    }
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  #takeOne(found: StreamYield): boolean {
    if (this.#wanted === 0) {
      this.#skipBlank(found);
      if (!this.#findEnd(found)) return false;
    }
    if (this.#end - this.#start < this.#wanted) return false;
    this.#emit(found, this.#wanted);
    return true;
  }

  #skipBlank(found: StreamYield): void {
    let at = this.#start;
    while (at < this.#end && (this.#buffer[at] === CR || this.#buffer[at] === LF)) {
      at++;
      if (++this.#blankBytes === 4) {
        found.pings++;
        this.#blankBytes = 0;
      }
    }
    if (at < this.#end) this.#blankBytes = 0;
    this.#start = at;
    this.#scanned = Math.max(this.#scanned, at);
  }

  /** Looks for the blank line; sets how long the whole message is. */
  #findEnd(found: StreamYield): boolean {
    const view = this.#buffer.subarray(0, this.#end);
    const blank = view.indexOf("\r\n\r\n", Math.max(this.#start, this.#scanned - 3), "latin1");
    this.#scanned = this.#end;
    if (blank < 0) {
      if (this.#end - this.#start > this.#limits.headBytes) this.#giveUp(found, this.#end - this.#start);
      return false;
    }
    const headBytes = blank + 4 - this.#start;
    const body = headBytes > this.#limits.headBytes ? null : contentLength(view.toString("latin1", this.#start, blank + 2));
    if (body === null || body > this.#limits.bodyBytes) {
      this.#giveUp(found, headBytes);
      return false;
    }
    this.#wanted = headBytes + body;
    return true;
  }

  /** Hands the headers out as they are, so that the sender hears why, and reads no more. */
  #giveUp(found: StreamYield, bytes: number): void {
    this.#isBroken = true;
    this.#emit(found, bytes);
    this.#buffer = Buffer.alloc(0);
    this.#start = this.#end = 0;
  }

  #emit(found: StreamYield, bytes: number): void {
    // A copy: bodies live on in calls while this buffer is used again.
    found.messages.push(Buffer.from(this.#buffer.subarray(this.#start, this.#start + bytes)));
    this.#start += bytes;
    this.#scanned = this.#start;
    this.#wanted = 0;
  }
}

/** Content-Length of a head; 0 when it is not given, null when it is malformed or given twice. */
function contentLength(head: string): number | null {
  let found: number | null = null;
  for (let at = head.indexOf("\n") + 1; at > 0 && at < head.length; at = head.indexOf("\n", at) + 1) {
    const first = head.charCodeAt(at) | 32;
    if (first !== 108 && first !== 99) continue;
    const match = /^(?:l|content-length)[ \t]*:[ \t]*(?:\r\n[ \t]+)?([^\r\n]*)/i.exec(head.slice(at, at + 200));
    if (!match) continue;
    const value = parseUnsigned(match[1]!.trim(), Number.MAX_SAFE_INTEGER);
    if (value === null || found !== null) return null;
    found = value;
  }
  return found ?? 0;
}
