import { compileWords, parseExpression, PRECEDENCE, SENTENCES, type ASTNode, type FieldInput } from "@linija/rules";
import type { Language } from "../api.contract.ts";
import { fieldBehind, LOCALES, nameBehind, optionOf, word, writeInput, writePlain, type Writing } from "./tickets.why.rules.ts";

type Words = Record<Language, string>;
const QUOTES: Record<Language, readonly [string, string]> = { en: ["“", "”"], ru: ["«", "»"], sl: ["»", "«"] };
const TIMES: readonly [RegExp, string][] = [[/(\d+)d/, "day"], [/(\d+)h/, "hour"], [/(\d+)m(?!s)/, "minute"], [/(\d+)s/, "second"]];

class Unsayable extends Error {}

/**
 * A condition with the names people know and the values it was decided from: `ticket.fields.amount > 1000` is
 * "Amount (€1,200.00) > 1,000". Null where it does something there are no words for: its text is shown instead.
 */
export function sayCondition(text: string, inputs: Readonly<Record<string, unknown>>, writing: Writing): string | null {
  const parsed = parseExpression(text);
  if (!parsed.ok) return null;
  try {
    return new Saying(inputs, writing).say(parsed.node);
  } catch (error) {
    if (error instanceof Unsayable) return null;
    throw error;
  }
}

class Saying {
  private readonly inputs: Readonly<Record<string, unknown>>;
  private readonly writing: Writing;
  /** Names of loops, which stand for the element looked at. */
  private readonly own = new Set<string>();
  /** What is not said by filling in words alone. */
  private readonly calls = new Map<string, (first: ASTNode, args: readonly ASTNode[]) => string>([
    ["has", (first) => fill(SENTENCES["has"]!, this.language, [nameBehind(this.writing, wayOf(first) ?? "")])],
    ["size", (first) => this.filled(this.fieldOf(first)?.type.startsWith("list") ? "count" : "characters", [first])],
    ["matches", (first, [, second]) => this.pattern(first, textOf(second))],
    ["says", (first, [, second]) => this.words(first, second?.op === "list" ? second.args.map(textOf) : [])],
    ["exists", (_list, args) => this.each("exists", args)],
    ["all", (_list, args) => this.each("all", args)],
    ...["lower", "upper", "trim", "string", "int", "double", "decimal"].map((name) => [name, (first: ASTNode) => this.through(first)] as const),
    ...[["addDays", "day"], ["addMonths", "month"]].map(([name = "", unit = ""]) => [name, (first: ASTNode, [, second]: readonly ASTNode[]) => `${this.within(first, PRECEDENCE["+"]!)} + ${this.unit(Number(second && sourceOf(second)), unit)}`] as const),
    ...["duration", "money", "date", "timestamp"].map((name) => [name, (_first: ASTNode, args: readonly ASTNode[]) => this.made(name, args.map(textOf))] as const),
  ]);

  constructor(inputs: Readonly<Record<string, unknown>>, writing: Writing) {
    this.inputs = inputs;
    this.writing = writing;
  }

  /** `field`: what it is compared with, which may call its choices by name. */
  say(node: ASTNode, field?: FieldInput): string {
    switch (node.op) {
      case "value": return this.literal(node.input.slice(node.start, node.end), field);
      case "id": case ".": return this.path(node);
      case "call": return this.call(node.args[0], node.args[1]);
      case "rcall": return this.call(node.args[0], [node.args[1], ...node.args[2]]);
      case "list": return `[${node.args.map((each) => this.say(each, field)).join(", ")}]`;
      // A sentence is denied as a whole.
      case "!_": return `${word("!", this.language)} ${node.args.op === "call" || node.args.op === "rcall" ? `(${this.say(node.args)})` : this.within(node.args, PRECEDENCE["!_"]!)}`;
      case "-_": return `−${this.within(node.args, PRECEDENCE["!_"]!)}`;
      case "?:": return `${this.within(node.args[0], 2)} ${word("?", this.language)} ${this.say(node.args[1])} ${word(":", this.language)} ${this.say(node.args[2])}`;
      default: return this.binary(node);
    }
  }

  private get language(): Language { return this.writing.language; }

  private within(node: ASTNode, atLeast: number, field?: FieldInput): string {
    const said = this.say(node, field);
    return (PRECEDENCE[node.op] ?? 9) < atLeast ? `(${said})` : said;
  }

  private binary(node: ASTNode): string {
    const level = PRECEDENCE[node.op];
    if (level === undefined) throw new Unsayable();
    const [left, right] = node.args as [ASTNode, ASTNode];
    return `${this.within(left, level, this.fieldOf(right))} ${spoken(node.op, this.language)} ${this.within(right, level + 1, this.fieldOf(left))}`;
  }

  private fieldOf(node: ASTNode): FieldInput | undefined {
    const way = wayOf(node);
    return way === null ? undefined : fieldBehind(this.writing, way);
  }

  /** What was not looked at is said without a value: the rest was enough to decide. */
  private path(node: ASTNode): string {
    const way = wayOf(node);
    if (way === null) throw new Unsayable();
    const [first = "", ...rest] = way.split(".");
    if (this.own.has(first)) return rest.length === 0 ? SENTENCES["it"]![this.language] : rest.at(-1)!.replaceAll("_", " ");
    const name = nameBehind(this.writing, way);
    return Object.hasOwn(this.inputs, way) ? `${name} (${writeInput(this.inputs[way], fieldBehind(this.writing, way), this.writing)})` : name;
  }

