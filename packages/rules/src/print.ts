import { LABELS } from "./labels.ts";
import type { Language } from "./problems.ts";
import { parseExpression } from "./syntax.ts";
import type { ASTNode } from "./syntax.ts";

/** How tightly each operator binds; higher binds tighter. `?:` groups from the right, all others from the left. */
export const PRECEDENCE: Readonly<Record<string, number>> = Object.freeze({
  "?:": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "<": 5, "<=": 5, ">": 5, ">=": 5, in: 5, "+": 6, "-": 6, "*": 7, "/": 7, "%": 7, "!_": 8, "-_": 8,
});
const TIGHTEST = 9;

/** Gives the text of an operator or literal. */
type Word = (source: string) => string;
const asWritten: Word = (source) => source;

/**
 * Writes a tree back as CEL with no more parentheses than needed. Literals are kept as they were written. The library's
 * own `serialize` is not used: version 8.0.0 writes `a - (b - c)` as `a - b - c`.
 */
export function printExpression(node: ASTNode): string {
  return print(node, asWritten);
}

/** One spelling for one meaning: single spaces, needed parentheses only. Texts with comments or mistakes stay as they are. */
export function formatExpression(text: string): string {
  const parsed = parseExpression(text);
  return parsed.ok && !hasComment(text, parsed.node) ? printExpression(parsed.node) : text;
}

/** The expression with operators and literals in words of a language: `!(true && false)` is `не (да и нет)`. Only for showing. */
export function displayExpression(text: string, language: Language): string {
  const parsed = parseExpression(text);
  return parsed.ok ? print(parsed.node, (source) => LABELS[source]?.[language] ?? source) : text;
}

/** What is not printed again and is not white space or a bracket can only be a comment. */
function hasComment(text: string, node: ASTNode): boolean {
  if (!text.includes("//")) return false;
  const squeezed = (part: string): string => part.replace(/[\s(),]/g, "");
  return squeezed(text) !== squeezed(printExpression(node));
}

function precedenceOf(node: ASTNode): number {
  return PRECEDENCE[node.op] ?? TIGHTEST;
}

function operand(node: ASTNode, atLeast: number, word: Word): string {
  const text = print(node, word);
  return precedenceOf(node) < atLeast ? `(${text})` : text;
}

const listed = (nodes: readonly ASTNode[], word: Word): string => nodes.map((node) => print(node, word)).join(", ");

function print(node: ASTNode, word: Word): string {
  switch (node.op) {
    case "value": return word(node.input.slice(node.start, node.end));
    case "id": return node.args;
    case ".": return `${operand(node.args[0], TIGHTEST, word)}.${node.args[1]}`;
    case "[]": return `${operand(node.args[0], TIGHTEST, word)}[${print(node.args[1], word)}]`;
    case "call": return `${node.args[0]}(${listed(node.args[1], word)})`;
    case "rcall": return `${operand(node.args[1], TIGHTEST, word)}.${node.args[0]}(${listed(node.args[2], word)})`;
    case "list": return `[${listed(node.args, word)}]`;
    case "map": return `{${node.args.map(([key, value]) => `${print(key, word)}: ${print(value, word)}`).join(", ")}}`;
    case "!_":
    case "-_": return printUnary(node, word);
    case "?:": return printChoice(node.args, word);
    default: return printBinary(node, word);
  }
}

function printUnary(node: Extract<ASTNode, { op: "!_" | "-_" }>, word: Word): string {
  const sign = node.op === "!_" ? "!" : "-";
  const said = word(sign);
  return `${said}${said === sign ? "" : " "}${operand(node.args, PRECEDENCE["!_"]!, word)}`;
}

function printChoice([condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode], word: Word): string {
  return `${operand(condition, 2, word)} ${word("?")} ${print(yes, word)} ${word(":")} ${print(no, word)}`;
}

function printBinary(node: ASTNode, word: Word): string {
  const [left, right] = node.args as [ASTNode, ASTNode];
  const level = precedenceOf(node);
  return `${operand(left, level, word)} ${word(node.op)} ${operand(right, level + 1, word)}`;
}
