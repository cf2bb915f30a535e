import { addWaiting } from "./backlog.ts";
import { forgiveIfAlone } from "./dispatch.ts";
import { reasonOf } from "./explain.ts";
import { list, unlist } from "./listing.ts";
import type { Operator } from "./operators.ts";
import { queueOf } from "./order.ts";
import { canonical, describeOperator, hold, operatorNamed } from "./pool.ts";
import { CHANNELS } from "./state.ts";
import type { Queue, State } from "./state.ts";
import type { Channel, OperatorInput, QueueInput, Snapshot, WorkInput, WorkSnapshot } from "./types.ts";
import { OFFERED, WAITING } from "./works.ts";
import type { Work } from "./works.ts";

export function takeSnapshot(state: State): Snapshot {
  const { works, operators } = state;
  return {
    version: 1,
    offersMade: state.offersMade,
    queues: [...state.queues.values()].filter((queue) => queue.settings).sort(byId((queue) => queue.id)).map(writeQueue),
    operators: [...operators.all()].sort(byId((operator) => operators.id(operator))).map((operator) => writeOperator(state, operator)),
    works: [...works.all()].sort(byId((work) => works.id(work))).map((work) => writeWork(state, work)),
  };
}

function byId<T>(id: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (id(a) < id(b) ? -1 : 1);
}

function writeQueue(queue: Queue): Snapshot["queues"][number] {
  return { ...queue.settings!, handled: queue.handled, meanHandleMs: queue.meanHandleMs };
}

function writeOperator({ operators }: State, operator: Operator): Snapshot["operators"][number] {
  const { id, team, profile, capacity, totalCapacity, externalLoad } = operators.person(operator);
  return {
    operatorId: id,
    signedIn: team !== null,
    ...canonical(profile),
    capacity: byChannel(capacity),
    // JSON has no Infinity, so no limit is no field.
    ...(totalCapacity < Infinity && { totalCapacity }),
    ready: operators.isReady(operator),
    idleSinceMs: operators.idleSinceMs(operator),
    load: byChannel(externalLoad),
  };
}

function byChannel(counts: readonly number[]): Partial<Record<Channel, number>> {
  return Object.fromEntries(CHANNELS.flatMap((channel, i) => (counts[i]! > 0 ? [[channel, counts[i]!]] : [])));
}

function writeWork(state: State, work: Work): WorkSnapshot {
  const { works, operators } = state;
  const { language, skills } = works.requirement(work);
  const { preferredOperatorId, excluded, refusedBy } = works.particulars(work);
  const isWaiting = works.state(work) === WAITING;
  return {
    input: {
      workId: works.id(work),
      queueId: queueOf(state, work).id,
      language,
      skills: skills.map((each) => ({ ...each })),
      priority: works.priority(work),
      enqueuedAtMs: works.enqueuedAtMs(work),
      channel: CHANNELS[works.channel(work)]!,
      preferredOperatorId,
      excluded: [...excluded],
    },
    state: works.stateName(work),
    refusedBy: [...refusedBy],
    operatorId: isWaiting ? null : operators.id(works.operator(work)),
    offerId: works.state(work) === OFFERED ? state.offers.id(work) : null,
    acceptedAtMs: works.acceptedAtMs(work),
    reason: reasonOf(state, work),
  };
}

interface Making {
  setQueue: (state: State, queue: QueueInput) => void;
  admit: (state: State, work: WorkInput) => Work;
}

/** Fills an empty state. */
export function readSnapshot(state: State, snapshot: Snapshot, { setQueue, admit }: Making): void {
  if (snapshot.version !== 1) throw new RangeError(`version cannot be ${String(snapshot.version)}`);
  state.offersMade = snapshot.offersMade;
  for (const { handled, meanHandleMs, ...queue } of snapshot.queues) {
    setQueue(state, queue);
    Object.assign(state.queues.get(queue.queueId)!, { handled, meanHandleMs });
  }
  for (const operator of snapshot.operators) readOperator(state, operator);
  for (const { input, ...rest } of snapshot.works) readWork(state, admit(state, input), rest);
  for (const work of state.works.all()) if (state.works.state(work) === WAITING) forgiveIfAlone(state, work);
}

function readOperator(state: State, { signedIn, ...input }: OperatorInput & { signedIn: boolean }): void {
  const operator = operatorNamed(state, input.operatorId);
  if (!signedIn) return;
  describeOperator(state, operator, input);
  list(state, operator);
}

function readWork(state: State, work: Work, saved: Omit<WorkSnapshot, "input">): void {
  const { works } = state;
  if (saved.refusedBy.length > 0) works.setRefusedBy(work, [...saved.refusedBy]);
  if (saved.operatorId === null) {
    addWaiting(state, work);
    return;
  }
  if (saved.reason) works.setReason(work, saved.reason);
  if (saved.state === "active") works.activate(work, saved.acceptedAtMs ?? Number.NaN);
  else works.setState(work, OFFERED);
  if (saved.offerId !== null) state.offers.add(saved.offerId, work);
  const operator = operatorNamed(state, saved.operatorId);
  unlist(state, operator);
  hold(state, work, operator);
  list(state, operator);
}
