/**
 * Makes every sound callers hear: phrases by espeak-ng, music and tones by arithmetic. Run by `npm run prompts`;
 * the files are committed, so nobody needs the synthesiser to run Linija.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cadence, level, music, progressions, trim } from "./sounds.ts";
import { promptLanguages, promptsFolder, readTexts, spokenForm, type Texts } from "./texts.ts";
import { encodeWav, sampleRate } from "./wav.ts";

const speechDb = -20;

function need(program: string, debianPackage: string): void {
  if (spawnSync(program, ["--version"]).error === undefined) return;
  console.error(`${program} is missing. On Debian: apt-get install ${debianPackage}`);
  process.exit(1);
}

function run(program: string, args: string[], input?: Buffer): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr.toString()}`);
  return stdout;
}

/** One phrase as the synthesiser says it, cut to the telephone's band. */
function speak(text: string, { voice, speed, pitch }: Texts["voices"]["en"]): Float64Array {
  const wav = run("espeak-ng", ["-v", voice, "-s", String(speed), "-p", String(pitch), "--stdout", text]);
  // espeak-ng cannot know the length when it writes the header, and dither would make every run differ.
  const raw = run("sox", ["-D", "-V1", "--ignore-length", "-t", "wav", "-", "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-",
    "gain", "-6", "highpass", "180", "lowpass", "3500", "rate", "-h", String(sampleRate)], wav);
  return Float64Array.from({ length: raw.length / 2 }, (_, index) => raw.readInt16LE(index * 2) / 32_768);
}

function write(file: string, samples: Float64Array): number {
  const wav = encodeWav(samples);
  writeFileSync(join(promptsFolder, file), wav);
  return wav.length;
}

function fresh(folder: string): void {
  const path = join(promptsFolder, folder);
  mkdirSync(path, { recursive: true });
  for (const name of readdirSync(path)) if (name.endsWith(".wav")) rmSync(join(path, name));
}

function makeAll(): void {
  const texts = readTexts();
  // What was recorded from which words: lets a test find recordings that lag behind texts.yaml.
  const manifest: Record<string, Record<string, { text: string; spoken: string; ms: number }>> = {};
  let bytes = 0;
  for (const language of promptLanguages) {
    fresh(language);
    const said: (typeof manifest)[string] = {};
    for (const [key, phrase] of Object.entries(texts.prompts)) {
      const spoken = spokenForm(texts, language, phrase[language]);
      const samples = level(trim(speak(spoken, texts.voices[language])), speechDb);
      bytes += write(`${language}/${key}.wav`, samples);
      said[key] = { text: phrase[language], spoken, ms: Math.round((samples.length * 1_000) / sampleRate) };
    }
    manifest[language] = said;
    console.log(`${language}: ${Object.keys(said).length} phrases`);
  }
  fresh("music");
  for (const [name, chords] of Object.entries(progressions)) bytes += write(`music/${name}.wav`, music(chords, 20));
  fresh("tones");
  // Ringing and busy as Europe hears them: ITU-T E.180, 425 Hz.
  bytes += write("tones/ringback.wav", cadence(425, 1, 4));
  bytes += write("tones/busy.wav", cadence(425, 0.5, 0.5));
  bytes += write("tones/beep.wav", cadence(1_000, 0.25, 0.05));
  writeFileSync(join(promptsFolder, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  console.log(`${(bytes / 1_048_576).toFixed(1)} MB in ${promptsFolder}`);
}

need("espeak-ng", "espeak-ng");
need("sox", "sox");
makeAll();
