import type { PhoneCall } from "../../apps/server/src/testing/phone.ts";
import { readWav, toneAt } from "@linija/media/testing";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../tools/steps.ts";
import { linija, type Session } from "./linija.ts";

const rms = (samples: Int16Array): number => Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));

/** Resolves once a quarter of a second of sound fits; rejects with what was heard instead. */
async function hearsUntil(call: PhoneCall, withinMs: number, fits: (samples: Int16Array) => { ok: boolean; heard: string }): Promise<void> {
  const deadline = performance.now() + withinMs;
  let last = "nothing";
  for (;;) {
    const samples = await call.audio.hear(12, Math.max(1, Math.ceil(deadline - performance.now()))).catch(() => null);
    if (!samples) throw new Error(`within ${withinMs} ms only: ${last}; noticed: ${JSON.stringify(call.events.map((event) => event.kind))}`);
    const { ok, heard } = fits(samples);
    if (ok) return;
    last = heard;
  }
}

/** Clearly more than line noise. */
export const hearsSound = (call: PhoneCall, withinMs = 8_000): Promise<void> => hearsUntil(call, withinMs, (samples) => ({ ok: rms(samples) > 300, heard: `rms ${Math.round(rms(samples))}` }));

/** Sound in which the operator's tone is not. */
export const hearsMusicWithout = (call: PhoneCall, hz: number, withinMs = 8_000): Promise<void> => hearsUntil(call, withinMs, (samples) => {
  const [loud, share] = [rms(samples), toneAt(samples, hz)];
  return { ok: loud > 200 && share < 0.1, heard: `rms ${Math.round(loud)}, ${hz} Hz ${share.toFixed(2)}` };
});

/** What share of the strongest half second of each channel of a recording the tones are. */
export async function recordedShares(session: Session, recordingId: string, tones: { left: number; right: number }): Promise<{ left: number; right: number; crossed: number; seconds: number }> {
  const reply = await session.raw("GET", `/recordings/${recordingId}/audio`);
  if (!reply.ok) throw new Error(`the recording is not given: ${reply.status}`);
  const path = join(linija.folder, `${recordingId}.wav`);
  await writeFile(path, Buffer.from(await reply.arrayBuffer()));
  const { rate, channels } = await readWav(path);
  const [left, right] = channels as [Int16Array, Int16Array];
  return { left: most(left, tones.left, rate), right: most(right, tones.right, rate), crossed: Math.max(most(left, tones.right, rate), most(right, tones.left, rate)), seconds: left.length / rate };
}

/** The best half second that is loud enough to count. */
function most(samples: Int16Array, hz: number, rate: number): number {
  let best = 0;
  for (let at = 0; at + rate / 2 <= samples.length; at += rate / 4) {
    const piece = samples.subarray(at, at + rate / 2);
    if (rms(piece) > 500) best = Math.max(best, toneAt(piece, hz, rate));
  }
  return best;
}

/** Listens until the phrases are over, as a caller does who waits for the menu; they are heard from the first packet on. */
export async function hearsOut(call: PhoneCall, language: string, phrases: string[]): Promise<void> {
  let ms = 0;
  for (const phrase of phrases) {
    const { rate, channels } = await readWav(join(root, `prompts/${language}/${phrase}.wav`));
    ms += (channels[0]!.length / rate) * 1_000;
  }
  // A little into the menu itself: keys work while it is being read.
  await call.audio.until((heard) => heard.length >= ms / 20 + 20, ms + 15_000);
}
