import { digits } from "./digits.ts";

/*
 * Exact decimal numbers as in IEEE 754-2008 decimal128: 34 significant digits, rounded half to even beyond them, and a
 * problem instead of infinity. Sums of money below 10^20 with 14 digits after the point are therefore always exact.
 */
const PRECISION = 34;
const LIMIT = 10n ** BigInt(PRECISION);
const MAX_SCALE = 100;
const POWERS: bigint[] = [];
const PATTERN = /^(-?)(\d{1,60})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Thrown when a result needs more than 34 digits before the point, or a divisor is zero. */
export class DecimalError extends Error {
  readonly code: "overflow" | "division_by_zero";
  constructor(code: "overflow" | "division_by_zero") {
    super(code);
    this.name = "DecimalError";
    this.code = code;
  }
}

function power(exponent: number): bigint {
  return (POWERS[exponent] ??= 10n ** BigInt(exponent));
}

/** Quotient rounded to the nearest whole number, ties to the even one; `divisor` is above zero. */
function divideHalfEven(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n !== 0n);
  if (!up) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** Brings a value into 34 digits by dropping digits after the point; digits before it cannot be dropped. */
function fit(units: bigint, scale: number): Decimal {
  if (size(units) < LIMIT && scale <= MAX_SCALE) return new Decimal(units, scale);
  const excess = Math.max(size(units).toString().length - PRECISION, scale - MAX_SCALE);
  if (excess > scale) throw new DecimalError("overflow");
  const rounded = divideHalfEven(units, power(excess));
  // 999…9 may round up to a one with 34 zeros: one digit more goes, without loss.
  return size(rounded) < LIMIT ? new Decimal(rounded, scale - excess) : fit(rounded, scale - excess);
}

/**
 * A decimal number: `units` ÷ 10^`scale`. Values never change; every operation gives a new one.
 * Throws `DecimalError` where a result does not fit or a divisor is zero.
 */
export class Decimal {
  readonly units: bigint;
  readonly scale: number;

  /** For the operations here; others use `Decimal.parse` or `Decimal.of`, which keep the limits. */
  constructor(units: bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  static readonly zero: Decimal = new Decimal(0n, 0);

  /** Reads `"-12.50"` or `"1e-7"`, at most 60 digits on either side of the point; null for anything else or too large. */
  static parse(text: string): Decimal | null {
    if (text.length > 140) return null;
    const short = parseShort(text);
    if (short) return short;
    const match = PATTERN.exec(text);
    if (!match) return null;
    const [, sign, whole = "", fraction = "", exponent = "0"] = match;
    const units = BigInt(`${sign}${whole}${fraction}`);
    const scale = fraction.length - Number(exponent);
    if (Math.abs(scale) > 2 * MAX_SCALE) return null;
    try {
      return scale < 0 ? fit(units * power(-scale), 0) : fit(units, scale);
    } catch {
      return null;
    }
  }

  /** The number a finite JavaScript number prints as: 0.1 is 0.1 exactly. Null when it does not fit. */
  static of(value: number | bigint): Decimal | null {
    return Decimal.parse(String(value));
  }

  plus(other: Decimal): Decimal {
    const [a, b, scale] = aligned(this, other);
    return fit(a + b, scale);
  }

  minus(other: Decimal): Decimal {
    const [a, b, scale] = aligned(this, other);
    return fit(a - b, scale);
  }

  times(other: Decimal): Decimal {
    return fit(this.units * other.units, this.scale + other.scale);
  }

  /** Exact where 34 digits can hold it, otherwise rounded half to even in the last of them. */
  dividedBy(other: Decimal): Decimal {
    if (other.units === 0n) throw new DecimalError("division_by_zero");
    const sign = other.units < 0n ? -1n : 1n;
    const divisor = other.units * sign;
    const digits = size(this.units).toString().length - divisor.toString().length;
    // Enough digits for one correct rounding, and never a negative scale.
    const shift = Math.max(0, PRECISION + 1 - digits, other.scale - this.scale);
    return stripped(roundedOnce(this.units * sign * power(shift), divisor, this.scale - other.scale + shift));
  }

  /** What truncated division leaves; it has the sign of the dividend. */
  remainder(other: Decimal): Decimal {
    if (other.units === 0n) throw new DecimalError("division_by_zero");
    const [a, b, scale] = aligned(this, other);
    return fit(a % b, scale);
  }

  negated(): Decimal {
    return new Decimal(-this.units, this.scale);
  }

  /** Below zero, zero or above zero as this is less than, equal to or more than the other; 0.30 equals 0.3. */
  compare(other: Decimal): number {
    if (this.scale === other.scale) return this.units < other.units ? -1 : Number(this.units > other.units);
    const [a, b] = aligned(this, other);
    return a < b ? -1 : Number(a > b);
  }

  /** Rounds half to even to `digits` after the point, and writes exactly that many. */
  rounded(digits: number): Decimal {
    if (this.scale > digits) return new Decimal(divideHalfEven(this.units, power(this.scale - digits)), digits);
    return fit(this.units * power(digits - this.scale), digits);
  }

  /** The whole number towards minus infinity (`-1`) or plus infinity (`1`). */
  whole(direction: -1 | 1): Decimal {
    const truncated = this.units / power(this.scale);
    const rest = this.units % power(this.scale);
    const away = direction < 0 ? rest < 0n : rest > 0n;
    return new Decimal(away ? truncated + BigInt(direction) : truncated, 0);
  }

  /** The nearest JavaScript number. */
  toNumber(): number {
    return Number(this.toString());
  }

  /** Plain digits with as many after the point as the scale says: `"0.30"`. Never an exponent. */
  toString(): string {
    if (this.scale === 0) return this.units.toString();
    const digits = size(this.units).toString().padStart(this.scale + 1, "0");
    const point = digits.length - this.scale;
    return `${this.units < 0n ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** The same number without zeros at the end of its fraction. */
  normalised(): Decimal {
    return stripped(this);
  }
}

/** Prices as records carry them, `120.00`: up to 15 digits are exact in a plain number. Null for any other form. */
function parseShort(text: string): Decimal | null {
  if (text.length > 16) return null;
  const isNegative = text.startsWith("-");
  const point = text.indexOf(".");
  const end = point < 0 ? text.length : point;
  const scale = text.length - Math.min(end + 1, text.length);
  const value = digits(text, isNegative ? 1 : 0, end) * 10 ** scale + (point < 0 ? 0 : digits(text, point + 1, text.length));
  return Number.isSafeInteger(value) ? new Decimal(BigInt(isNegative ? -value : value), scale) : null;
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  if (a.scale === b.scale) return [a.units, b.units, a.scale];
  if (a.scale > b.scale) return [a.units, b.units * power(a.scale - b.scale), a.scale];
  return [a.units * power(b.scale - a.scale), b.units, b.scale];
}

/** Divides to at most 34 digits in one rounding: rounding to 36 first and to 34 after would break ties wrongly. */
function roundedOnce(value: bigint, divisor: bigint, scale: number): Decimal {
  const digits = size(value / divisor).toString().length;
  const drop = Math.max(0, digits - PRECISION, scale - MAX_SCALE);
  if (drop > scale) throw new DecimalError("overflow");
  return fit(divideHalfEven(value, divisor * power(drop)), scale - drop);
}

function stripped(value: Decimal): Decimal {
  let { units, scale } = value;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale--;
  }
  return scale === value.scale ? value : new Decimal(units, scale);
}
