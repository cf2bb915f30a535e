import { problem, type PlacedProblem } from "../projects/problems.contract.ts";
import type { Process } from "./processes.contract.ts";

/** A ticket that comes round by itself sooner than this works for nobody: each round is lines in its history, letters and rules. */
export const LEAST_ROUND_HOURS = 1;

interface Way { to: string; hours: number }
interface Round { hours: number; stages: string[] }

/** Timers, with automatic transitions between them, that bring a ticket back to where they began without anybody having to do a thing. */
export function checkTimers(process: Process): PlacedProblem[] {
  const ways = waysOf(process);
  return Object.entries(process.clocks.timers).flatMap(([name, { stage, after_hours, transition }]): PlacedProblem[] => {
    const first = process.transitions[transition]!.to;
    const back = quickest(ways, { from: first, to: stage });
    if (!back || after_hours + back.hours >= LEAST_ROUND_HOURS) return [];
    return [problem(["clocks", "timers", name, "after_hours"], "timer_circle", { name, way: [stage, ...back.stages].join(" → "), hours: LEAST_ROUND_HOURS })];
  });
}

/** Where the ticket can go from each stage by itself, and how long it waits there. */
function waysOf({ transitions, clocks: { timers } }: Process): Map<string, Way[]> {
  const ways = new Map<string, Way[]>();
  const add = (from: string, way: Way) => ways.set(from, [...ways.get(from) ?? [], way]);
  for (const { stage, after_hours, transition } of Object.values(timers)) add(stage, { to: transitions[transition]!.to, hours: after_hours });
  for (const { automatic, from, to } of Object.values(transitions)) if (automatic) for (const stage of from) add(stage, { to, hours: 0 });
  return ways;
}

/** The way with the shortest wait altogether, by going on from the nearest stage reached so far. */
function quickest(ways: Map<string, Way[]>, { from, to }: { from: string; to: string }): Round | null {
  const open = new Map<string, Round>([[from, { hours: 0, stages: [from] }]]);
  const done = new Set<string>();
  for (;;) {
    const [stage, here] = [...open].toSorted(([, a], [, b]) => a.hours - b.hours)[0] ?? [];
    if (stage === undefined || !here) return null;
    if (stage === to) return here;
    open.delete(stage);
    done.add(stage);
    for (const way of ways.get(stage) ?? []) {
      const hours = here.hours + way.hours;
      if (!done.has(way.to) && hours < (open.get(way.to)?.hours ?? Infinity)) open.set(way.to, { hours, stages: [...here.stages, way.to] });
    }
  }
}
