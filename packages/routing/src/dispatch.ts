import { addWaiting, firstWorkFor, removeWaiting } from "./backlog.ts";
import { effectivePoints, effectivePriority, goesBefore } from "./order.ts";
import { list, refreshOpen, unlist } from "./listing.ts";
import { findWitness, hold, isPreferredFree, isWitness, operatorFor } from "./pool.ts";
import { NOBODY } from "./state.ts";
import type { Operator, State, Work } from "./state.ts";
import type { Decision, Reason } from "./types.ts";

/**
 * Brings work and operators together after a change. A single new piece of work may come without having been added to
 * the backlog; it is added if nobody can take it. Before the change nothing that waits could be given to anybody
 * free; so only the changed works and operators can make a pair, and everything else is left alone.
 */
export function settle(state: State, works: Work[], operators: Operator[], nowMs: number): Decision[] {
  if (works.length === 0 && operators.length === 1) return fill(state, operators[0]!, nowMs);
  if (works.length === 1 && operators.length === 0) return place(state, works[0]!, nowMs);
  return match(state, { works, operators, nowMs });
}

function place(state: State, work: Work, nowMs: number): Decision[] {
  const operator = operatorFor(state, work);
  if (!operator) {
    if (!work.bucket) addWaiting(work);
    return [];
  }
  unlist(operator);
  const decision = offer(state, work, operator, nowMs);
  list(operator);
  return [decision];
}

/** The common case: one operator has room, so whatever goes first among what they may take is theirs. */
function fill(state: State, operator: Operator, nowMs: number): Decision[] {
  const decisions: Decision[] = [];
  unlist(operator);
  refreshOpen(operator);
  while (operator.open !== 0) {
    const work = firstWorkFor(state, operator, nowMs);
    if (!work) break;
    decisions.push(offer(state, work, operator, nowMs));
  }
  list(operator);
  return decisions;
}

interface Change {
  works: Work[];
  operators: Operator[];
  nowMs: number;
}

/** The general case: always the first work in the total order that somebody free can take. */
function match(state: State, change: Change): Decision[] {
  const { works, operators, nowMs } = change;
  const decisions: Decision[] = [];
  for (const operator of operators) {
    unlist(operator);
    list(operator);
  }
  const returned = works.toSorted((a, b) =>
    goesBefore(effectivePoints(a, nowMs), a, effectivePoints(b, nowMs), b) ? -1 : 1,
  );
  let next = 0;
  for (;;) {
    while (next < returned.length && !canBePlaced(state, returned[next]!)) next++;
    const work = firstOf(state, returned[next] ?? null, change);
    if (!work) return decisions;
    decisions.push(...place(state, work, nowMs));
  }
}

function canBePlaced(state: State, work: Work): boolean {
  return work.state === "waiting" && operatorFor(state, work) !== null;
}

function firstOf(state: State, work: Work | null, { operators, nowMs }: Change): Work | null {
  let first = work;
  for (const operator of operators) {
    const found = operator.open !== 0 ? firstWorkFor(state, operator, nowMs) : null;
    if (!found) continue;
    if (!first || goesBefore(effectivePoints(found, nowMs), found, effectivePoints(first, nowMs), first)) first = found;
  }
  return first;
}

/** The operator must be unlisted. */
function offer(state: State, work: Work, operator: Operator, nowMs: number): Decision {
  const reason = reasonFor(state, work, operator, nowMs);
  if (work.bucket) removeWaiting(work);
  stopWatching(work);
  hold(work, operator);
  const n = ++state.offersMade;
  const offerId = state.options.offerId?.(n) ?? `o${n}`;
  work.state = "offered";
  work.offerId = offerId;
  work.reason = reason;
  state.offers.set(offerId, work);
  return { kind: "offer", offerId, workId: work.id, operatorId: operator.id };
}

function reasonFor(state: State, work: Work, operator: Operator, nowMs: number): Reason {
  return {
    decidedAtMs: nowMs,
    operatorId: operator.id,
    effectivePriority: effectivePriority(work, nowMs),
    by: work.preferredOperatorId === operator.id && isPreferredFree(state, operator, work) ? "preferred" : "order",
    skillSum: state.vocabulary.skillSum(operator.team!.ability.id, work.requirement),
    load: operator.load,
    idleSinceMs: operator.idleSinceMs,
  };
}

export function endOffer(state: State, work: Work): void {
  if (work.offerId !== null) state.offers.delete(work.offerId);
  work.offerId = null;
}

/** Back to its place in the queue: the order depends on when it came, not on when it came back. */
export function returnToWaiting(state: State, work: Work): void {
  endOffer(state, work);
  work.state = "waiting";
  work.reason = null;
  addWaiting(work);
}

export function stopWatching(work: Work): void {
  const { witness } = work;
  if (!witness) return;
  witness.watched!.delete(work);
  if (witness.watched!.size === 0) witness.watched = null;
  work.witness = null;
}

/** Finds the refused work a witness; without one its refusals are forgiven, and it is true that it changed. */
export function forgiveIfAlone(state: State, work: Work): boolean {
  stopWatching(work);
  if (work.refusedBy.length === 0) return false;
  const witness = findWitness(state, work);
  if (!witness) {
    work.refusedBy = NOBODY;
    return true;
  }
  work.witness = witness;
  witness.watched ??= new Set();
  witness.watched.add(work);
  return false;
}

/** After an operator changed: the works that counted on them look for another witness. Returns those forgiven. */
export function reviewWatched(state: State, operator: Operator): Work[] {
  if (!operator.watched) return [];
  return [...operator.watched].filter((work) => !isWitness(state, operator, work) && forgiveIfAlone(state, work));
}
