import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** A socket as a browser has it, without a network. */
class Socket extends EventTarget {
  static all: Socket[] = [];
  sent: string[] = [];
  isClosed = false;
  constructor() { super(); Socket.all.push(this); }
  send(text: string): void { this.sent.push(text); }
  /** A network that is gone says nothing, not even to this. */
  close(): void { this.isClosed = true; }
  hear(push: object): void { this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(push) })); }
  open(): void { this.dispatchEvent(new Event("open")); }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  Socket.all = [];
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("location", { href: "http://localhost/" });
});
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

test("a line that went silent without being closed is taken up anew, and one on which a word is said now and then stays", async () => {
  const { startLive } = await import("./realtime.ts");
  const stop = startLive();
  const first = Socket.all[0]!;
  first.open();
  for (let quarter = 0; quarter < 8; quarter += 1) {
    await vi.advanceTimersByTimeAsync(15_000);
    first.hear({ kind: "hello", nodeId: "n", at: "" });
  }
  expect([Socket.all.length, first.isClosed]).toEqual([1, false]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(first.isClosed).toBe(true);
  expect(Socket.all.length).toBeGreaterThan(1);
  stop();
});

test("whoever presses for a new try has one line, not two: the try under way is given up", async () => {
  const { reconnectNow, startLive } = await import("./realtime.ts");
  const stop = startLive();
  reconnectNow();
  reconnectNow();
  for (const socket of Socket.all) socket.open();
  expect(Socket.all.map(({ isClosed, sent }) => [isClosed, sent.length])).toEqual([[true, 0], [true, 0], [false, 1]]);
  Socket.all[1]!.dispatchEvent(new Event("close"));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(Socket.all.length).toBe(3);
  stop();
  reconnectNow();
  expect(Socket.all.length).toBe(3);
});

test("R090 a desk that can be told at last says for how long it has been reading", async () => {
  const { startLive } = await import("./realtime.ts");
  const stop = startLive();
  const socket = Socket.all[0]!;
  await vi.advanceTimersByTimeAsync(5_000);
  socket.open();
  expect((JSON.parse(socket.sent[0]!) as { deaf: number }).deaf).toBeGreaterThanOrEqual(5_000);
  stop();
});
