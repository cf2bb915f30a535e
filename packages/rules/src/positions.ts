/** How a scalar is written in YAML. */
export type ScalarStyle = "PLAIN" | "QUOTE_SINGLE" | "QUOTE_DOUBLE" | "BLOCK_FOLDED" | "BLOCK_LITERAL";

const ESCAPE_LENGTH: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };
const isSpace = (char: string | undefined): boolean => char === " " || char === "\t" || char === "\n" || char === "\r";

/**
 * Where each character of a scalar's value stands in the way it is written: YAML removes quotes, escapes and
 * indentation and folds lines, and an error must point at what the author sees. Gives `value.length + 1` offsets.
 */
export function alignScalar(raw: string, value: string, style: ScalarStyle): number[] {
  const offsets: number[] = [];
  let at = startOf(raw, style);
  for (let i = 0; i < value.length; i++) {
    if (style === "QUOTE_DOUBLE") at = pastEscapedLine(raw, at);
    if (raw[at] !== value[i] && !isEscape(raw, at, style)) at = pastFold(raw, at, value[i]!);
    offsets.push(Math.min(at, raw.length));
    const isSecondHalf = (value.codePointAt(i) ?? 0) > 0xffff && isEscape(raw, at, style);
    if (isSecondHalf) offsets.push(offsets[i++]!);
    at += lengthAt(raw, at, style);
  }
  offsets.push(Math.min(at, raw.length));
  return offsets;
}

function startOf(raw: string, style: ScalarStyle): number {
  if (style.startsWith("QUOTE")) return 1;
  return style.startsWith("BLOCK") ? raw.indexOf("\n") + 1 : 0;
}

function isEscape(raw: string, at: number, style: ScalarStyle): boolean {
  return (style === "QUOTE_DOUBLE" && raw[at] === "\\") || (style === "QUOTE_SINGLE" && raw[at] === "'" && raw[at + 1] === "'");
}

function lengthAt(raw: string, at: number, style: ScalarStyle): number {
  if (!isEscape(raw, at, style)) return 1;
  return style === "QUOTE_SINGLE" ? 2 : (ESCAPE_LENGTH[raw[at + 1] ?? ""] ?? 2);
}

/** A backslash at the end of a line joins it to the next without anything between. */
function pastEscapedLine(raw: string, at: number): number {
  let next = at;
  while (raw[next] === "\\" && (raw[next + 1] === "\n" || raw[next + 1] === "\r")) {
    next++;
    while (isSpace(raw[next])) next++;
  }
  return next;
}

/** What is written differently from its value is a line's end with the indentation after it. */
function pastFold(raw: string, at: number, char: string): number {
  let next = at;
  if (char === " ") {
    // A folded line's end stands for the space; the indentation belongs to it.
    while (isSpace(raw[next + 1])) next++;
    return next;
  }
  while (isSpace(raw[next]) && raw[next] !== char) next++;
  return next;
}
