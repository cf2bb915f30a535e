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
  const exact = pointed(text, locale);
  return EXACT.test(exact) ? exact : text.trim();
}

/** More digits than a number of JSON keeps would come back as other digits. */
const MOST_DIGITS = 15;

/** What somebody typed as a number; null when it is none, or one that could not be kept to the last digit. */
export function numberOf(text: string, locale: string): number | null {
  const exact = exactOf(text, locale);
  return EXACT.test(exact) && exact.replaceAll(/^-?0*|\./g, "").length <= MOST_DIGITS ? Number(exact) : null;
}

/** All digits of a number, never by powers of ten. */
export const digitsOf = (number: number): string => number.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 20 });

const SIGNS: Readonly<Record<string, string>> = { "€": "EUR", "$": "USD", "₽": "RUB", руб: "RUB", "руб.": "RUB", "р.": "RUB", "£": "GBP", EUR: "EUR", USD: "USD", RUB: "RUB", GBP: "GBP", RSD: "RSD" };
const SIGN = "€|\\$|₽|£|(?:руб\\.?|р\\.)|[A-Za-z]{3}";
const SIGNED = new RegExp(`^(?:(${SIGN})\\s*)?([-\u2212\\d].*?)(?:\\s*(${SIGN}))?$`, "iu");

/** An amount as it is typed or pasted, "1.234,50 €" or "USD 12" too, with the currency that is written with it. What is no amount stays as typed. */
export function amountOf(text: string, locale: string): { amount: string; currency: string | null } {
  const [, before, bare, after] = SIGNED.exec(text.trim()) ?? [];
  const sign = before ?? after;
  const currency = sign === undefined ? null : SIGNS[sign] ?? SIGNS[sign.toLowerCase()] ?? SIGNS[sign.toUpperCase()];
  const amount = exactOf(bare ?? "", locale);
  return EXACT.test(amount) && currency !== undefined && (before === undefined || after === undefined) ? { amount, currency } : { amount: text.trim(), currency: null };
}

function pointed(text: string, locale: string): string {
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
  if (marks.size > 1 || marks.has(bare[last]!) || (marks.size === 1 && !/^-?\d{1,3}([.,]\d{3})+$/.test(whole))) return bare;
  return `${whole === "" ? "0" : whole.replaceAll(/[.,]/g, "")}.${bare.slice(last + 1)}`.replace(/\.$/, "");
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
