import { addWaiting, firstWorkFor, removeWaiting } from "./backlog.ts";
import { list, unlist } from "./listing.ts";
import { effectivePoints, effectivePriority, goesBefore } from "./order.ts";
import type { Operator } from "./operators.ts";
import { findWitness, hold, isPreferredFree, isWitness, operatorFor } from "./pool.ts";
import type { State } from "./state.ts";
import { NONE } from "./table.ts";
import type { Decision } from "./types.ts";
import { NOBODY, OFFERED, WAITING } from "./works.ts";
import type { Work } from "./works.ts";

/*
 * Bringing work and operators together after a change. Before the change nothing that waits could be given to anybody
 * free; so only the changed works and operators can make a pair, and everything else is left alone.
 */

/** New work that is not in the backlog: it is added if nobody can take it. */
export function place(state: State, work: Work, nowMs: number): Decision[] {
  const operator = operatorFor(state, work);
  if (operator === NONE) {
    if (state.works.bucket(work) === NONE) addWaiting(state, work);
    return [];
  }
  unlist(state, operator);
  const decision = offer(state, work, operator, nowMs);
  list(state, operator);
  return [decision];
}

/** The common case: one operator has room, so whatever goes first among what they may take is theirs. */
export function fill(state: State, operator: Operator, nowMs: number): Decision[] {
  unlist(state, operator);
  state.operators.refreshOpen(operator);
  let decisions: Decision[] | null = null;
  for (;;) {
    const work = firstFor(state, operator, nowMs);
    if (work === NONE) break;
    const decision = offer(state, work, operator, nowMs);
    // An empty array grows to seventeen places with the first push; nearly always there is just one.
    if (decisions) decisions.push(decision);
    else decisions = [decision];
  }
  list(state, operator);
  return decisions ?? [];
}

function firstFor(state: State, operator: Operator, nowMs: number): Work {
  return state.operators.open(operator) === 0 ? NONE : firstWorkFor(state, operator, nowMs);
}

/** What a call changed: an operator, and works that went back to waiting or may be offered to more people. */
export interface Change {
  works: Work[];
  operator: Operator;
  nowMs: number;
}

/** The general case: always the first work in the total order that somebody free can take. */
export function settle(state: State, change: Change): Decision[] {
  const { works, operator, nowMs } = change;
  if (works.length === 0) return operator === NONE ? [] : fill(state, operator, nowMs);
  if (operator !== NONE) {
    unlist(state, operator);
    list(state, operator);
  }
  const decisions: Decision[] = [];
  const returned = works.toSorted((a, b) => (firstOfTwo(state, nowMs, a, b) === a ? -1 : 1));
  let next = 0;
  for (;;) {
    while (next < returned.length && !canBePlaced(state, returned[next]!)) next++;
    const found = operator === NONE ? NONE : firstFor(state, operator, nowMs);
    const first = firstOfTwo(state, nowMs, returned[next] ?? NONE, found);
    if (first === NONE) return decisions;
    decisions.push(...place(state, first, nowMs));
  }
}

function firstOfTwo(state: State, nowMs: number, a: Work, b: Work): Work {
  if (a === NONE || b === NONE) return a === NONE ? b : a;
  const points = (work: Work) => [effectivePoints(state, work, nowMs), work] as const;
  return goesBefore(state.works, points(b), points(a)) ? b : a;
}

function canBePlaced(state: State, work: Work): boolean {
  return state.works.state(work) === WAITING && operatorFor(state, work) !== NONE;
}

/** The operator must be unlisted. */
function offer(state: State, work: Work, operator: Operator, nowMs: number): Decision {
  const { works } = state;
  recordReason(state, work, operator, nowMs);
  if (works.bucket(work) !== NONE) removeWaiting(state, work);
  stopWatching(state, work);
  hold(state, work, operator);
  const n = ++state.offersMade;
  const offerId = state.options.offerId?.(n) ?? `o${n}`;
  works.setState(work, OFFERED);
  state.offers.add(offerId, work);
  return { kind: "offer", offerId, workId: works.id(work), operatorId: state.operators.id(operator) };
}

function recordReason(state: State, work: Work, operator: Operator, nowMs: number): void {
  const { works, operators, vocabulary } = state;
  const isPreferred = works.particulars(work).preferredOperatorId === operators.id(operator);
  works.setReason(work, {
    decidedAtMs: nowMs,
    effectivePriority: effectivePriority(state, work, nowMs),
    by: isPreferred && isPreferredFree(state, operator, work) ? "preferred" : "order",
    skillSum: vocabulary.skillSum(operators.teamId(operator), works.requirement(work)),
    load: operators.load(operator),
    idleSinceMs: operators.idleSinceMs(operator),
  });
}

/** Answers to the offer, if there is one, are stale from here on; the work must leave the state of being offered. */
export function endOffer({ works, offers }: State, work: Work): void {
  if (works.state(work) === OFFERED) offers.delete(work);
}

/** Back to its place in the queue: the order depends on when it came, not on when it came back. */
export function returnToWaiting(state: State, work: Work): void {
  endOffer(state, work);
  state.works.setState(work, WAITING);
  addWaiting(state, work);
}

export function stopWatching({ works, operators }: State, work: Work): void {
  const { witness } = works.particulars(work);
  if (witness === NONE) return;
  operators.unwatch(witness, work);
  works.setWitness(work, NONE);
}

/** Finds the refused work a witness; without one its refusals are forgiven, and it is true that it changed. */
export function forgiveIfAlone(state: State, work: Work): boolean {
  const { works, operators } = state;
  stopWatching(state, work);
  if (works.particulars(work).refusedBy.length === 0) return false;
  const witness = findWitness(state, work);
  if (witness === NONE) {
    works.setRefusedBy(work, NOBODY);
    return true;
  }
  works.setWitness(work, witness);
  operators.watch(witness, work);
  return false;
}

const NO_WORK: Work[] = [];

/** After an operator changed: the works that counted on them look for another witness. Returns those forgiven. */
export function reviewWatched(state: State, operator: Operator): Work[] {
  if (!state.operators.isWatched(operator)) return NO_WORK;
  const { watched } = state.operators.person(operator);
  return [...watched!].filter((work) => !isWitness(state, operator, work) && forgiveIfAlone(state, work));
}
