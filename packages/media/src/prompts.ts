import { stat } from "node:fs/promises";
import { PCMA } from "./g711.ts";
import type { Law } from "./g711.ts";
import { loadPrompt } from "./wav.ts";

const cacheBytes = 64 << 20;

interface Cached { stamp: string; prompt: Promise<Record<Law, Buffer>>; bytes: number }

/** Decodes each file once and forgets the least recently played beyond 64 MB; a file that changed is read again. */
export class Prompts {
  readonly #files = new Map<string, Cached>();
  #bytes = 0;

  async get(path: string): Promise<Record<Law, Buffer>> {
    const { mtimeMs, size } = await stat(path);
    const stamp = `${mtimeMs}:${size}`;
    const known = this.#files.get(path);
    this.#files.delete(path);
    if (known?.stamp === stamp) {
      this.#files.set(path, known);
      return known.prompt;
    }
    this.#bytes -= known?.bytes ?? 0;
    const fresh: Cached = { stamp, prompt: loadPrompt(path), bytes: 0 };
    this.#files.set(path, fresh);
    try {
      const prompt = await fresh.prompt;
      fresh.bytes = prompt[PCMA].length * 2;
      this.#bytes += fresh.bytes;
      this.#trim();
      return prompt;
    } catch (error) {
      if (this.#files.get(path) === fresh) this.#files.delete(path);
      throw error;
    }
  }

  #trim(): void {
    for (const [path, { bytes }] of this.#files) {
      if (this.#bytes <= cacheBytes) return;
      this.#files.delete(path);
      this.#bytes -= bytes;
    }
  }
}

/** One play to one leg: where it is in which file. */
export class Player {
  readonly playId: string;
  readonly #prompts: Record<Law, Buffer>[];
  readonly #loop: boolean;
  #file = 0;
  #at = 0;
  /** True until the first frame went out; it carries the marker bit. */
  isFresh = true;

  constructor(playId: string, prompts: Record<Law, Buffer>[], loop: boolean) {
    this.playId = playId;
    this.#prompts = prompts;
    this.#loop = loop && prompts.some((prompt) => prompt[PCMA].length > 0);
  }

  /** Copies the next frame to `out` at `at` and returns false when there is nothing left. */
  frame(law: Law, out: Buffer, at: number, silence: number): boolean {
    let room = 160;
    while (room > 0) {
      const prompt = this.#prompts[this.#file]?.[law];
      if (!prompt) break;
      const copied = prompt.copy(out, at + 160 - room, this.#at, this.#at + room);
      room -= copied;
      this.#at += copied;
      if (this.#at >= prompt.length) this.#next();
    }
    if (room === 160) return false;
    if (room > 0) out.fill(silence, at + 160 - room, at + 160);
    return true;
  }

  #next(): void {
    this.#at = 0;
    this.#file++;
    if (this.#loop && this.#file >= this.#prompts.length) this.#file = 0;
  }
}
