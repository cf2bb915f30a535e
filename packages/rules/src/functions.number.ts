import { Fault, sure } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { callOf, overloaded, takes, writtenText } from "./builtin.ts";
import type { Builtin, Call } from "./builtin.ts";
import { convert } from "./convert.ts";
import { Decimal } from "./decimal.ts";
import { Money, isCurrency } from "./money.ts";
import type { Texts } from "./problems.ts";
import { formatDuration, formatMoment } from "./time.ts";
import { T, moneyOf, typeName } from "./types.ts";
import type { Type } from "./types.ts";

const { text, int, double, decimal, boolean, datetime, duration } = T;
const money = moneyOf(null);
const sameAsFirst = (args: readonly Built[]): Type => args[0]!.type;

function toInt(value: number): number {
  if (Number.isSafeInteger(value)) return value + 0;
  throw new Fault("overflow");
}

function parsed<V>(value: V | null, given: string, expected: string): V {
  if (value === null) throw new Fault("bad_text", { text: given.slice(0, 40), expected });
  return value;
}

/** Half to even, as everywhere else. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function digitsOf(digits: number): number {
  if (digits < 0 || digits > 30) throw new Fault("index_range", { index: digits, size: 31 });
  return digits;
}

const textToInt = (a: string): number => toInt(parsed(/^-?\d{1,16}$/.test(a) ? Number(a) : null, a, "int"));
const textToDouble = (a: string): number => parsed(Decimal.parse(a), a, "double").toNumber();

const inFront = (key: string, params: string): Pick<Builtin, "key" | "signature" | "on"> => ({ key, signature: `${key}(${params})`, on: [] });
const NUMBERS = ["int", "double", "decimal"] as const;

const CONVERSIONS: readonly Builtin[] = [
  overloaded({ ...inFront("int", "value"), doc: { en: "A whole number; the fraction is dropped.", ru: "Целое число; дробная часть отбрасывается.", sl: "Celo število; ulomek odpade." } }, [
    { params: [int], result: int, call: (a: number) => a },
    { params: [double], result: int, call: (a: number) => toInt(Math.trunc(a)) },
    { params: [decimal], result: int, call: (a: Decimal) => toInt(Math.trunc(a.toNumber())) },
    { params: [text], result: int, call: textToInt },
  ]),
  overloaded({ ...inFront("double", "value"), doc: { en: "A number with a fraction, not exact.", ru: "Дробное число, неточное.", sl: "Število z ulomkom, nenatančno." } }, [
    { params: [double], result: double, call: (a: number) => a },
    { params: [decimal], result: double, call: (a: Decimal) => a.toNumber() },
    { params: [text], result: double, call: textToDouble },
  ]),
  overloaded({ ...inFront("decimal", "value"), doc: { en: "An exact decimal number.", ru: "Точное десятичное число.", sl: "Natančno decimalno število." } }, [
    { params: [decimal], result: decimal, call: (a: Decimal) => a },
    { params: [double], result: decimal, call: (a: number) => Decimal.of(a) ?? fault() },
    { params: [text], result: decimal, call: (a: string) => parsed(Decimal.parse(a), a, "decimal") },
  ]),
  overloaded({ ...inFront("string", "value"), doc: { en: "The value as text.", ru: "Значение текстом.", sl: "Vrednost kot besedilo." } }, [
    { params: [text], result: text, call: (a: string) => a },
    { params: [boolean], result: text, call: String },
    { params: [int], result: text, call: String },
    { params: [double], result: text, call: String },
    { params: [decimal], result: text, call: (a: Decimal) => a.normalised().toString() },
    { params: [money], result: text, call: String },
    { params: [datetime], result: text, call: formatMoment },
    { params: [duration], result: text, call: formatDuration },
  ]),
  { ...inFront("money", 'amount, "EUR"'), build: buildMoney, doc: { en: "Money of an amount and a currency.", ru: "Деньги: сумма и валюта.", sl: "Denar: znesek in valuta." } },
];

function fault(): never {
  throw new Fault("overflow");
}

const ROUNDING: readonly Builtin[] = [
  overloaded({ key: "round", signature: "round(number, digits)", on: ["money", ...NUMBERS], doc: { en: "Rounded half to even: money to its currency, a number to a whole or to digits.", ru: "Банковское округление: деньги – до единиц валюты, число – до целого или до знаков.", sl: "Zaokroženo na sodo: denar na svojo valuto, število na celo ali na decimalke." } }, [
    { params: [int], result: int, call: (a: number) => a },
    { params: [double], result: int, call: (a: number) => toInt(roundHalfEven(a)) },
    { params: [decimal], result: decimal, call: (a: Decimal) => a.rounded(0) },
    { params: [decimal, int], result: decimal, call: (a: Decimal, digits: number) => a.rounded(digitsOf(digits)) },
    { params: [money], result: sameAsFirst, call: (a: Money) => a.rounded() },
    { params: [money, int], result: sameAsFirst, call: (a: Money, digits: number) => new Money(a.amount.rounded(digitsOf(digits)), a.currency) },
  ]),
  whole("floor", -1, { en: "The whole number below.", ru: "Целое снизу.", sl: "Celo število navzdol." }),
  whole("ceil", 1, { en: "The whole number above.", ru: "Целое сверху.", sl: "Celo število navzgor." }),
  overloaded({ key: "abs", signature: "abs(number)", on: ["money", "duration", ...NUMBERS], doc: { en: "Without its sign.", ru: "Без знака.", sl: "Brez predznaka." } }, [
    { params: [int], result: int, call: Math.abs },
    { params: [double], result: double, call: Math.abs },
    { params: [duration], result: duration, call: Math.abs },
    { params: [decimal], result: decimal, call: (a: Decimal) => (a.units < 0n ? a.negated() : a) },
    { params: [money], result: sameAsFirst, call: (a: Money) => (a.amount.units < 0n ? a.negated() : a) },
  ]),
  overloaded({ key: "amount", signature: "money.amount()", on: ["money"], doc: { en: "The amount of money, without its currency.", ru: "Сумма без валюты.", sl: "Znesek brez valute." } },
    [{ params: [money], result: decimal, call: (a: Money) => a.amount }]),
  overloaded({ key: "currency", signature: "money.currency()", on: ["money"], doc: { en: "The currency: \"EUR\".", ru: "Валюта: \"EUR\".", sl: "Valuta: \"EUR\"." } },
    [{ params: [money], result: text, call: (a: Money) => a.currency }]),
];

function whole(key: "floor" | "ceil", direction: -1 | 1, doc: Texts): Builtin {
  return overloaded({ key, signature: `${key}(number)`, on: ["double", "decimal"], doc }, [
    { params: [int], result: int, call: (a: number) => a },
    { params: [double], result: int, call: (a: number) => toInt(Math[key](a)) },
    { params: [decimal], result: decimal, call: (a: Decimal) => a.whole(direction) },
  ]);
}

export const NUMBER_FUNCTIONS: readonly Builtin[] = [...CONVERSIONS, ...ROUNDING];

/** A currency written out is part of the type: then adding another is refused before anything runs. */
function buildMoney(builder: Builder, call: Call): Built {
  if (!takes(builder, call, [2, 2])) return builder.report("type_unclear", {}, call.node);
  const given = builder.build(call.args[0]!);
  const currency = writtenText(builder, call, 1);
  if (currency !== null && !isCurrency(currency)) builder.report("bad_text", { text: currency.slice(0, 40), expected: "currency" }, call.args[1]!);
  const type = moneyOf(currency);
  if (currency === null || given.type.kind === "unknown") return sure(call.node, type, () => null);
  if (given.type.kind === "text") {
    return callOf(builder, call, { params: [text], result: type, call: (a: string) => new Money(parsed(Decimal.parse(a), a, "decimal"), currency) }, [given]);
  }
  const amount = convert(given, decimal);
  if (!amount) return builder.report("argument_type", { function: "money", index: 1, expected: "decimal", actual: typeName(given.type) }, given.node);
  return callOf(builder, call, { params: [decimal], result: type, call: (a: Decimal) => new Money(a, currency) }, [amount]);
}
