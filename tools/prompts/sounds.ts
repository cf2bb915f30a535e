import { sampleRate, rmsDb } from "./wav.ts";

/** Brings speech to a loudness and keeps its peaks below -2 dB by a soft knee instead of clipping. */
export function level(samples: Float64Array, targetDb: number): Float64Array {
  const gain = 10 ** ((targetDb - rmsDb(samples, -45)) / 20);
  const [knee, ceiling] = [0.6, 0.79];
  return samples.map((sample) => {
    const loud = Math.abs(sample * gain);
    const soft = loud <= knee ? loud : knee + (ceiling - knee) * Math.tanh((loud - knee) / (ceiling - knee));
    return Math.sign(sample) * soft;
  });
}

/** Cuts silence off both ends, leaves a breath at each and fades over 5 ms so that nothing clicks. */
export function trim(samples: Float64Array, breath = { before: 0.06, after: 0.18 }): Float64Array {
  const loud = (sample: number) => Math.abs(sample) > 0.01;
  const first = samples.findIndex(loud);
  if (first < 0) throw new Error("the synthesiser was silent");
  const speech = samples.slice(first, samples.findLastIndex(loud) + 1);
  const fade = sampleRate / 200;
  const before = Math.round(breath.before * sampleRate);
  const result = new Float64Array(before + speech.length + Math.round(breath.after * sampleRate));
  speech.forEach((sample, index) => { result[before + index] = sample * Math.min(1, (index + 1) / fade, (speech.length - index) / fade); });
  return result;
}

const note = (semitonesFromA4: number) => 440 * 2 ** (semitonesFromA4 / 12);

interface Voice { frequency: number; from: number; seconds: number; gain: number; attack: number }

/** Adds a note whose tail runs over the end into the beginning: that is what makes the loop seamless. */
function addVoice(loop: Float64Array, voice: Voice): void {
  const length = Math.round(voice.seconds * sampleRate);
  const start = Math.round(voice.from * sampleRate);
  for (let index = 0; index < length; index += 1) {
    const t = index / sampleRate;
    const rise = Math.min(1, t / voice.attack);
    const fall = Math.cos((Math.PI / 2) * Math.max(0, (t - voice.attack) / (voice.seconds - voice.attack)));
    const phase = 2 * Math.PI * voice.frequency * t;
    const tone = Math.sin(phase) + 0.22 * Math.sin(2 * phase) + 0.06 * Math.sin(3 * phase);
    const place = (start + index) % loop.length;
    loop[place] = (loop[place] ?? 0) + tone * voice.gain * Math.sin((rise * Math.PI) / 2) ** 2 * fall * fall;
  }
}

/** Semitones from A4. High enough to pass a telephone, which loses all below 300 Hz. */
export type Chord = readonly number[];
export const progressions: Record<string, readonly Chord[]> = {
  // Fmaj7, Em7, Am7, Cmaj7: for waiting callers
  waiting: [[-4, 0, 3, 7], [-5, -2, 2, 5], [0, 3, 7, 10], [-9, -5, -2, 2]],
  // Dm9, G7sus4, Cmaj9, Am7: calmer, for a call on hold
  hold: [[-7, -4, 0, 7], [-2, 3, 5, 8], [-9, -5, -2, 5], [-12, -9, -5, -2]],
};

/** A loop of soft chords, each with a few bell notes over it, that ends where it begins. */
export function music(chords: readonly Chord[], seconds: number): Float64Array {
  const loop = new Float64Array(Math.round(seconds * sampleRate));
  const each = seconds / chords.length;
  chords.forEach((chord, index) => {
    for (const semitone of chord) {
      addVoice(loop, { frequency: note(semitone), from: index * each, seconds: each * 1.5, gain: 0.2, attack: each * 0.3 });
      // A second string a little out of tune makes the chord breathe.
      addVoice(loop, { frequency: note(semitone) * 1.003, from: index * each, seconds: each * 1.4, gain: 0.12, attack: each * 0.4 });
    }
    [0, 2, 1, 3].forEach((place, beat) => addVoice(loop, {
      frequency: note((chord[place] ?? 0) + 12), from: index * each + (beat * each) / 4, seconds: 1.8, gain: 0.11, attack: 0.012,
    }));
  });
  const gain = 10 ** ((-24 - rmsDb(loop)) / 20);
  return loop.map((sample) => sample * gain);
}

/** A tone on and off, with 5 ms edges. */
export function cadence(frequency: number, onSeconds: number, offSeconds: number): Float64Array {
  const samples = new Float64Array(Math.round((onSeconds + offSeconds) * sampleRate));
  const on = Math.round(onSeconds * sampleRate);
  const edge = sampleRate / 200;
  for (let index = 0; index < on; index += 1) {
    samples[index] = 0.14 * Math.sin((2 * Math.PI * frequency * index) / sampleRate) * Math.min(1, index / edge, (on - index) / edge);
  }
  return samples;
}
