import { open, readFile } from "node:fs/promises";
import { PCMA, PCMU, encode, toLinear } from "./g711.ts";
import type { Law } from "./g711.ts";
import { MediaRefused } from "./engine.ts";

/** WAVE format tags (RFC 2361): linear PCM, G.711 A-law, G.711 µ-law, and the wrapper that hides one of them. */
const tagPcm = 1;
const tagA = 6;
const tagMu = 7;
const tagExtensible = 0xfffe;

/** Recordings: RIFF, an 18-byte `fmt `, `fact`, then `data`. */
export const recordingHeaderBytes = 58;

/** The header of a stereo 8 kHz G.711 file whose data is `dataBytes` long. */
export function recordingHeader(law: Law, dataBytes: number): Buffer {
  const h = Buffer.alloc(recordingHeaderBytes);
  h.write("RIFF", 0, "latin1");
  h.writeUInt32LE(recordingHeaderBytes - 8 + dataBytes, 4);
  h.write("WAVEfmt ", 8, "latin1");
  h.writeUInt32LE(18, 16);
  h.writeUInt16LE(law === PCMU ? tagMu : tagA, 20);
  h.writeUInt16LE(2, 22);
  h.writeUInt32LE(8_000, 24);
  h.writeUInt32LE(16_000, 28);
  h.writeUInt16LE(2, 32);
  h.writeUInt16LE(8, 34);
  h.write("fact", 38, "latin1");
  h.writeUInt32LE(4, 42);
  h.writeUInt32LE(dataBytes / 2, 46);
  h.write("data", 50, "latin1");
  h.writeUInt32LE(dataBytes, 54);
  return h;
}

export interface WavFormat {
  encoding: "pcm16" | "mulaw" | "alaw"; channels: number; rate: number;
  /** Where the samples begin and how many bytes of them are in the file. */
  dataStart: number; dataBytes: number;
}

/** Reads the chunks of a WAV file; a `data` length beyond the file (a crashed writer) is cut to what is there. */
export function parseWav(file: Buffer, fileBytes = file.length): WavFormat {
  if (file.length < 12 || file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 12) !== "WAVE") {
    throw new MediaRefused("bad_file", "not a WAV file");
  }
  let format: Pick<WavFormat, "encoding" | "channels" | "rate"> | null = null;
  for (let at = 12; at + 8 <= file.length; ) {
    const id = file.toString("latin1", at, at + 4);
    const size = file.readUInt32LE(at + 4);
    if (id === "fmt ") format = parseFormat(file.subarray(at + 8, at + 8 + size));
    if (id === "data" && format) {
      return { ...format, dataStart: at + 8, dataBytes: Math.min(size, fileBytes - at - 8) };
    }
    at += 8 + size + (size & 1);
  }
  throw new MediaRefused("bad_file", "WAV file without format or data");
}

function parseFormat(chunk: Buffer): Pick<WavFormat, "encoding" | "channels" | "rate"> {
  if (chunk.length < 16) throw new MediaRefused("bad_file", "WAV format chunk too short");
  let tag = chunk.readUInt16LE(0);
  if (tag === tagExtensible && chunk.length >= 26) tag = chunk.readUInt16LE(24);
  const bits = chunk.readUInt16LE(14);
  const base = { channels: chunk.readUInt16LE(2), rate: chunk.readUInt32LE(4) };
  if (tag === tagPcm && bits === 16) return { ...base, encoding: "pcm16" };
  if (tag === tagMu && bits === 8) return { ...base, encoding: "mulaw" };
  if (tag === tagA && bits === 8) return { ...base, encoding: "alaw" };
  throw new MediaRefused("bad_file", `WAV encoding ${tag} with ${bits} bits is not supported`);
}

