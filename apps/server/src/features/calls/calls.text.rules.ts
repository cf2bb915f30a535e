/**
 * A text that a line told, as a table takes it: without control characters (PostgreSQL keeps no NUL), with no half of a
 * surrogate pair, and at most so many characters long. What is left may be empty.
 */
export function plainText(raw: string, atMost: number): string {
  const clean = raw.toWellFormed().replace(/\p{Cc}+/gu, " ").trim();
  return Array.from(clean.slice(0, atMost * 2)).slice(0, atMost).join("");
}
