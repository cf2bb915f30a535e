import { Decimal } from "./decimal.ts";
import { LIMITS } from "./limits.ts";
import { Money } from "./money.ts";
import { formatDuration, formatMoment, isMoment, parseDuration, parseMoment } from "./time.ts";
import type { Type } from "./types.ts";

/*
 * While running, a value of each type is: int, double, datetime (ms), duration (ms) – a number; decimal – Decimal;
 * money – Money; text – string; list – an array; record – the host's object; empty – null. Which of them a number is, only
 * its type knows, so every reading from outside goes through the reader of its declared type.
 */

/** Turns a value of a record into the running one; undefined when it is not of the type. Never gets null. */
export type Reader = (value: unknown) => unknown;

const number = (value: unknown): number | undefined => {
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : undefined;
};

const readInt: Reader = (value) => {
  const read = number(value);
  return Number.isSafeInteger(read) ? read : undefined;
};
const readDouble: Reader = (value) => {
  const read = number(value);
  return Number.isFinite(read) ? read : undefined;
};
const readText: Reader = (value) => (typeof value === "string" && value.length <= LIMITS.textLength ? value : undefined);
const readBoolean: Reader = (value) => (typeof value === "boolean" ? value : undefined);
const readRecord: Reader = (value) => (typeof value === "object" && !Array.isArray(value) ? value : undefined);

const readDecimal: Reader = (value) => {
  if (value instanceof Decimal) return value;
  if (typeof value === "string") return Decimal.parse(value) ?? undefined;
  return typeof value === "number" || typeof value === "bigint" ? (Decimal.of(value) ?? undefined) : undefined;
};

const readMoment: Reader = (value) => {
  const ms = value instanceof Date ? value.getTime() : typeof value === "string" ? parseMoment(value) : value;
  return typeof ms === "number" && isMoment(ms) ? ms : undefined;
};

const readDuration: Reader = (value) => {
  const ms = typeof value === "string" ? parseDuration(value) : value;
  return typeof ms === "number" && Number.isFinite(ms) ? ms : undefined;
};

function readMoney(currency: string | null): Reader {
  return (value) => {
    const money = Money.from(value);
    return money && (currency === null || money.currency === currency) ? money : undefined;
  };
}

function readList(of: Type): Reader {
  const read = readerOf(of);
  return (value) => {
    if (!Array.isArray(value) || value.length > LIMITS.listLength) return undefined;
    const items: unknown[] = [];
    for (const item of value as unknown[]) {
      const one = item === null || item === undefined ? null : read(item);
      if (one === undefined) return undefined;
      items.push(one);
    }
    return items;
  };
}

const READERS: Readonly<Partial<Record<Type["kind"], Reader>>> = {
  int: readInt, double: readDouble, decimal: readDecimal, text: readText, boolean: readBoolean, datetime: readMoment, duration: readDuration, record: readRecord,
};

export function readerOf(type: Type): Reader {
  if (type.kind === "money") return readMoney(type.currency);
  if (type.kind === "list") return readList(type.of);
  return READERS[type.kind] ?? (() => undefined);
}

/** A value as JSON carries it: decimals as text, money as `{ amount, currency }`, moments and durations in ISO 8601. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** The plain form of a running value of the type. A whole record is not copied: it becomes `null`. */
export function toPlain(value: unknown, type: Type): Plain {
  if (value === null || value === undefined) return null;
  if (type.kind === "list") return (value as unknown[]).map((item) => toPlain(item, type.of));
  if (type.kind !== "object") return WRITERS[type.kind](value);
  return Object.fromEntries(Object.entries(type.fields).map(([key, of]) => [key, toPlain((value as Record<string, unknown>)[key], of)]));
}

const same = (value: unknown): Plain => value as Plain;
const nothing = (): Plain => null;
const WRITERS: Readonly<Record<Exclude<Type["kind"], "list" | "object">, (value: unknown) => Plain>> = {
  int: same, double: same, text: same, boolean: same, record: nothing, any: nothing, unknown: nothing, null: nothing,
  decimal: (value) => (value as Decimal).normalised().toString(),
  money: (value) => ({ ...(value as Money).toJSON() }),
  datetime: (value) => formatMoment(value as number),
  duration: (value) => formatDuration(value as number),
};
