/**
 * How clients are found whatever alphabet and spelling they are written in. Both what is stored and what is typed are
 * folded to one plain Latin form; where the usual transliterations differ (ж: zh, ž, z; х: kh, h; ю: yu, ju, iu) they
 * fold to the same letters. Folding loses a little on purpose: a search that shows one client too many beats one that
 * misses the caller.
 */
const CYRILLIC: Record<string, string> = {
  а: "a", б: "b", в: "v", г: "g", ґ: "g", ѓ: "g", д: "d", ђ: "d", е: "e", ё: "e", є: "je", ж: "z", з: "z", и: "i", і: "i", ї: "ji", й: "i", ј: "i", к: "k", л: "l", љ: "li", м: "m", н: "n", њ: "ni",
  о: "o", п: "p", р: "r", с: "s", т: "t", ћ: "c", у: "u", ў: "u", ф: "f", х: "h", ц: "c", ч: "c", џ: "dz", ш: "s", щ: "s", ъ: "", ы: "i", ь: "", э: "e", ю: "iu", я: "ia",
};
/** Letters that do not come apart into a base and an accent. */
const LATIN: Record<string, string> = { đ: "d", ð: "d", ł: "l", ø: "o", œ: "oe", æ: "ae", ß: "ss", þ: "th", ı: "i" };

/** Longest first: each spelling of one sound becomes one letter. */
const SOUNDS: readonly [RegExp, string][] = [
  [/shch|sch|sh/g, "s"], [/tch|ch|cz/g, "c"], [/zh/g, "z"], [/kh/g, "h"], [/ts/g, "c"], [/ph/g, "f"], [/x/g, "ks"], [/w/g, "v"], [/[yj]/g, "i"], [/([a-z])\1+/g, "$1"], [/\bie/g, "e"],
];

/** Lower case, no accents, plain Latin, no dots (d.o.o. is doo); anything but letters, digits and `@` becomes a space. */
export function fold(text: string): string {
  const letters = text.slice(0, 2_000).toLowerCase().replace(/й/g, "и").replace(/ё/g, "е").normalize("NFD").replace(/\p{M}/gu, "");
  const latin = Array.from(letters, (letter) => CYRILLIC[letter] ?? LATIN[letter] ?? letter).join("");
  const plain = latin.replaceAll(".", "").replace(/[^a-z0-9@]+/g, " ");
  return SOUNDS.reduce((folded, [pattern, sound]) => folded.replace(pattern, sound), plain).trim();
}

const digitsOf = (text: string): string => text.replace(/\D/g, "");

export interface Searchable { /** Family name first. */ names: readonly string[]; places: readonly string[]; phones: readonly string[]; emails: readonly string[] }

/** What an index entry can hold beside the projects; names and numbers come first, so that only the last of many mails are lost. */
const MAX_STORED = 1_600;

/** What the `search` column holds: each word with one space before it, so that `% iv%` means "a word that begins with iv"; a bar ends the names. */
export const searchText = (client: Searchable): string =>
  [...client.names.map(fold), "|", ...client.places.map(fold), ...client.phones.map(digitsOf), ...client.emails.map(fold)].filter(Boolean).map((part) => ` ${part}`).join("").slice(0, MAX_STORED);

const MAX_WORDS = 6;
/** Seven digits and more with what people write between them, anywhere in the text. */
const NUMBER = /\+?\(?\d(?:[\s()./-]*\d){6,}/g;

export interface SearchTerms {
  /** LIKE patterns that must all match: three letters and more anywhere in the text, shorter ones at the beginning of a word (a trigram index needs that). */
  patterns: string[];
  /** Words of letters alone: what a name may begin with. */
  starts: string[];
  /** The digits of numbers typed in full. */
  numbers: string[];
}

/** What to look for; null: nothing was typed that can be looked for. */
export function searchTerms(text: string): SearchTerms | null {
  const numbers = (text.match(NUMBER) ?? []).map(phoneDigits).slice(0, MAX_WORDS);
  const words = fold(text.replace(NUMBER, " ")).split(" ").filter((word) => /[a-z0-9]/.test(word)).map(plainWord).slice(0, MAX_WORDS - numbers.length);
  const all = [...numbers, ...words];
  if (all.length === 0) return null;
  return { patterns: all.map((word) => (word.length < 3 ? `% ${word}%` : `%${word}%`)), starts: words.filter((word) => /^[a-z]+$/.test(word)), numbers };
}

/** Numbers as people say them at home: 041 123 456, 8 912 345 67 89, 00386 41…, +386 (0)41…; stored ones begin with the country. */
function phoneDigits(typed: string): string {
  const digits = digitsOf(typed.replace("(0)", "")).replace(/^0+(?=\d)/, "");
  return digits.length === 11 && digits.startsWith("8") ? digits.slice(1) : digits;
}

/** Russian family names by man or woman: Иванова is also looked for as Иванов, Крамская as Крамск-. */
function plainWord(word: string): string {
  if (word.length >= 6 && /(ov|ev)a$/.test(word)) return word.slice(0, -1);
  return word.length >= 7 && word.endsWith("skaia") ? word.slice(0, -3) : word;
}

/** Numbers and addresses are not to be guessed by those who see them only in part. */
export const looksForContact = (text: string): boolean => text.includes("@") || digitsOf(text).length >= 3;
