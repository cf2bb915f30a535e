import type { Catalogue, Field } from "./catalogue.types.ts";
import { LABELS, SENTENCES } from "./labels.ts";
import { PRECEDENCE } from "./print.ts";
import type { Language } from "./problems.ts";
import { parseExpression } from "./syntax.ts";
import type { ASTNode } from "./syntax.ts";

const QUOTES: Record<Language, readonly [string, string]> = { en: ["“", "”"], ru: ["«", "»"], sl: ["»", "«"] };
const TIGHTEST = 9;
/** What is done to a value changes nothing of what it means to people. */
const PASSED = new Set(["lower", "upper", "trim", "string", "int", "double", "decimal"]);
const LANGUAGES: readonly Language[] = ["en", "ru", "sl"];
const SPOKEN_AS: Readonly<Record<string, string>> = { size: "characters", says: "any_of" };

/**
 * An expression with the names people know, for showing beside its text: `has(client) && ticket.priority == "urgent"` is
 * "Client is filled in and Priority = Urgent". What nobody has called anything keeps its spelling; a text with mistakes stays as it is.
 */
export function sayExpression(text: string, language: Language, catalogue: Catalogue): string {
  const parsed = parseExpression(text);
  return parsed.ok ? new Saying(language, catalogue).sayTest(parsed.node) : text;
}

class Saying {
  private readonly language: Language;
  private readonly catalogue: Catalogue;

  constructor(language: Language, catalogue: Catalogue) {
    this.language = language;
    this.catalogue = catalogue;
  }

  /** `field`: what it is compared with, which may call its values by name. */
  say(node: ASTNode, field?: Field): string {
    switch (node.op) {
      case "value": return this.literal(node.input.slice(node.start, node.end), field);
      case "id": case ".": return this.path(node);
      case "[]": return `${this.within(node.args[0], TIGHTEST)}[${this.say(node.args[1])}]`;
      case "call": case "rcall": return this.call(node);
      case "list": return `[${this.listed(node.args, field)}]`;
      case "map": return node.input.slice(node.start, node.end);
      case "!_": return this.denied(node.args);
      case "-_": return `−${this.within(node.args, PRECEDENCE["!_"]!)}`;
      case "?:": return `${this.within(node.args[0], 2, undefined, true)} ${this.word("?")} ${this.say(node.args[1])} ${this.word(":")} ${this.say(node.args[2])}`;
      default: return this.binary(node);
    }
  }

  private word(key: string): string { return LABELS[key]?.[this.language] ?? key; }

  private listed(nodes: readonly ASTNode[], field?: Field): string { return nodes.map((each) => this.say(each, field)).join(", "); }

  /** A name that is itself the condition is said with its yes: most such names ask something. */
  sayTest(node: ASTNode, field?: Field): string {
    return this.isYesOrNo(node) ? `${this.say(node)}: ${this.word("true")}` : this.say(node, field);
  }

  /** A sentence is denied as a whole. */
  private denied(node: ASTNode): string {
    if (this.isYesOrNo(node)) return `${this.say(node)}: ${this.word("false")}`;
    return `${this.word("!")} ${node.op === "call" || node.op === "rcall" ? `(${this.say(node)})` : this.within(node, PRECEDENCE["!_"]!)}`;
  }

  private isYesOrNo(node: ASTNode): boolean { return this.fieldOf(node)?.type.kind === "boolean"; }

  private within(node: ASTNode, atLeast: number, field?: Field, isTest = false): string {
    const said = isTest ? this.sayTest(node, field) : this.say(node, field);
    return (PRECEDENCE[node.op] ?? TIGHTEST) < atLeast ? `(${said})` : said;
  }

  private binary(node: ASTNode): string {
    const [left, right] = node.args as [ASTNode, ASTNode];
    const level = PRECEDENCE[node.op] ?? TIGHTEST;
    const isTest = node.op === "&&" || node.op === "||";
    return `${this.within(left, level, this.fieldOf(right), isTest)} ${this.word(node.op)} ${this.within(right, level + 1, this.fieldOf(left), isTest)}`;
  }

