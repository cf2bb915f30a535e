import type { Query, QueryClient } from "@tanstack/react-query";
import { pageOf, splice, type Known, type Page, type Pages } from "./lists.ts";

/** How many items a list asks for at once. */
export const pageSize = 50;
/** Of a list whose changed items may move anywhere: how long it may stand before it is asked for as a whole. */
const strayMs = 10_000;

/** What a change means to a query: the ids it is about, or null where it means nothing. */
export type Touch = (query: Query) => ReadonlySet<string> | null;
type List = Pages<Known>;

/**
 * Reads again what a change touches among the queries of one route. A list of one page is simply read again. Of a longer
 * one only the first page is, where new and moved items appear, and the pages that hold the changed items: a list scrolled
 * through for a thousand rows must not ask for a thousand rows at each push.
 */
export function freshen(client: QueryClient, name: string, touch: Touch): void {
  for (const query of client.getQueryCache().findAll({ predicate: (each) => each.queryKey[0] === name })) {
    const ids = touch(query);
    if (!ids) continue;
    if (query.isActive() && isLong(query)) mendSoon(client, query, ids);
    else askWhole(client, query);
  }
}

/** Of everything that has been read; after a gap in what is told. */
export function freshenAll(client: QueryClient): void {
  for (const query of client.getQueryCache().getAll()) askWhole(client, query);
}

/** Readings on their way that are asked again when they are here: once, whatever is told meanwhile. */
const awaited = new WeakSet<Query>();

function askWhole(client: QueryClient, query: Query): void {
  const mark = () => void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
  if (query.state.fetchStatus === "idle" || (query.state.data !== undefined && query.isActive())) mark();
  else if (!awaited.has(query)) {
    awaited.add(query);
    void settledOf(client, query).then(() => { awaited.delete(query); mark(); });
  }
}

/**
 * A first reading is not begun anew by a change that comes meanwhile, and what it brings may be as old as its question:
 * it is awaited, and asked again.
 */
async function settledOf(client: QueryClient, query: Query): Promise<void> {
  while (query.state.fetchStatus !== "idle" && client.getQueryCache().get(query.queryHash) === query) {
    await query.promise?.catch(() => undefined);
    // What is known of it follows its promise by a moment.
    await new Promise((done) => { setTimeout(done); });
  }
}

const listOf = (query: Query) => query.state.data as List;
const isLong = (query: Query) => query.queryKey[2] === "pages" && (query.state.data as List | undefined) !== undefined && listOf(query).pages.length > 1;

/** Changes that came while a list was being mended; it is mended once more for all of them. */
const waiting = new WeakMap<Query, { ids: Set<string>; again: boolean }>();

function mendSoon(client: QueryClient, query: Query, ids: ReadonlySet<string>): void {
  const running = waiting.get(query);
  if (running) {
    running.again = true;
    for (const id of ids) running.ids.add(id);
    return;
  }
  const mine = { ids: new Set(ids), again: true };
  waiting.set(query, mine);
  const work = async () => {
    while (mine.again) {
      const changed = new Set(mine.ids);
      mine.ids.clear();
      mine.again = false;
      await mend(client, query, changed);
    }
  };
  // Where the server cannot be reached the list is only marked: the link, when it is back, asks for everything.
  void work().catch(() => client.invalidateQueries({ queryKey: query.queryKey, exact: true, refetchType: "none" })).finally(() => waiting.delete(query));
}

async function mend(client: QueryClient, query: Query, changed: ReadonlySet<string>): Promise<void> {
  const first = await mendPage(client, query, { param: undefined, changed });
  if (!first) return askWhole(client, query);
  const above = new Set(first.items.map(({ id }) => id));
  const below = [...changed].filter((id) => !above.has(id));
  const params = new Set(below.flatMap((id) => { const at = pageOf(listOf(query), id); return at > 0 ? [listOf(query).pageParams[at]] : []; }));
  if (params.size >= listOf(query).pages.length - 1 && params.size > 1) return askWhole(client, query);
  for (const param of params) if (!await mendPage(client, query, { param, changed })) return askWhole(client, query);
  if (query.meta?.["anyOrder"] === true && below.some((id) => pageOf(listOf(query), id) < 0)) askLater(client, query);
}

/** Undefined when the page does not fit any more. */
async function mendPage(client: QueryClient, query: Query, { param, changed }: { param: string | undefined; changed: ReadonlySet<string> }): Promise<Page<Known> | undefined> {
  const fetchPage = query.options.queryFn as unknown as (context: { pageParam: string | undefined }) => Promise<Page<Known>>;
  const page = await fetchPage({ pageParam: param });
  // A next page on its way would be joined to the list as it was before.
  await settledOf(client, query);
  const at = listOf(query).pageParams.indexOf(param);
  const { limit = pageSize } = (query.queryKey[1] as { query?: { limit?: number } } | undefined)?.query ?? {};
  const mended = at < 0 ? undefined : splice(listOf(query), { at, page, changed, limit });
  if (mended) client.setQueryData(query.queryKey, mended);
  return mended && page;
}

const strays = new WeakSet<Query>();
/** Where an item may have moved to any place, or come in at any, the whole list is asked for, but not at every push. */
function askLater(client: QueryClient, query: Query): void {
  if (strays.has(query)) return;
  strays.add(query);
  setTimeout(() => { strays.delete(query); askWhole(client, query); }, strayMs);
}
