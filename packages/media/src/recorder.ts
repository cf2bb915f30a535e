import { mkdir, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { crossTable, silenceOf } from "./g711.ts";
import type { Law } from "./g711.ts";
import { MediaRefused } from "./engine.ts";
import type { Recording } from "./engine.ts";
import type { RtpView } from "./rtp.ts";
import { recordingHeader, recordingHeaderBytes } from "./wav.ts";

/** Two seconds and a bit; a power of two so that a position becomes an index by a mask. */
const ringSamples = 16_384;
const ringMask = ringSamples - 1;
/** How long a packet may be on its way before its place has been written as silence. */
const jitterSamples = 3_200;
/** A packet whose timestamp puts it further than this from its arrival begins a new reckoning. */
const driftSamples = 1_600;
const writeEverySamples = 16_000;

/** One side of a recording: packets are placed by their RTP timestamp, reckoned against arrival so that both sides agree with the clock. */
export class RecordingChannel {
  readonly ring = Buffer.alloc(ringSamples);
  readonly #law: Law;
  readonly #startMs: number;
  #base = 0;
  #ssrc = -1;
  /** Everything before this has been taken for writing. */
  taken = 0;

  constructor(law: Law, startMs: number) {
    this.#law = law;
    this.#startMs = startMs;
    this.ring.fill(silenceOf(law));
  }

  /** Places the payload `bytes[start, end)` of `law` that came now. */
  put(law: Law, bytes: Buffer, view: RtpView): void {
    const arrived = Math.round((view.atMs - this.#startMs) * 8);
    let at = this.#base + view.timestamp;
    const off = at - arrived;
    if (view.ssrc !== this.#ssrc || off > driftSamples || off < -driftSamples) {
      this.#ssrc = view.ssrc;
      this.#base = arrived - view.timestamp;
      at = arrived;
    }
    const length = Math.min(view.end - view.start, ringSamples - jitterSamples - driftSamples);
    if (at < this.taken || at + length > this.taken + ringSamples) return;
    const index = at & ringMask;
    if (law === this.#law && index + length <= ringSamples) {
      bytes.copy(this.ring, index, view.start, view.start + length);
    } else {
      this.#putSlowly(law === this.#law ? null : crossTable(law), bytes, view.start, { index, length });
    }
  }

  #putSlowly(table: Uint8Array | null, bytes: Buffer, start: number, place: { index: number; length: number }): void {
    for (let i = 0; i < place.length; i++) {
      const byte = bytes[start + i]!;
      this.ring[(place.index + i) & ringMask] = table ? table[byte]! : byte;
    }
  }
}

/** Writes one call to one stereo G.711 WAV. Real time is the ruler: what nobody said is silence. */
export class Recorder {
  readonly path: string;
  readonly legs: { left: string; right: string };
  readonly left: RecordingChannel;
  readonly right: RecordingChannel;
  readonly #law: Law;
  readonly #startMs: number;
  readonly #file: FileHandle;
  readonly #silence: number;
  readonly #onFailure: (error: unknown) => void;
  #taken = 0;
  #written = 0;
  #chunk: Buffer = Buffer.alloc(writeEverySamples * 4);
  #filled = 0;
  #writing: Promise<void> = Promise.resolve();
  #spare: Buffer | null = null;

  private constructor(file: FileHandle, options: RecorderOptions) {
    this.path = options.path;
    this.legs = options.legs;
    this.#law = options.law;
    this.#file = file;
    this.#onFailure = options.onFailure;
    this.#startMs = performance.now();
    this.#silence = silenceOf(options.law);
    this.left = new RecordingChannel(options.law, this.#startMs);
    this.right = new RecordingChannel(options.law, this.#startMs);
  }

  /** Opens the file (and its folder), which must not exist, and writes a header, so that even an empty recording is a WAV. */
  static async open(options: RecorderOptions): Promise<Recorder> {
    try {
      await mkdir(dirname(options.path), { recursive: true });
      const file = await open(options.path, "wx", 0o640);
      await file.write(recordingHeader(options.law, 0), 0, recordingHeaderBytes, 0);
      return new Recorder(file, options);
    } catch (error) {
      throw new MediaRefused("bad_file", `cannot record to ${options.path}: ${(error as Error).message}`);
    }
  }

  /** The channel a leg speaks on, if it is one of the two. */
  channelOf(leg: string): RecordingChannel | null {
    if (leg === this.legs.left) return this.left;
    return leg === this.legs.right ? this.right : null;
  }

  /** Called about once a second: takes what can no longer change, writes when there is enough. */
  advance(nowMs: number): void {
    this.#take(Math.round((nowMs - this.#startMs) * 8) - jitterSamples);
    if (this.#filled >= writeEverySamples * 2) this.#write();
  }

  /** Writes the rest and the exact header. */
  async stop(): Promise<Recording> {
    this.#take(Math.round((performance.now() - this.#startMs) * 8));
    this.#write();
    await this.#writing;
    try {
      await this.#file.write(recordingHeader(this.#law, this.#written), 0, recordingHeaderBytes, 0);
    } catch (error) {
      this.#onFailure(error);
    }
    await this.#file.close().catch(this.#onFailure);
    return { path: this.path, durationMs: this.#written / 16, bytes: recordingHeaderBytes + this.#written };
  }

  /** Interleaves both rings up to `until` and makes the place silent for the next round. */
  #take(until: number): void {
    while (this.#taken < until) {
      const index = this.#taken & ringMask;
      const count = Math.min(until - this.#taken, ringSamples - index);
      this.#makeRoom(count * 2);
      const out = this.#chunk;
      const left = this.left.ring;
      const right = this.right.ring;
      for (let i = index, at = this.#filled; i < index + count; i++, at += 2) {
        out[at] = left[i]!;
        out[at + 1] = right[i]!;
      }
      left.fill(this.#silence, index, index + count);
      right.fill(this.#silence, index, index + count);
      this.#filled += count * 2;
      this.#taken += count;
    }
    this.left.taken = this.#taken;
    this.right.taken = this.#taken;
  }

  /** A stalled disk makes the chunk grow rather than lose speech; the ticker's watchdog refuses calls long before memory. */
  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#chunk.length) return;
    const bigger = Buffer.alloc(Math.max(this.#chunk.length * 2, this.#filled + bytes));
    this.#chunk.copy(bigger, 0, 0, this.#filled);
    this.#chunk = bigger;
  }

  #write(): void {
    const bytes = this.#filled;
    if (bytes === 0) return;
    const chunk = this.#chunk;
    this.#chunk = this.#spare ?? Buffer.alloc(writeEverySamples * 4);
    this.#spare = null;
    this.#filled = 0;
    this.#writing = this.#writing.then(() => this.#writeChunk(chunk, bytes)).catch(this.#onFailure);
  }

  async #writeChunk(chunk: Buffer, bytes: number): Promise<void> {
    await this.#file.write(chunk, 0, bytes, recordingHeaderBytes + this.#written);
    this.#written += bytes;
    this.#spare = chunk;
    // After the data, so that the header never promises more than there is.
    await this.#file.write(recordingHeader(this.#law, this.#written), 0, recordingHeaderBytes, 0);
  }
}

export interface RecorderOptions {
  path: string;
  legs: { left: string; right: string };
  law: Law;
  onFailure: (error: unknown) => void;
}
