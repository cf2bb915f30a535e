import { invalid, invalidField } from "../../platform/errors.ts";
import { ticketFilter, type TicketFilter, type ViewSort } from "./views.contract.ts";

/** A filter as it came in an address; what is wrong in it is named by its place. */
export function readFilter(text: string): TicketFilter {
  const parsed = ticketFilter.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path }) => ({ field: ["filter", ...path].join("."), code: "wrong_value" })));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** One ordered index that is walked. Of several, the heads are merged. */
export type Anchor =
  | { by: "client" | "parent" | "owner"; id: string } | { by: "stage" | "department"; key: string }
  | { by: "open" | "waiting" | "done" | "unassigned" | "unconfirmed" | "all" };
export type Plan = { by: "words"; words: string[]; number: string | null } | { by: "walk"; anchors: Anchor[] };

const MOST_HEADS = 8;
type Status = NonNullable<TicketFilter["statuses"]>[number];
const every: Status[] = ["open", "waiting", "done", "closed"];
const only = (statuses: readonly Status[], ...allowed: Status[]): boolean => statuses.every((status) => allowed.includes(status));

/** Which index a filter is read by: the narrowest that has its tickets in the order asked for. The other parts are looked at row by row. */
export function planOf(filter: TicketFilter, sort: ViewSort, readerId: string): Plan {
  if (filter.text) return planWords(filter.text);
  const statuses = filter.statuses ?? every;
  const isOpen = only(statuses, "open", "waiting");
  if (!["changed", "untouched"].includes(sort)) {
    if (!isOpen) throw invalidField("sort", "view_sort_open");
    return { by: "walk", anchors: [{ by: "open" }] };
  }
  return { by: "walk", anchors: narrow(filter, statuses, readerId) ?? byStatus(filter, statuses) };
}

function narrow(filter: TicketFilter, statuses: readonly Status[], readerId: string): Anchor[] | null {
  if (filter.clientId) return [{ by: "client", id: filter.clientId }];
  if (filter.parentId) return [{ by: "parent", id: filter.parentId }];
  if (!only(statuses, "open", "waiting", "done")) return null;
  const people = distinct(filter.owners?.map((owner) => (owner === "me" ? readerId : owner)));
  const stages = distinct(filter.stages);
  if (people.length > 0 && !people.includes("nobody")) return people.map((id) => ({ by: "owner", id }));
  if (stages.length > 0) return stages.map((key) => ({ by: "stage", key }));
  return only(statuses, "open", "waiting") ? narrowOpen(distinct(filter.departments), people) : null;
}

function narrowOpen(departments: string[], people: string[]): Anchor[] | null {
  if (departments.length > 0) return departments.map((key) => ({ by: "department", key }));
  return people.length === 1 && people[0] === "nobody" ? [{ by: "unassigned" }] : null;
}

/** None of more than can be merged: these are looked at row by row then. */
function distinct(values: readonly string[] = []): string[] {
  const all = [...new Set(values)];
  return all.length > MOST_HEADS ? [] : all;
}

function byStatus(filter: TicketFilter, statuses: readonly Status[]): Anchor[] {
  if (only(statuses, "waiting")) return [{ by: "waiting" }];
  if (only(statuses, "open", "waiting")) return [{ by: "open" }];
  if (only(statuses, "done")) return [{ by: "done" }];
  if (only(statuses, "open", "waiting", "done")) return [{ by: "open" }, { by: "done" }];
  return filter.closedAs?.length === 1 && filter.closedAs[0] === "unconfirmed" ? [{ by: "unconfirmed" }] : [{ by: "all" }];
}

const MOST_WORDS = 6;
/** A number as it is read aloud or copied, whole or its beginning. */
const NUMBER = /^\s*([a-z]{3})?[\s-]*\d{3}[\d\s-]*$/i;

function planWords(text: string): Plan {
  const number = NUMBER.test(text) ? text.toLowerCase().replace(/[^a-z\d]/g, "") : null;
  // Some keyboards write a letter and its mark one after the other.
  const words = (text.normalize("NFC").match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length > 1 || /\p{N}/u.test(word));
  return { by: "words", number, words: [...new Set(words)].slice(0, MOST_WORDS) };
}

