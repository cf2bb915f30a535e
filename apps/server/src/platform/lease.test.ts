import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { testDatabase } from "../testing/database.ts";
import { newId } from "./ids.ts";
import { holdLease, type Lease, type Tenure } from "./lease.ts";
import type { Rpc } from "./rpc.ts";

const database = await testDatabase();
const { log } = database.ctx();
const open: Lease[] = [];
let sleptMs = 0;

beforeEach(async () => {
  await database.pool.query("delete from leases");
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + sleptMs);
});
afterEach(async () => {
  for (const lease of open.splice(0)) await lease.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A node that stands for the post, with all its times in office. */
class Node {
  readonly id = newId();
  readonly tenures: Tenure[] = [];
  readonly did: string[] = [];
  fails = false;

  async stand(): Promise<void> {
    await database.pool.query("insert into nodes (id, roles, host, port) values ($1, '{}', '127.0.0.1', 1)", [this.id]);
    const rpc = { nodeId: this.id, bury: () => Promise.resolve(0) } as unknown as Rpc;
    open.push(await holdLease({ db: database.db, rpc, log }, {
      name: "post",
      take: async (isMine) => { this.tenures.push(isMine); this.did.push("took"); if (this.fails) throw new Error("cannot"); await Promise.resolve(); },
      lose: async () => { this.did.push("lost"); await Promise.resolve(); },
    }));
  }

  get holds(): boolean[] { return this.tenures.map((isMine) => isMine()); }
}

/** A second passes for everybody; their looks at the table are waited for. */
async function second(): Promise<void> {
  vi.advanceTimersByTime(1_000);
  for (let round = 0; round < 4; round += 1) await database.pool.query("select 1");
}

test("one stands in office and the other by, until the first lets go", async () => {
  const [first, other] = [new Node(), new Node()];
  await first.stand();
  await other.stand();
  for (let i = 0; i < 3; i += 1) await second();
  expect([first.did, other.did, first.holds]).toEqual([["took"], [], [true]]);
  await open.shift()!.stop();
  // From here on it takes nothing that the next owner would not know of.
  expect(first.holds).toEqual([false]);
  await vi.waitFor(async () => { await second(); expect(other.holds).toEqual([true]); });
});

test("one that slept longer than a lease lasts holds nothing from the first moment on, and begins anew when nobody else has", async () => {
  const node = new Node();
  await node.stand();
  expect(node.holds).toEqual([true]);
  sleptMs += 20_000;
  expect(node.holds).toEqual([false]);
  await vi.waitFor(async () => { await second(); expect([node.did, node.holds]).toEqual([["took", "lost", "took"], [false, true]]); });
});

test("one that slept while another took the post steps down and stays so", async () => {
  const [sleeper, other] = [new Node(), new Node()];
  await sleeper.stand();
  await database.pool.query("update leases set until = now() - interval '1 second'");
  await other.stand();
  expect(other.did).toEqual(["took"]);
  sleptMs += 20_000;
  await vi.waitFor(async () => { await second(); expect([sleeper.did, sleeper.holds]).toEqual([["took", "lost"], [false]]); });
  await second();
  expect(sleeper.did).toEqual(["took", "lost"]);
});

test("a beginning that fails is no time in office, and is tried again", async () => {
  const node = new Node();
  node.fails = true;
  await expect(node.stand()).rejects.toThrow("cannot");
  const again = new Node();
  await database.pool.query("delete from leases");
  await again.stand();
  again.fails = true;
  sleptMs += 20_000;
  await vi.waitFor(async () => { await second(); expect(again.tenures.length).toBeGreaterThan(1); });
  again.fails = false;
  await vi.waitFor(async () => { await second(); expect(again.holds.at(-1)).toBe(true); });
  expect(again.holds.filter(Boolean)).toEqual([true]);
});
