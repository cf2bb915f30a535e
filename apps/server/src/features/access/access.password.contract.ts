/**
 * What makes a password easy to guess. Said once for both sides: the desk tells while one types, the server refuses.
 * There are no rules of composition (ASVS 5.0 6.2.5): any characters, spaces too, in any order.
 */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 200;

export type PasswordFault = "password_same" | "password_repeats" | "password_sequence" | "password_name" | "password_common";

export interface KnownToGuessers {
  /** What belongs to the person and the place: sign-in name, name, company, projects. */
  names: readonly string[];
  current?: string | undefined;
}

/** The first thing wrong with a password of the right length, or null. */
export function passwordFault(password: string, known: KnownToGuessers): PasswordFault | null {
  if (known.current !== undefined && password.normalize("NFKC") === known.current.normalize("NFKC")) return "password_same";
  const typed = password.normalize("NFKC").toLowerCase();
  if (new Set(typed).size < FEWEST_CHARACTERS || REPEATED.test(typed)) return "password_repeats";
  if (isMadeOf(typed, wordsOf(known.names))) return "password_name";
  if (isMadeOf(typed, COMMON)) return "password_common";
  return walks(typed) <= typed.length / WALK_LENGTH ? "password_sequence" : null;
}

/** "aaaaaaaaaaaa" and "abcabcabcabc" have fewer; hardly a sentence of twelve letters does. */
const FEWEST_CHARACTERS = 5;
/** Something short, twice or more often. */
const REPEATED = /^(.{1,11})\1+$/u;
/** Steps to a neighbour are walks; when a walk has three keys on average, the password is one line on the keyboard. */
const WALK_LENGTH = 3;
/** So many letters beside the known words, and it is no longer the words that must be guessed. */
const LETTERS_OF_ONE_S_OWN = 4;
/** Three known words in a row of one's choosing are a phrase. */
const WORDS_OF_A_PHRASE = 3;

const ROWS = ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"];
const KEYS = new Map(ROWS.flatMap((row, y) => Array.from(row, (key, x) => [key, { x, y: y > 3 ? y - 3 : y }] as const)));

const areNeighbours = (one: string, two: string): boolean => {
  if (Math.abs(one.codePointAt(0)! - two.codePointAt(0)!) <= 1) return true;
  const [a, b] = [KEYS.get(one), KEYS.get(two)];
  return a !== undefined && b !== undefined && Math.abs(a.x - b.x) <= 1 && Math.abs(a.y - b.y) <= 1;
};

const walks = (typed: string): number => Array.from(typed).filter((each, at, all) => at === 0 || !areNeighbours(all[at - 1]!, each)).length;

/** One or two known words, and beside them little but digits and marks. */
function isMadeOf(typed: string, words: readonly string[]): boolean {
  return [typed, plain(typed)].some((text) => {
    let rest = text;
    let found = 0;
    for (const word of words) {
      if (!rest.includes(word)) continue;
      found += 1;
      rest = rest.replaceAll(word, " ");
    }
    return found > 0 && found < WORDS_OF_A_PHRASE && rest.replaceAll(/[^\p{L}]/gu, "").length < LETTERS_OF_ONE_S_OWN;
  });
}

/** "p@ssw0rd" is "password". */
const LOOKS_LIKE: Record<string, string> = { "@": "a", "4": "a", "0": "o", "3": "e", "$": "s", "5": "s", "1": "i", "!": "i", "7": "t" };
const plain = (text: string): string => text.replaceAll(/[@403$51!7]/g, (each) => LOOKS_LIKE[each] ?? each);

const longestFirst = (words: readonly string[]): string[] => [...new Set(words)].sort((one, two) => two.length - one.length);
const wordsOf = (names: readonly string[]): string[] =>
  longestFirst(["linija", "линия", ...names.flatMap((name) => name.normalize("NFKC").toLowerCase().split(/[^\p{L}\p{N}]+/u))].filter((word) => word.length >= 3));

/** What many people choose, in the languages of the desk; Russian words also as they come out on an English keyboard. */
const COMMON = longestFirst(`
  password passwort passw pass admin administrator operator user root login default changeme change letmein welcome secret master super supervisor manager
  test testing demo hello iloveyou love loveyou monkey dragon princess sunshine football baseball basketball superman batman starwars pokemon shadow freedom
  whatever trustno michael jordan jessica ashley daniel charlie summer winter spring autumn january december monday friday computer internet samsung google
  facebook microsoft windows office callcenter callcentre contact support service company qwerty qwertz azerty
  пароль привет админ администратор оператор любовь люблю солнышко зайка наташа сергей андрей александр марина россия москва зима лето весна осень
  gfhjkm ghbdtn flvby k.,jdm yfnfif cthutq fylhtq parol privet lubov lyublyu solnyshko natasha sergey andrey alexander moskva russia
  geslo skrbnik zdravo ljubezen ljubim sonce sonček slovenija ljubljana maribor poletje pomlad jesen janez marija mojca
`.trim().split(/\s+/));
