import { Decimal } from "./decimal.ts";

/** Digits after the point by ISO 4217 where they are not two. */
const MINOR_DIGITS: Readonly<Record<string, number>> = Object.assign(Object.create(null) as Record<string, number>, {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
});
const CURRENCY = /^[A-Z]{3}$/;

/** Thrown when money of two currencies meets in one operation. */
export class CurrencyError extends Error {
  readonly left: string;
  readonly right: string;
  constructor(left: string, right: string) {
    super(`${left} and ${right}`);
    this.name = "CurrencyError";
    this.left = left;
    this.right = right;
  }
}

/** How money is written outside: in records given to rules, in changes and in JSON. */
export interface PlainMoney {
  /** Decimal digits, at least as many after the point as the currency has: `"0.30"`. */
  amount: string;
  /** ISO 4217: `"EUR"`. */
  currency: string;
}

/** Digits after the point of a currency by ISO 4217; 2 for any it does not list. */
export function minorDigits(currency: string): number {
  return MINOR_DIGITS[currency] ?? 2;
}

/** Whether the text is written as an ISO 4217 code; the register itself is not consulted. */
export function isCurrency(text: string): boolean {
  return CURRENCY.test(text);
}

/** An exact amount in one currency. Values never change. Operations of two currencies throw `CurrencyError`. */
export class Money {
  readonly amount: Decimal;
  readonly currency: string;

  constructor(amount: Decimal, currency: string) {
    this.amount = amount;
    this.currency = currency;
  }

  /** Money from `{ amount, currency }` as JSON carries it; null when either is malformed. */
  static from(value: unknown): Money | null {
    if (value instanceof Money) return value;
    if (typeof value !== "object" || value === null) return null;
    const { amount, currency } = value as Partial<Record<keyof PlainMoney, unknown>>;
    if (typeof currency !== "string" || !isCurrency(currency)) return null;
    const decimal = typeof amount === "string" ? Decimal.parse(amount) : typeof amount === "number" ? Decimal.of(amount) : null;
    return decimal && new Money(decimal, currency);
  }

  plus(other: Money): Money {
    return new Money(this.amount.plus(this.same(other)), this.currency);
  }

  minus(other: Money): Money {
    return new Money(this.amount.minus(this.same(other)), this.currency);
  }

  times(factor: Decimal): Money {
    return new Money(this.amount.times(factor), this.currency);
  }

  dividedBy(divisor: Decimal): Money {
    return new Money(this.amount.dividedBy(divisor), this.currency);
  }

  /** How many times the other goes into this: a plain number. */
  ratio(other: Money): Decimal {
    return this.amount.dividedBy(this.same(other));
  }

  remainder(other: Money): Money {
    return new Money(this.amount.remainder(this.same(other)), this.currency);
  }

  negated(): Money {
    return new Money(this.amount.negated(), this.currency);
  }

  compare(other: Money): number {
    return this.amount.compare(this.same(other));
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.amount.compare(other.amount) === 0;
  }

  /** Half to even, to the digits of the currency. */
  rounded(): Money {
    return new Money(this.amount.rounded(minorDigits(this.currency)), this.currency);
  }

  toJSON(): PlainMoney {
    const exact = this.amount.normalised();
    const amount = exact.scale < minorDigits(this.currency) ? exact.rounded(minorDigits(this.currency)) : exact;
    return { amount: amount.toString(), currency: this.currency };
  }

  /** `"0.30 EUR"`. */
  toString(): string {
    const { amount, currency } = this.toJSON();
    return `${amount} ${currency}`;
  }

  private same(other: Money): Decimal {
    if (other.currency !== this.currency) throw new CurrencyError(this.currency, other.currency);
    return other.amount;
  }
}
