import { EXAMPLE, formHost, readForm } from "@linija/forms";
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../shared/api.ts";
import { together } from "./keeping.ts";
import type { Kept } from "./kept.ts";

const api = vi.hoisted(() => vi.fn());
const shelf = vi.hoisted(() => new Map<string, unknown>());
vi.mock("../../shared/api.ts", async (original) => ({ ...(await original<object>()), api }));
vi.mock("../../shared/query.ts", () => ({ refresh: () => undefined }));
vi.mock("./kept.ts", () => ({
  allKept: () => Promise.resolve([...shelf.values()]), readKept: (id: string) => Promise.resolve(shelf.get(id)), allFiles: () => Promise.resolve([]), keepFile: () => Promise.resolve(true), readFile: () => Promise.resolve(undefined), forgetFile: () => Promise.resolve(), forget: (id: string) => { shelf.delete(id); return Promise.resolve(); },
  // As the browser keeps it: a copy, and one change after another.
  changeKept: (id: string, change: (there: Kept | undefined) => Kept | null) => { const next = change(shelf.get(id) as Kept | undefined); if (next) shelf.set(id, structuredClone(next)); else shelf.delete(id); return Promise.resolve(true); },
}));
vi.stubGlobal("navigator", { locks: { request: (_name: string, deed: () => unknown) => deed() } });
const { FormSession } = await import("./session.ts");
const { SharedFilling } = await import("./shared.ts");

const kept = (more: Partial<Kept>): Kept => ({ id: "f1", userId: "u1", projectKey: "internet", formKey: "order", formId: "x", version: 4, subject: { kind: "ticket", id: "t1" }, dirty: {}, seen: {}, conflicts: [], submit: false, at: 0, held: false, ...more });
const read = readForm(EXAMPLE, formHost("UTC"));
if (!read.ok) throw new Error("the example is wrong");
const version = { id: "internet/order/1", projectKey: "internet", key: "order", definition: read.form.document, timeZone: "UTC" };
const begun = { id: "f1", userId: "u1", version: version as never, subject: { kind: "ticket" as const, id: "t1" } };
const record = (data: object) => ({ id: "f1", version: 4, state: "draft", subject: begun.subject, data, masked: [], filledBy: {}, typing: [], files: [] });
const onShelf = () => shelf.get("f1") as Kept | undefined;

beforeEach(() => {
  shelf.clear();
  api.mockReset();
  api.mockRejectedValue(new ApiError({ type: "about:blank", title: "", status: 0, code: "offline", detail: "", requestId: "" }));
});

test("what is typed without a network into one form on two pages is kept whole, whichever of them keeps last (R160)", async () => {
  vi.useFakeTimers();
  const [one, other] = [new FormSession(begun, record({}) as never, undefined), new FormSession(begun, record({}) as never, undefined)];
  one.store.write("email", "ana@example.org");
  other.store.write("note", "second door");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onShelf()?.dirty).toEqual({ email: "ana@example.org", note: "second door" });
  other.store.write("note", "third door");
  one.store.write("email", "eva@example.org");
  expect(onShelf()?.dirty).toEqual({ email: "eva@example.org", note: "third door" });
  for (const each of [one, other]) { each.stop(); each.store.stop(); }
  vi.useRealTimers();
});

test("what one page sends for both is with the server once, and the other page learns of it (R160)", async () => {
  vi.useFakeTimers();
  const data: Record<string, unknown> = {};
  api.mockImplementation((name: string, { body }: { body: { changes: { path: string; value: unknown }[] } }) => {
    if (name === "saveRecord") for (const { path, value } of body.changes) data[path] = value;
    return Promise.resolve(name === "saveRecord" ? { record: record({ ...data }), conflicts: [] } : record({ ...data }));
  });
  const [one, other] = [new FormSession(begun, record({}) as never, undefined), new FormSession(begun, record({}) as never, undefined)];
  one.store.write("email", "ana@example.org");
  other.store.write("note", "second door");
  await vi.advanceTimersByTimeAsync(5_000);
  expect([data, onShelf(), one.status, other.status, one.store.dirty.size, other.store.dirty.size]).toEqual([{ email: "ana@example.org", note: "second door" }, undefined, "saved", "saved", 0, 0]);
  for (const each of [one, other]) { each.stop(); each.store.stop(); }
  vi.useRealTimers();
});

