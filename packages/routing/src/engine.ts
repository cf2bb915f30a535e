import { oldestWaiting, placeOf, removeWaiting, reorderBuckets } from "./backlog.ts";
import { checkOperator, checkQueue, checkTime, checkWork } from "./check.ts";
import { endOffer, fill, forgiveIfAlone, place, returnToWaiting, reviewWatched, settle, stopWatching } from "./dispatch.ts";
import { expectedWait, learnHandling } from "./estimate.ts";
import { explainWork } from "./explain.ts";
import { list, unlist } from "./listing.ts";
import type { Operator } from "./operators.ts";
import { ageingPerMs, queueOf, toPoints } from "./order.ts";
import { describeOperator, dropUnusedQueue, hold, letGo, operatorNamed, queueNamed, signOut, worksOf } from "./pool.ts";
import { readSnapshot, takeSnapshot } from "./snapshot.ts";
import { channelIndex, createState } from "./state.ts";
import type { State } from "./state.ts";
import { NONE } from "./table.ts";
import type {
  Acceptance, Decision, Finish, OperatorInput, QueueInput, Readiness, Refusal, Routing, RoutingOptions, WorkInput,
} from "./types.ts";
import { ACTIVE, NOBODY, OFFERED, WAITING } from "./works.ts";
import type { Work } from "./works.ts";

/** A routing engine with no queues, operators or work. */
export function createRouting(options: RoutingOptions = {}): Routing {
  let state = createState(options);
  return {
    setQueue: (queue) => setQueue(state, queue),
    removeQueue: (queueId) => removeQueue(state, queueId),
    setOperator: (operator, nowMs) => setOperator(state, operator, nowMs),
    setReady: (operatorId, nowMs, change) => setReady(state, operatorId, nowMs, change),
    removeOperator: (operatorId, nowMs) => removeOperator(state, operatorId, nowMs),
    addWork: (work, nowMs) => addWork(state, work, nowMs),
    adoptWork: (work, operatorId, acceptedAtMs) => adoptWork(state, work, operatorId, acceptedAtMs),
    removeWork: (workId, nowMs) => removeWork(state, workId, nowMs),
    acceptOffer: (offerId, nowMs) => acceptOffer(state, offerId, nowMs),
    refuseOffer: (offerId, nowMs, refusal) => refuseOffer(state, offerId, nowMs, refusal),
    finishWork: (workId, nowMs, finish) => finishWork(state, workId, nowMs, finish),
    position: (workId) => position(state, workId),
    waiting: (queueId) => {
      const queue = state.queues.get(queueId);
      return queue ? { count: queue.waiting, oldestEnqueuedAtMs: oldestWaiting(queue) } : { count: 0, oldestEnqueuedAtMs: null };
    },
    expectedWaitMs: (workId) => {
      const work = state.works.find(workId);
      return work === NONE ? null : expectedWait(state, work);
    },
    explain: (id, nowMs) => {
      const found = state.works.find(id);
      const work = found === NONE ? state.offers.row(id) : found;
      return work === NONE ? null : explainWork(state, work, nowMs);
    },
    snapshot: () => takeSnapshot(state),
    restore: (snapshot) => {
      const empty = createState(options);
      readSnapshot(empty, snapshot, { setQueue, admit });
      state = empty;
    },
  };
}

function setQueue(state: State, input: QueueInput): void {
  checkQueue(input);
  const queue = queueNamed(state, input.queueId);
  const { queueId, ageingPerMinute = 0, priority = 0, fit = "expert", expectedHandleMs = 180_000 } = input;
  queue.settings = { queueId, ageingPerMinute, priority, fit, expectedHandleMs };
  queue.ageing = ageingPerMs(ageingPerMinute);
  queue.base = toPoints(priority);
  reorderBuckets(state, queue);
}

function removeQueue(state: State, queueId: string): boolean {
  const queue = state.queues.get(queueId);
  if (!queue || queue.works > 0) return false;
  Object.assign(queue, { settings: null, handled: 0, meanHandleMs: 0 });
  dropUnusedQueue(state, queue);
  return true;
}

function setOperator(state: State, input: OperatorInput, nowMs: number): Decision[] {
  checkOperator(input);
  checkTime("nowMs", nowMs);
  const operator = operatorNamed(state, input.operatorId);
  unlist(state, operator);
  describeOperator(state, operator, input);
  return settle(state, { works: reviewWatched(state, operator), operator, nowMs });
}

function setReady(state: State, operatorId: string, nowMs: number, { ready, idleSinceMs = nowMs }: Readiness): Decision[] {
  checkTime("nowMs", nowMs);
  checkTime("idleSinceMs", idleSinceMs);
  const operator = signedIn(state, operatorId);
  if (operator === NONE) return [];
  unlist(state, operator);
  state.operators.setReady(operator, ready, idleSinceMs);
  return settle(state, { works: reviewWatched(state, operator), operator, nowMs });
}

function removeOperator(state: State, operatorId: string, nowMs: number): Decision[] {
  checkTime("nowMs", nowMs);
  const operator = signedIn(state, operatorId);
  if (operator === NONE) return [];
  unlist(state, operator);
  signOut(state, operator);
  const changed = [...reviewWatched(state, operator)];
  for (const work of worksOf(state, operator)) {
    if (state.works.state(work) !== OFFERED) continue;
    letGo(state, work, operator);
    returnToWaiting(state, work);
    forgiveIfAlone(state, work);
    changed.push(work);
  }
  dropUnusedOperator(state, operator);
  return settle(state, { works: changed, operator: NONE, nowMs });
}

