import { expect, test } from "vitest";
import { startLoop, type Taken } from "./loop.ts";

test("a loop that is stopped while it waits for more takes nothing any more", async () => {
  let taken = 0;
  let first = (): void => undefined;
  const begun = new Promise<void>((resolve) => { first = resolve; });
  const loop = startLoop(() => { taken += 1; first(); return Promise.resolve<Taken>("some"); }, () => undefined);
  await begun;
  await Promise.resolve();
  await loop.stop();
  expect(taken).toBe(1);
});

test("who waits for the end of the work does not wait for more to come", async () => {
  const left: Taken[] = ["some", "some", true, "some", false];
  const loop = startLoop(() => Promise.resolve(left.shift() ?? false), () => undefined);
  await loop.idle();
  expect(left).toEqual([]);
  await loop.stop();
});
