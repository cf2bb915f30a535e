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
export function unlist({ operators, teams }: State, operator: Operator): void {
  const listed = operators.listed(operator);
  if (listed === 0) return;
  operators.setListed(operator, 0);
  const team = operators.teamId(operator);
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if ((listed & (1 << channel)) !== 0) teams.delete(team, channel, operator);
  }
}

/** Puts the operator in the free list of every channel they have room in; the operator must be unlisted. */
export function list(state: State, operator: Operator): void {
  const { operators, teams } = state;
  const team = operators.teamId(operator);
  if (team === NONE) return;
  const open = operators.refreshOpen(operator);
  operators.setListed(operator, open);
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if ((open & (1 << channel)) !== 0) teams.add(team, channel, operator);
  }
  showTeam(state, team);
}

/** Tells the queues in which channels the team has somebody free, where that changed. */
export function showTeam({ teams, queueList }: State, team: number): void {
  const changed = teams.unshown(team);
  if (changed === 0) return;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if ((changed & (1 << channel)) !== 0) teams.show(team, channel, queueList);
  }
}
