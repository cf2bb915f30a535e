import { createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDigit, parseTicketNumber, scramble, ticketNumber } from "./tickets.number.rules.ts";

const key = createSecretKey(Buffer.alloc(32, 7));
const check = (property: fc.IRawProperty<unknown>, numRuns = 300): void => { void fc.assert(property, { numRuns }); };
const sequence = fc.integer({ min: 0, max: 999_999_999 });

test("gives 10,000 tickets in a row 10,000 different numbers, none next to the one before", () => {
  const values = Array.from({ length: 10_000 }, (_, n) => scramble(n, key));
  expect(new Set(values).size).toBe(10_000);
  const close = values.filter((value, n) => n > 0 && Math.abs(value - values[n - 1]!) < 1_000);
  // By chance about 0.02 of 10,000 neighbours would be this close; a counter would make it all of them.
  expect(close.length).toBeLessThan(5);
});

test("gives the numbers it always gave: an installation's next ticket must never get the number of an old one", () => {
  expect([0, 1, 2, 123_456_789, 999_999_999].map((n) => ticketNumber("INT", n, key))).toEqual(["INT-368-204-565-5", "INT-213-074-626-5", "INT-133-403-935-5", "INT-256-468-683-2", "INT-136-475-206-7"]);
});

test("spreads the numbers of a short sequence evenly over their first digit", () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let n = 0; n < 10_000; n += 1) { const first = Math.floor(scramble(n, key) / 100_000_000); counts[first] = counts[first]! + 1; }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
});

test("makes other numbers under another key", () => {
  const other = createSecretKey(randomBytes(32));
  expect(Array.from({ length: 20 }, (_, n) => scramble(n, other))).not.toEqual(Array.from({ length: 20 }, (_, n) => scramble(n, key)));
});

test("catches every single wrong digit and every swap of neighbours", () => {
  check(fc.property(sequence, fc.nat(9), fc.integer({ min: 1, max: 9 }), (n, place, shift) => {
    const digits = ticketNumber("INT", n, key).replaceAll(/\D/g, "");
    const wrong = digits.slice(0, place) + String((Number(digits[place]) + shift) % 10) + digits.slice(place + 1);
    expect(parseTicketNumber(`INT${wrong}`).kind).toBe("wrong_check");
    if (place < 9 && digits[place] !== digits[place + 1]) {
      const swapped = digits.slice(0, place) + digits[place + 1]! + digits[place]! + digits.slice(place + 2);
      expect(parseTicketNumber(swapped).kind).toBe("wrong_check");
    }
  }));
});

test("reads a number however it is written", () => {
  check(fc.property(sequence, (n) => {
    const number = ticketNumber("SHP", n, key);
    const expected = { kind: "number", prefix: "SHP", digits: number.slice(4) };
    for (const written of [number, number.toLowerCase(), number.replaceAll("-", ""), number.replaceAll("-", " "), ` ${number.replaceAll("-", " – ")} `]) expect(parseTicketNumber(written)).toEqual(expected);
    expect(parseTicketNumber(number.slice(4))).toEqual({ ...expected, prefix: null });
  }));
});

test("never throws on what is not a number", () => {
  check(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => { expect(["number", "wrong_check", "not_a_number"]).toContain(parseTicketNumber(text).kind); }), 2_000);
  expect(parseTicketNumber("INT-12").kind).toBe("not_a_number");
});

test("computes Damm's published example", () => { expect(checkDigit("572")).toBe(4); });
