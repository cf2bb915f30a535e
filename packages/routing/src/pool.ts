import { FreeRow } from "./freerow.ts";
import { showTeam, unlist } from "./listing.ts";
import { queueOf } from "./order.ts";
import type { Operator, Profile } from "./operators.ts";
import { BucketRow } from "./row.ts";
import { CHANNELS } from "./state.ts";
import type { Queue, State } from "./state.ts";
import { NONE } from "./table.ts";
import type { OperatorInput } from "./types.ts";
import type { Work } from "./works.ts";

/** Operators, indexed in teams of equal queues and ability, each team's free members in the order they get work. */

/** Whether this one operator may not have the work although their ability would do. */
export function isBarred({ works, operators }: State, work: Work, operator: Operator): boolean {
  if (!works.isBarring(work)) return false;
  const { refusedBy, excluded } = works.particulars(work);
  const id = operators.id(operator);
  return refusedBy.includes(id) || excluded.includes(id);
}

/** Whether the operator serves the queue with the language and levels asked for, and does this channel at all. */
export function qualifies(state: State, operator: Operator, work: Work): boolean {
  const { works, operators, teams, vocabulary } = state;
  const team = operators.teamId(operator);
  if (team === NONE || !operators.serves(operator, works.channel(work))) return false;
  return teams.dutyIn(team, works.queue(work)) !== NONE && vocabulary.meets(team, works.requirementId(work));
}

export function isPreferredFree(state: State, operator: Operator, work: Work): boolean {
  if (operator === NONE || (state.operators.open(operator) & (1 << state.works.channel(work))) === 0) return false;
  return qualifies(state, operator, work) && !isBarred(state, work, operator);
}

/** The free operator who gets this work: the preferred one, else by fit, load, idle time and id; or `NONE`. */
export function operatorFor(state: State, work: Work): Operator {
  const { works, operators, vocabulary } = state;
  const { preferredOperatorId } = works.particulars(work);
  if (preferredOperatorId !== null) {
    const preferred = operators.find(preferredOperatorId);
    if (isPreferredFree(state, preferred, work)) return preferred;
  }
  const queue = queueOf(state, work);
  const row = queue.freeTeams[works.channel(work)]!;
  if (row.isEmpty()) return NONE;
  const accepts = works.isBarring(work) ? (operator: Operator) => !isBarred(state, work, operator) : null;
  const { fit } = queue.settings!;
  return row.best(vocabulary, { requirement: works.requirement(work), number: works.number(work), fit, accepts });
}

/** A ready operator, busy or not, who could take the work and has not refused it; or `NONE`. */
export function findWitness(state: State, work: Work): Operator {
  const { works, operators } = state;
  const requirementId = works.requirementId(work);
  const channel = works.channel(work);
  for (const team of queueOf(state, work).teams) {
    if (!state.vocabulary.meets(team.id, requirementId)) continue;
    // The team qualifies; what is left of `isWitness` is about the one operator.
    for (const operator of team.members) {
      if (operators.isReady(operator) && operators.serves(operator, channel) && !isBarred(state, work, operator)) return operator;
    }
  }
  return NONE;
}

export function isWitness(state: State, operator: Operator, work: Work): boolean {
  return state.operators.isReady(operator) && qualifies(state, operator, work) && !isBarred(state, work, operator);
}

/** Counts the work against the operator, who must be unlisted. */
export function hold({ works, operators }: State, work: Work, operator: Operator): void {
  works.setOperator(work, operator);
  works.setNextInHand(work, operators.firstInHand(operator));
  operators.setFirstInHand(operator, work);
  operators.countInHand(operator, works.channel(work), 1);
  operators.refreshOpen(operator);
}

/** The opposite; the operator is left unlisted, for `settle` to list again. */
export function letGo(state: State, work: Work, operator: Operator): void {
  const { works, operators } = state;
  unlist(state, operator);
  works.setOperator(work, NONE);
  const next = works.nextInHand(work);
  let before = operators.firstInHand(operator);
  if (before === work) {
    operators.setFirstInHand(operator, next);
  } else {
    while (works.nextInHand(before) !== work) before = works.nextInHand(before);
    works.setNextInHand(before, next);
  }
  operators.countInHand(operator, works.channel(work), -1);
}

/** Offers and work in hand. */
export function worksOf({ works, operators }: State, operator: Operator): Work[] {
  const found: Work[] = [];
  for (let work = operators.firstInHand(operator); work !== NONE; work = works.nextInHand(work)) found.push(work);
  return found;
}

