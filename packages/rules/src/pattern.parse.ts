/** Why a pattern is refused; `at` is the offset in the pattern. */
export class PatternError extends Error {
  readonly code: "pattern_invalid" | "pattern_unsupported" | "pattern_unsafe" | "pattern_too_long";
  readonly at: number;
  constructor(code: PatternError["code"], at: number) {
    super(`${code} at ${at}`);
    this.name = "PatternError";
    this.code = code;
    this.at = at;
  }
}

/** Whether one code point belongs. */
export type CharTest = (codePoint: number) => boolean;

export type PatternNode =
  | { kind: "char"; test: CharTest }
  | { kind: "edge"; edge: "start" | "end" | "word" | "inside" }
  | { kind: "all"; parts: PatternNode[] }
  | { kind: "any"; parts: PatternNode[] }
  | { kind: "repeat"; part: PatternNode; min: number; max: number };

const MAX_LENGTH = 200;
const MAX_DEPTH = 20;
const MAX_REPEAT = 200;

const between = (low: number, high: number): CharTest => (c) => c >= low && c <= high;
const isDigit = between(48, 57);
export const isWord: CharTest = (c) => isDigit(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
const isSpace: CharTest = (c) => c === 32 || (c >= 9 && c <= 13 && c !== 11);
const not = (test: CharTest): CharTest => (c) => !test(c);
const CLASSES: ReadonlyMap<string, CharTest> = new Map([["d", isDigit], ["D", not(isDigit)], ["w", isWord], ["W", not(isWord)], ["s", isSpace], ["S", not(isSpace)]]);
const CONTROLS: ReadonlyMap<string, number> = new Map([["n", 10], ["r", 13], ["t", 9], ["f", 12], ["v", 11]]);

function ignoringCase(test: CharTest): CharTest {
  return (c) => {
    if (test(c)) return true;
    const text = String.fromCodePoint(c);
    return test(text.toLowerCase().codePointAt(0)!) || test(text.toUpperCase().codePointAt(0)!);
  };
}

function isUnbounded(node: PatternNode): boolean {
  if (node.kind === "repeat") return node.max === Infinity || isUnbounded(node.part);
  return (node.kind === "all" || node.kind === "any") && node.parts.some(isUnbounded);
}

/**
 * Reads the part of RE2's syntax that people write: literals, `.`, classes, groups, `|`, `* + ? {m,n}` (lazy forms too),
 * `^ $ \b \B`, `\d \w \s` and their opposites (ASCII, as in RE2), `\p{L}`, and `(?i)` at the start. Throws `PatternError`:
 * for look-around, back-references and named groups, as RE2 does, and for a repetition without bound inside another.
 */
export function parsePattern(pattern: string): PatternNode {
  if (pattern.length > MAX_LENGTH) throw new PatternError("pattern_too_long", MAX_LENGTH);
  return new Reader(pattern).read();
}

class Reader {
  readonly pattern: string;
  at = 0;
  depth = 0;
  ignoreCase = false;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  read(): PatternNode {
    if (this.pattern.startsWith("(?i)")) {
      this.ignoreCase = true;
      this.at = 4;
    }
    const node = this.alternatives();
    if (this.at < this.pattern.length) throw this.refuse("pattern_invalid");
    return node;
  }

  refuse(code: PatternError["code"], at = this.at): PatternError {
    return new PatternError(code, at);
  }

  skip(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  next(): string {
    const codePoint = this.pattern.codePointAt(this.at);
    if (codePoint === undefined) throw this.refuse("pattern_invalid");
    const text = String.fromCodePoint(codePoint);
    this.at += text.length;
    return text;
  }

  alternatives(): PatternNode {
    if (++this.depth > MAX_DEPTH) throw this.refuse("pattern_too_long");
    const parts = [this.sequence()];
    while (this.skip("|")) parts.push(this.sequence());
    this.depth--;
    return parts.length === 1 ? parts[0]! : { kind: "any", parts };
  }

  sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.at < this.pattern.length && !"|)".includes(this.pattern[this.at]!)) parts.push(this.repeated());
    return { kind: "all", parts };
  }

  repeated(): PatternNode {
    const part = this.atom();
    const start = this.at;
    const [min, max] = this.bounds() ?? [1, 1];
    if (start === this.at) return part;
    this.skip("?"); // Lazy and greedy find the same texts: only whether there is a match is asked.
    if (part.kind === "edge") throw this.refuse("pattern_invalid", start);
    if (max === Infinity && isUnbounded(part)) throw this.refuse("pattern_unsafe", start);
    if (this.at < this.pattern.length && "*+?{".includes(this.pattern[this.at]!)) throw this.refuse("pattern_invalid");
    return { kind: "repeat", part, min, max };
  }

  bounds(): [number, number] | null {
    if (this.skip("*")) return [0, Infinity];
    if (this.skip("+")) return [1, Infinity];
    if (this.skip("?")) return [0, 1];
    const counted = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.pattern.slice(this.at, this.at + 14));
    if (!counted) return null;
    const min = Number(counted[1]);
    const max = counted[2] === undefined ? min : counted[3] === "" ? Infinity : Number(counted[3]);
    if (min > max) throw this.refuse("pattern_invalid");
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) throw this.refuse("pattern_too_long");
    this.at += counted[0].length;
    return [min, max];
  }

  atom(): PatternNode {
    const start = this.at;
    const char = this.next();
    if (char === "(") return this.group();
    if (char === "[") return this.char(this.class());
    if (char === ".") return { kind: "char", test: (c) => c !== 10 };
    if (char === "^") return { kind: "edge", edge: "start" };
    if (char === "$") return { kind: "edge", edge: "end" };
    if (char === "\\") return this.escape();
    if ("*+?".includes(char)) throw this.refuse("pattern_invalid", start);
    return this.char(char.codePointAt(0)!);
  }

  char(test: CharTest | number): PatternNode {
    const exact = typeof test === "number" ? (c: number) => c === test : test;
    return { kind: "char", test: this.ignoreCase ? ignoringCase(exact) : exact };
  }

  group(): PatternNode {
    if (!this.skip("?:") && this.pattern[this.at] === "?") throw this.refuse("pattern_unsupported");
    const node = this.alternatives();
    if (!this.skip(")")) throw this.refuse("pattern_invalid");
    return node;
  }

  escape(): PatternNode {
    if (this.skip("b")) return { kind: "edge", edge: "word" };
    if (this.skip("B")) return { kind: "edge", edge: "inside" };
    return this.char(this.escaped());
  }

  /** What follows a backslash: a class or one code point. */
  escaped(): CharTest | number {
    const start = this.at;
    const char = this.next();
    const test = CLASSES.get(char);
    if (test) return test;
    if (char === "p" || char === "P") return this.property(char === "P");
    const control = CONTROLS.get(char);
    if (control !== undefined) return control;
    // Digits would be back-references; other letters mean things elsewhere that are not supported here.
    if (/[0-9A-Za-z]/.test(char)) throw this.refuse("pattern_unsupported", start);
    return char.codePointAt(0)!;
  }

  property(negated: boolean): CharTest {
    const name = /^\{([A-Za-z_]{1,30})\}/.exec(this.pattern.slice(this.at, this.at + 32));
    const test = name && unicodeTest(name[1]!);
    if (!test) throw this.refuse("pattern_unsupported");
    this.at += name[0].length;
    return negated ? not(test) : test;
  }

  class(): CharTest {
    const negated = this.skip("^");
    const tests: CharTest[] = [];
    do tests.push(this.classItem());
    while (!this.skip("]"));
    const test: CharTest = (c) => tests.some((one) => one(c));
    // `[^a]` under (?i) must exclude "A" too, so the case is widened before the negation.
    return negated ? not(this.ignoreCase ? ignoringCase(test) : test) : test;
  }

  classItem(): CharTest {
    const start = this.at;
    const low = this.classChar();
    if (typeof low !== "number") return low;
    const isRange = this.pattern[this.at] === "-" && this.pattern[this.at + 1] !== "]";
    if (!isRange) return (c) => c === low;
    this.at++;
    const high = this.classChar();
    if (typeof high !== "number" || high < low) throw this.refuse("pattern_invalid", start);
    return between(low, high);
  }

  classChar(): CharTest | number {
    const char = this.next();
    return char === "\\" ? this.escaped() : char.codePointAt(0)!;
  }
}

/** The engine tests single code points here, so its backtracking cannot show. */
function unicodeTest(name: string): CharTest | null {
  for (const property of [name, `Script=${name}`]) {
    try {
      const exact = new RegExp(`^\\p{${property}}$`, "u");
      return (c) => exact.test(String.fromCodePoint(c));
    } catch {
      continue;
    }
  }
  return null;
}
