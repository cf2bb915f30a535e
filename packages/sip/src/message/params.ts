/** Header and URI parameters in order, names in lower case; null when the parameter has no value (";lr"). */
export type Params = Map<string, string | null>;

/** Shared by all values without parameters, so that most of them allocate nothing. Never written to. */
export const noParams: Params = new Map();

const TAB = 9, SPACE = 32, QUOTE = 34, COMMA = 44, SEMICOLON = 59, LESS = 60, EQUALS = 61, GREATER = 62, BACKSLASH = 92;

/** First index at or after `at` that is not a space or tab. */
export function skipSpace(text: string, at: number): number {
  for (let code = text.charCodeAt(at); code === SPACE || code === TAB; code = text.charCodeAt(at)) at++;
  return at;
}

/** Index after the closing quote of the quoted string that opens at `at`; -1 when it never closes (RFC 3261 §25.1). */
export function skipQuoted(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i + 1;
  }
  return -1;
}

/** Takes quotes and backslash escapes away; text without quotes comes back as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== QUOTE || text.length < 2) return text;
  const inner = text.slice(1, -1);
  return inner.includes("\\") ? inner.replace(/\\([\s\S])/g, "$1") : inner;
}

/** Writes text as a quoted string; line ends become spaces so that no value can start a header of its own. */
export const quote = (text: string): string => `"${text.replace(/[\r\n]+/g, " ").replace(/["\\]/g, "\\$&")}"`;

const isToken = (() => {
  const table = new Uint8Array(128);
  for (const c of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") table[c.charCodeAt(0)] = 1;
  return table;
})();

/** Whether one character code may stand in an RFC 3261 token. */
export const isTokenCode = (code: number): boolean => code < 128 && isToken[code] === 1;

/** Whether the whole text is one RFC 3261 token. */
export function isTokenText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isTokenCode(text.charCodeAt(i))) return false;
  return text.length > 0;
}

/** Parameters beyond this are refused: nobody sends them, and they cost. */
const MAX_PARAMS = 64;

/**
 * Reads ";name=value;name" from `at` to the end of the text. Null when it is malformed: an empty name, an open quote,
 * something that is not a parameter.
 */
export function parseParams(text: string, at: number): Params | null {
  at = skipSpace(text, at);
  if (at >= text.length) return noParams;
  const params: Params = new Map();
  while (at < text.length) {
    if (text.charCodeAt(at) !== SEMICOLON || params.size >= MAX_PARAMS) return null;
    at = readParam(text, at + 1, params);
    if (at < 0) return null;
  }
  return params;
}

/** Reads one "name[=value]" and returns where the next ";" or the end is; -1 when malformed. */
function readParam(text: string, at: number, into: Params): number {
  const start = skipSpace(text, at);
  let end = start;
  for (let code = text.charCodeAt(end); end < text.length && !isParamNameEnd(code); code = text.charCodeAt(end)) end++;
  if (end === start) return -1;
  const name = text.slice(start, end).toLowerCase();
  end = skipSpace(text, end);
  if (text.charCodeAt(end) !== EQUALS) {
    into.set(name, null);
    return end;
  }
  const from = skipSpace(text, end + 1);
  if (text.charCodeAt(from) === QUOTE) {
    end = skipQuoted(text, from);
    if (end < 0) return -1;
    into.set(name, text.slice(from, end));
    return skipSpace(text, end);
  }
  for (end = from; end < text.length && text.charCodeAt(end) !== SEMICOLON; ) end++;
  const value = text.slice(from, end).trimEnd();
  if (value === "" || value.includes(" ") || value.includes(",")) return -1;
  into.set(name, value);
  return end;
}

const isParamNameEnd = (code: number): boolean =>
  code === EQUALS || code === SEMICOLON || code === SPACE || code === TAB || code === COMMA || code === QUOTE;

/** Index of the first comma outside quotes and angle brackets; -1 when there is none. */
export function topComma(text: string, from: number): number {
  if (!text.includes(",", from)) return -1;
  let inBrackets = false;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE && !inBrackets) {
      i = skipQuoted(text, i) - 1;
      if (i < 0) return -1;
    } else if (code === LESS) inBrackets = true;
    else if (code === GREATER) inBrackets = false;
    else if (code === COMMA && !inBrackets) return i;
  }
  return -1;
}

/** Splits a header that may carry several values in one row (Via, Contact, Route, Record-Route, Require…). */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let comma = topComma(text, 0); comma >= 0; comma = topComma(text, from)) {
    parts.push(text.slice(from, comma).trim());
    from = comma + 1;
  }
  parts.push(text.slice(from).trim());
  return parts;
}
