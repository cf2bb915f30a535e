import { fitOf } from "./ability.ts";
import { operatorBefore } from "./order.ts";
import { BucketRow } from "./row.ts";
import { SortedList } from "./sorted.ts";
import { CHANNELS } from "./state.ts";
import type { Operator, Profile, Queue, State, Team, Work } from "./state.ts";
import type { OperatorInput } from "./types.ts";

/** Operators, indexed in teams of equal queues and ability, each team's free members in the order they get work. */

/** Whether the operator can be given one more piece of this channel's work now. */
export function hasRoom(operator: Operator, channel: number): boolean {
  return (
    operator.ready &&
    operator.team !== null &&
    operator.given[channel]! + operator.externalLoad[channel]! < operator.capacity[channel]! &&
    operator.load < operator.totalCapacity
  );
}

export function hasRoomSomewhere(operator: Operator): boolean {
  return hasRoom(operator, 0) || hasRoom(operator, 1) || hasRoom(operator, 2) || hasRoom(operator, 3);
}

/** Whether this one operator may not have the work although their ability would do. */
export function isBarred(work: Work, operator: Operator): boolean {
  return (
    (work.refusedBy.length > 0 && work.refusedBy.includes(operator.id)) ||
    (work.excluded.length > 0 && work.excluded.includes(operator.id))
  );
}

/** Whether the operator serves the queue with the language and levels asked for, and does this channel at all. */
export function qualifies(operator: Operator, work: Work): boolean {
  const { team } = operator;
  if (!team || !team.queueSet.has(work.queue)) return false;
  return operator.capacity[work.channel]! > 0 && fitOf(team.ability, work.requirement) >= 0;
}

/** Higher is better. */
export function scoreOf(team: Team, work: Work): number {
  return work.queue.settings!.fit === "spare" ? -team.ability.total : fitOf(team.ability, work.requirement);
}

export function isPreferredFree(operator: Operator | undefined, work: Work): operator is Operator {
  return operator !== undefined && hasRoom(operator, work.channel) && qualifies(operator, work) && !isBarred(work, operator);
}

/** The free operator who gets this work: the preferred one, else by fit, load, idle time and id. */
export function operatorFor(state: State, work: Work): Operator | null {
  if (work.preferredOperatorId !== null) {
    const preferred = state.operators.get(work.preferredOperatorId);
    if (isPreferredFree(preferred, work)) return preferred;
  }
  let best: Operator | null = null;
  let bestScore = 0;
  for (const team of work.queue.freeTeams[work.channel]!) {
    if (fitOf(team.ability, work.requirement) < 0) continue;
    const score = scoreOf(team, work);
    if (best && score < bestScore) continue;
    const found = firstFree(team, work);
    if (!found || (best && score === bestScore && !operatorBefore(found, best))) continue;
    best = found;
    bestScore = score;
  }
  return best;
}

function firstFree(team: Team, work: Work): Operator | undefined {
  const free = team.free[work.channel]!;
  const first = free.first()!;
  return isBarred(work, first) ? free.find((each) => !isBarred(work, each)) : first;
}

/** A ready operator, busy or not, who could take the work and has not refused it. */
export function findWitness(work: Work): Operator | null {
  for (const team of work.queue.teams) {
    if (fitOf(team.ability, work.requirement) < 0) continue;
    for (const operator of team.members) if (isWitness(operator, work)) return operator;
  }
  return null;
}

export function isWitness(operator: Operator, work: Work): boolean {
  return operator.ready && qualifies(operator, work) && !isBarred(work, operator);
}

/** Takes the operator out of the free lists; needed before anything that the lists are sorted by changes. */
export function unlist(operator: Operator): void {
  const { team, listed } = operator;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if (!listed[channel]) continue;
    listed[channel] = false;
    const free = team!.free[channel]!;
    free.delete(operator);
    if (free.size === 0) for (const queue of team!.queues) queue.freeTeams[channel]!.delete(team!);
  }
}

