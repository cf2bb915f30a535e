import { formHost, readForm } from "@linija/forms";
import { expect, test, vi } from "vitest";
import { ApiError } from "../../shared/api.ts";
import { FormStore } from "./store.ts";
import { WaitingFiles } from "./waiting.ts";

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
