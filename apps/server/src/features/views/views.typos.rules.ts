/** Words so long can be mistyped and still be known again; shorter ones are like too many others. */
export const SHORTEST = 4;
export const LONGEST = 30;
/** Words of a text that the vocabulary keeps, and that can be looked up in it: letters alone, so that no number, contract or telephone is among them. */
export const lettersOf = (text: string): string[] => [...new Set((text.normalize("NFC").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => /^\p{L}+$/u.test(word) && word.length >= SHORTEST && word.length <= LONGEST))];

/** How many slips lie between two words: a letter more, less or another, or two that changed places. No more than `most` are counted. */
export function slips(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (isSame ? 0 : 1), isSwapped ? before[j - 2]! + 1 : Infinity);
    }
    [before, row] = [row, next];
  }
  return Math.min(most + 1, row[b.length]!);
}

export interface Near { word: string; shown: string; likeness: number }
const mostFor = (word: string): number => (word.length <= 5 ? 1 : 2);

/** The words somebody may have meant, the likeliest first. The beginning of a longer one counts too: a search goes by beginnings. */
export function meant(typed: string, near: readonly Near[]): Near[] {
  const most = mostFor(typed);
  const judged = near.map((each) => ({ ...each, slips: Math.min(slips(typed, each.word, most), ...[0, 1].map((more) => slips(typed, each.word.slice(0, typed.length + more), most) + (each.word.length > typed.length + more ? 0.5 : 0))) }));
  return judged.filter((each) => each.slips <= most).sort((a, b) => a.slips - b.slips || b.likeness - a.likeness || (a.word < b.word ? -1 : 1)).map(({ word, shown, likeness }) => ({ word, shown, likeness }));
}

export interface Doubted { typed: string; meant: Near[] }
/** Texts to try in the place of what was typed: first with the likeliest words, then with the next. Empty when no word is in doubt. */
export function insteadOf(text: string, doubted: readonly Doubted[], most: number): string[] {
  const known = new Map(doubted.filter(({ meant }) => meant.length > 0).map((each) => [each.typed, each.meant]));
  if (known.size === 0) return [];
  const tries = Math.min(most, Math.max(...[...known.values()].map(({ length }) => length)));
  const texts = Array.from({ length: tries }, (_, n) => text.normalize("NFC").replaceAll(/[\p{L}\p{N}]+/gu, (word) => {
    const choices = known.get(word.toLowerCase());
    return choices ? (choices[n] ?? choices.at(-1)!).shown : word;
  }));
  return [...new Set(texts)];
}
