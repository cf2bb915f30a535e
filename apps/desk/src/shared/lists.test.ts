import { expect, test } from "vitest";
import { itemsOf, pageOf, splice, type Page, type Pages } from "./lists.ts";

interface Item { id: string; at: number }
const item = (at: number, id = `i${at}`): Item => ({ id, at });
const size = 4;

/** A list of the server, newest first, with cursors that are values. */
function server(items: Item[]) {
  const sorted = () => [...items].sort((a, b) => b.at - a.at || b.id.localeCompare(a.id));
  const page = (after?: string): Page<Item> => {
    const rest = sorted().filter((each) => after === undefined || each.at < Number(after));
    return { items: rest.slice(0, size), next: rest.length > size ? String(rest[size - 1]?.at) : null };
  };
  return { items, sorted, page };
}

function loaded(from: ReturnType<typeof server>, count: number): Pages<Item> {
  const list: Pages<Item> = { pages: [], pageParams: [] };
  for (let after: string | undefined; list.pages.length < count; after = list.pages.at(-1)?.next ?? undefined) {
    list.pages.push(from.page(after));
    list.pageParams.push(after);
  }
  return list;
}

const ids = (list: Pages<Item> | undefined) => list && itemsOf(list).map(({ id }) => id);
const twenty = () => Array.from({ length: 20 }, (_, index) => item(index + 1));

test("a new item comes on top and none of those below is lost or doubled", () => {
  const there = server(twenty());
  const list = loaded(there, 3);
  there.items.push(item(21));
  expect(ids(splice(list, { at: 0, page: there.page(), limit: size, changed: new Set(["i21"]) }))).toEqual(there.sorted().slice(0, 13).map(({ id }) => id));
});

test("an item that moved from the third page to the top stands there once", () => {
  const there = server(twenty());
  const list = loaded(there, 4);
  const moved = there.items.find(({ id }) => id === "i10") as Item;
  moved.at = 30;
  expect(ids(splice(list, { at: 0, page: there.page(), limit: size, changed: new Set(["i10"]) }))).toEqual(there.sorted().slice(0, 16).map(({ id }) => id));
});

test("an item that left the view leaves the list, and the page takes the first of the next one without asking for it", () => {
  const there = server(twenty());
  const list = loaded(there, 3);
  there.items.splice(there.items.findIndex(({ id }) => id === "i18"), 1);
  const now = splice(list, { at: 0, page: there.page(), limit: size, changed: new Set(["i18"]) });
  expect(ids(now)).toEqual(there.sorted().slice(0, 11).map(({ id }) => id));
  expect(now?.pages.length).toBe(3);
});

test("a page in the middle is put back with its own cursor, and paging goes on where it was", () => {
  const there = server(twenty());
  const list = loaded(there, 3);
  expect(pageOf(list, "i15")).toBe(1);
  there.items.splice(there.items.findIndex(({ id }) => id === "i15"), 1);
  const now = splice(list, { at: 1, page: there.page(list.pageParams[1]), limit: size, changed: new Set(["i15"]) });
  expect(ids(now)).toEqual(there.sorted().slice(0, 11).map(({ id }) => id));
  expect(now?.pages.at(-1)?.next).toBe(list.pages.at(-1)?.next);
});

test("when more changed than a page holds, nothing tells where the old list goes on", () => {
  const there = server(twenty());
  const list = loaded(there, 3);
  there.items.push(...[21, 22, 23, 24, 25].map((at) => item(at)));
  expect(splice(list, { at: 0, page: there.page(), limit: size, changed: new Set(["i21", "i22", "i23", "i24", "i25"]) })).toBeUndefined();
});

test("a list that became short ends where the fresh page ends", () => {
  const there = server(twenty());
  const list = loaded(there, 3);
  there.items.splice(0, 18);
  const now = splice(list, { at: 0, page: there.page(), limit: size, changed: new Set(["i1"]) });
  expect(ids(now)).toEqual(["i20", "i19"]);
  expect(now?.pages.at(-1)?.next).toBeNull();
});

test("whatever changes, a list mended page by page is the list asked for anew", () => {
  let seed = 20_260_731;
  const random = (below: number) => { seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31; return Math.floor((seed / 2 ** 31) * below); };
  const there = server(Array.from({ length: 60 }, (_, index) => item(index + 1)));
  let list = loaded(there, 6);
  for (let step = 0; step < 2000; step++) {
    const which = there.items[random(there.items.length)] as Item;
    const newest = Math.max(...there.items.map(({ at }) => at)) + 1;
    const deed = random(3);
    const held = pageOf(list, which.id);
    if (deed === 0) which.at = newest;
    if (deed === 1 && there.items.length > 40) there.items.splice(there.items.indexOf(which), 1);
    if (deed === 2) there.items.push(item(newest, `n${step}`));
    const changed = new Set([deed === 2 ? `n${step}` : which.id]);
    list = splice(list, { at: 0, page: there.page(), changed, limit: size }) ?? loaded(there, 6);
    const deeper = held > 0 ? pageOf(list, which.id) : -1;
    if (deeper > 0) list = splice(list, { at: deeper, page: there.page(list.pageParams[deeper]), changed, limit: size }) ?? loaded(there, 6);
    const shown = ids(list) ?? [];
    expect(shown, `step ${step} of seed 20260731`).toEqual(there.sorted().slice(0, shown.length).map(({ id }) => id));
    if (shown.length < 20) list = loaded(there, 6);
  }
});
