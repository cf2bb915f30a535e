/** The mark before the parts of a whole, as people of the language write it. */
export const decimalMark = (locale: string): "." | "," => (locale.startsWith("en") ? "." : ",");

/** The mark between thousands that is typed: a Russian one is a space, which needs no reading. */
const groupMark = (locale: string): "" | "." | "," => (locale.startsWith("en") ? "," : locale.startsWith("sl") ? "." : "");
const EXACT = /^-?\d+(\.\d+)?$/;

/**
 * What somebody typed as a number, as it is kept: "1.234,50" of a Slovenian and "1,234.50" of an Englishman are both 1234.50. With one mark
 * only, a comma is a point for everybody, unless three digits behind it can be nothing but a group. What is no number stays as typed.
 */
export function exactOf(text: string, locale: string): string {
  // Slovenian writes its minus by a sign of its own.
  const bare = text.replaceAll(/\s/g, "").replace("\u2212", "-");
  const last = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  if (last === -1) return bare;
  const group = groupMark(locale);
  const isGrouped = bare[last] === group && new RegExp(`^-?[1-9]\\d{0,2}(\\${group}\\d{3})+$`).test(bare);
  const whole = bare.slice(0, last);
  const marks = new Set(whole.replaceAll(/[\d-]/g, ""));
  if (isGrouped) return bare.replaceAll(group, "");
  // Two marks of one kind, or a letter, are no number: it is told at the field.
  if (marks.size > 1 || marks.has(bare[last]!) || (marks.size === 1 && !/^-?\d{1,3}([.,]\d{3})+$/.test(whole))) return bare.replaceAll(",", ".");
  return `${whole.replaceAll(/[.,]/g, "")}.${bare.slice(last + 1)}`.replace(/\.$/, "");
}

/** A kept number as it stands in a box where it is written on: with the reader's mark, without groups. */
export const writtenOf = (exact: string, locale: string): string => (EXACT.test(exact) ? exact.replace(".", decimalMark(locale)) : exact);

/** A kept number as it is read: grouped, with all its digits. */
export function readOf(exact: string, locale: string): string {
  if (!EXACT.test(exact)) return exact;
  return new Intl.NumberFormat(locale, { useGrouping: "always", minimumFractionDigits: exact.split(".")[1]?.length ?? 0, maximumFractionDigits: 20 }).format(exact as Intl.StringNumericLiteral);
}

/** Money as it is read, exact to the last digit. Always grouped: Slovenian leaves four digits together, and a column of amounts would be ragged. */
export function moneyOf({ amount, currency }: { amount: string; currency: string }, locale: string): string {
  if (!EXACT.test(amount) || !/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`;
  return new Intl.NumberFormat(locale, { style: "currency", currency, useGrouping: "always" }).format(amount as Intl.StringNumericLiteral);
}
