import { InfiniteQueryObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freshen } from "./fresh.ts";
import { itemsOf, type Page, type Pages } from "./lists.ts";

interface Item { id: string; at: number; words: string }
const size = 50;
let rows: Item[] = [];
let asked: (string | undefined)[] = [];
let slow: Promise<void> = Promise.resolve();
const newest = () => [...rows].sort((a, b) => b.at - a.at);

const key = ["listTickets", { query: { view: "all" } }, "pages"];
const watch = (client: QueryClient) => new InfiniteQueryObserver<Page<Item>, Error, Pages<Item>, readonly unknown[], string | undefined>(client, {
  queryKey: key, initialPageParam: undefined, getNextPageParam: (last) => last.next ?? undefined, meta: { anyOrder: true },
  queryFn: async ({ pageParam }) => {
    asked.push(pageParam);
    await slow;
    const rest = newest().filter(({ at }) => pageParam === undefined || at < Number(pageParam));
    return { items: rest.slice(0, size).map((row) => ({ ...row })), next: rest.length > size ? String(rest[size - 1]?.at) : null };
  },
});
let client: QueryClient;
let list: ReturnType<typeof watch>;
const shown = () => itemsOf(list.getCurrentResult().data ?? { pages: [], pageParams: [] });
const change = (...ids: string[]) => freshen(client, "listTickets", () => new Set(ids));
const settled = () => vi.waitFor(() => { expect(shown()).toEqual(newest().slice(0, shown().length)); expect(client.isFetching()).toBe(0); });

let leave: () => void;
beforeEach(async () => {
  rows = Array.from({ length: 500 }, (_, index) => ({ id: `t${index + 1}`, at: index + 1, words: "" }));
  client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  list = watch(client);
  leave = list.subscribe(() => undefined);
  await vi.waitFor(() => expect(shown().length).toBe(size));
  while (list.getCurrentResult().hasNextPage) await list.fetchNextPage();
  asked = [];
});
afterEach(() => { leave(); client.clear(); slow = Promise.resolve(); });

test("in a list of 500 a new item costs one page, not ten", async () => {
  rows.push({ id: "t501", at: 501, words: "" });
  change("t501");
  await settled();
  expect(shown()[0]?.id).toBe("t501");
  expect(shown().length).toBe(501);
  expect(asked).toEqual([undefined]);
});

test("a changed item far below costs the first page and its own, and keeps its place", async () => {
  const far = rows.find(({ id }) => id === "t120") as Item;
  far.words = "told by telephone";
  change("t120");
  await settled();
  expect(shown()[380]).toMatchObject({ id: "t120", words: "told by telephone" });
  expect(asked).toEqual([undefined, "151"]);
});

test("items that changed while the list was being mended are not forgotten", async () => {
  let go = () => undefined as void;
  slow = new Promise((done) => { go = done; });
  rows.push({ id: "t501", at: 501, words: "" });
  change("t501");
  rows.push({ id: "t502", at: 502, words: "" });
  (rows.find(({ id }) => id === "t10") as Item).words = "late";
  change("t502", "t10");
  go();
  await settled();
  expect(shown().map(({ id }) => id).slice(0, 2)).toEqual(["t502", "t501"]);
  expect(shown().find(({ id }) => id === "t10")?.words).toBe("late");
  expect(asked.length).toBeLessThanOrEqual(4);
});

test("changes in half of the pages at once are one reading of the whole list", async () => {
  for (const row of rows.filter(({ at }) => at % 25 === 0)) row.words = "moved";
  change(...rows.filter(({ at }) => at % 25 === 0).map(({ id }) => id));
  await settled();
  expect(asked.length).toBeLessThanOrEqual(11);
});

test("what may have moved anywhere is found by a whole reading a while later", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  rows = rows.filter(({ id }) => id !== "t120");
  rows.push({ id: "t120", at: 77.5, words: "later" });
  change("t120");
  await vi.waitFor(() => expect(shown().some(({ id }) => id === "t120")).toBe(false));
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  await settled();
  expect(shown().some(({ id }) => id === "t120")).toBe(true);
});

test("a list that is not on the screen is only marked, and read when it is opened", () => {
  leave();
  change("t1");
  expect(asked).toEqual([]);
  expect(client.getQueryState(key)?.isInvalidated).toBe(true);
});

test("R090 a change that is told while its first reading is on its way is not missed: what that brings may be older", async () => {
  let stands = "before";
  const answers: (() => void)[] = [];
  const record = new QueryObserver<string>(client, { queryKey: ["getRecord", "f"], queryFn: () => { const seen = stands; return new Promise((answer) => { answers.push(() => answer(seen)); }); } });
  const stop = record.subscribe(() => undefined);
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  stands = "after";
  freshen(client, "getRecord", () => new Set(["f"]));
  answers[0]!();
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]!();
  await vi.waitFor(() => expect(record.getCurrentResult().data).toBe("after"));
  stop();
});
