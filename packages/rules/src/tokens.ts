/** What a piece of an expression's text is, for highlighting. `text` may be unfinished: then it reaches the end. */
export type TokenKind = "name" | "keyword" | "number" | "text" | "operator" | "open" | "close" | "dot" | "comma" | "comment" | "unknown";

/** A piece of text from one offset up to another. White space belongs to none. */
export interface Token {
  kind: TokenKind;
  from: number;
  to: number;
}

const KEYWORDS: ReadonlySet<string> = new Set(["true", "false", "null", "in"]);
const PIECES: readonly [TokenKind, RegExp][] = [
  ["comment", /\/\/[^\n]*/y],
  ["text", /[rR]?"""[^]*?(?:"""|$)/y],
  ["text", /[rR]?'''[^]*?(?:'''|$)/y],
  ["text", /[rR]?"(?:[^"\\\n]|\\[^\n])*(?:"|\\?(?=\n|$))/y],
  ["text", /[rR]?'(?:[^'\\\n]|\\[^\n])*(?:'|\\?(?=\n|$))/y],
  ["number", /0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ["name", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["operator", /&&|\|\||[=!<>]=|[-+*/%<>!?:]/y],
  ["open", /[([{]/y],
  ["close", /[)\]}]/y],
  ["dot", /\./y],
  ["comma", /,/y],
  ["unknown", /[^]/y],
];

/** Divides an expression's text into pieces; also one that is unfinished or wrong. Never fails. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (" \t\r\n".includes(text[at]!)) at++;
    else {
      const token = tokenAt(text, at);
      tokens.push(token);
      at = token.to;
    }
  }
  return tokens;
}

function tokenAt(text: string, from: number): Token {
  for (const [kind, pattern] of PIECES) {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    if (!match) continue;
    const isKeyword = kind === "name" && KEYWORDS.has(match[0]);
    return { kind: isKeyword ? "keyword" : kind, from, to: from + match[0].length };
  }
  return { kind: "unknown", from, to: from + 1 };
}
