import { Lexer, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node, Scalar } from "yaml";
import { LIMITS } from "./limits.ts";
import { alignScalar } from "./positions.ts";
import type { ScalarStyle } from "./positions.ts";
import { placeOf } from "./problems.ts";
import type { Params, Problem, ProblemCode } from "./problems.ts";
import { yamlSlip } from "./yaml.ts";

export type Path = readonly (string | number)[];

/** Offsets in the document's text. */
export interface Range {
  from: number;
  to: number;
}

/** An expression written in a document. */
export interface Source extends Range {
  text: string;
  path: Path;
  /** It is not there at all, which is already noted. */
  missing?: boolean;
  /** Where an offset of `text` stands in the document. */
  offset(at: number): number;
}

export type ParsedDocument = { ok: true; document: Document } | { ok: false; problems: Problem[] };

export function problemAt(text: string, range: Range, [code, params, path]: readonly [ProblemCode, Params, Path]): Problem {
  return { code, params, ...placeOf(text, range.from, range.to), path };
}

/** The lexer's marks, which take no room in the text: a document, the end of broken brackets, "the next piece is a scalar". */
const SCALAR = "\u001f";
const CONTROLS: ReadonlySet<string> = new Set(["\u0002", "\u0018", SCALAR]);
const DEPTHS: Readonly<Record<string, number>> = { "[": 1, "{": 1, "]": -1, "}": -1 };
const OWN_MEANINGS: ReadonlySet<string> = new Set(["&", "*", "!"]);
const MAX_FLOW_DEPTH = 40;
const MAX_MARKS = 12;
const MAX_PROBLEMS = 100;

type Refusal = readonly [ProblemCode, Params, Range];

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/**
 * Looks through the pieces of a document before it is parsed: the parser takes quadratic time for some texts, so what is
 * too long, too deep or uses references to other places is refused in one quick pass.
 */
function refuseEarly(text: string, limits: DocumentLimits): Refusal | null {
  const all = { from: 0, to: text.length };
  if (text.length > limits.length) return ["too_long", { limit: limits.length }, all];
  if (countLines(text) > limits.lines) return ["too_many_parts", { limit: limits.lines }, all];
  const watch = new Watch(limits.tokens);
  for (const token of new Lexer().lex(text)) {
    const refusal = watch.refuse(token);
    if (refusal) return refusal;
  }
  return null;
}

const isNewLine = (token: string): boolean => token[0] === "\n" || token[0] === "\r";

/** Follows the pieces of a document as the lexer gives them. */
class Watch {
  private at = 0;
  private depth = 0;
  private count = 0;
  /** Signs of "key: value" in this line outside of brackets. */
  private colons = 0;
  /** Signs of list elements in this line. */
  private marks = 0;
  /** The piece before, white space left out. */
  private before = "";
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  refuse(token: string): Refusal | null {
    const range = { from: this.at, to: this.at + token.length };
    if (++this.count > this.most) return ["too_many_parts", { limit: this.most }, range];
    const before = this.before;
    if (token[0] !== " " && token[0] !== "\t") this.before = token;
    if (CONTROLS.has(token)) return null;
    this.at += token.length;
    // What the lexer announced as a scalar may begin with any sign.
    return before === SCALAR ? null : this.refuseSign(token, before, range);
  }

  private refuseSign(token: string, before: string, range: Range): Refusal | null {
    const sign = token[0]!;
    this.depth += DEPTHS[sign] ?? 0;
    if (this.isOwnMeaning(token)) return ["yaml_feature", { what: token.slice(0, 20) }, range];
    if (this.depth > MAX_FLOW_DEPTH || this.isStaircase(token)) return ["too_deep", { limit: MAX_FLOW_DEPTH }, range];
    const isBroken = this.depth < 0 || NEVER_AFTER[kindOf(sign)]?.includes(kindOf(before[0] ?? ""));
    return isBroken ? ["yaml", { slip: "unexpected" }, range] : null;
  }

  /** Lists within lists in one line: `- - - -`. */
  private isStaircase(token: string): boolean {
    if (isNewLine(token)) this.marks = 0;
    else if (token === "-" || token === "?") this.marks++;
    return this.marks > MAX_MARKS;
  }

  /** Anchors, aliases and tags; and a second colon in a line, as in `when: a ? b : c`. In an expression they mean something else. */
  private isOwnMeaning(token: string): boolean {
    if (isNewLine(token)) this.colons = 0;
    else if (token === ":" && this.depth === 0) this.colons++;
    return this.colons > 1 || OWN_MEANINGS.has(token[0]!);
  }
}

/**
 * What no document has side by side. The parser refuses it as well, but goes on to the end and gathers errors, and for
 * thousands of them takes a second.
 */
const NEVER_AFTER: Readonly<Record<string, string>> = { quote: "quote close", open: "quote close", comma: "comma open" };
const KINDS: ReadonlyMap<string, string> = new Map([['"', "quote"], ["'", "quote"], ["[", "open"], ["{", "open"], ["]", "close"], ["}", "close"], [",", "comma"]]);
const kindOf = (sign: string): string => KINDS.get(sign) ?? "other";

/** How large a document may be: code units, lines, and pieces as the lexer counts them. */
export interface DocumentLimits { length: number; lines: number; tokens: number }

const RULE: DocumentLimits = { length: LIMITS.ruleLength, lines: LIMITS.ruleLines, tokens: LIMITS.ruleTokens };

/** Reads the text of a rule, YAML 1.2 or JSON, keeping comments and places. Anchors, aliases and tags are refused. */
export function parseRuleText(text: string, limits: DocumentLimits = RULE): ParsedDocument {
  const early = refuseEarly(text, limits);
  if (early) return { ok: false, problems: [problemAt(text, early[2], [early[0], early[1], []])] };
  try {
    const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, schema: "core", version: "1.2" });
    const errors = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS);
    if (errors.length === 0) return { ok: true, document };
    return { ok: false, problems: errors.map((error) => problemAt(text, { from: error.pos[0], to: error.pos[1] }, ["yaml", { slip: yamlSlip(error) }, []])) };
  } catch (error) {
    // Deeply nested blocks may exhaust the stack of the parser.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, problems: [problemAt(text, { from: 0, to: text.length }, ["too_deep", { limit: MAX_FLOW_DEPTH }, []])] };
  }
}

export function rangeOf(node: unknown, text: string): Range {
  const range = (node as Node | null)?.range;
  return range ? { from: range[0], to: Math.max(range[0], range[1]) } : { from: 0, to: text.length };
}

/** A scalar as the text of an expression: what is not quoted keeps its spelling, so that 1.10 stays 1.10. */
export function sourceOf(node: Scalar, text: string, path: Path): Source {
  const range = rangeOf(node, text);
  const value = typeof node.value === "string" ? node.value : (node.source ?? text.slice(range.from, range.to));
  let offsets: number[] | null = null;
  return {
    ...range, text: value, path,
    offset(at) {
      offsets ??= alignScalar(text.slice(range.from, range.to), value, (node.type ?? "PLAIN") as ScalarStyle);
      return range.from + (offsets[Math.min(at, value.length)] ?? 0);
    },
  };
}

export { isMap, isScalar, isSeq };
