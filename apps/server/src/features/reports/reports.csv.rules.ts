import type { Language } from "../api.contract.ts";

/** A sheet computes what begins like a formula, whoever wrote it: it is told as text. Quoted whatever a sheet may take for the end of a cell. */
const FORMULA = /^[=+\-@\t\r]/;
const cell = (text: string): string => {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
/** Where the comma parts the whole from its parts, sheets expect another mark between cells. */
const MARKS: Record<Language, string> = { en: ",", ru: ";", sl: ";" };

/** What a sheet of a report is called: whose it is, by what, and from when. */
export const sheetName = ({ project, by = "fields.cause", from }: { project: string; by?: string | undefined; from: string }): string =>
  `${project}-${by.replaceAll(".", "-")}-${from.slice(0, 10)}.csv`.replaceAll(/[^\w.-]/g, "_");

/** RFC 4180 but for the mark between cells, with the mark by which sheets know UTF-8. */
export const csvOf = (rows: readonly (readonly string[])[], language: Language): string => `\uFEFF${rows.map((row) => row.map(cell).join(MARKS[language])).join("\r\n")}\r\n`;

/** A moment as a sheet reads it, on the clock of the project's own place. */
export const sheetMoment = (at: Date, timeZone: string): string => {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts["year"]}-${parts["month"]}-${parts["day"]} ${parts["hour"]}:${parts["minute"]}`;
};
