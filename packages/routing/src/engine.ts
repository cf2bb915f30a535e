import { oldestWaiting, placeOf, removeWaiting, reorderBuckets } from "./backlog.ts";
import { checkOperator, checkQueue, checkTime, checkWork } from "./check.ts";
import { endOffer, forgiveIfAlone, returnToWaiting, reviewWatched, settle, stopWatching } from "./dispatch.ts";
import { expectedWait, learnHandling } from "./estimate.ts";
import { explainWork } from "./explain.ts";
import { list, unlist } from "./listing.ts";
import { ageingPerMs, toPoints } from "./order.ts";
import { describeOperator, dropUnusedQueue, hold, letGo, operatorOf, queueOf, signOut } from "./pool.ts";
import { readSnapshot, takeSnapshot } from "./snapshot.ts";
import { NOBODY, channelIndex, createState } from "./state.ts";
import type { Operator, State, Work } from "./state.ts";
import type {
  Acceptance, Decision, Finish, OperatorInput, QueueInput, Readiness, Refusal, Routing, RoutingOptions, WorkInput,
} from "./types.ts";

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
      const work = state.works.get(workId);
      return work ? expectedWait(state, work) : null;
    },
    explain: (id, nowMs) => {
      const work = state.works.get(id) ?? state.offers.get(id);
      return work ? explainWork(state, work, nowMs) : null;
    },
    snapshot: () => takeSnapshot(state),
    restore: (snapshot) => {
      const empty = createState(options);
      readSnapshot(empty, snapshot, { setQueue, makeWork });
      state = empty;
    },
  };
}

function setQueue(state: State, input: QueueInput): void {
  checkQueue(input);
  const queue = queueOf(state, input.queueId);
  const { queueId, ageingPerMinute = 0, priority = 0, fit = "expert", expectedHandleMs = 180_000 } = input;
  queue.settings = { queueId, ageingPerMinute, priority, fit, expectedHandleMs };
  queue.ageing = ageingPerMs(ageingPerMinute);
  queue.base = toPoints(priority);
  reorderBuckets(queue);
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
  const operator = operatorOf(state, input.operatorId);
  unlist(operator);
  describeOperator(state, operator, input);
  return settle(state, reviewWatched(state, operator), [operator], nowMs);
}

function setReady(state: State, operatorId: string, nowMs: number, { ready, idleSinceMs = nowMs }: Readiness): Decision[] {
  checkTime("nowMs", nowMs);
  checkTime("idleSinceMs", idleSinceMs);
  const operator = state.operators.get(operatorId);
  if (!operator?.team) return [];
  unlist(operator);
  operator.ready = ready;
  operator.idleSinceMs = idleSinceMs;
  return settle(state, reviewWatched(state, operator), [operator], nowMs);
}

function removeOperator(state: State, operatorId: string, nowMs: number): Decision[] {
  checkTime("nowMs", nowMs);
  const operator = state.operators.get(operatorId);
  if (!operator?.team) return [];
  unlist(operator);
  signOut(state, operator);
  const changed = reviewWatched(state, operator);
  for (const work of operator.works.slice()) {
    if (work.state !== "offered") continue;
    letGo(work, operator);
    returnToWaiting(state, work);
    forgiveIfAlone(state, work);
    changed.push(work);
  }
  dropUnusedOperator(state, operator);
  return settle(state, changed, [], nowMs);
}

function addWork(state: State, input: WorkInput, nowMs: number): Decision[] {
  checkTime("nowMs", nowMs);
  const present = state.works.get(input.workId);
  const work = makeWork(state, input, present);
  if (present) dropWaiting(state, present);
  register(state, work);
  return settle(state, [work], [], nowMs);
}

function adoptWork(state: State, input: WorkInput, operatorId: string, acceptedAtMs: number): void {
  checkTime("acceptedAtMs", acceptedAtMs);
  const present = state.works.get(input.workId);
  const work = makeWork(state, input, present);
  if (present) dropWaiting(state, present);
  register(state, work);
  const operator = operatorOf(state, operatorId);
  unlist(operator);
  hold(work, operator);
  work.state = "active";
  work.acceptedAtMs = acceptedAtMs;
  list(operator);
}

