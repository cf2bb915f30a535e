import { placeOf } from "./backlog.ts";
import { isBarred } from "./pool.ts";
import type { Queue, State, Work } from "./state.ts";

/** Weight of the newest handling time once twenty are known; before that, the plain mean of those known. */
const NEWEST = 1 / 20;

export function learnHandling(queue: Queue, handleMs: number | null): void {
  if (handleMs === null || !(handleMs > 0)) return;
  queue.handled++;
  const weight = Math.max(NEWEST, 1 / queue.handled);
  queue.meanHandleMs += (handleMs - queue.meanHandleMs) * weight;
}

/**
 * While all who qualify are busy, one of their `places` comes free every mean ÷ places on average, and work at position
 * k needs k of them. Work of other queues that the same operators serve is not counted, so the estimate is low when
 * queues share operators heavily.
 */
export function expectedWait(state: State, work: Work): number | null {
  if (work.state === "active") return null;
  if (work.state === "offered") return 0;
  const places = placesFor(state, work);
  if (places === 0) return null;
  const mean = work.queue.handled > 0 ? work.queue.meanHandleMs : work.queue.settings!.expectedHandleMs;
  return Math.round((placeOf(work) * mean) / places);
}

/** How much such work at once can be carried by those who qualify and are ready or at work. */
function placesFor({ vocabulary }: State, work: Work): number {
  let places = 0;
  for (const team of work.queue.teams) {
    if (!vocabulary.meets(team.ability.id, work.requirement.id)) continue;
    for (const operator of team.members) {
      const present = operator.ready || operator.load > 0;
      if (present && !isBarred(work, operator)) places += Math.min(operator.capacity[work.channel]!, operator.totalCapacity);
    }
  }
  return places;
}
