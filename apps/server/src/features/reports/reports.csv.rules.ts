/** A sheet computes what begins like a formula, whoever wrote it: it is told as text. */
const FORMULA = /^[=+\-@\t\r]/;
const cell = (text: string): string => {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** What a sheet of a report is called: whose it is, by what, and from when. */
export const sheetName = ({ project, by = "fields.cause", from }: { project: string; by?: string | undefined; from: string }): string =>
  `${project}-${by.replaceAll(".", "-")}-${from.slice(0, 10)}.csv`.replaceAll(/[^\w.-]/g, "_");

/** RFC 4180, with the mark by which sheets know UTF-8. */
export const csvOf = (rows: readonly (readonly string[])[]): string => `\uFEFF${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
