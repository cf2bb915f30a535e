import fc from "fast-check";
import { expect, test } from "vitest";
import { Clock } from "../../test/network.ts";
import { Timers } from "./timers.ts";

test("timers fire once, never early, at most one tick late, and not after being cancelled", () =>
  fc.assert(fc.property(fc.array(fc.record({ delayMs: fc.nat(200_000), cancelAtMs: fc.option(fc.nat(200_000), { freq: 3 }) }), { maxLength: 40 }), (plan) => {
    const clock = new Clock();
    const timers = new Timers(clock);
    const startMs = clock.nowMs;
    const fired: (number | null)[] = plan.map(() => null);
    const handles = plan.map(({ delayMs }, i) => timers.start(delayMs, () => {
      expect(fired[i]).toBeNull();
      fired[i] = clock.nowMs - startMs;
    }));
    plan.forEach(({ cancelAtMs }, i) => { if (cancelAtMs !== null) clock.setTimer(() => timers.cancel(handles[i]!), cancelAtMs); });
    clock.advance(250_000);
    plan.forEach(({ delayMs, cancelAtMs }, i) => {
      const at = fired[i]!;
      if (cancelAtMs !== null && cancelAtMs < delayMs) expect(at).toBeNull();
      else if (cancelAtMs === null || cancelAtMs > delayMs + 11) {
        expect(at).toBeGreaterThanOrEqual(delayMs);
        expect(at).toBeLessThanOrEqual(delayMs + 11);
      }
    });
    expect(timers.size).toBe(0);
  })));

test("timers started and cancelled while others fire are honoured", () => {
  const clock = new Clock();
  const timers = new Timers(clock);
  const told: string[] = [];
  timers.start(100, () => {
    told.push("first");
    timers.cancel(second);
    timers.start(0, () => told.push("nested"));
  });
  const second = timers.start(100, () => told.push("second"));
  clock.advance(200);
  expect(told).toEqual(["first", "nested"]);
});

test("a process that slept for minutes fires everything that was due, once", () => {
  const clock = new Clock();
  const timers = new Timers(clock);
  let fired = 0;
  for (const delayMs of [10, 500, 32_000, 180_000]) timers.start(delayMs, () => fired++);
  clock.nowMs += 600_000;
  clock.advance(50);
  expect(fired).toBe(4);
});

test("a handler that throws does not stop the others", () => {
  const clock = new Clock();
  const timers = new Timers(clock);
  let fired = 0;
  timers.start(10, () => { throw new Error("bug"); });
  timers.start(10, () => fired++);
  expect(() => clock.advance(20)).toThrow("bug");
  clock.advance(50);
  expect(fired).toBe(1);
});