const WEEK_MS = 604_800_000;
export const weekOf = (ms: number): number => Math.floor(ms / WEEK_MS);
export const weekStart = (week: number): Date => new Date(week * WEEK_MS);

/** What has been looked through so far, from which moment back to which, and what the first look taught of all tickets. */
export interface Seen { hits: number; fits: number; fromMs: number; toMs: number; ticketsPerMs: number; oldestMs: number; /** How many tickets there are, by the database's own count; null while it has not counted. */ total: number | null; /** Of each word, the part of tickets that say it. */ shares: number[] }

/** Looking through so many one after the other costs no more than asking the index of a word that is said often. */
const WALKED = 6_000;
/** A word in more than every twentieth ticket leads nowhere in the index. */
const COMMON = 0.05;
/** Each week is a lexeme of its own: with more of them the index is slower than reading what is older and throwing it away. */
const MOST_WEEKS = 8;
/** So many rows are read for that at no more cost than those weeks; and so many may be, where looks of some weeks each would not do. */
const FEW_OLDER = 4_000;
const MOST_OLDER = 20_000;
/** So many more looks there are for a page. */
const LOOKS_LEFT = 4;
/** Half as much again as what is expected to be enough. */
const SPARE = 1.5;
/** Of what the index finds, so many are looked up at least and at most. */
const LEAST_FOUND = 300;
const MOST_FOUND = 4_000;

export type NextLook = { by: "newest"; most: number } | { by: "index"; rare: boolean[]; weeks: number | null; most: number };
/** How to go on for `need` more, by what has been found so far (decision 0050). */
export function nextLook(seen: Seen, need: number): NextLook {
  const { hits, fits, fromMs, toMs, ticketsPerMs, shares } = seen;
  // Nothing found is taken for half a find; of finds that all did not fit, for one in a hundred.
  const found = Math.max(fits, hits / 100, 0.5);
  const spanMs = (SPARE * need * (fromMs - toMs)) / found;
  if (fits > 0 && spanMs * ticketsPerMs <= WALKED) return { by: "newest", most: Math.ceil(spanMs * ticketsPerMs) };
  const rarest = Math.min(...shares);
  const rare = shares.map((share) => share <= COMMON || share === rarest);
  const weeks = Math.ceil(spanMs / WEEK_MS) + 1;
  const most = Math.min(MOST_FOUND, Math.max(LEAST_FOUND, Math.ceil((SPARE * need * hits) / found)));
  if (weeks <= MOST_WEEKS) return { by: "index", rare, weeks, most };
  const older = olderHits(seen, rare);
  // Looks of some weeks each would not do; what was guessed without a find is not worth all that is older.
  const isFar = weeks > LOOKS_LEFT * MOST_WEEKS && found > 0.5;
  const all = older <= FEW_OLDER || (older <= MOST_OLDER && isFar);
  return all ? { by: "index", rare, weeks: null, most: MOST_FOUND } : { by: "index", rare, weeks: MOST_WEEKS, most };
}

/** How many older tickets the index would find. Words that are said together more often than by chance are known by what was found; the newest tickets may have come in a rush. */
function olderHits({ hits, fromMs, toMs, ticketsPerMs, oldestMs, total, shares }: Seen, rare: boolean[]): number {
  const byChance = shares.filter((_, n) => rare[n]).reduce((all, share) => all * share, 1);
  const together = Math.max(byChance, hits / Math.max(1, ticketsPerMs * (fromMs - toMs)));
  return together * (total ?? ticketsPerMs * Math.max(0, toMs - oldestMs));
}

/** Who sees contacts in part may not find them out by looking for them either. */
export const looksForContact = (text: string): boolean => /@/.test(text) || (!NUMBER.test(text) && /\d[\d\s().-]{4,}\d/.test(text)) || /^\s*\+/.test(text);