function addWork(state: State, input: WorkInput, nowMs: number): Decision[] {
  checkTime("nowMs", nowMs);
  return place(state, admit(state, input), nowMs);
}

function adoptWork(state: State, input: WorkInput, operatorId: string, acceptedAtMs: number): void {
  checkTime("acceptedAtMs", acceptedAtMs);
  const work = admit(state, input);
  const operator = operatorNamed(state, operatorId);
  unlist(state, operator);
  hold(state, work, operator);
  state.works.activate(work, acceptedAtMs);
  list(state, operator);
}

function removeWork(state: State, workId: string, nowMs: number): Decision[] {
  checkTime("nowMs", nowMs);
  const work = state.works.find(workId);
  if (work === NONE) return [];
  if (state.works.state(work) !== WAITING) return release(state, work, nowMs);
  dropWaiting(state, work);
  return [];
}

function acceptOffer(state: State, offerId: string, nowMs: number): Acceptance {
  checkTime("nowMs", nowMs);
  const { works, operators } = state;
  const work = state.offers.row(offerId);
  if (work === NONE) return { ok: false, reason: "stale" };
  endOffer(state, work);
  works.activate(work, nowMs);
  const waitedMs = Math.max(0, nowMs - works.enqueuedAtMs(work));
  const operatorId = operators.id(works.operator(work));
  return { ok: true, workId: works.id(work), operatorId, queueId: queueOf(state, work).id, waitedMs };
}

function refuseOffer(state: State, offerId: string, nowMs: number, refusal: Refusal): Decision[] {
  checkTime("nowMs", nowMs);
  checkTime("idleSinceMs", refusal.idleSinceMs);
  const { works, operators } = state;
  const work = state.offers.row(offerId);
  if (work === NONE) return [];
  const operator = works.operator(work);
  letGo(state, work, operator);
  operators.setReady(operator, refusal.operatorReady, refusal.idleSinceMs);
  works.setRefusedBy(work, [...works.particulars(work).refusedBy, operators.id(operator)]);
  returnToWaiting(state, work);
  forgiveIfAlone(state, work);
  return settle(state, { works: [...reviewWatched(state, operator), work], operator, nowMs });
}

function finishWork(state: State, workId: string, nowMs: number, finish: Finish): Decision[] {
  checkTime("nowMs", nowMs);
  const { operatorReady, idleSinceMs = nowMs, handleMs } = finish;
  checkTime("idleSinceMs", idleSinceMs);
  const { works, operators } = state;
  const work = works.find(workId);
  if (work === NONE || works.state(work) !== ACTIVE) return removeWork(state, workId, nowMs);
  const operator = works.operator(work);
  learnHandling(queueOf(state, work), handleMs === undefined ? nowMs - works.acceptedAtMs(work)! : handleMs);
  unlist(state, operator);
  if (operators.teamId(operator) !== NONE) operators.setReady(operator, operatorReady, idleSinceMs);
  return release(state, work, nowMs);
}

/** Takes offered or active work out of the engine and gives its operator what comes next. */
function release(state: State, work: Work, nowMs: number): Decision[] {
  const operator = state.works.operator(work);
  endOffer(state, work);
  letGo(state, work, operator);
  forget(state, work);
  const works = reviewWatched(state, operator);
  if (dropUnusedOperator(state, operator)) return [];
  return works.length === 0 ? fill(state, operator, nowMs) : settle(state, { works, operator, nowMs });
}

function position(state: State, workId: string): number | null {
  const work = state.works.find(workId);
  return work !== NONE && state.works.state(work) === WAITING ? placeOf(state, work) : null;
}

/** Checks the work and makes it part of the state, in place of what waits by its id so far. */
function admit(state: State, input: WorkInput): Work {
  checkWork(input);
  const { works } = state;
  const queue = state.queues.get(input.queueId);
  if (!queue?.settings) throw new RangeError(`queueId cannot be ${input.queueId}: no such queue`);
  const present = works.find(input.workId);
  if (present !== NONE && works.state(present) !== WAITING) {
    throw new RangeError(`workId cannot be ${input.workId}: it is with an operator`);
  }
  // May throw: before anything is changed.
  const requirement = state.vocabulary.requirement(input.language, input.skills);
  if (present !== NONE) dropWaiting(state, present);
  queue.works++;
  return works.add({
    id: input.workId,
    queue: queue.number,
    number: state.teams.number(queue, requirement.id),
    channel: channelIndex(input.channel),
    requirement,
    priority: input.priority,
    points: toPoints(input.priority),
    enqueuedAtMs: input.enqueuedAtMs,
    preferredOperatorId: input.preferredOperatorId ?? null,
    excluded: input.excluded?.length ? [...input.excluded] : NOBODY,
  });
}

function forget(state: State, work: Work): void {
  queueOf(state, work).works--;
  state.works.delete(work);
}

function dropWaiting(state: State, work: Work): void {
  stopWatching(state, work);
  removeWaiting(state, work);
  forget(state, work);
}

/** `NONE` when signed out. */
function signedIn({ operators }: State, operatorId: string): Operator {
  const operator = operators.find(operatorId);
  return operator !== NONE && operators.teamId(operator) !== NONE ? operator : NONE;
}

/** An operator is kept while signed in or with work in hand. */
function dropUnusedOperator({ operators }: State, operator: Operator): boolean {
  if (operators.teamId(operator) !== NONE || operators.firstInHand(operator) !== NONE) return false;
  operators.delete(operator);
  return true;
}
