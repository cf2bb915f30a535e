import { LACKING } from "./ability.ts";
import { FreeRow } from "./freerow.ts";
import { refreshOpen, refreshRows, unlist } from "./listing.ts";
import { operatorBefore } from "./order.ts";
import { BucketRow } from "./row.ts";
import { SortedList } from "./sorted.ts";
import { CHANNELS } from "./state.ts";
import type { Operator, Profile, Queue, State, Team, Work } from "./state.ts";
import type { OperatorInput } from "./types.ts";

/** Operators, indexed in teams of equal queues and ability, each team's free members in the order they get work. */

/** Whether this one operator may not have the work although their ability would do. */
export function isBarred(work: Work, operator: Operator): boolean {
  return (
    (work.refusedBy.length > 0 && work.refusedBy.includes(operator.id)) ||
    (work.excluded.length > 0 && work.excluded.includes(operator.id))
  );
}

/** Whether the operator serves the queue with the language and levels asked for, and does this channel at all. */
export function qualifies({ vocabulary }: State, operator: Operator, work: Work): boolean {
  const { team } = operator;
  if (!team || !team.queueSet.has(work.queue)) return false;
  return operator.capacity[work.channel]! > 0 && vocabulary.meets(team.ability.id, work.requirement.id);
}

export function isPreferredFree(state: State, operator: Operator | undefined, work: Work): operator is Operator {
  if (!operator || (operator.open & (1 << work.channel)) === 0) return false;
  return qualifies(state, operator, work) && !isBarred(work, operator);
}

/** The free operator who gets this work: the preferred one, else by fit, load, idle time and id. */
export function operatorFor(state: State, work: Work): Operator | null {
  if (work.preferredOperatorId !== null) {
    const preferred = state.operators.get(work.preferredOperatorId);
    if (isPreferredFree(state, preferred, work)) return preferred;
  }
  const row = work.queue.freeTeams[work.channel]!;
  if (row.teams.length === 0) return null;
  const anybody = work.excluded.length === 0 && work.refusedBy.length === 0;
  if (anybody) return row.best(state.vocabulary, work.requirement, work.queue.settings!.fit);
  return notBarred(state, work, row.teams);
}

/** The same when some are barred: a team's first free member may not be the one. */
function notBarred({ vocabulary }: State, work: Work, teams: readonly Team[]): Operator | null {
  let best: Operator | null = null;
  let bestScore = 0;
  for (const team of teams) {
    const score = vocabulary.score(team.ability.id, work.requirement, work.queue.settings!.fit);
    if (score === LACKING || (best && score < bestScore)) continue;
    const found = team.free[work.channel]!.find((each) => !isBarred(work, each));
    if (!found || (best && score === bestScore && !operatorBefore(found, best))) continue;
    best = found;
    bestScore = score;
  }
  return best;
}

/** A ready operator, busy or not, who could take the work and has not refused it. */
export function findWitness(state: State, work: Work): Operator | null {
  for (const team of work.queue.teams) {
    if (!state.vocabulary.meets(team.ability.id, work.requirement.id)) continue;
    for (const operator of team.members) if (isWitness(state, operator, work)) return operator;
  }
  return null;
}

export function isWitness(state: State, operator: Operator, work: Work): boolean {
  return operator.ready && qualifies(state, operator, work) && !isBarred(work, operator);
}

/** Counts the work against the operator, who must be unlisted. */
export function hold(work: Work, operator: Operator): void {
  work.operator = operator;
  operator.works.push(work);
  operator.room[work.channel]!--;
  operator.load++;
  refreshOpen(operator);
}

/** The opposite; the operator is left unlisted, for `settle` to list again. */
export function letGo(work: Work, operator: Operator): void {
  unlist(operator);
  work.operator = null;
  const { works } = operator;
  works[works.indexOf(work)] = works[works.length - 1]!;
  works.pop();
  operator.room[work.channel]!++;
  operator.load--;
}

/** Writes what the shell says about the operator; the operator must be unlisted. */
export function describeOperator(state: State, operator: Operator, input: OperatorInput): void {
  operator.totalCapacity = input.totalCapacity ?? Infinity;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    operator.capacity[channel] = input.capacity[CHANNELS[channel]!] ?? 0;
    operator.externalLoad[channel] = input.load?.[CHANNELS[channel]!] ?? 0;
  }
  operator.load = countLoad(operator);
  operator.ready = input.ready;
  operator.idleSinceMs = input.idleSinceMs;
  if (operator.team && sameProfile(operator.profile, input)) return;
  // A copy: the caller may go on using and changing its own arrays.
  const { queueIds, languages, skills } = input;
  operator.profile = { queueIds: [...queueIds], languages: [...languages], skills: { ...skills } };
  joinTeam(state, operator, canonical(operator.profile));
}

function countLoad({ capacity, externalLoad, room, works }: Operator): number {
  let load = works.length;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    load += externalLoad[channel]!;
    room[channel] = capacity[channel]! - externalLoad[channel]!;
  }
  for (const { channel } of works) room[channel]!--;
  return load;
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
    const places = new Int32Array(queues.length * CHANNELS.length).fill(-1);
    const free = CHANNELS.map(() => new SortedList<Operator>(operatorBefore));
    team = { key, ability, queues, queueSet: new Set(queues), members: new Set(), free, places };
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
  refreshRows(operator);
  operator.team = null;
  team.members.delete(operator);
  if (team.members.size > 0) return;
  state.teams.delete(team.key);
  state.vocabulary.release(team.ability);
  for (const queue of team.queues) {
    queue.teams.delete(team);
    dropUnusedQueue(state, queue);
  }
}

/** Leaves nothing of the operator but the work in hand; the operator must be unlisted. */
export function signOut(state: State, operator: Operator): void {
  leaveTeam(state, operator);
  Object.assign(operator, { ...blankDescription(), open: 0 });
  operator.load = countLoad(operator);
}

export function queueOf(state: State, id: string): Queue {
  let queue = state.queues.get(id);
  if (!queue) {
    const freeTeams = CHANNELS.map((_, channel) => new FreeRow(channel));
    const index = { buckets: new BucketRow(), bucketsByCode: new Map(), teams: new Set<Team>(), freeTeams };
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
    const held = { room: [0, 0, 0, 0], load: 0, works: [], watched: null };
    operator = { id, team: null, open: 0, listed: 0, unsynced: 0, ...blankDescription(), ...held };
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