  private literal(source: string, field: FieldInput | undefined): string {
    if (["true", "false", "null"].includes(source)) return word(source, this.language);
    if (/^\d+(\.\d+)?$/.test(source)) return writePlain(Number(source), undefined, this.writing);
    const text = plain(source);
    return optionOf(field, text, this.writing) ?? this.quoted(text);
  }

  private call(name: string, args: readonly ASTNode[]): string {
    const [first] = args;
    if (!first) throw new Unsayable();
    return (this.calls.get(name) ?? (() => this.filled(name, args)))(first, args);
  }

  /** What is done to the value changes nothing of what it means to people. */
  private through(node: ASTNode): string {
    if (node.op !== "value" || !/^["']/.test(sourceOf(node))) return this.say(node);
    const text = textOf(node);
    return writePlain(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text, undefined, this.writing);
  }

  private filled(key: string, args: readonly ASTNode[]): string {
    const words = Object.hasOwn(SENTENCES, key) ? SENTENCES[key] : undefined;
    const wanted = words?.en.match(/\{\d\}/g)?.length ?? 0;
    if (!words || key === "any_of" || args.length < wanted || (args.length > wanted && key !== "round")) throw new Unsayable();
    const field = this.fieldOf(args[0]!);
    return fill(words, this.language, args.map((each, at) => this.within(each, PRECEDENCE["+"]!, at > 0 ? field : undefined)));
  }

  /** Words parted by bars are words to look for. */
  private pattern(text: ASTNode, pattern: string): string {
    const parts = pattern.replace(/^\(\?i\)/, "").split("|");
    if (!parts.every((part) => /^[\p{L}\p{N} -]+$/u.test(part))) return fill(SENTENCES["matches"]!, this.language, [this.within(text, 9), this.quoted(pattern)]);
    return fill(SENTENCES[parts.length === 1 ? "contains" : "any_of"]!, this.language, [this.within(text, 9), parts.map((part) => this.quoted(part)).join(", ")]);
  }

  /** Of many words, those that were found; where none was, the first few. */
  private words(text: ASTNode, words: readonly string[]): string {
    const searched = waysIn(text).flatMap((way) => (typeof this.inputs[way] === "string" ? [this.inputs[way]] : [])).join(" ");
    const found = words.filter((word) => { const says = compileWords([word]); return typeof says === "function" && says(searched); });
    const told = (found.length > 0 ? found : words.slice(0, MOST_WORDS)).map((word) => this.quoted(word.replace(/~$/, "…")));
    return fill(SENTENCES["any_of"]!, this.language, [this.within(text, 9), `${told.join(", ")}${found.length === 0 && words.length > MOST_WORDS ? ", …" : ""}`]);
  }

  /** `roles.exists(role, role == "x")` says that "x" is one of them. */
  private each(name: "exists" | "all", [list, own, test]: readonly ASTNode[]): string {
    if (!list || own?.op !== "id" || !test) throw new Unsayable();
    if (name === "exists" && test.op === "==" && test.args[0].op === "id" && test.args[0].args === own.args) return this.filled("contains", [list, test.args[1]]);
    this.own.add(own.args);
    const said = fill(SENTENCES[name]!, this.language, [this.within(list, 9), this.within(test, 3)]);
    this.own.delete(own.args);
    return said;
  }

  private made(name: string, [first = "", currency = ""]: string[]): string {
    if (name === "money") return writeInput({ amount: first, currency }, undefined, this.writing);
    if (name === "duration") return this.duration(first);
    const at = new Date(first);
    if (Number.isNaN(at.getTime())) throw new Unsayable();
    return name === "date" ? new Intl.DateTimeFormat(LOCALES[this.language], { dateStyle: "medium", timeZone: "UTC" }).format(at) : writePlain(first, "datetime", this.writing);
  }

  private duration(text: string): string {
    if (!/^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/.test(text)) throw new Unsayable();
    return TIMES.flatMap(([sign, unit]) => { const count = sign.exec(text)?.[1]; return count === undefined ? [] : [this.unit(Number(count), unit)]; }).join(" ");
  }

  private unit(count: number, unit: string): string {
    if (!Number.isFinite(count)) throw new Unsayable();
    return new Intl.NumberFormat(LOCALES[this.language], { style: "unit", unit, unitDisplay: "long" }).format(count);
  }

  private quoted(text: string): string { const [open, close] = QUOTES[this.language]; return `${open}${text}${close}`; }
}

const fill = (words: Words, language: Language, parts: readonly string[]): string => words[language].replaceAll(/\{(\d)\}/g, (_all, at: string) => parts[Number(at)] ?? "");
const MOST_WORDS = 6;

function waysIn(node: ASTNode): string[] {
  const way = wayOf(node);
  if (way !== null) return [way];
  return node.op === "+" ? node.args.flatMap(waysIn) : [];
}

const sourceOf = (node: ASTNode): string => node.input.slice(node.start, node.end);
const SIGNS = new Set(["<", ">", "+", "-", "%", "/"]);
const spoken = (sign: string, language: Language): string => (SIGNS.has(sign) ? sign : word(sign, language));

/** The text of a plain literal; one with escapes is shown as it is written. */
function plain(source: string): string {
  if (!/^(["'])[^\\]*\1$/.test(source)) throw new Unsayable();
  return source.slice(1, -1);
}

const textOf = (node: ASTNode | undefined): string => plain(node ? sourceOf(node) : "");

/** `ticket.fields.amount`; null for what is no plain name. */
function wayOf(node: ASTNode): string | null {
  if (node.op === "id") return node.args;
  if (node.op !== ".") return null;
  const before = wayOf(node.args[0]);
  return before === null ? null : `${before}.${node.args[1]}`;
}