/** All samples of a WAV file, one array a channel. */
export async function readWav(path: string): Promise<{ rate: number; channels: Int16Array[] }> {
  const file = await readFile(path);
  const format = parseWav(file);
  const sampleBytes = format.encoding === "pcm16" ? 2 : 1;
  const frames = Math.floor(format.dataBytes / sampleBytes / format.channels);
  const sample = sampleReader(file, format);
  const channels = Array.from({ length: format.channels }, (_, channel) => {
    const out = new Int16Array(frames);
    for (let i = 0; i < frames; i++) out[i] = sample(i * format.channels + channel);
    return out;
  });
  return { rate: format.rate, channels };
}

/** Reads the n-th sample (channels interleaved) of a file whose bytes from `dataStart` on are in `file`. */
export function sampleReader(file: Buffer, format: WavFormat, start = format.dataStart): (index: number) => number {
  if (format.encoding === "pcm16") return (index) => file.readInt16LE(start + index * 2);
  const table = toLinear(format.encoding === "mulaw" ? PCMU : PCMA);
  return (index) => table[file[start + index]!]!;
}

/** A prompt as bytes of both laws. Prompts must be 8 kHz mono: we resample nothing. */
export async function loadPrompt(path: string): Promise<Record<Law, Buffer>> {
  const { rate, channels } = await readWav(path);
  if (rate !== 8_000 || channels.length !== 1) {
    throw new MediaRefused("bad_file", `prompt must be 8 kHz mono, this one is ${rate} Hz with ${channels.length} channels`);
  }
  return { 0: encode(PCMU, channels[0]!), 8: encode(PCMA, channels[0]!) };
}

/**
 * Sets the lengths in the header of a recording that a crash left behind to what the file really holds.
 * Returns its duration; throws `MediaRefused` (`bad_file`) when it is no recording of ours.
 */
export async function repairWav(path: string): Promise<{ durationMs: number; bytes: number }> {
  const file = await open(path, "r+");
  try {
    const head = Buffer.alloc(recordingHeaderBytes);
    await file.read(head, 0, recordingHeaderBytes, 0);
    const { size } = await file.stat();
    const format = parseWav(head, size);
    if (format.encoding === "pcm16" || format.channels !== 2 || format.dataStart !== recordingHeaderBytes) {
      throw new MediaRefused("bad_file", "not a recording of this engine");
    }
    const dataBytes = Math.max(0, size - recordingHeaderBytes) & ~1;
    await file.truncate(recordingHeaderBytes + dataBytes);
    await file.write(recordingHeader(format.encoding === "mulaw" ? PCMU : PCMA, dataBytes), 0, recordingHeaderBytes, 0);
    return { durationMs: dataBytes / 16, bytes: recordingHeaderBytes + dataBytes };
  } finally {
    await file.close();
  }
}

const peakChunkBytes = 1 << 18;

function raisePeaks(row: number[], part: { from: number; count: number; frames: number }, sample: (i: number) => number): void {
  for (let i = 0; i < part.count; i++) {
    const bucket = Math.floor(((part.from + i) * row.length) / part.frames);
    row[bucket] = Math.max(row[bucket]!, Math.min(255, Math.abs(sample(i)) >> 7));
  }
}

/** For a waveform: for each channel `buckets` peaks from 0 to 255 (255 is full scale), read in pieces. */
export async function peaks(path: string, buckets: number): Promise<number[][]> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(4_096);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const format = parseWav(head.subarray(0, bytesRead), (await file.stat()).size);
    const frameBytes = format.channels * (format.encoding === "pcm16" ? 2 : 1);
    const frames = Math.floor(format.dataBytes / frameBytes);
    const out = Array.from({ length: format.channels }, () => Array.from({ length: buckets }, () => 0));
    const chunk = Buffer.alloc(Math.floor(peakChunkBytes / frameBytes) * frameBytes);
    const sample = sampleReader(chunk, format, 0);
    for (let done = 0; done < frames; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, format.dataStart + done * frameBytes);
      const count = Math.min(Math.floor(bytesRead / frameBytes), frames - done);
      if (count === 0) break;
      for (const [channel, row] of out.entries()) {
        raisePeaks(row, { from: done, count, frames }, (i) => sample(i * format.channels + channel));
      }
      done += count;
    }
    return out;
  } finally {
    await file.close();
  }
}
