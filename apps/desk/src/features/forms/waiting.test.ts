import { formHost, readForm } from "@linija/forms";
import { expect, test, vi } from "vitest";
import { ApiError } from "../../shared/api.ts";
import { FormStore } from "./store.ts";
import { WaitingFiles, type Keeper } from "./waiting.ts";

const name = { en: "x", ru: "x", sl: "x" };
const read = readForm(`{ key: story, name: ${JSON.stringify(name)}, schema: { properties: { papers: { x-kind: file, x-name: ${JSON.stringify(name)} } } } }`, formHost("UTC"));
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const { form } = read;
const problem = (status: number) => new ApiError({ type: "about:blank", title: "", status, code: "x", detail: "", requestId: "" });
const begun = (): FormStore => { const store = new FormStore(form); store.stop(); return store; };
const paper = (text: string): File => new File([text], `${text}.txt`);

test("a file chosen without a network waits here and goes by itself, once, under the id it was given", async () => {
  vi.useFakeTimers();
  const store = begun();
  const ids: string[] = [];
  let isUp = false;
  const files = new WaitingFiles(store, async (_file, id) => { ids.push(id); if (!isUp) throw problem(0); return Promise.resolve({ id }); });
  files.add("papers", [paper("a"), paper("b")]);
  await files.send();
  expect([store.data["papers"], files.list.map(({ isAway }) => isAway)]).toEqual([undefined, [true, false]]);
  isUp = true;
  await vi.advanceTimersByTimeAsync(4_000);
  vi.useRealTimers();
  expect(files.list).toEqual([]);
  expect(store.data["papers"]).toEqual([ids[0], ids.at(-1)]);
  expect(new Set(ids).size).toBe(2);
  files.stop();
  store.stop();
});

test("a file the server refuses stays where it is seen, keeps no other from going, and is not sent again by itself", async () => {
  const store = begun();
  let tries = 0;
  const files = new WaitingFiles(store, async (file, id) => { tries++; if (file.name === "a.txt") throw problem(413); return Promise.resolve({ id }); });
  files.add("papers", [paper("a"), paper("b")]);
  await files.send();
  await files.send();
  expect([files.list.map(({ file, refusal }) => [file.name, refusal instanceof ApiError]), (store.data["papers"] as unknown[]).length, tries]).toEqual([[["a.txt", true]], 1, 2]);
  files.drop(files.list[0]!.id);
  expect(files.list).toEqual([]);
  store.stop();
});

/** As the browser's database keeps them, with a limit on its room. */
function shelf(room = Infinity) {
  const there = new Map<string, { id: string; path: string; file: File }>();
  const keeper: Keeper = {
    all: () => Promise.resolve([...there.values()]),
    keep: (one) => { if (there.size >= room) return Promise.resolve(false); there.set(one.id, one); return Promise.resolve(true); },
    forget: (id) => { there.delete(id); return Promise.resolve(); },
    alone: (id, deed) => (there.has(id) ? deed() : Promise.resolve(null)),
  };
  return { there, keeper };
}

test("a file chosen without a network is still there when the page is opened anew, and goes once under the id it was given (R160)", async () => {
  const { there, keeper } = shelf();
  const ids: string[] = [];
  const closed = new WaitingFiles(begun(), async (_, id) => { ids.push(id); return Promise.reject(problem(0)); }, keeper);
  closed.add("papers", [paper("a")]);
  await closed.send();
  expect([closed.list.map(({ isAway, isKept }) => [isAway, isKept]), there.size]).toEqual([[[true, true]], 1]);
  closed.stop();
  const store = begun();
  const opened = new WaitingFiles(store, async (_, id) => { ids.push(id); return Promise.resolve({ id }); }, keeper);
  await opened.send();
  await opened.send();
  expect([opened.list, store.data["papers"], new Set(ids).size, there.size]).toEqual([[], [ids[0]], 1, 0]);
  store.stop();
});

test("a file that the browser has no room for is told as one that lives as long as the page", async () => {
  const { keeper } = shelf(1);
  const files = new WaitingFiles(begun(), async () => Promise.reject(problem(0)), keeper);
  files.add("papers", [paper("a"), paper("b")]);
  await files.send();
  expect(files.list.map(({ isKept }) => isKept)).toEqual([true, false]);
  files.stop();
});

test("a file that another page has sent meanwhile is not sent again, and one that is taken away is forgotten", async () => {
  const { there, keeper } = shelf();
  let isUp = false;
  let tries = 0;
  const files = new WaitingFiles(begun(), async (_, id) => { tries++; return isUp ? Promise.resolve({ id }) : Promise.reject(problem(0)); }, keeper);
  files.add("papers", [paper("a"), paper("b")]);
  await files.send();
  files.drop(files.list[1]!.id);
  expect(there.size).toBe(1);
  there.clear();
  const before = tries;
  isUp = true;
  await files.send();
  expect([files.list, tries]).toEqual([[], before]);
  files.stop();
});
