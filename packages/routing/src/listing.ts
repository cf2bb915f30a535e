import { CHANNELS } from "./state.ts";
import type { State } from "./state.ts";
import type { Operator } from "./operators.ts";
import { NONE } from "./table.ts";

/*
 * Free operators stand in their team's free lists, sorted by what changes with every piece of work. So an operator is
 * taken out (`unlist`), changed, and put back (`list`). Only then are the rows of the queues, which are many, touched,
 * and only when the team came to have somebody free or has nobody any more.
 */

/** Takes the operator out of the free lists. */
export function unlist({ operators, free }: State, operator: Operator): void {
  const listed = operators.listed(operator);
  if (listed === 0) return;
  operators.setListed(operator, 0);
  const team = operators.teamId(operator);
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if ((listed & (1 << channel)) !== 0) free.delete(team, channel, operator);
  }
}

/** Puts the operator in the free list of every channel they have room in; the operator must be unlisted. */
export function list(state: State, operator: Operator): void {
  const { operators, free } = state;
  const team = operators.teamId(operator);
  if (team === NONE) return;
  const open = operators.refreshOpen(operator);
  operators.setListed(operator, open);
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if ((open & (1 << channel)) !== 0) free.add(team, channel, operator);
  }
  showTeam(state, team);
}

/** Tells the queues in which channels the team has somebody free, where that changed. */
export function showTeam({ free, teamList }: State, team: number): void {
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    const hasFree = free.first(team, channel) !== NONE;
    if (hasFree === free.isShown(team, channel)) continue;
    free.setShown(team, channel, hasFree);
    for (const queue of teamList[team]!.queues) {
      const row = queue.freeTeams[channel]!;
      if (hasFree) row.add(team);
      else row.delete(team);
    }
  }
}
