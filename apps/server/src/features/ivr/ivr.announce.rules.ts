import { type Language } from "../projects/texts.contract.ts";
import { type PromptRef } from "./ivr.contract.ts";

/** Waits that were recorded as whole sentences, so that each language keeps its own grammar (две минуты, dve minuti). */
const recordedMinutes = [1, 2, 3, 4, 5, 10, 15, 20, 30] as const;
const recordedPositions = 20;

/**
 * What a waiting caller hears: their place and how long it may take. Whole sentences were recorded, so no
 * grammar is put together here. An unknown wait (null) is not guessed at.
 */
export function announcement(position: number, expectedWaitMs: number | null, language: Language): PromptRef[] {
  const place = position <= recordedPositions ? `position_${Math.max(1, Math.floor(position))}` : "position_over_20";
  const keys = expectedWaitMs === null ? [place] : [place, waitPrompt(expectedWaitMs)];
  return keys.map((key) => ({ key, language }));
}

/** Rounds up, so that nobody is promised less than they wait; up to 15 s over a full minute are forgiven. */
function waitPrompt(expectedWaitMs: number): string {
  if (expectedWaitMs < 60_000) return "wait_less_than_1_min";
  const minutes = (expectedWaitMs - 15_000) / 60_000;
  const recorded = recordedMinutes.find((each) => minutes <= each);
  return recorded ? `wait_about_${recorded}_min` : "wait_over_30_min";
}

/** Every phrase an announcement can need. */
export const announcementPrompts: readonly string[] = [
  ...Array.from({ length: recordedPositions }, (_, index) => `position_${index + 1}`), "position_over_20",
  "wait_less_than_1_min", ...recordedMinutes.map((each) => `wait_about_${each}_min`), "wait_over_30_min",
];

/** Where a phrase lies, relative to the folder of prompts. */
export const promptFile = (prompt: PromptRef) => `${prompt.language}/${prompt.key}.wav`;
