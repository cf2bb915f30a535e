import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";

const phraseSchema = z.string().min(1);
const wordsSchema = z.record(z.string(), z.string());
const textsSchema = z.strictObject({
  voices: z.record(z.enum(["en", "ru", "sl"]), z.strictObject({ voice: z.string(), speed: z.int(), pitch: z.int() })),
  pronounce: z.strictObject({ en: wordsSchema, ru: wordsSchema, sl: wordsSchema }),
  prompts: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.strictObject({ en: phraseSchema, ru: phraseSchema, sl: phraseSchema })),
});
export type Texts = z.infer<typeof textsSchema>;
export const promptLanguages = ["en", "ru", "sl"] as const;

/** Where the recordings lie. */
export const promptsFolder = fileURLToPath(new URL("../../prompts", import.meta.url));

export const readTexts = (): Texts => textsSchema.parse(parse(readFileSync(new URL("texts.yaml", import.meta.url), "utf8")));

/** A phrase as the voice must be given it. */
export const spokenForm = (texts: Texts, language: (typeof promptLanguages)[number], phrase: string) =>
  phrase.replaceAll(/\p{L}+/gu, (word) => texts.pronounce[language][word] ?? word);
