import type { Floor } from "@linija/server/contract/floor/floor";

/** Sums over all queues. The service level is weighted by calls, so a quiet queue does not speak for a busy one. */
export function floorFigures(floor: Floor) {
  const waiting = floor.queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const longest = floor.queues.flatMap((queue) => queue.longestWaitSince ?? []).sort()[0] ?? null;
  const measured = floor.queues.filter((queue) => queue.serviceLevel !== null);
  const weight = (queue: Floor["queues"][number]) => queue.answeredToday + queue.abandonedToday;
  const total = measured.reduce((sum, queue) => sum + weight(queue), 0);
  const level = total > 0 ? measured.reduce((sum, queue) => sum + (queue.serviceLevel ?? 0) * weight(queue), 0) / total : null;
  const count = (...states: string[]) => floor.operators.filter((each) => states.includes(each.state)).length;
  return {
    waiting, longest, level, ready: count("ready"), talking: count("talking", "offered"), away: count("not_ready", "wrap_up"), present: floor.operators.length - count("offline"),
    answered: floor.queues.reduce((sum, queue) => sum + queue.answeredToday, 0), abandoned: floor.queues.reduce((sum, queue) => sum + queue.abandonedToday, 0),
  };
}