function removeWork(state: State, workId: string, nowMs: number): Decision[] {
  checkTime("nowMs", nowMs);
  const work = state.works.get(workId);
  if (!work) return [];
  if (work.state === "waiting") {
    dropWaiting(state, work);
    return [];
  }
  return release(state, work, nowMs);
}

function acceptOffer(state: State, offerId: string, nowMs: number): Acceptance {
  checkTime("nowMs", nowMs);
  const work = state.offers.get(offerId);
  if (!work) return { ok: false, reason: "stale" };
  endOffer(state, work);
  work.state = "active";
  work.acceptedAtMs = nowMs;
  const waitedMs = Math.max(0, nowMs - work.enqueuedAtMs);
  return { ok: true, workId: work.id, operatorId: work.operator!.id, queueId: work.queue.id, waitedMs };
}

function refuseOffer(state: State, offerId: string, nowMs: number, refusal: Refusal): Decision[] {
  checkTime("nowMs", nowMs);
  checkTime("idleSinceMs", refusal.idleSinceMs);
  const work = state.offers.get(offerId);
  if (!work) return [];
  const operator = work.operator!;
  letGo(work, operator);
  operator.ready = refusal.operatorReady;
  operator.idleSinceMs = refusal.idleSinceMs;
  work.refusedBy = [...work.refusedBy, operator.id];
  returnToWaiting(state, work);
  forgiveIfAlone(state, work);
  return settle(state, [...reviewWatched(state, operator), work], [operator], nowMs);
}

function finishWork(state: State, workId: string, nowMs: number, finish: Finish): Decision[] {
  checkTime("nowMs", nowMs);
  const { operatorReady, idleSinceMs = nowMs, handleMs } = finish;
  checkTime("idleSinceMs", idleSinceMs);
  const work = state.works.get(workId);
  if (work?.state !== "active") return removeWork(state, workId, nowMs);
  const operator = work.operator!;
  learnHandling(work.queue, handleMs === undefined ? nowMs - work.acceptedAtMs! : handleMs);
  unlist(operator);
  if (operator.team) {
    operator.ready = operatorReady;
    operator.idleSinceMs = idleSinceMs;
  }
  return release(state, work, nowMs);
}

/** Takes offered or active work out of the engine and gives its operator what comes next. */
function release(state: State, work: Work, nowMs: number): Decision[] {
  const operator = work.operator!;
  endOffer(state, work);
  letGo(work, operator);
  forget(state, work);
  const forgiven = reviewWatched(state, operator);
  if (dropUnusedOperator(state, operator)) return [];
  return settle(state, forgiven, [operator], nowMs);
}

function position(state: State, workId: string): number | null {
  const work = state.works.get(workId);
  return work?.state === "waiting" ? placeOf(work) : null;
}

/** A record for the work, not yet part of the state; `present` is what goes by its id so far. */
function makeWork(state: State, input: WorkInput, present?: Work): Work {
  checkWork(input);
  const queue = state.queues.get(input.queueId);
  if (!queue?.settings) throw new RangeError(`queueId cannot be ${input.queueId}: no such queue`);
  if (present && present.state !== "waiting") throw new RangeError(`workId cannot be ${input.workId}: it is with an operator`);
  return {
    id: input.workId,
    queue,
    channel: channelIndex(input.channel),
    requirement: state.vocabulary.requirement(input.language, input.skills),
    priority: input.priority,
    points: toPoints(input.priority),
    enqueuedAtMs: input.enqueuedAtMs,
    preferredOperatorId: input.preferredOperatorId ?? null,
    excluded: input.excluded?.length ? [...input.excluded] : NOBODY,
    state: "waiting",
    refusedBy: NOBODY,
    witness: null,
    operator: null,
    offerId: null,
    acceptedAtMs: null,
    reason: null,
    bucket: null,
  };
}

function register(state: State, work: Work): void {
  state.works.set(work.id, work);
  work.queue.works++;
}

function forget(state: State, work: Work): void {
  state.works.delete(work.id);
  work.queue.works--;
}

function dropWaiting(state: State, work: Work): void {
  stopWatching(work);
  removeWaiting(work);
  forget(state, work);
}

/** An operator is kept while signed in or with work in hand. */
function dropUnusedOperator(state: State, operator: Operator): boolean {
  if (operator.team || operator.works.length > 0) return false;
  return state.operators.delete(operator.id);
}
