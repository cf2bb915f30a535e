import { DID_YOU_MEAN, MESSAGES, TYPE_NAMES } from "./messages.ts";
import { YAML_SLIPS, type YamlSlip } from "./yaml.ts";

/** The languages of the product's texts. */
export type Language = "en" | "ru" | "sl";
export type Texts = Readonly<Record<Language, string>>;

/** A closed set: the keys of `MESSAGES`. */
export type ProblemCode = keyof typeof MESSAGES;
export type Params = Readonly<Record<string, string | number>>;

/** Where in a text: counted from 1, columns and length in UTF-16 code units as editors count them. */
export interface Place {
  line: number;
  column: number;
  length: number;
}

/** Why a text is refused, or why a run gave nothing. */
export interface Problem extends Place {
  code: ProblemCode;
  /** Types are given as written in a catalogue (`list<text>`), several with ` | ` between them; `suggestion`, when there is one, is a name to offer. */
  params: Params;
  /** The place in a rule's document, for a visual builder: `["steps", 0, "set", "request.priority"]`. */
  path?: readonly (string | number)[];
}

/** A problem at offsets of an expression's text, before they are turned into lines and columns. */
export interface Finding {
  code: ProblemCode;
  params: Params;
  from: number;
  to: number;
}

/** Ends an evaluation. `fatal` when a budget ran out: `||` and `&&` must not hide that. */
export class Halt extends Error {
  readonly finding: Finding;
  readonly fatal: boolean;
  constructor(finding: Finding, fatal = false) {
    super(finding.code);
    this.name = "Halt";
    this.finding = finding;
    this.fatal = fatal;
  }
}

const TYPED = new Set(["expected", "actual", "left", "right", "type", "other"]);

function paramText(key: string, value: string | number, language: Language): string {
  if (key === "suggestion") return value === "" ? "" : DID_YOU_MEAN[language].replace("{name}", () => String(value));
  if (key === "slip") return YAML_SLIPS[value as YamlSlip][language];
  return TYPED.has(key) ? String(value).split(" | ").map((type) => typeText(type, language)).join(" / ") : String(value);
}

function typeText(value: string, language: Language): string {
  const [, kind = "", inner] = /^(\w+)(?:<(.+)>)?$/.exec(value) ?? [];
  const name = TYPE_NAMES[kind]?.[language];
  if (!name) return value;
  return inner ? `${name} (${TYPE_NAMES[inner]?.[language] ?? inner})` : name;
}

/** A problem as a sentence in one language; hosts with their own texts translate `code` and `params` themselves. */
export function problemText(problem: Pick<Problem, "code" | "params">, language: Language): string {
  return MESSAGES[problem.code][language].replace(/\{(\w+)\}/g, (_, key: string) => paramText(key, problem.params[key] ?? "", language));
}

/** Line and column of an offset in a text. Offsets beyond the end are the end. */
export function placeOf(text: string, from: number, to: number): Place {
  const start = Math.min(from, text.length);
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < start; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: start - lineStart + 1, length: Math.max(0, Math.min(to, text.length) - start) };
}
