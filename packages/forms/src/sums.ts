import { Decimal, Money } from "@linija/rules";
import type { Field } from "./fields.ts";
import { isPlainObject } from "./paths.ts";

/** The sum of a column of a table: a number's as exact text, or money; null when there is nothing to add or currencies differ. */
export type Sum = string | { amount: string; currency: string } | null;

/** The sums below a table (`x-sum`), by column. */
export function sums(table: Field, rows: unknown): Record<string, Sum> {
  const list = Array.isArray(rows) ? rows.filter(isPlainObject) : [];
  return Object.fromEntries((table.document["x-sum"] ?? []).map((key) => [key, sumOf(table.parts.get(key)?.kind, list.map((row) => row[key]))]));
}

function sumOf(kind: Field["kind"] | undefined, values: readonly unknown[]): Sum {
  if (kind === "money") return moneySum(values);
  const numbers = values.flatMap((value) => (typeof value === "number" ? (Decimal.of(value) ?? []) : []));
  return numbers.length === 0 ? null : numbers.reduce((sum, one) => sum.plus(one)).normalised().toString();
}

function moneySum(values: readonly unknown[]): Sum {
  const amounts = values.flatMap((value) => (isPlainObject(value) ? (Money.from(value) ?? []) : []));
  const currency = amounts[0]?.currency;
  if (currency === undefined || amounts.some((one) => one.currency !== currency)) return null;
  return { ...new Money(amounts.map((one) => one.amount).reduce((sum, one) => sum.plus(one)), currency).toJSON() };
}
