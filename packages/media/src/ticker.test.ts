import { expect, test } from "vitest";
import { Ticker } from "./ticker.ts";

const block = (ms: number): void => {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
};
const ticks = (count: number, then?: (ticker: Ticker) => void): Promise<Ticker> => new Promise((resolve) => {
  let left = count;
  const ticker: Ticker = new Ticker(() => {
    then?.(ticker);
    if (--left > 0) return;
    ticker.stop();
    resolve(ticker);
  });
});

test("ticks missed in a stall are made up for", async () => {
  const startMs = performance.now();
  let isStalled = false;
  await ticks(20, () => {
    if (isStalled) return;
    isStalled = true;
    block(120);
  });
  expect(performance.now() - startMs).toBeLessThan(20 * 20 + 100);
});

test("one stall is no overload, stalls one after another are", async () => {
  let stalls = 0;
  const once = await ticks(3, () => stalls++ === 0 && block(400));
  expect(once.latenessMs).toBeLessThan(100);
  const always = await ticks(150, () => block(25));
  expect(always.latenessMs).toBeGreaterThan(100);
});
