import { Environment, ParseError } from "@marcbachmann/cel-js";
import type { ASTNode } from "@marcbachmann/cel-js";
import { LIMITS } from "./limits.ts";
import type { Finding, Params, ProblemCode } from "./problems.ts";

export type { ASTNode };
export type Parsed = { ok: true; node: ASTNode } | { ok: false; finding: Finding };

const environment = new Environment({
  limits: { maxAstNodes: LIMITS.expressionNodes, maxDepth: LIMITS.expressionDepth, maxListElements: 1000, maxMapEntries: 100, maxCallArguments: 32 },
});

const SYMBOLS: Readonly<Record<string, string>> = {
  LPAREN: "(", RPAREN: ")", LBRACKET: "[", RBRACKET: "]", LBRACE: "{", RBRACE: "}", DOT: ".", COMMA: ",", COLON: ":", QUESTION: "?",
  PLUS: "+", MINUS: "-", MULTIPLY: "*", DIVIDE: "/", MODULO: "%", EQ: "==", NE: "!=", LT: "<", LE: "<=", GT: ">", GE: ">=", AND: "&&", OR: "||",
  NOT: "!", IN: "in", IDENTIFIER: "name", NUMBER: "number", STRING: "text", BOOLEAN: "true", NULL: "null", BYTES: "bytes",
};
const symbol = (token: string): string => SYMBOLS[token] ?? token;

/**
 * Reads an expression into the tree of the CEL library. Length, nodes and depth are limited (`LIMITS`); the first
 * thing written wrongly is reported with its place.
 */
export function parseExpression(text: string): Parsed {
  if (text.length > LIMITS.expressionLength) return refused("too_long", { limit: LIMITS.expressionLength }, 0, text.length);
  if (text.trim() === "") return refused("empty_expression", {}, 0, text.length);
  try {
    const node = environment.parse(text).ast;
    // No text that is kept may hold it, so none may bring it about.
    const nul = /\\(?:u0000|U0{8}|x00|X00|000)/.exec(text);
    if (nul) return refused("bad_escape", {}, nul.index, nul.index + nul[0].length);
    const deep = tooDeep(node);
    return deep ? refused("too_deep", { limit: LIMITS.expressionDepth }, deep.start, deep.end) : { ok: true, node };
  } catch (error) {
    return fromLibrary(error, text);
  }
}

function refused(code: ProblemCode, params: Params, from: number, to: number): Parsed {
  return { ok: false, finding: { code, params, from, to } };
}

const SAME: Readonly<Record<string, ProblemCode>> = {
  newline_in_string: "newline_in_text", unterminated_string: "unterminated_text", unterminated_triple_quoted_string: "unterminated_text",
  invalid_number: "bad_number", invalid_integer: "bad_number", invalid_hex_integer: "bad_number", invalid_exponent: "bad_number",
  invalid_unicode_escape: "bad_escape", invalid_unicode_surrogate: "bad_escape", invalid_hex_escape: "bad_escape",
  invalid_octal_escape: "bad_escape", octal_escape_out_of_range: "bad_escape", invalid_escape_sequence: "bad_escape", bytes_unicode_escape: "bad_escape",
};

function fromLibrary(error: unknown, text: string): Parsed {
  // A long chain of "-" or "!" has no limit of its own in the library; it ends in a stack overflow.
  if (error instanceof RangeError) return refused("too_deep", { limit: LIMITS.expressionDepth }, 0, text.length);
  if (!(error instanceof ParseError)) throw error;
  const { code, summary, range = { start: 0, end: text.length } } = error;
  const { start, end } = range;
  switch (code) {
    case "limit_exceeded": return limitExceeded(summary, start, text);
    case "reserved_identifier": return refused("reserved_word", { word: text.slice(start, end) }, start, end);
    case "invalid_macro_argument": return refused("loop_variable", { function: summary.slice(0, summary.search(/\W/)) }, start, end);
    case "expected_token": case "unexpected_token": return unexpected(summary, start, end);
    case "unexpected_character": return unexpectedCharacter(text, start, end);
    default: return refused(SAME[code] ?? "bad_escape", {}, start, end);
  }
}

function unexpectedCharacter(text: string, from: number, to: number): Parsed {
  if (text[from] === "=" && text[from + 1] !== "=") return refused("single_equals", {}, from, from + 1);
  return refused("unexpected_character", { character: text[from] ?? "" }, from, Math.max(to, from + 1));
}

function limitExceeded(summary: string, from: number, text: string): Parsed {
  if (summary.includes("maxDepth")) return refused("too_deep", { limit: LIMITS.expressionDepth }, from, text.length);
  return refused("too_many_parts", { limit: Number(/\((\d+)\)/.exec(summary)?.[1] ?? 0) }, from, text.length);
}

function unexpected(summary: string, from: number, to: number): Parsed {
  const [, expected, got] = /^Expected (\w+), got (\w+)$/.exec(summary) ?? [];
  const token = got ?? /(\w+)$/.exec(summary)?.[1] ?? "";
  if (token === "EOF" && !expected) return refused("unexpected_end", {}, from, to);
  if (expected) return refused("expected_token", { expected: symbol(expected) }, from, to);
  return refused("unexpected_token", { token: symbol(token) }, from, to);
}

/** The parts of a node that are nodes. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case "value": case "id": return [];
    case ".": case ".?": return [node.args[0]];
    case "call": return node.args[1];
    case "rcall": return [node.args[1], ...node.args[2]];
    case "map": return node.args.flat();
    case "!_": case "-_": return [node.args];
    default: return node.args;
  }
}

/** Chains like `a + b + c …` nest to the left without the parser's limit; walked without recursion. */
function tooDeep(root: ASTNode): ASTNode | null {
  let level: readonly ASTNode[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > LIMITS.expressionDepth) return level[0]!;
    level = level.flatMap(childrenOf);
  }
  return null;
}
