import type { Texts } from "./problems.ts";

/** What can be wrong with YAML, in three languages; the parser itself speaks English only. */
export const YAML_SLIPS = {
  tab: { en: "a tab is used for indentation: use spaces", ru: "отступ сделан табуляцией, а нужны пробелы", sl: "zamik je narejen s tabulatorjem, potrebni so presledki" },
  indent: { en: "the indentation does not fit the lines around it", ru: "отступ не совпадает с соседними строками", sl: "zamik se ne ujema s sosednjimi vrsticami" },
  quote: { en: "a closing quote is missing", ru: "нет закрывающей кавычки", sl: "manjka zaključni narekovaj" },
  bracket: { en: "a closing bracket is missing", ru: "нет закрывающей скобки", sl: "manjka zaklepaj" },
  colon: { en: "a key has no colon and value after it", ru: "после ключа нет двоеточия и значения", sl: "za ključem manjkata dvopičje in vrednost" },
  dash: { en: "an item of a list has no dash before it", ru: "перед элементом списка нет дефиса", sl: "pred elementom seznama manjka vezaj" },
  separator: { en: "a comma or a space is missing between two parts", ru: "между двумя частями нет запятой или пробела", sl: "med dvema deloma manjka vejica ali presledek" },
  second_colon: { en: "there is a second colon in one line: put the value in quotes", ru: "второе двоеточие в одной строке: возьмите значение в кавычки", sl: "drugo dvopičje v isti vrstici: vrednost dajte v narekovaje" },
  long_key: { en: "a key must stand in one line with its colon", ru: "ключ должен стоять в одной строке со своим двоеточием", sl: "ključ mora biti v isti vrstici kot njegovo dvopičje" },
  in_brackets: { en: "within brackets nothing can be written by indentation", ru: "внутри скобок нельзя записывать отступами", sl: "znotraj oklepajev ni mogoče zapisovati z zamiki" },
  start: { en: "a value cannot begin with this sign: put it in quotes", ru: "значение не может начинаться с этого знака: возьмите его в кавычки", sl: "vrednost se ne more začeti s tem znakom: dajte jo v narekovaje" },
  escape: { en: "an unknown sign stands after a backslash", ru: "после обратной косой черты стоит неизвестный знак", sl: "za levo poševnico je neznan znak" },
  alias: { en: "an anchor (&) or alias (*) is written wrongly", ru: "якорь (&) или псевдоним (*) записан неверно", sl: "napaka v zapisu sidra (&) ali vzdevka (*)" },
  alias_unknown: { en: "an alias (*) names an anchor that is not above it", ru: "псевдоним (*) называет якорь, которого выше нет", sl: "vzdevek (*) navaja sidro, ki ga nad njim ni" },
  aliases_many: { en: "there are too many aliases (*)", ru: "слишком много псевдонимов (*)", sl: "preveč je vzdevkov (*)" },
  tag: { en: "an unknown tag (!): put the value in quotes", ru: "неизвестный тег (!): возьмите значение в кавычки", sl: "neznana oznaka (!): vrednost dajte v narekovaje" },
  documents: { en: "two documents in one text: remove the line of dashes", ru: "в одном тексте два документа: уберите строку из дефисов", sl: "v enem besedilu sta dva dokumenta: odstranite vrstico z vezaji" },
  directive: { en: "a line that begins with % means nothing here", ru: "строка, которая начинается с %, здесь ничего не значит", sl: "vrstica, ki se začne s %, tu nima pomena" },
  key_twice: { en: "a key stands there twice", ru: "один ключ стоит дважды", sl: "isti ključ je zapisan dvakrat" },
  too_deep: { en: "it is nested too deeply", ru: "слишком глубокая вложенность", sl: "gnezdenje je pregloboko" },
  unexpected: { en: "a sign stands where it does not belong", ru: "знак стоит не на своём месте", sl: "znak je na napačnem mestu" },
} as const satisfies Record<string, Texts>;

export type YamlSlip = keyof typeof YAML_SLIPS;

const BY_CODE: Readonly<Record<string, YamlSlip>> = {
  TAB_AS_INDENT: "tab", BAD_INDENT: "indent", BLOCK_AS_IMPLICIT_KEY: "second_colon", MULTILINE_IMPLICIT_KEY: "long_key", KEY_OVER_1024_CHARS: "long_key", BLOCK_IN_FLOW: "in_brackets",
  BAD_SCALAR_START: "start", BAD_DQ_ESCAPE: "escape", ALIAS_PROPS: "alias", BAD_ALIAS: "alias", MULTIPLE_ANCHORS: "alias", BAD_PROP_ORDER: "alias", MULTIPLE_TAGS: "tag", TAG_RESOLVE_FAILED: "tag",
  BAD_COLLECTION_TYPE: "tag", MULTIPLE_DOCS: "documents", BAD_DIRECTIVE: "directive", DUPLICATE_KEY: "key_twice", RESOURCE_EXHAUSTION: "too_deep",
};

/** The parser gives these no code of their own, or one code for several. */
const BY_WORDS: readonly (readonly [RegExp, YamlSlip])[] = [
  [/^Missing closing/, "quote"], [/end with a [}\]]/, "bracket"], [/^Implicit map keys/, "colon"], [/without - indicator/, "dash"], [/directives-end/, "directive"],
  [/^Unresolved alias|anchor was not resolved/, "alias_unknown"], [/^Excessive alias/, "aliases_many"], [/^Source contains multiple documents/, "documents"],
];

/** Which of them a mistake of the `yaml` parser is; what it has no name for is a sign that does not belong there. */
export function yamlSlip(error: unknown): YamlSlip {
  if (error instanceof RangeError) return "too_deep";
  const { code = "", message = "" } = error as { code?: string; message?: string };
  const worded = BY_WORDS.find(([words]) => words.test(message));
  return worded?.[1] ?? BY_CODE[code] ?? (code === "MISSING_CHAR" ? "separator" : "unexpected");
}
