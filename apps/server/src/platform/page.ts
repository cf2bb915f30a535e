import { invalidField } from "./errors.ts";

/**
 * Keyset pages: the cursor is where the page before ended, as base64url of JSON `[sort value, id]`; never a count or an offset.
 * Instants have milliseconds, so a column that pages are sorted by is written from `ctx.now()`, never from `now()`
 * of the database, whose microseconds a cursor would lose and then skip or repeat rows.
 */
export type Cursor = [sort: string, id: string];

export const encodeCursor = (sort: string | number | Date, id: string | number): string =>
  Buffer.from(JSON.stringify([sort instanceof Date ? sort.toISOString() : String(sort), String(id)])).toString("base64url");

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;
const RANKED = /^\d:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TEXT = /^\P{Cc}{0,200}$/u;
const NUMBER = /^-?\d{1,15}$/;

/** What the two values must look like, so that a bent cursor is refused here and not by PostgreSQL. */
const SHAPES = { instant: [INSTANT, UUID], number: [NUMBER, NUMBER], number_uuid: [NUMBER, UUID], text: [TEXT, UUID], ranked: [RANKED, UUID] } as const;

/** Null without a cursor: the first page. A bad one is refused as the field `after`. */
export function decodeCursor(after: string | undefined, shape: keyof typeof SHAPES = "instant"): Cursor | null {
  if (after === undefined || after === "") return null;
  const parsed = parse(after);
  const [sort, id] = SHAPES[shape];
  if (!Array.isArray(parsed) || parsed.length !== 2) throw bad();
  const [first, second] = parsed as unknown[];
  if (typeof first !== "string" || typeof second !== "string" || !sort.test(first) || !id.test(second)) throw bad();
  if (!isMoment(shape, first)) throw bad();
  return [first, second];
}

/** True also for what is no moment at all; a rank may stand before one. */
const isMoment = (shape: keyof typeof SHAPES, sort: string): boolean => (shape !== "instant" && shape !== "ranked") || !Number.isNaN(Date.parse(sort.replace(/^\d:/, "")));

const bad = () => invalidField("after", "wrong_value");

function parse(after: string): unknown {
  try {
    return JSON.parse(Buffer.from(after, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

export const PAGE_SIZE = 50;

/** Ask the database for `limit + 1` rows and give them here: the page, and the cursor of the next one if there is more. */
export function pageOf<T>(rows: T[], limit: number, cursorOf: (row: T) => string): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
