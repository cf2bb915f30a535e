import { fold } from "../clients/index.ts";

/** Words of a text by how they are brought to their stem: PostgreSQL knows Russian and English, Slovenian is cut here. */
export interface Parts { russian: string; english: string; slovenian: string }

const CYRILLIC = /\p{Script=Cyrillic}/u;
const WORD = /[\p{L}\p{N}]+(?:[.-][\p{L}\p{N}]+)*/gu;
const MAX_WORDS = 400;

/** Cyrillic words are Russian whatever the ticket's language is; Latin ones are English in English tickets, else Slovenian. */
export function partsOf(text: string, language: string): Parts {
  const words = (text.slice(0, 8_000).toLowerCase().match(WORD) ?? []).slice(0, MAX_WORDS);
  const cyrillic = words.filter((word) => CYRILLIC.test(word));
  const latin = words.filter((word) => !CYRILLIC.test(word));
  return { russian: cyrillic.join(" "), english: language === "en" ? latin.join(" ") : "", slovenian: language === "en" ? "" : slovenian(latin).join(" ") };
}

/** A few of them make up a third of any text. */
const STOP = new Set(`a ali bi bil bila bilo bo bom bomo boste brez ce da danes do ga gre ho iz ima imam in ja jaz je jo kaj kako kar ker ki kje ko koga kot lahko le ma me med mi mo na nad naj nam nas ne nek ni nic nima nismo njih no ob od on pa po pod pri prav s sam se sem si smo so ste ta tako te tem ti to tu tudi v vam vas vse z za ze zelo zdaj`.split(" "));
/** Longest first. Cutting too much joins two words now and then; cutting too little loses the same word in another case. */
const ENDINGS = ["njema", "njem", "ega", "emu", "imi", "ima", "ami", "ama", "ih", "im", "em", "om", "ov", "ev", "am", "ah", "eh", "a", "e", "i", "o", "u"];
const SHORTEST = 4;

/** Words without accents and without the endings of the cases; words that say nothing are left out. */
export const slovenian = (words: readonly string[]): string[] =>
  words.map((word) => word.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d")).filter((word) => word.length > 1 && !STOP.has(word)).map(stem);

function stem(word: string): string {
  if (/\d/.test(word)) return word;
  const ending = ENDINGS.find((each) => word.endsWith(each) && word.length - each.length >= SHORTEST);
  return ending ? word.slice(0, -ending.length) : word;
}

/** One plain Latin spelling of what is typed and of what is stored: сервис is servis, and a letter too many does not hide it. */
export const folded = (texts: readonly string[]): string => texts.map(fold).join(" ").slice(0, 8_000);
/** The words of a typed text, folded; short ones are too alike to each other. */
export const foldedWords = (text: string): string[] => fold(text).split(" ").filter((word) => word.length >= 3).slice(0, 8);

/** How many solved tickets have a word: of the common ones as the database has sampled it; the rest are rarer than the rarest of those. */
export interface Frequency { total: number; common: ReadonlyMap<string, number>; rarest: number }
export interface Weighed { word: string; rows: number; weight: number }

export const weigh = (words: readonly string[], { total, common, rarest }: Frequency): Weighed[] =>
  words.map((word) => { const rows = Math.max(1, Math.round((common.get(word) ?? rarest / 2) * total)); return { word, rows, weight: Math.log(1 + total / rows) }; }).sort((a, b) => a.rows - b.rows);

/** Reading more candidates than this would be felt. */
const MOST_CANDIDATES = 800;
export const MOST_TERMS = 12;

export interface Search { /** Any of these. */ any: string[]; /** Or, where every word is common, all of these. */ all: string[] }
/** Which words to look for, so that what is read stays small however many tickets there are: the rare words say most anyway. */
export function searchFor(weighed: readonly Weighed[]): Search | null {
  const any: string[] = [];
  let rows = 0;
  for (const each of weighed.slice(0, MOST_TERMS)) {
    if (rows + each.rows > MOST_CANDIDATES) break;
    rows += each.rows;
    any.push(each.word);
  }
  if (any.length > 0) return { any, all: [] };
  return weighed.length > 0 ? { any: [], all: weighed.slice(0, 3).map(({ word }) => word) } : null;
}

/** Less in common than this is chance. */
export const LEAST_ALIKE = 0.25;
