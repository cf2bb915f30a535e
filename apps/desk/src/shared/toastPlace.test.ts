import { expect, test } from "vitest";
import { toastPlace } from "./toastPlace.ts";

const screen = { width: 1280, height: 720 };
const part = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });

test("a message covers no place where something is typed: it stands above it, beside it in the corner, or at the top", () => {
  expect(toastPlace([], screen, 140)).toEqual({ bottom: 16 });
  const note = part(56, 620, 900, 720);
  expect(toastPlace([note], screen, 140)).toEqual({ bottom: 108 });
  // One above the other, with too little room between them.
  expect(toastPlace([note, part(56, 500, 900, 560)], screen, 140)).toEqual({ bottom: 228 });
  // At the right, high above, beyond the edge.
  expect([part(420, 620, 900, 720), part(56, 60, 900, 300), part(56, 730, 900, 800)].map((each) => toastPlace([each], screen, 140))).toEqual([{ bottom: 16 }, { bottom: 16 }, { bottom: 16 }]);
});

test("in a window that is low a message stands where there is room, be it under the bar", () => {
  const low = { width: 640, height: 360 };
  expect(toastPlace([part(0, 110, 640, 200)], low, 60)).toEqual({ bottom: 16 });
  expect(toastPlace([part(0, 185, 640, 320)], low, 130)).toEqual({ top: 52 });
  expect(toastPlace([part(0, 60, 640, 320)], low, 130)).toEqual({ bottom: 16 });
});