/** Puts the operator in the free list of every channel they have room in. */
export function list(operator: Operator): void {
  const { team, listed } = operator;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    if (listed[channel] || !hasRoom(operator, channel)) continue;
    listed[channel] = true;
    const free = team!.free[channel]!;
    free.add(operator);
    if (free.size === 1) for (const queue of team!.queues) queue.freeTeams[channel]!.add(team!);
  }
}

/** Writes what the shell says about the operator; the operator must be unlisted. */
export function describeOperator(state: State, operator: Operator, input: OperatorInput): void {
  operator.capacity = CHANNELS.map((channel) => input.capacity[channel] ?? 0);
  operator.totalCapacity = input.totalCapacity ?? Infinity;
  operator.externalLoad = CHANNELS.map((channel) => input.load?.[channel] ?? 0);
  operator.load = operator.works.size + operator.externalLoad.reduce((sum, each) => sum + each, 0);
  operator.ready = input.ready;
  operator.idleSinceMs = input.idleSinceMs;
  if (operator.team && sameProfile(operator.profile, input)) return;
  // A copy: the caller may go on using and changing its own arrays.
  const { queueIds, languages, skills } = input;
  operator.profile = { queueIds: [...queueIds], languages: [...languages], skills: { ...skills } };
  joinTeam(state, operator, canonical(operator.profile));
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
  if (operator.team?.key === key) return;
  leaveTeam(state, operator);
  let team = state.teams.get(key);
  if (!team) {
    const ability = state.vocabulary.ability(profile.languages, profile.skills);
    const queues = profile.queueIds.map((queueId) => queueOf(state, queueId));
    const free = CHANNELS.map(() => new SortedList<Operator>(operatorBefore));
    team = { key, ability, queues, queueSet: new Set(queues), members: new Set(), free };
    state.teams.set(key, team);
    for (const queue of queues) queue.teams.add(team);
  }
  team.members.add(operator);
  operator.team = team;
}

/** The operator must be unlisted. */
function leaveTeam(state: State, operator: Operator): void {
  const { team } = operator;
  if (!team) return;
  operator.team = null;
  team.members.delete(operator);
  if (team.members.size > 0) return;
  state.teams.delete(team.key);
  for (const queue of team.queues) {
    queue.teams.delete(team);
    dropUnusedQueue(state, queue);
  }
}

/** Leaves nothing of the operator but the work in hand; the operator must be unlisted. */
export function signOut(state: State, operator: Operator): void {
  leaveTeam(state, operator);
  Object.assign(operator, { ...blankDescription(), load: operator.works.size });
}

export function queueOf(state: State, id: string): Queue {
  let queue = state.queues.get(id);
  if (!queue) {
    const freeTeams = CHANNELS.map(() => new Set<Team>());
    const index = { buckets: new BucketRow(), bucketByKey: new Map(), teams: new Set<Team>(), freeTeams };
    queue = { id, settings: null, ageing: 0, base: 0, waiting: 0, works: 0, handled: 0, meanHandleMs: 0, ...index };
    state.queues.set(id, queue);
  }
  return queue;
}

/** A queue exists while it is set or an operator names it. */
export function dropUnusedQueue(state: State, queue: Queue): void {
  if (!queue.settings && queue.teams.size === 0) state.queues.delete(queue.id);
}

export function operatorOf(state: State, id: string): Operator {
  let operator = state.operators.get(id);
  if (!operator) {
    const held = { given: [0, 0, 0, 0], load: 0, works: new Set<Work>(), watched: new Set<Work>() };
    operator = { id, team: null, listed: [false, false, false, false], ...blankDescription(), ...held };
    state.operators.set(id, operator);
  }
  return operator;
}

const NO_PROFILE: Profile = { queueIds: [], languages: [], skills: {} };

function blankDescription() {
  return {
    profile: NO_PROFILE,
    capacity: [0, 0, 0, 0],
    totalCapacity: Infinity,
    externalLoad: [0, 0, 0, 0],
    ready: false,
    idleSinceMs: 0,
  };
}
