import type { Language } from "@linija/server/contract/api";
import { latin } from "../../shared/latin.ts";

export interface NewProjectDraft { en: string; ru: string; sl: string; key: string; languages: Language[]; defaultLanguage: Language; numbers: string; callerId: string; ticketPrefix: string; mailFrom: string; colour: string }

/** A key that can be typed and read in every address, proposed from the name. */
export function proposeKey(name: string, taken: readonly string[]): string {
  const base = latin(name).replace(/^[^a-z]+/, "").slice(0, 24).replace(/-$/, "") || "project";
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base}-${number}`;
    if (!taken.includes(key) && !["company", "common", "demo"].includes(key)) return key;
  }
}

/** Three capitals for ticket numbers: the first letters of words, then those of the first one. */
export function proposePrefix(name: string, taken: readonly string[]): string {
  const words = latin(name).split("-").filter((word) => /[a-z]/.test(word)).map((word) => word.replaceAll(/[^a-z]/g, ""));
  const all = `${words.map((word) => word[0]).join("")}${words.map((word) => word.slice(1)).join("")}xxx`.toUpperCase();
  const proposals = [all.slice(0, 3), ...Array.from({ length: all.length }, (_, index) => `${all.slice(0, 2)}${all[index]}`), ...Array.from({ length: 26 }, (_, index) => `${all.slice(0, 2)}${String.fromCodePoint(65 + index)}`)];
  return proposals.find((each) => /^[A-Z]{3}$/.test(each) && !taken.includes(each)) ?? "";
}

export const numbersOf = (text: string): string[] => text.split(/[,;\n]/).map((each) => each.replaceAll(/[\s()-]/g, "")).filter(Boolean);
