import { Fault, halt, sure } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { overloaded, takes, writtenText } from "./builtin.ts";
import type { Builtin, Call } from "./builtin.ts";
import { LIMITS } from "./limits.ts";
import { PatternError } from "./pattern.parse.ts";
import { compilePattern } from "./pattern.ts";
import type { Pattern } from "./pattern.ts";
import { T, listOf, typeName } from "./types.ts";
import { compileWords } from "./words.ts";
import type { Saying } from "./words.ts";

const { text, int, boolean } = T;

/** Length in code points, as CEL counts. */
export function lengthOf(value: string): number {
  let length = 0;
  for (let i = 0; i < value.length; length++) i += value.codePointAt(i)! > 0xffff ? 2 : 1;
  return length;
}

/** In code points, as `size` counts: no sign is cut in two. */
function substring(value: string, from: number, end?: number): string {
  const size = lengthOf(value);
  const to = end ?? size;
  if (from < 0 || to > size || from > to) throw new Fault("index_range", { index: from < 0 || from > size ? from : to, size });
  return size === value.length ? value.slice(from, to) : Array.from(value).slice(from, to).join("");
}

function indexOf(value: string, part: string): number {
  const at = value.indexOf(part);
  return at <= 0 ? at : lengthOf(value.slice(0, at));
}

const split = (value: string, separator: string): string[] => (separator === "" ? Array.from(value).slice(0, LIMITS.listLength + 1) : value.split(separator, LIMITS.listLength + 1));

/** Counts before it builds: a short text may be replaced by a long one very often. */
function replace(value: string, what: string, by: string): string {
  if (what === "") return value;
  const parts = value.split(what);
  if (value.length + (parts.length - 1) * (by.length - what.length) > LIMITS.textLength) throw new Fault("too_long", { limit: LIMITS.textLength });
  return parts.join(by);
}

function join(list: readonly (string | null)[], separator: string): string {
  const length = list.reduce((sum, item) => sum + (item?.length ?? 0) + separator.length, 0);
  if (length - separator.length > LIMITS.textLength) throw new Fault("too_long", { limit: LIMITS.textLength });
  return list.filter((item) => item !== null).join(separator);
}

const onText = (key: string, rest = ""): Pick<Builtin, "key" | "signature" | "on"> => ({ key, signature: `text.${key}(${rest})`, on: ["text"] });

export const TEXT_FUNCTIONS: readonly Builtin[] = [
  overloaded({ ...onText("lower"), doc: { en: "The text in small letters.", ru: "Текст строчными буквами.", sl: "Besedilo z malimi črkami." } },
    [{ params: [text], result: text, call: (a: string) => a.toLowerCase() }]),
  overloaded({ ...onText("upper"), doc: { en: "The text in capital letters.", ru: "Текст прописными буквами.", sl: "Besedilo z velikimi črkami." } },
    [{ params: [text], result: text, call: (a: string) => a.toUpperCase() }]),
  overloaded({ ...onText("trim"), doc: { en: "The text without white space at both ends.", ru: "Текст без пробелов по краям.", sl: "Besedilo brez presledkov na začetku in koncu." } },
    [{ params: [text], result: text, call: (a: string) => a.trim() }]),
  overloaded({ ...onText("contains", "part"), doc: { en: "Whether the text holds the other one.", ru: "Содержит ли текст другой.", sl: "Ali besedilo vsebuje drugo." } },
    [{ params: [text, text], result: boolean, call: (a: string, b: string) => a.includes(b) }]),
  overloaded({ ...onText("startsWith", "part"), doc: { en: "Whether the text begins with the other one.", ru: "Начинается ли текст с другого.", sl: "Ali se besedilo začne z drugim." } },
    [{ params: [text, text], result: boolean, call: (a: string, b: string) => a.startsWith(b) }]),
  overloaded({ ...onText("endsWith", "part"), doc: { en: "Whether the text ends with the other one.", ru: "Заканчивается ли текст другим.", sl: "Ali se besedilo konča z drugim." } },
    [{ params: [text, text], result: boolean, call: (a: string, b: string) => a.endsWith(b) }]),
  overloaded({ ...onText("indexOf", "part"), doc: { en: "Where the other text begins, from 0; −1 when it is not there.", ru: "Где начинается другой текст, считая с 0; −1, если его нет.", sl: "Kje se začne drugo besedilo, šteto od 0; −1, če ga ni." } },
    [{ params: [text, text], result: int, call: indexOf }]),
  overloaded({ ...onText("substring", "from, to"), doc: { en: "The part from one position (from 0) up to another, or to the end.", ru: "Часть от позиции (с 0) до другой или до конца.", sl: "Del od mesta (od 0) do drugega ali do konca." } },
    [{ params: [text, int], result: text, call: substring }, { params: [text, int, int], result: text, call: substring }]),
  overloaded({ ...onText("replace", "what, by"), doc: { en: "The text with every occurrence replaced.", ru: "Текст, где все вхождения заменены.", sl: "Besedilo z zamenjanimi vsemi pojavitvami." } },
    [{ params: [text, text, text], result: text, call: replace }]),
  overloaded({ ...onText("split", "separator"), doc: { en: "The parts between separators.", ru: "Части между разделителями.", sl: "Deli med ločili." } },
    [{ params: [text, text], result: listOf(text), call: split }]),
  overloaded({ key: "join", signature: "list.join(separator)", on: ["list"], doc: { en: "The texts of a list as one.", ru: "Тексты списка одним текстом.", sl: "Besedila seznama kot eno." } },
    [{ params: [listOf(text)], result: text, call: (a: string[]) => join(a, "") }, { params: [listOf(text), text], result: text, call: join }]),
  {
    key: "matches", signature: 'text.matches("pattern")', on: ["text"], build: buildMatches,
    doc: { en: "Whether the text holds a match of the pattern (RE2).", ru: "Есть ли в тексте совпадение с шаблоном (RE2).", sl: "Ali besedilo vsebuje ujemanje z vzorcem (RE2)." },
  },
  {
    key: "says", signature: 'text.says(["word", "declin~"])', on: ["text"], build: buildSays,
    doc: {
      en: "Whether the text says one of the words: whole words; with ~ at the end, the word with its endings too.",
      ru: "Есть ли в тексте одно из слов: только целые слова; с ~ на конце – и с их окончаниями.",
      sl: "Ali besedilo vsebuje eno od besed: le cele besede; z ~ na koncu tudi z njihovimi končnicami.",
    },
  },
];

