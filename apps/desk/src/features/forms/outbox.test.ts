import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../shared/api.ts";
import type { Kept } from "./kept.ts";

const api = vi.hoisted(() => vi.fn());
const shelf = vi.hoisted(() => new Map<string, unknown>());
vi.mock("../../shared/api.ts", async (original) => ({ ...(await original<object>()), api }));
vi.mock("./kept.ts", () => ({
  allKept: () => Promise.resolve([...shelf.values()]), readKept: (id: string) => Promise.resolve(shelf.get(id)),
  changeKept: (id: string, change: (there: Kept | undefined) => Kept | null) => { const next = change(shelf.get(id) as Kept | undefined); if (next) shelf.set(id, next); else shelf.delete(id); return Promise.resolve(true); }, forget: (id: string) => { shelf.delete(id); return Promise.resolve(); },
}));
vi.stubGlobal("navigator", { locks: { request: (_name: string, deed: () => unknown) => deed() } });
vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("removeEventListener", () => undefined);
const { startOutbox } = await import("./outbox.ts");

const waiting = (): Kept => ({ id: "f1", userId: "u1", projectKey: "internet", formKey: "order", formId: "x", version: 4, subject: { kind: "ticket", id: "t1" }, dirty: { email: "ana@example.org" }, seen: { email: 3 }, submit: false, at: Date.now() - 60_000, held: false });
const refused = (status: number, code: string) => new ApiError({ type: "about:blank", title: "", status, code, detail: "", requestId: "" });

/** What the outbox sends in a minute, and whom it tells. */
async function minute(answer: () => Promise<unknown>): Promise<{ sent: unknown[]; told: string[] }> {
  vi.useFakeTimers();
  api.mockReset();
  api.mockImplementation(answer);
  const told: string[] = [];
  const stop = startOutbox("u1", ({ id }) => told.push(id));
  await vi.advanceTimersByTimeAsync(60_000);
  stop();
  vi.useRealTimers();
  return { sent: api.mock.calls.map(([name, asked]) => [name, (asked as { body?: unknown }).body]), told };
}

beforeEach(() => { shelf.clear(); shelf.set("f1", waiting()); });

test("what a form does not take any more is sent once, kept to be told where it stands, and its writer hears of it wherever they are (R160)", async () => {
  const { sent, told } = await minute(() => Promise.reject(refused(409, "form_submitted")));
  expect([sent, told]).toEqual([[["saveRecord", { version: 4, changes: [{ path: "email", value: "ana@example.org", seen: 3 }] }]], ["f1"]]);
  expect(shelf.get("f1")).toMatchObject({ dirty: {}, conflicts: [{ path: "email", mine: "ana@example.org" }] });
});

test("what is refused for good is not sent again by itself; without an answer it goes on being tried (R160)", async () => {
  for (const status of [403, 404, 422]) {
    shelf.set("f1", waiting());
    expect((await minute(() => Promise.reject(refused(status, "x")))).sent).toHaveLength(1);
    expect(shelf.get("f1")).toMatchObject({ dirty: { email: "ana@example.org" } });
  }
  shelf.set("f1", waiting());
  expect((await minute(() => Promise.reject(refused(0, "offline")))).sent.length).toBeGreaterThan(5);
});

test("what was typed and left without a network, and met what others wrote, is not forgotten: it waits beside theirs for who wrote it (R090)", async () => {
  const record = { id: "f1", version: 5, state: "draft", subject: { kind: "ticket", id: "t1" } };
  const { sent, told } = await minute(() => Promise.resolve({ record, conflicts: [{ path: "email", mine: "ana@example.org", theirs: "client@example.org" }] }));
  expect([sent.length, told]).toEqual([1, ["f1"]]);
  expect(shelf.get("f1")).toMatchObject({ version: 5, dirty: {}, conflicts: [{ path: "email", mine: "ana@example.org" }] });
});
