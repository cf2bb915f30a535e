/** A list as its pages arrived; each page knows where the next one begins. */
export interface Page<T> { items: T[]; next: string | null; /** Of a page that may be short: how far was looked. */ seenTo?: string | null; /** Of a search: what was looked for in the place of mistyped words. */ instead?: { asked: string; shown: string } | null }
export interface Pages<T> { pages: Page<T>[]; pageParams: (string | undefined)[] }
export interface Known { id: string | number }

/** All items in order, each once: an item that moved up may still stand at its old place. */
export function itemsOf<T extends Known>(list: Pages<T>): T[] {
  const seen = new Set<T["id"]>();
  return list.pages.flatMap((page) => page.items.filter(({ id }) => !seen.has(id) && seen.add(id)));
}

/** Which page holds an item, or -1. */
export const pageOf = <T extends Known>(list: Pages<T>, id: T["id"]): number => list.pages.findIndex((page) => page.items.some((item) => item.id === id));

interface Fresh<T> {
  /** Which page was fetched again, with the cursor it was fetched with before. */
  at: number;
  page: Page<T>;
  /** Whose places may be others now. */
  changed: ReadonlySet<string>;
  /** How many items a page holds. */
  limit: number;
}

/**
 * Puts a page fetched again into a list without touching the others. Keyset cursors are values, so the fresh page begins
 * where the old one began; where it ends is told by the last item that did not change and is known: what stood after it
 * stands after it still, and becomes a page of its own. Undefined when nothing tells: then the whole list has to be asked for.
 */
export function splice<T extends Known>(list: Pages<T>, { at, page, changed, limit }: Fresh<T>): Pages<T> | undefined {
  const fresh = new Set(page.items.map(({ id }) => id));
  const cut = list.pages.map((each, index): Part<T> => ({ param: list.pageParams[index], next: each.next, items: each.items.filter(({ id }) => !fresh.has(id)) }));
  const mine: Part<T> = { ...page, param: list.pageParams[at] };
  if (page.next === null) return joined([...cut.slice(0, at), mine], limit);
  const anchor = page.items.findLast(({ id }) => !changed.has(String(id)) && pageOf(list, id) >= at);
  if (!anchor) return undefined;
  const until = pageOf(list, anchor.id);
  const last = list.pages[until] as Page<T>;
  const beyond = last.items.slice(last.items.findIndex(({ id }) => id === anchor.id) + 1);
  const rest: Part<T> = { param: page.next, next: last.next, items: beyond.filter(({ id }) => !fresh.has(id)) };
  return joined([...cut.slice(0, at), mine, rest, ...cut.slice(until + 1)], limit);
}

interface Part<T> extends Page<T> { param: string | undefined }

/** Pages that became empty go, and small neighbours become one, so that a list does not fall to crumbs. */
function joined<T>(parts: Part<T>[], limit: number): Pages<T> {
  const whole: Part<T>[] = [];
  for (const part of parts) {
    const before = whole.at(-1);
    if (before && part.items.length === 0) before.next = part.next === null ? null : before.next;
    else if (before && before.items.length + part.items.length <= limit) whole[whole.length - 1] = { param: before.param, items: [...before.items, ...part.items], next: part.next };
    else whole.push({ ...part });
  }
  return { pages: whole.map(({ items, next }) => ({ items, next })), pageParams: whole.map(({ param }) => param) };
}
