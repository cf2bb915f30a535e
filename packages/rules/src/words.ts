/**
 * Whether a text says one of some words: whole words, whatever their case, marks of accents written one way or the other,
 * and "ё" as "е". A word with `~` at its end is taken with the endings of its declension: `požar~` finds "požara" and not
 * "požarnica". Several words with spaces must follow each other.
 */
export type Saying = (text: string) => boolean;

type WordTest = (word: string) => boolean;

/** Endings of nouns, adjectives, and verbs of the third person and the past. Longer ones make other words of a stem. */
const RUSSIAN = "а я о е ы и у ю ь й ой ей ою ею ом ем ам ям ами ями ах ях ов ев ия ие ии ию ий ией ием иям иями иях ый ая яя ое ее ые ого его ому ему ым им ых их ыми ими ую юю л ла ло ли ил ила ило или ал ала ало али ать ить ит ят ет ют ут ат н на но ны";
const SLOVENE = "a e i o u om em og ov ev am ama ami ah ih im imi ima ega emu oma ema eh en na ne no ni l la lo li il ila ilo ili al ala alo ale ali ele ele ati iti eti ijo ejo ajo";
const ENGLISH = "s es ed d ing";
const ENDINGS: ReadonlySet<string> = new Set(["", ...[RUSSIAN, SLOVENE, ENGLISH].flatMap((endings) => endings.split(" "))]);

/** What a hyphen joins is one word: "anti-virus" says no virus. */
const WORD = /[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu;
const WANTED = /^[\p{L}\p{N}]+(?:[ -][\p{L}\p{N}]+)*~?$/u;

const plain = (text: string): string => text.normalize("NFC").toLowerCase().replaceAll("ё", "е");
const wordsOf = (text: string): string[] => plain(text).match(WORD) ?? [];

/** A saying of these words, or the first of them that is none. */
export function compileWords(wanted: readonly string[]): Saying | { unfit: string } {
  const unfit = wanted.find((one) => !WANTED.test(one.normalize("NFC")));
  if (unfit !== undefined) return { unfit };
  const phrases = wanted.map(phraseOf);
  return (text) => {
    const words = wordsOf(text);
    return words.some((_, at) => phrases.some((phrase) => phrase.every((test, i) => words[at + i] !== undefined && test(words[at + i]!))));
  };
}

function phraseOf(wanted: string): WordTest[] {
  const words = wordsOf(wanted);
  return words.map((word, i): WordTest => {
    if (i < words.length - 1 || !wanted.endsWith("~")) return (said) => said === word;
    return (said) => said.startsWith(word) && ENDINGS.has(said.slice(word.length));
  });
}