test("a value that is no number keeps no other from going, waits here, and goes once it is one (R154)", async () => {
  vi.useFakeTimers();
  const data: Record<string, unknown> = {};
  api.mockImplementation((name: string, { body }: { body: { changes: { path: string; value: unknown }[] } }) => {
    if (name === "saveRecord") for (const { path, value } of body.changes) data[path] = value;
    return Promise.resolve(name === "saveRecord" ? { record: record({ ...data }), conflicts: [] } : record({ ...data }));
  });
  const session = new FormSession(begun, record({}) as never, undefined);
  session.store.write("equipment", [{ count: "1/2" }]);
  session.store.write("email", "ana@example.org");
  await vi.advanceTimersByTimeAsync(5_000);
  expect([data, session.status, onShelf()?.dirty]).toEqual([{ email: "ana@example.org" }, "refused", { equipment: [{ count: "1/2" }] }]);
  session.store.write("equipment", [{ count: 2 }]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect([data["equipment"], session.status, onShelf()]).toEqual([[{ count: 2 }], "saved", undefined]);
  session.stop();
  session.store.stop();
  vi.useRealTimers();
});

test("two pages of one client keep what is typed on each until it has arrived (R090)", async () => {
  vi.useFakeTimers();
  const shared = { definition: read.form.document, timeZone: "UTC", version: 2, state: "draft", data: {}, masked: [], hidden: [], faults: [], filledBy: {}, typing: [], files: [] } as never;
  const [one, other] = [new SharedFilling("s", shared, undefined), new SharedFilling("s", shared, undefined)];
  one.store.write("email", "ana@example.org");
  other.store.write("note", "second door");
  await vi.advanceTimersByTimeAsync(1_000);
  expect((shelf.get("link:s") as Kept).dirty).toEqual({ email: "ana@example.org", note: "second door" });
  for (const each of [one, other]) { each.stop(); each.store.stop(); }
  vi.useRealTimers();
});

test("a page takes back only what it brought itself, and what it has decided", () => {
  const met = { path: "email", mine: "a", theirs: "b" };
  const before = kept({ dirty: { email: "a", note: "n" }, conflicts: [met] });
  expect(together(kept({ dirty: { email: "a", note: "later", city: "x" }, conflicts: [met] }), before, kept({}))).toMatchObject({ dirty: { note: "later", city: "x" }, conflicts: [] });
  // Decided on the other page, it does not come back.
  expect(together(kept({}), before, before)).toMatchObject({ conflicts: [] });
  // Another one came there meanwhile.
  expect(together(kept({ conflicts: [{ ...met, theirs: "c" }] }), before, before).conflicts).toEqual([{ ...met, theirs: "c" }]);
});

test("a part that is typed on one page goes into the whole that waits on the other", () => {
  const there = kept({ dirty: { subscriber: { surname: "Novak" } }, seen: { subscriber: 3 } });
  expect(together(there, undefined, kept({ dirty: { "subscriber.given": "Eva" }, seen: { "subscriber.given": 4 } }))).toMatchObject({ dirty: { subscriber: { surname: "Novak", given: "Eva" } }, seen: { subscriber: 3 } });
  expect(together(kept({ dirty: { "subscriber.given": "Eva" } }), undefined, there).dirty).toEqual(there.dirty);
});

test("pressing submit on one page is not undone by typing on the other", () => {
  expect(together(kept({ submit: true }), undefined, kept({ dirty: { note: "n" } })).submit).toBe(true);
  expect(together(kept({ submit: true }), kept({ submit: true }), kept({})).submit).toBe(false);
});