  private call(node: Extract<ASTNode, { op: "call" | "rcall" }>): string {
    if (node.op === "call") return this.called(node.args[0], node.args[1]) ?? `${node.args[0]}(${this.listed(node.args[1])})`;
    const [name, first, rest] = node.args;
    return this.called(name, [first, ...rest]) ?? `${this.within(first, TIGHTEST)}.${name}(${this.listed(rest)})`;
  }

  /** Undefined where there are no words for a function, or not for so many arguments. */
  private called(name: string, args: readonly ASTNode[]): string | undefined {
    const [first] = args;
    if (!first) return undefined;
    // The same in three languages: the reader's own is enough.
    if (name === "words" && args.length === LANGUAGES.length) return this.say(args[LANGUAGES.indexOf(this.language)]!);
    if (PASSED.has(name)) return this.within(first, TIGHTEST);
    const field = this.fieldOf(first);
    const key = (name === "size" && field?.type.kind === "list" ? "count" : SPOKEN_AS[name]) ?? name;
    const said = Object.hasOwn(SENTENCES, key) ? SENTENCES[key]![this.language] : "";
    if (args.length !== said.match(/\{\d\}/g)?.length) return undefined;
    const parts = args.map((each, at) => this.within(each, PRECEDENCE["+"]!, at > 0 ? field : undefined));
    return said.replaceAll(/\{(\d)\}/g, (_all, at: string) => parts[Number(at)]!);
  }

  private path(node: ASTNode): string {
    const way = wayOf(node);
    const names = way && fieldsBehind(this.catalogue, way);
    if (!names || names.length < 1) return node.op === "." ? `${this.within(node.args[0], TIGHTEST)}.${node.args[1]}` : node.input.slice(node.start, node.end);
    const [only] = names;
    // A record alone is what it is: what it is to the thing at hand is said by its parts.
    if (names.length === 1 && only!.type.kind === "record") return this.catalogue.records.get(only!.type.key)?.doc[this.language] ?? only!.doc[this.language];
    return calledBy(names.filter(({ key }) => key !== "fields").map(({ doc }) => doc[this.language]));
  }

  private fieldOf(node: ASTNode): Field | undefined {
    const way = wayOf(node);
    return way ? fieldsBehind(this.catalogue, way)?.at(-1) : undefined;
  }

  private literal(source: string, field: Field | undefined): string {
    if (!/^(["'])[^\\]*\1$/.test(source)) return this.word(source);
    const text = source.slice(1, -1);
    const [open, close] = QUOTES[this.language];
    return field?.values?.find(({ value }) => value === text)?.doc?.[this.language] ?? `${open}${text}${close}`;
  }
}

/** The name of the last without what is explained of it, with that of what it is a part of where a form has many such parts: `form.consent.given` is "Consent: whether it was given". */
export function calledBy(names: readonly string[]): string {
  const [whole = "", part] = names.slice(-2).map((name) => name.split(";")[0]!);
  return names.length > 2 && part !== undefined ? `${whole}: ${lowerFirst(part)}` : part ?? whole;
}

const lowerFirst = (text: string): string => (/^\p{Lu}(?!\p{Lu})/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);

/** Each of `form.consent.given` in turn; undefined where one is unknown. */
function fieldsBehind({ variables, records }: Catalogue, way: readonly string[]): Field[] | undefined {
  const found: Field[] = [];
  for (const key of way) {
    const last = found.at(-1);
    const field = last ? (last.type.kind === "record" ? records.get(last.type.key)?.fields.get(key) : undefined) : variables.get(key);
    if (!field) return undefined;
    found.push(field);
  }
  return found;
}

/** `ticket.fields.amount` by its parts; null for what is no plain name. */
function wayOf(node: ASTNode): string[] | null {
  if (node.op === "id") return [node.args];
  if (node.op !== ".") return null;
  const before = wayOf(node.args[0]);
  return before && [...before, node.args[1]];
}
