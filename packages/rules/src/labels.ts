import type { Texts } from "./problems.ts";

/** Words for operators and literals, for showing an expression to people. They are not read back: the text stays CEL. */
export const LABELS: Readonly<Record<string, Texts>> = Object.freeze({
  "&&": { en: "and", ru: "и", sl: "in" },
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
