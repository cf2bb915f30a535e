import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decimal } from "./decimal.ts";
import { Money } from "./money.ts";

const d = (text: string): Decimal => Decimal.parse(text)!;

describe("decimal", () => {
  test("adds 0.1 and 0.2 to exactly 0.3", () => {
    expect(d("0.1").plus(d("0.2")).toString()).toBe("0.3");
  });

  test.each([
    ["1", "3", "0.3333333333333333333333333333333333"],
    ["2", "3", "0.6666666666666666666666666666666667"],
    ["6", "2", "3"],
    ["-7", "4", "-1.75"],
    ["1", "0.00001", "100000"],
    ["1e30", "7e-3", "142857142857142857142857142857142.9"],
    ["0", "9", "0"],
  ])("divides %s by %s into %s", (a, b, quotient) => {
    expect(d(a).dividedBy(d(b)).toString()).toBe(quotient);
  });

  test.each([["0.125", 2, "0.12"], ["0.135", 2, "0.14"], ["-0.125", 2, "-0.12"], ["2.5", 0, "2"], ["3.5", 0, "4"], ["1", 2, "1.00"]])("rounds %s to %i digits as %s", (a, digits, rounded) => {
    expect(d(a).rounded(digits).toString()).toBe(rounded);
  });

  test("refuses what is not a number, and what is too large", () => {
    for (const text of ["", "1.", ".5", "1,5", "0x1", "NaN", "1e999", "9".repeat(35), "1".repeat(200)]) expect(Decimal.parse(text), text).toBeNull();
    expect(() => d("9".repeat(34)).plus(d("1")).plus(d("9".repeat(34)))).toThrow("overflow");
    expect(() => d("1").dividedBy(d("0.00"))).toThrow("division_by_zero");
  });

  test("agrees with whole numbers of hundredths", () => {
    const cents = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(fc.property(cents, cents, (a, b) => {
      const x = new Decimal(BigInt(a), 2);
      const y = new Decimal(BigInt(b), 2);
      expect(x.plus(y).units).toBe(BigInt(a + b));
      expect(x.minus(y).units).toBe(BigInt(a - b));
      expect(x.times(y).units).toBe(BigInt(a) * BigInt(b));
      expect(Math.sign(x.compare(y))).toBe(Math.sign(a - b));
      expect(Decimal.parse(x.toString())!.compare(x)).toBe(0);
      if (b !== 0) expect(x.remainder(y).units).toBe(BigInt(a % b));
    }));
  });
});

describe("money", () => {
  const eur = (amount: string): Money => Money.from({ amount, currency: "EUR" })!;

  test("0.1 + 0.2 is 0.30", () => {
    expect(eur("0.1").plus(eur("0.2")).toJSON()).toEqual({ amount: "0.30", currency: "EUR" });
  });

  test("keeps what division leaves until it is rounded to the currency's own digits", () => {
    const third = eur("10").dividedBy(d("3"));
    expect(third.rounded().toString()).toBe("3.33 EUR");
    expect(new Money(third.amount, "JPY").rounded().toString()).toBe("3 JPY");
    expect(new Money(third.amount, "KWD").rounded().toString()).toBe("3.333 KWD");
    expect(third.times(d("3")).rounded().toString()).toBe("10.00 EUR");
  });

  test("does not mix currencies", () => {
    expect(() => eur("1").plus(Money.from({ amount: "1", currency: "RUB" })!)).toThrow("EUR and RUB");
    expect(eur("1").equals(Money.from({ amount: "1", currency: "RUB" })!)).toBe(false);
  });

  test("is read only from a well-formed amount and currency", () => {
    for (const value of [null, 5, "5 EUR", {}, { amount: "5" }, { amount: "x", currency: "EUR" }, { amount: "5", currency: "euro" }, { amount: NaN, currency: "EUR" }]) expect(Money.from(value)).toBeNull();
  });
});
