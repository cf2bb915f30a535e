import { halt, placed } from "./built.ts";
import type { Built, Span } from "./built.ts";
import type { Decimal } from "./decimal.ts";
import { listCost } from "./frame.ts";
import type { Run } from "./frame.ts";
import { LIMITS } from "./limits.ts";
import type { Money } from "./money.ts";
import { isMoment } from "./time.ts";

/** Makes the closure of an operator from its two operands. */
export type Make = (left: Run, right: Run, at: Span) => Run;
export type Arithmetic = "+" | "-" | "*" | "/" | "%";

const LARGEST = Number.MAX_SAFE_INTEGER;

function whole(value: number, at: Span): number {
  // Negative zero would show itself when divided or printed; adding zero makes it zero.
  if (value <= LARGEST && value >= -LARGEST) return value + 0;
  throw halt("overflow", {}, at);
}

function finite(value: number, at: Span): number {
  if (Number.isFinite(value)) return value + 0;
  throw halt("overflow", {}, at);
}

function divisor(value: unknown, at: Span): number {
  if (value === 0) throw halt("division_by_zero", {}, at);
  return value as number;
}

/** Whole numbers within ±(2^53 − 1). Division drops the fraction and the remainder has the sign of the dividend, as in CEL. */
export const INT: Readonly<Record<Arithmetic, Make>> = {
  "+": (l, r, at) => (f) => whole((l(f) as number) + (r(f) as number), at),
  "-": (l, r, at) => (f) => whole((l(f) as number) - (r(f) as number), at),
  "*": (l, r, at) => (f) => whole((l(f) as number) * (r(f) as number), at),
  "/": (l, r, at) => (f) => Math.trunc((l(f) as number) / divisor(r(f), at)) + 0,
  "%": (l, r, at) => (f) => ((l(f) as number) % divisor(r(f), at)) + 0,
};

/** Unlike in plain CEL, dividing a double by zero is a problem and not infinity. */
export const DOUBLE: Readonly<Record<Arithmetic, Make>> = {
  "+": (l, r, at) => (f) => finite((l(f) as number) + (r(f) as number), at),
  "-": (l, r, at) => (f) => finite((l(f) as number) - (r(f) as number), at),
  "*": (l, r, at) => (f) => finite((l(f) as number) * (r(f) as number), at),
  "/": (l, r, at) => (f) => finite((l(f) as number) / divisor(r(f), at), at),
  "%": (l, r, at) => (f) => ((l(f) as number) % divisor(r(f), at)) + 0,
};

/** Durations are whole milliseconds. */
export const DURATION: Readonly<Record<"+" | "-" | "*" | "/", Make>> = {
  "+": (l, r, at) => (f) => whole((l(f) as number) + (r(f) as number), at),
  "-": (l, r, at) => (f) => whole((l(f) as number) - (r(f) as number), at),
  "*": (l, r, at) => (f) => whole(Math.round((l(f) as number) * (r(f) as number)), at),
  "/": (l, r, at) => (f) => whole(Math.round((l(f) as number) / divisor(r(f), at)), at),
};

/** A closure of two operands whose function may throw an error without a place. */
function guarded<A, B>(compute: (a: A, b: B) => unknown): Make {
  return (left, right, at) => (frame) => {
    const a = left(frame) as A;
    const b = right(frame) as B;
    try {
      return compute(a, b);
    } catch (error) {
      throw placed(error, at);
    }
  };
}

export const DECIMAL: Readonly<Record<Arithmetic, Make>> = {
  "+": guarded((a: Decimal, b: Decimal) => a.plus(b)),
  "-": guarded((a: Decimal, b: Decimal) => a.minus(b)),
  "*": guarded((a: Decimal, b: Decimal) => a.times(b)),
  "/": guarded((a: Decimal, b: Decimal) => a.dividedBy(b)),
  "%": guarded((a: Decimal, b: Decimal) => a.remainder(b)),
};

/** Money with money; a product of two amounts means nothing. */
export const MONEY: Readonly<Partial<Record<Arithmetic, Make>>> = {
  "+": guarded((a: Money, b: Money) => a.plus(b)),
  "-": guarded((a: Money, b: Money) => a.minus(b)),
  "/": guarded((a: Money, b: Money) => a.ratio(b)),
  "%": guarded((a: Money, b: Money) => a.remainder(b)),
};

export const SCALE = {
  times: guarded((a: Money, b: Decimal) => a.times(b)),
  timesReversed: guarded((a: Decimal, b: Money) => b.times(a)),
  dividedBy: guarded((a: Money, b: Decimal) => a.dividedBy(b)),
};

export const joinText: Make = (l, r, at) => (f) => {
  const text = (l(f) as string) + (r(f) as string);
  if (text.length > LIMITS.textLength) throw halt("too_long", { limit: LIMITS.textLength }, at);
  return text;
};

export const joinLists: Make = (l, r, at) => (f) => {
  const left = l(f) as unknown[];
  const right = r(f) as unknown[];
  const length = left.length + right.length;
  if (length > LIMITS.listLength) throw halt("list_too_long", { limit: LIMITS.listLength }, at);
  f.meter.spend(listCost(length));
  return [...left, ...right];
};

function moment(ms: number, at: Span): number {
  if (isMoment(ms)) return ms;
  throw halt("overflow", {}, at);
}

export const addToMoment: Make = (l, r, at) => (f) => moment((l(f) as number) + (r(f) as number), at);
export const takeFromMoment: Make = (l, r, at) => (f) => moment((l(f) as number) - (r(f) as number), at);

export type Comparison = "<" | "<=" | ">" | ">=";

/** Numbers, moments and durations; text by UTF-16 code units. */
export const NATIVE: Readonly<Record<Comparison, Make>> = {
  "<": (l, r) => (f) => (l(f) as number) < (r(f) as number),
  "<=": (l, r) => (f) => (l(f) as number) <= (r(f) as number),
  ">": (l, r) => (f) => (l(f) as number) > (r(f) as number),
  ">=": (l, r) => (f) => (l(f) as number) >= (r(f) as number),
};

interface Comparable {
  compare(other: Comparable): number;
}

/** Decimals and money. */
export const EXACT: Readonly<Record<Comparison, Make>> = {
  "<": guarded((a: Comparable, b: Comparable) => a.compare(b) < 0),
  "<=": guarded((a: Comparable, b: Comparable) => a.compare(b) <= 0),
  ">": guarded((a: Comparable, b: Comparable) => a.compare(b) > 0),
  ">=": guarded((a: Comparable, b: Comparable) => a.compare(b) >= 0),
};

/** Of one type, or null. Money of two currencies is simply not equal. */
export type Equal = (a: unknown, b: unknown) => boolean;

export function equalityOf(type: Built["type"]): Equal | null {
  if (type.kind === "decimal") return orNull((a, b) => (a as Decimal).compare(b as Decimal) === 0);
  if (type.kind === "money") return orNull((a, b) => (a as Money).equals(b as Money));
  if (type.kind === "list") return listEquality(equalityOf(type.of));
  if (type.kind === "record" || type.kind === "object" || type.kind === "any") return null;
  return (a, b) => a === b;
}

function orNull(equal: Equal): Equal {
  return (a, b) => (a === null || b === null ? a === b : equal(a, b));
}

function listEquality(equal: Equal | null): Equal | null {
  if (!equal) return null;
  return orNull((a, b) => {
    const left = a as unknown[];
    const right = b as unknown[];
    return left.length === right.length && left.every((item, i) => equal(item, right[i]));
  });
}
