import { placeOf } from "./backlog.ts";
import { queueOf } from "./order.ts";
import { isBarred } from "./pool.ts";
import type { Queue, State } from "./state.ts";
import { ACTIVE, OFFERED } from "./works.ts";
import type { Work } from "./works.ts";

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
  const status = state.works.state(work);
  if (status === ACTIVE) return null;
  if (status === OFFERED) return 0;
  const places = placesFor(state, work);
  if (places === 0) return null;
  const queue = queueOf(state, work);
  const mean = queue.handled > 0 ? queue.meanHandleMs : queue.settings!.expectedHandleMs;
  return Math.round((placeOf(state, work) * mean) / places);
}

/** How much such work at once can be carried by those who qualify and are ready or at work. */
function placesFor(state: State, work: Work): number {
  const { works, operators, vocabulary } = state;
  const channel = works.channel(work);
  let places = 0;
  for (const team of queueOf(state, work).teams) {
    if (!vocabulary.meets(team.id, works.requirementId(work))) continue;
    for (const operator of team.members) {
      const present = operators.isReady(operator) || operators.load(operator) > 0;
      if (!present || isBarred(state, work, operator)) continue;
      const { capacity, totalCapacity } = operators.person(operator);
      places += Math.min(capacity[channel]!, totalCapacity);
    }
  }
  return places;
}
