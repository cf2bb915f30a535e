import { addWaiting } from "./backlog.ts";
import { forgiveIfAlone } from "./dispatch.ts";
import { list, unlist } from "./listing.ts";
import { canonical, describeOperator, hold, operatorOf } from "./pool.ts";
import { CHANNELS, NOBODY } from "./state.ts";
import type { Operator, Queue, State, Work } from "./state.ts";
import type { Channel, OperatorInput, QueueInput, Snapshot, WorkInput, WorkSnapshot } from "./types.ts";

export function takeSnapshot(state: State): Snapshot {
  return {
    version: 1,
    offersMade: state.offersMade,
    queues: sortedById(state.queues).filter((queue) => queue.settings).map(writeQueue),
    operators: sortedById(state.operators).map(writeOperator),
    works: sortedById(state.works).map(writeWork),
  };
}

function sortedById<T extends { id: string }>(map: ReadonlyMap<string, T>): T[] {
  return [...map.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function writeQueue(queue: Queue): Snapshot["queues"][number] {
  return { ...queue.settings!, handled: queue.handled, meanHandleMs: queue.meanHandleMs };
}

function writeOperator(operator: Operator): Snapshot["operators"][number] {
  const { totalCapacity } = operator;
  return {
    operatorId: operator.id,
    signedIn: operator.team !== null,
    ...canonical(operator.profile),
    capacity: byChannel(operator.capacity),
    // JSON has no Infinity, so no limit is no field.
    ...(totalCapacity < Infinity && { totalCapacity }),
    ready: operator.ready,
    idleSinceMs: operator.idleSinceMs,
    load: byChannel(operator.externalLoad),
  };
}

function byChannel(counts: readonly number[]): Partial<Record<Channel, number>> {
  return Object.fromEntries(CHANNELS.flatMap((channel, i) => (counts[i]! > 0 ? [[channel, counts[i]!]] : [])));
}

function writeWork(work: Work): WorkSnapshot {
  return {
    input: {
      workId: work.id,
      queueId: work.queue.id,
      language: work.requirement.language,
      skills: work.requirement.skills.map((each) => ({ ...each })),
      priority: work.priority,
      enqueuedAtMs: work.enqueuedAtMs,
      channel: CHANNELS[work.channel]!,
      preferredOperatorId: work.preferredOperatorId,
      excluded: [...work.excluded],
    },
    state: work.state,
    refusedBy: [...work.refusedBy],
    operatorId: work.operator?.id ?? null,
    offerId: work.offerId,
    acceptedAtMs: work.acceptedAtMs,
    reason: work.reason && { ...work.reason },
  };
}

interface Making {
  setQueue: (state: State, queue: QueueInput) => void;
  makeWork: (state: State, work: WorkInput) => Work;
}

/** Fills an empty state. */
export function readSnapshot(state: State, snapshot: Snapshot, { setQueue, makeWork }: Making): void {
  if (snapshot.version !== 1) throw new RangeError(`version cannot be ${String(snapshot.version)}`);
  state.offersMade = snapshot.offersMade;
  for (const { handled, meanHandleMs, ...queue } of snapshot.queues) {
    setQueue(state, queue);
    Object.assign(state.queues.get(queue.queueId)!, { handled, meanHandleMs });
  }
  for (const operator of snapshot.operators) readOperator(state, operator);
  for (const { input, ...rest } of snapshot.works) readWork(state, makeWork(state, input), rest);
  for (const work of state.works.values()) if (work.state === "waiting") forgiveIfAlone(state, work);
}

function readOperator(state: State, { signedIn, ...input }: OperatorInput & { signedIn: boolean }): void {
  const operator = operatorOf(state, input.operatorId);
  if (!signedIn) return;
  describeOperator(state, operator, input);
  list(operator);
}

function readWork(state: State, work: Work, saved: Omit<WorkSnapshot, "input">): void {
  state.works.set(work.id, work);
  work.queue.works++;
  work.state = saved.state;
  work.refusedBy = saved.refusedBy.length > 0 ? [...saved.refusedBy] : NOBODY;
  work.acceptedAtMs = saved.acceptedAtMs;
  work.reason = saved.reason && { ...saved.reason };
  work.offerId = saved.offerId;
  if (saved.offerId !== null) state.offers.set(saved.offerId, work);
  if (saved.operatorId === null) {
    addWaiting(work);
    return;
  }
  const operator = operatorOf(state, saved.operatorId);
  unlist(operator);
  hold(work, operator);
  list(operator);
}
