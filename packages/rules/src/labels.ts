import type { Texts } from "./problems.ts";

/** Words for operators and literals, for showing an expression to people. They are not read back: the text stays CEL. */
export const LABELS: Readonly<Record<string, Texts>> = Object.freeze({
  "&&": { en: "and", ru: "и", sl: "in hkrati" },
  "||": { en: "or", ru: "или", sl: "ali" },
  "!": { en: "not", ru: "не", sl: "ne" },
  in: { en: "is one of", ru: "среди", sl: "je med" },
  "==": { en: "=", ru: "=", sl: "=" },
  "!=": { en: "≠", ru: "≠", sl: "≠" },
  "<=": { en: "≤", ru: "≤", sl: "≤" },
  ">=": { en: "≥", ru: "≥", sl: "≥" },
  "*": { en: "×", ru: "×", sl: "×" },
  "?": { en: "then", ru: "то", sl: "potem" },
  ":": { en: "otherwise", ru: "иначе", sl: "sicer" },
  true: { en: "yes", ru: "да", sl: "da" },
  false: { en: "no", ru: "нет", sl: "ne" },
  null: { en: "empty", ru: "пусто", sl: "prazno" },
  // Steps of rules; the key "then" has the words of "?".
  when: { en: "when", ru: "когда", sl: "kadar" },
  let: { en: "let", ru: "пусть", sl: "naj bo" },
  set: { en: "set", ru: "присвоить", sl: "nastavi" },
  if: { en: "if", ru: "если", sl: "če" },
  else_if: { en: "else if", ru: "иначе если", sl: "sicer če" },
  else: { en: "else", ru: "иначе", sl: "sicer" },
  for: { en: "for each", ru: "для каждого", sl: "za vsak" },
  while: { en: "while", ru: "пока", sl: "dokler" },
  do: { en: "do", ru: "выполнить", sl: "izvedi" },
  with: { en: "with", ru: "с параметрами", sl: "s parametri" },
  stop: { en: "stop", ru: "остановить", sl: "ustavi" },
});

/** Names keep their first form behind which a colon stands: nothing has to be declined. By function of expressions, or by what it comes to. */
export const SENTENCES: Readonly<Record<string, Texts>> = Object.freeze({
  has: { en: "{0} is filled in", ru: "{0}: заполнено", sl: "{0}: izpolnjeno" },
  contains: { en: "{0} contains {1}", ru: "{0} содержит {1}", sl: "{0} vsebuje {1}" },
  any_of: { en: "{0} contains one of {1}", ru: "{0} содержит что-либо из {1}", sl: "{0} vsebuje nekaj od {1}" },
  matches: { en: "{0} fits the pattern {1}", ru: "{0} подходит под шаблон {1}", sl: "{0} ustreza vzorcu {1}" },
  startsWith: { en: "{0} begins with {1}", ru: "{0} начинается с {1}", sl: "{0} se začne z {1}" },
  endsWith: { en: "{0} ends with {1}", ru: "{0} заканчивается на {1}", sl: "{0} se konča z {1}" },
  between: { en: "{0} is between {1} and {2}", ru: "{0} от {1} до {2}", sl: "{0} je med {1} in {2}" },
  coalesce: { en: "{0}, or where it is empty {1}", ru: "{0}, а если пусто, {1}", sl: "{0}, če je prazno pa {1}" },
  characters: { en: "{0}: number of characters", ru: "{0}: число знаков", sl: "{0}: število znakov" },
  count: { en: "{0}: how many", ru: "{0}: сколько", sl: "{0}: koliko" },
  sum: { en: "{0}: sum", ru: "{0}: сумма", sl: "{0}: vsota" },
  first: { en: "{0}: the first", ru: "{0}: первое", sl: "{0}: prvo" },
  last: { en: "{0}: the last", ru: "{0}: последнее", sl: "{0}: zadnje" },
  round: { en: "{0}, rounded", ru: "{0}, округлённо", sl: "{0}, zaokroženo" },
  exists: { en: "{0}, at least one: {1}", ru: "{0}, хотя бы одно: {1}", sl: "{0}, vsaj eno: {1}" },
  all: { en: "{0}, every one: {1}", ru: "{0}, каждое: {1}", sl: "{0}, vsako: {1}" },
  it: { en: "this one", ru: "это", sl: "to" },
});
