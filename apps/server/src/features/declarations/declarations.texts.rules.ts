import { createHash } from "node:crypto";
import type { Texts } from "../projects/index.ts";

/** Where a text belongs: its project (`company` for the root, `common` for all projects) and its path in that folder. */
export interface Place { projectKey: string; path: string }

export const COMPANY = "company";
export const COMMON = "common";

/** `shop/queues.yaml` of the project `shop`; `demo/people.yaml` and `company.yaml` of the company itself. */
export const fileOf = ({ projectKey, path }: Place): string => (projectKey === COMPANY ? path : `${projectKey}/${path}`);

export function placeOf(file: string): Place {
  const slash = file.indexOf("/");
  const folder = file.slice(0, Math.max(0, slash));
  return slash < 0 || folder === "demo" ? { projectKey: COMPANY, path: file } : { projectKey: folder, path: file.slice(slash + 1) };
}

export const hashOf = (text: string | null): string => createHash("sha256").update(text ?? "").digest("hex");

/** One hash over the texts of a project that are in use; the order of rows does not matter. */
export const hashOfProject = (texts: readonly { path: string; hash: string; text: string | null }[]): string =>
  createHash("sha256").update(texts.filter(({ text }) => text !== null).map(({ path, hash }) => `${path} ${hash}`).sort().join("\n")).digest("hex");

/** Rows of the database as the reader takes them. */
export const asTexts = (rows: readonly (Place & { text: string | null })[]): Map<string, string> =>
  new Map(rows.filter(({ text }) => text !== null).map((row): [string, string] => [fileOf(row), row.text!]).sort(([a], [b]) => (a < b ? -1 : 1)));

export interface Stored extends Place { number: number; text: string | null; hash: string; origin: "files" | "desk" }
export interface Change extends Place { number: number; text: string | null }

/**
 * What the repository's files change in what is stored, at a start: a text that came from files follows them, one that
 * was saved in the desk stays. `live` are the projects in use; folders of others are templates, and so is the folder that
 * a project of the desk was made from. A project whose folder is not there at all is left as it is.
 */
export function follow(stored: readonly Stored[], files: Texts, live: readonly string[]): { changes: Change[]; differing: string[] } {
  const known = new Map(stored.map((row) => [fileOf(row), row]));
  const follows = (key: string): boolean => {
    const rows = stored.filter(({ projectKey }) => projectKey === key);
    return [COMPANY, COMMON, ...live].includes(key) && (rows.length === 0 || rows.some(({ origin }) => origin === "files"));
  };
  const followed = new Set([...new Set([...files.keys()].map((file) => placeOf(file).projectKey))].filter(follows));
  const ours = [...files].map(([file, text]) => ({ file, text, place: placeOf(file), row: known.get(file) })).filter(({ place }) => followed.has(place.projectKey));
  const differing = ours.filter(({ row, text }) => row?.origin === "desk" && row.text !== text).map(({ file }) => file);
  const newer = ours.filter(({ row, text }) => !row || (row.origin === "files" && row.text !== text)).map(({ place, row, text }): Change => ({ ...place, number: (row?.number ?? 0) + 1, text }));
  const gone = stored.filter((row) => row.origin === "files" && row.text !== null && !files.has(fileOf(row)) && followed.has(row.projectKey))
    .map(({ projectKey, path, number }): Change => ({ projectKey, path, number: number + 1, text: null }));
  return { changes: [...newer, ...gone], differing };
}
