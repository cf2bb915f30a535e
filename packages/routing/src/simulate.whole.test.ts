import { expect, test } from "vitest";
import { simulate } from "./index.ts";
import type { Simulation } from "./index.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Crew {
  perMinute: number;
  handleMin: number;
  operators: number;
  patienceMin?: number;
  hours: number;
}

/** One queue, equal operators who never go home: M/M/n, or M/M/n+M with patience. */
function crew({ perMinute, handleMin, operators, patienceMin, hours }: Crew): Simulation {
  const durationMs = hours * HOUR;
  return {
    seed: 20_260_401,
    durationMs,
    queues: [{ queueId: "q" }],
    streams: [{
      work: { queueId: "q", language: null, skills: [], priority: 0, channel: "voice" },
      perHour: perMinute * 60,
      handleMs: handleMin * MINUTE,
      patienceMs: patienceMin === undefined ? null : patienceMin * MINUTE,
    }],
    shifts: Array.from({ length: operators }, (_, i) => ({
      operator: { operatorId: `op${i}`, queueIds: ["q"], languages: [], skills: {}, capacity: { voice: 1 } },
      fromMs: 0,
      untilMs: durationMs,
    })),
  };
}

// Published values; the tolerance is about four standard errors of a simulation of this length.
test.each([
  { perMinute: 10 / 3, handleMin: 3, operators: 14, waited: 0.174, level: 0.888, occupancy: 0.714, source: "pyworkforce, tests/test_erlang.py" },
  { perMinute: 10 / 3, handleMin: 3, operators: 15, waited: 0.102, level: 0.941, occupancy: 0.667, source: "pyworkforce, tests/test_erlang.py" },
])("$operators operators answer as Erlang C says they do ($source)", ({ waited, level, occupancy, ...rest }) => {
  const report = simulate(crew({ ...rest, hours: 1000 }));
  expect(report.waitedShare).toBeCloseTo(waited, 1.7);
  expect(report.serviceLevel).toBeCloseTo(level, 1.7);
  expect(report.occupancy).toBeCloseTo(occupancy, 1.9);
  expect(report.abandoned).toBe(0);
});

test("callers wait as long on average as Erlang C says (TU Clausthal Callcenter-Simulator, ErlangCTest: 26.56 s)", () => {
  const report = simulate(crew({ perMinute: 3.5, handleMin: 3, operators: 13, hours: 1500 }));
  expect(report.asaMs / 1000).toBeGreaterThan(26.56 * 0.9);
  expect(report.asaMs / 1000).toBeLessThan(26.56 * 1.1);
});

test.each([
  { operators: 13, waitSeconds: 9.91 },
  { operators: 9, waitSeconds: 56.62 },
])("impatient callers of $operators operators wait $waitSeconds s as Erlang A says (TU Clausthal Callcenter-Simulator)", ({ operators, waitSeconds }) => {
  const report = simulate(crew({ perMinute: 3.5, handleMin: 3, operators, patienceMin: 5, hours: 1000 }));
  expect(report.meanWaitMs / 1000).toBeGreaterThan(waitSeconds * 0.94);
  expect(report.meanWaitMs / 1000).toBeLessThan(waitSeconds * 1.06);
});

test("as many callers hang up as Erlang A says (pyworkforce, test_abandonment.py: 1.3984 %)", () => {
  const report = simulate(crew({ perMinute: 10 / 3, handleMin: 3, operators: 14, patienceMin: 5, hours: 1500 }));
  expect(report.abandonShare).toBeGreaterThan(0.013984 * 0.9);
  expect(report.abandonShare).toBeLessThan(0.013984 * 1.1);
  expect(report.waitedShare).toBeCloseTo(0.14526, 2);
  expect(report.occupancy).toBeCloseTo(0.704297, 2);
});

test("the same seed gives the same day, another seed another one", () => {
  const day = crew({ perMinute: 4, handleMin: 3, operators: 12, patienceMin: 2, hours: 8 });
  expect(simulate(day)).toEqual(simulate(day));
  expect(simulate({ ...day, seed: 2 })).not.toEqual(simulate(day));
});

test("an operator on a late shift answers nothing before it and finishes what is in hand after it", () => {
  const day = crew({ perMinute: 0.5, handleMin: 3, operators: 1, hours: 4 });
  const [only] = day.shifts;
  const report = simulate({ ...day, shifts: [{ ...only!, fromMs: 2 * HOUR, untilMs: 3 * HOUR }] });
  expect(report.arrived).toBeGreaterThan(report.answered);
  expect(report.longestWaitMs).toBeGreaterThan(HOUR);
  expect(report.occupancy).toBeGreaterThan(0.9);
});

test("missed offers and wrap-up make callers wait longer, and none is lost", () => {
  const easy = simulate(crew({ perMinute: 3, handleMin: 3, operators: 14, hours: 50 }));
  const hard = simulate({ ...crew({ perMinute: 3, handleMin: 3, operators: 14, hours: 50 }), ringMs: 5000, missedShare: 0.1, wrapUpMs: 20_000 });
  expect(hard.asaMs).toBeGreaterThan(easy.asaMs + 5000);
  expect(hard.answered).toBe(hard.arrived);
});

test("a quiet hour is quiet: arrivals follow the rate of their part of the day", () => {
  const day = crew({ perMinute: 1, handleMin: 1, operators: 5, hours: 20 });
  const [stream] = day.streams;
  const report = simulate({ ...day, streams: [{ ...stream!, perHour: [0, 120] }] });
  expect(report.arrived).toBeGreaterThan(1050);
  expect(report.arrived).toBeLessThan(1350);
});
