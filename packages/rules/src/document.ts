import { Lexer, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node, Scalar } from "yaml";
import { LIMITS } from "./limits.ts";
import { alignScalar } from "./positions.ts";
import type { ScalarStyle } from "./positions.ts";
import { placeOf } from "./problems.ts";
import type { Params, Problem, ProblemCode } from "./problems.ts";

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
const MAX_FLOW_DEPTH = 40;
const MAX_PROBLEMS = 100;

/**
 * Looks through the pieces of a document before it is parsed: the parser takes quadratic time for some texts, so what is
 * too long, too deep or uses references to other places is refused in one quick pass.
 */
function refuseEarly(text: string): readonly [ProblemCode, Params, Range] | null {
  const all = { from: 0, to: text.length };
  if (text.length > LIMITS.ruleLength) return ["too_long", { limit: LIMITS.ruleLength }, all];
  let at = 0;
  let depth = 0;
  let count = 0;
  let isScalarText = false;
  for (const token of new Lexer().lex(text)) {
    if (++count > LIMITS.ruleTokens) return ["too_many_parts", { limit: LIMITS.ruleTokens }, { from: at, to: at + token.length }];
    const sign = isScalarText ? "" : token[0]!;
    isScalarText = token === SCALAR;
    if (CONTROLS.has(token)) continue;
    if (sign === "&" || sign === "*" || sign === "!") return ["yaml_feature", { what: token.slice(0, 20) }, { from: at, to: at + token.length }];
    depth += DEPTHS[sign] ?? 0;
    if (depth > MAX_FLOW_DEPTH) return ["too_deep", { limit: MAX_FLOW_DEPTH }, { from: at, to: at + 1 }];
    at += token.length;
  }
  return null;
}

/** Reads the text of a rule, YAML 1.2 or JSON, keeping comments and places. Anchors, aliases and tags are refused. */
export function parseRuleText(text: string): ParsedDocument {
  const early = refuseEarly(text);
  if (early) return { ok: false, problems: [problemAt(text, early[2], [early[0], early[1], []])] };
  try {
    const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, schema: "core", version: "1.2" });
    const errors = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS);
    if (errors.length === 0) return { ok: true, document };
    return { ok: false, problems: errors.map(({ message, pos: [from, to] }) => problemAt(text, { from, to }, ["yaml", { detail: message.slice(0, 200) }, []])) };
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
