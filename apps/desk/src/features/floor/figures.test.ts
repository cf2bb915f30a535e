import type { Floor } from "@linija/server/contract/floor/floor";
import { expect, test } from "vitest";
import { floorFigures } from "./figures.ts";

type Queue = Floor["queues"][number];
const queue = (change: Partial<Queue>): Queue => ({ id: "q", projectKey: "p", name: "Q", color: "#000000", open: true, opensAt: null, waiting: 0, longestWaitSince: null, offeredToday: 0, answeredToday: 0, abandonedToday: 0, serviceLevel: null, target: { percent: 80, withinS: 20 }, averageWaitS: null, readyOperators: 0, ...change });
const floor = (queues: Queue[]): Floor => ({ at: "2026-01-01T10:00:00Z", timeZone: "Europe/Ljubljana", queues, operators: [], waiting: [], alerts: [], day: { callsByHour: [], openTickets: 0, callbacksDue: 0, unconfirmed: 0 } });

test("a busy queue weighs more in the service level of the floor than a quiet one", () => {
  expect(floorFigures(floor([queue({ answeredToday: 90, serviceLevel: 90 }), queue({ answeredToday: 10, serviceLevel: 40 })])).level).toBe(85);
});

test("there is no service level before the first call", () => {
  expect(floorFigures(floor([queue({})])).level).toBeNull();
});

test("the longest wait of the floor is the earliest of its queues", () => {
  const figures = floorFigures(floor([queue({ waiting: 1, longestWaitSince: "2026-01-01T09:59:50Z" }), queue({ waiting: 2, longestWaitSince: "2026-01-01T09:58:00Z" })]));
  expect(figures).toMatchObject({ waiting: 3, longest: "2026-01-01T09:58:00Z" });
});
