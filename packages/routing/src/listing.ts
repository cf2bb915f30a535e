import { CHANNELS } from "./state.ts";
import type { Operator, Team } from "./state.ts";

/*
 * Free operators stand in their team's free lists, and the teams in the rows of their queues, sorted by what changes
 * with every piece of work. So an operator is taken out (`unlist`), changed, and put back (`list`); the rows, which are
 * many, are touched only at the end and only where the team's first free member was or is this operator.
 */

/** Brings `open` up to date; after any change of readiness, capacity or load. */
export function refreshOpen(operator: Operator): void {
  const { room } = operator;
  operator.open = 0;
  if (!operator.ready || !operator.team || operator.load >= operator.totalCapacity) return;
  for (let channel = 0; channel < CHANNELS.length; channel++) if (room[channel]! > 0) operator.open |= 1 << channel;
}

/** Takes the operator out of the free lists. */
export function unlist(operator: Operator): void {
  const { team, listed } = operator;
  if (listed === 0) return;
  operator.listed = 0;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if ((listed & (1 << channel)) === 0) continue;
    const free = team!.free[channel]!;
    if (free.first() === operator) operator.unsynced |= 1 << channel;
    free.delete(operator);
  }
}

/** Puts the operator in the free list of every channel they have room in; the operator must be unlisted. */
export function list(operator: Operator): void {
  refreshOpen(operator);
  const { team, open } = operator;
  operator.listed = open;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if ((open & (1 << channel)) === 0) continue;
    const free = team!.free[channel]!;
    free.add(operator);
    if (free.first() === operator) operator.unsynced |= 1 << channel;
  }
  refreshRows(operator);
}

/** Tells the queues who is first now, in the channels where that may have changed. */
export function refreshRows(operator: Operator): void {
  const { team, unsynced } = operator;
  if (unsynced === 0) return;
  operator.unsynced = 0;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if ((unsynced & (1 << channel)) !== 0) refreshChannel(team!, channel);
  }
}

function refreshChannel(team: Team, channel: number): void {
  const { queues, places } = team;
  const isEmpty = team.free[channel]!.size === 0;
  for (let i = 0; i < queues.length; i++) {
    const row = queues[i]!.freeTeams[channel]!;
    const back = i * CHANNELS.length + channel;
    const place = places[back]!;
    if (isEmpty) {
      if (place >= 0) row.delete(place);
      places[back] = -1;
    } else if (place < 0) {
      row.add(team, back);
    } else {
      row.refresh(team, place);
    }
  }
}
