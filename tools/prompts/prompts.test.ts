import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { announcementPrompts, flowPrompts } from "../../apps/server/src/features/ivr/index.ts";
import { type Declarations, describeProblems, loadDeclarations } from "../../apps/server/src/features/projects/index.ts";
import { promptLanguages, promptsFolder, readTexts, spokenForm } from "./texts.ts";
import { decodeWav, encodeWav, rmsDb, sampleRate } from "./wav.ts";

const texts = readTexts();
const keys = Object.keys(texts.prompts);
const read = (file: string) => decodeWav(readFileSync(join(promptsFolder, file)));
const manifest = JSON.parse(readFileSync(join(promptsFolder, "manifest.json"), "utf8")) as Record<string, Record<string, { text: string; spoken: string; ms: number }>>;
let declared: Declarations;

beforeAll(async () => {
  const loaded = await loadDeclarations(fileURLToPath(new URL("../../projects", import.meta.url)));
  if (!loaded.ok) throw new Error(describeProblems(loaded));
  declared = loaded.declarations;
});

test("every phrase that a flow or an announcement can play has been recorded in all three languages", () => {
  const played = [declared.company.ivr, ...declared.projects.map((each) => each.ivr)].flatMap(flowPrompts).map((prompt) => prompt.key);
  for (const key of new Set([...played, ...announcementPrompts])) {
    for (const language of promptLanguages) expect(existsSync(join(promptsFolder, language, `${key}.wav`)), `${language}/${key}`).toBe(true);
  }
});

test("the music of every queue is there", () => {
  for (const queue of declared.projects.flatMap((each) => each.queues)) expect(existsSync(join(promptsFolder, queue.music)), queue.music).toBe(true);
});

test("an invitation to a language says the same key in the language it invites to", () => {
  const digits = { en: ["one", "two", "three"], ru: ["один", "два", "три"], sl: ["ena", "dva", "tri"] };
  for (const flow of [declared.company.ivr, ...declared.projects.map((each) => each.ivr)]) {
    for (const step of Object.values(flow.steps)) {
      for (const prompt of step.do === "menu" ? step.prompts.filter((each) => each.language) : []) {
        const place = Number(prompt.key.at(-1)) - 1;
        const target = step.do === "menu" ? flow.steps[step.keys[String(place + 1)] ?? ""] : undefined;
        expect(target).toMatchObject({ do: "set_language", language: prompt.language });
        expect(texts.prompts[prompt.key]?.[prompt.language ?? "en"]).toContain(digits[prompt.language ?? "en"][place]);
      }
    }
  }
});

describe.each(promptLanguages)("the recordings in %s", (language) => {
  test("are of today's words, and no others lie about", () => {
    const said = Object.fromEntries(keys.map((key) => [key, texts.prompts[key]?.[language] ?? ""]));
    expect(Object.fromEntries(Object.entries(manifest[language] ?? {}).map(([key, each]) => [key, each.text]))).toEqual(said);
    for (const [key, each] of Object.entries(manifest[language] ?? {})) expect(each.spoken).toBe(spokenForm(texts, language, said[key] ?? ""));
    expect(readdirSync(join(promptsFolder, language)).sort()).toEqual(keys.map((key) => `${key}.wav`).sort());
  });
  test.each(keys)("%s has speech of even loudness and a plausible length", (key) => {
    const samples = read(`${language}/${key}.wav`);
    const letters = (texts.prompts[key]?.[language] ?? "").length;
    const seconds = samples.length / sampleRate;
    expect(rmsDb(samples, -45)).toBeGreaterThan(-22.5);
    expect(rmsDb(samples, -45)).toBeLessThan(-18.5);
    expect(samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)).toBeLessThan(0.85);
    // People and voices say some 10 to 20 letters a second.
    expect(seconds).toBeGreaterThan(letters / 25);
    expect(seconds).toBeLessThan(0.8 + letters / 8);
    expect(seconds).toBeLessThan(8);
  });
});

describe("music and tones", () => {
  test.each(["waiting", "hold"])("the %s music is soft and its loop has no seam", (name) => {
    const samples = read(`music/${name}.wav`);
    expect(samples.length).toBe(20 * sampleRate);
    expect(rmsDb(samples)).toBeCloseTo(-24, 0);
    const steepest = samples.reduce((most, sample, index) => Math.max(most, Math.abs(sample - (samples[index - 1] ?? sample))), 0);
    const seam = Math.abs((samples[0] ?? 0) - (samples.at(-1) ?? 0));
    expect(seam).toBeLessThan(steepest);
    // No second of it falls silent, the last and the first included.
    for (let second = 0; second < 20; second += 1) expect(rmsDb(samples.subarray(second * sampleRate, (second + 1) * sampleRate))).toBeGreaterThan(-34);
  });
  test.each([["ringback", 5, 425, 1], ["busy", 1, 425, 0.5], ["beep", 0.3, 1_000, 0.25]] as const)("%s lasts %s s and sounds at %s Hz", (name, seconds, hertz, on) => {
    const samples = read(`tones/${name}.wav`);
    expect(samples.length).toBe(Math.round(seconds * sampleRate));
    let crossings = 0;
    for (let index = 1; index < on * sampleRate; index += 1) if ((samples[index - 1] ?? 0) < 0 && (samples[index] ?? 0) >= 0) crossings += 1;
    expect(crossings / on).toBeGreaterThan(hertz * 0.97);
    expect(crossings / on).toBeLessThan(hertz * 1.03);
  });
});

test("all sounds together stay below 6 MB", () => {
  const files = readdirSync(promptsFolder, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(promptsFolder, name)));
  expect(files.filter((file) => file.isFile()).reduce((sum, file) => sum + file.size, 0)).toBeLessThan(6 * 1024 * 1024);
});

test("µ-law keeps every level within its step and silence silent", () => {
  const levels = Float64Array.from({ length: 2_001 }, (_, index) => (index - 1_000) / 1_020);
  decodeWav(encodeWav(levels)).forEach((sample, index) => {
    const wanted = levels[index] ?? 0;
    expect(Math.abs(sample - wanted)).toBeLessThanOrEqual(Math.abs(wanted) / 31 + 0.0002);
  });
});