/** Writes what the shell says about the operator; the operator must be unlisted. */
export function describeOperator(state: State, operator: Operator, input: OperatorInput): void {
  const person = state.operators.person(operator);
  person.totalCapacity = input.totalCapacity ?? Infinity;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    person.capacity[channel] = input.capacity[CHANNELS[channel]!] ?? 0;
    person.externalLoad[channel] = input.load?.[CHANNELS[channel]!] ?? 0;
  }
  recount(state, operator);
  state.operators.setReady(operator, input.ready, input.idleSinceMs);
  if (person.team && sameProfile(person.profile, input)) return;
  // A copy: the caller may go on using and changing its own arrays.
  const { queueIds, languages, skills } = input;
  person.profile = { queueIds: [...queueIds], languages: [...languages], skills: { ...skills } };
  joinTeam(state, operator, canonical(person.profile));
}

function recount(state: State, operator: Operator): void {
  const inHand = [0, 0, 0, 0];
  for (const work of worksOf(state, operator)) inHand[state.works.channel(work)]!++;
  state.operators.recount(operator, inHand);
}

/** Quick answer for the common call that only changes readiness; false merely costs the long way. */
function sameProfile(a: Profile, b: Profile): boolean {
  return sameList(a.queueIds, b.queueIds) && sameList(a.languages, b.languages) && sameSkills(a.skills, b.skills);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

function sameSkills(a: Profile["skills"], b: Profile["skills"]): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Equal for equal abilities, however they were listed. */
export function canonical({ queueIds, languages, skills }: Profile): Profile {
  const has = Object.entries(skills).filter(([, level]) => level > 0);
  has.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    queueIds: [...new Set(queueIds)].sort(),
    languages: [...new Set(languages)].sort(),
    skills: Object.fromEntries(has),
  };
}

function joinTeam(state: State, operator: Operator, profile: Profile): void {
  const key = JSON.stringify([profile.queueIds, profile.languages, profile.skills]);
  if (state.operators.person(operator).team?.key === key) return;
  leaveTeam(state, operator);
  let team = state.teamsByKey.get(key);
  if (!team) {
    const ability = state.vocabulary.ability(profile.languages, profile.skills);
    const queues = profile.queueIds.map((queueId) => queueNamed(state, queueId));
    team = { id: ability.id, key, ability, queues, members: new Set() };
    state.teamsByKey.set(key, team);
    state.teamList[team.id] = team;
    state.teams.found(team.id, queues);
    for (const queue of queues) queue.teams.add(team);
  }
  team.members.add(operator);
  state.operators.setTeam(operator, team);
}

/** The operator must be unlisted. */
function leaveTeam(state: State, operator: Operator): void {
  const { team } = state.operators.person(operator);
  if (!team) return;
  showTeam(state, team.id);
  state.operators.setTeam(operator, null);
  team.members.delete(operator);
  if (team.members.size > 0) return;
  state.teamsByKey.delete(team.key);
  state.teamList[team.id] = undefined;
  state.teams.dissolve(team.id);
  state.vocabulary.release(team.ability);
  for (const queue of team.queues) {
    queue.teams.delete(team);
    dropUnusedQueue(state, queue);
  }
}

/** Leaves nothing of the operator but the work in hand; the operator must be unlisted. */
export function signOut(state: State, operator: Operator): void {
  leaveTeam(state, operator);
  Object.assign(state.operators.person(operator), blankDescription());
  state.operators.setReady(operator, false, 0);
  state.operators.refreshOpen(operator);
  recount(state, operator);
}

export function queueNamed(state: State, id: string): Queue {
  const known = state.queues.get(id);
  if (known) return known;
  const { queueList, works, operators, teams, buckets } = state;
  const hole = queueList.indexOf(undefined);
  const queue: Queue = {
    id,
    number: hole >= 0 ? hole : queueList.length,
    settings: null,
    ageing: 0,
    base: 0,
    buckets: new BucketRow(works, buckets),
    waiting: 0,
    works: 0,
    numbered: new Map(),
    teams: new Set(),
    freeTeams: CHANNELS.map((_, channel) => new FreeRow(channel, operators, teams)),
    handled: 0,
    meanHandleMs: 0,
  };
  state.queues.set(id, queue);
  queueList[queue.number] = queue;
  return queue;
}

/** A queue exists while it is set or an operator names it. */
export function dropUnusedQueue(state: State, queue: Queue): void {
  if (queue.settings || queue.teams.size > 0) return;
  state.queues.delete(queue.id);
  state.queueList[queue.number] = undefined;
}

export function operatorNamed({ operators }: State, id: string): Operator {
  const operator = operators.find(id);
  return operator === NONE ? operators.add({ id, team: null, watched: null, ...blankDescription() }) : operator;
}

const NO_PROFILE: Profile = { queueIds: [], languages: [], skills: {} };

function blankDescription() {
  return { profile: NO_PROFILE, capacity: [0, 0, 0, 0], totalCapacity: Infinity, externalLoad: [0, 0, 0, 0] };
}