function patternOf(builder: Builder, call: Call): Pattern | null {
  const source = writtenText(builder, call, 1);
  if (source === null) return null;
  try {
    return compilePattern(source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    builder.report(error.code, { at: error.at + 1 }, call.args[1]!);
    return null;
  }
}

/** The pattern must be written out: then it is compiled once, and known to be safe before anything runs. */
function buildMatches(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [2, 2])) return sure(call.node, boolean, () => null);
  const value = builder.build(call.args[0]!);
  const pattern = patternOf(builder, call);
  if (value.type.kind !== "text" && value.type.kind !== "unknown") {
    builder.report("argument_type", { function: "matches", index: 1, expected: "text", actual: typeName(value.type) }, value.node);
  }
  const read = value.strict;
  if (!pattern) return sure(call.node, boolean, () => null);
  return sure(call.node, boolean, (frame) => {
    const searched = read(frame) as string;
    if (searched.length > LIMITS.patternText) throw halt("too_long", { limit: LIMITS.patternText }, value.node);
    frame.meter.spend((searched.length * pattern.cost) >> 8);
    return pattern.test(searched);
  });
}

/** What searching a text costs, in 1,024ths of a step for each of its characters and each word that is looked for. */
const WORD_COST = 4;

function sayingOf(builder: Builder, call: Call): [Saying, number] | null {
  const list = call.args[1]!;
  const written = list.op === "list" ? list.args : [];
  if (written.length === 0 || !written.every((one) => one.op === "value" && typeof one.args === "string")) {
    builder.report("words_needed", { function: "says" }, list);
    return null;
  }
  const saying = compileWords(written.map((one) => one.args as string));
  if (typeof saying === "function") return [saying, written.length];
  builder.report("word_unfit", { word: saying.unfit }, written.find((one) => one.args === saying.unfit) ?? list);
  return null;
}

/** The words must be written out, as a pattern must: they are read once, and known to be fit before anything runs. */
function buildSays(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [2, 2])) return sure(call.node, boolean, () => null);
  const value = builder.build(call.args[0]!);
  const words = sayingOf(builder, call);
  if (value.type.kind !== "text" && value.type.kind !== "unknown") {
    builder.report("argument_type", { function: "says", index: 1, expected: "text", actual: typeName(value.type) }, value.node);
  }
  if (!words) return sure(call.node, boolean, () => null);
  const [says, count] = words;
  return sure(call.node, boolean, (frame) => {
    // As long as any text may be: a description of twenty thousand characters is where somebody says what burns.
    const searched = value.strict(frame) as string;
    frame.meter.spend((searched.length * count * WORD_COST) >> 10);
    return says(searched);
  });
}
