/** What a piece of work is; each kind has its own capacity with every operator. */
export type Channel = "voice" | "chat" | "mail" | "task";

/** Work that waits for a person. */
export interface WorkInput {
  workId: string;
  /** A queue made known by `setQueue`. */
  queueId: string;
  /** ISO code compared exactly (`"sl"`); null when any language will do. */
  language: string | null;
  /** Every one is needed; `level` is the lowest that will do, 1..5. */
  skills: readonly { readonly skill: string; readonly level: number }[];
  /** 0 is normal, higher is sooner; at most a million either way. Few distinct values keep the index small. */
  priority: number;
  /** Epoch milliseconds from which it counts as waiting. A callback gives its first call's time and keeps its place. */
  enqueuedAtMs: number;
  channel: Channel;
  /** The client's last operator: gets it before all others when free at the moment of choosing; never waited for. */
  preferredOperatorId?: string | null;
  /** Operators who must never get it. */
  excluded?: readonly string[];
}

/** One operator as the shell knows them now; `setOperator` replaces the whole description. */
export interface OperatorInput {
  operatorId: string;
  /** Queues they serve; a queue not known yet counts from the moment it is set. */
  queueIds: readonly string[];
  languages: readonly string[];
  /** Skill to level, 1..5; 0 or absent means they lack it. */
  skills: Readonly<Record<string, number>>;
  /** How many pieces of each channel's work they carry at once; absent means none. */
  capacity: Readonly<Partial<Record<Channel, number>>>;
  /** How many pieces of work of all channels together; absent means only the channels limit it. */
  totalCapacity?: number;
  /** Whether they take new work. Offers and work in hand are untouched by a change. */
  ready: boolean;
  /** Epoch milliseconds since when they have been idle. */
  idleSinceMs: number;
  /** Work in hand that this engine did not give (an outbound call, a visitor); it uses capacity as well. */
  load?: Readonly<Partial<Record<Channel, number>>>;
}

/**
 * How a queue chooses among free operators who all qualify.
 * `expert`: the highest sum of levels over the skills the work asks for.
 * `spare`: the lowest sum of levels over all skills of the operator, which keeps the versatile for the rare work.
 */
export type Fit = "expert" | "spare";

export interface QueueInput {
  queueId: string;
  /** Points of priority gained per minute of waiting, 0..100; default 0. */
  ageingPerMinute?: number;
  /** Points added to the priority of all its work, so that queues can be ranked; default 0. */
  priority?: number;
  /** Default `expert`. */
  fit?: Fit;
  /** Expected handling time until real ones are known, for `expectedWaitMs`; default 180,000 ms. */
  expectedHandleMs?: number;
}

/** "Ring this operator with this work." Nothing else happens until the offer is accepted, refused or withdrawn. */
export interface Decision {
  kind: "offer";
  offerId: string;
  workId: string;
  operatorId: string;
}

export type Acceptance =
  | { ok: true; workId: string; operatorId: string; queueId: string; waitedMs: number }
  /** `stale`: the offer was never made, was answered before, or was withdrawn because the client left. */
  | { ok: false; reason: "stale" };

export interface Refusal {
  reason: "declined" | "missed" | "failed";
  /** Whether the operator takes other work from now on. */
  operatorReady: boolean;
  idleSinceMs: number;
}

export interface Readiness {
  ready: boolean;
  /** Default: now. */
  idleSinceMs?: number;
}

export interface Finish {
  /** Whether the operator takes new work at once; false while they wrap up. */
  operatorReady: boolean;
  /** Default: the time of finishing. */
  idleSinceMs?: number;
  /** What to learn as handling time; default is acceptance to now, null learns nothing. */
  handleMs?: number | null;
}

/** Why an offer went where it went, kept with the work as long as it is in the engine. */
export interface Reason {
  decidedAtMs: number;
  operatorId: string;
  /** Points, ageing included. */
  effectivePriority: number;
  /** The rule of the order that put this operator first: the client's last one, or the ordinary comparison. */
  by: "preferred" | "order";
  /** Summed level in the skills asked for. */
  skillSum: number;
  /** Pieces of work already in hand. */
  load: number;
  idleSinceMs: number;
}

/** The first thing that keeps an operator from a piece of work, or `free`. */
export type Verdict = "free" | "has_it" | "excluded" | "language" | "skill" | "channel" | "not_ready" | "refused" | "busy";

export interface Explanation {
  workId: string;
  queueId: string;
  state: WorkState;
  waitedMs: number;
  effectivePriority: number;
  /** 1-based place in its queue, null when it does not wait. */
  position: number | null;
  reason: Reason | null;
  /** How many of the queue's operators each verdict applies to. */
  verdicts: Partial<Record<Verdict, number>>;
  /** Up to 20 operators of the queue, in the order in which they would get the work if all were free. */
  operators: { operatorId: string; verdict: Verdict; skillSum: number; load: number; idleSinceMs: number }[];
}

export type WorkState = "waiting" | "offered" | "active";

export interface WorkSnapshot {
  input: WorkInput;
  state: WorkState;
  refusedBy: string[];
  operatorId: string | null;
  offerId: string | null;
  acceptedAtMs: number | null;
  reason: Reason | null;
}

/** Everything the engine knows as plain data, sorted by id: equal states give equal snapshots. */
export interface Snapshot {
  version: 1;
  offersMade: number;
  queues: (Required<QueueInput> & { handled: number; meanHandleMs: number })[];
  operators: (OperatorInput & { signedIn: boolean })[];
  works: WorkSnapshot[];
}

export interface RoutingOptions {
  /** Name of the n-th offer, n from 1; default `o1`, `o2`…. Give one that is unique across restarts if offers are stored. */
  offerId?: (n: number) => string;
}

/**
 * The routing engine: pure and clockless. Every time is epoch milliseconds given by the caller; every answer depends
 * only on the calls made before it. Wrong values (an unknown queue, a level of 9, NaN) throw RangeError naming the
 * field and change nothing; ids that are no longer known are expected outcomes and do not throw.
 */
export interface Routing {
  /** Adds or changes a queue. A new ageing or priority counts at once for all its waiting work. */
  setQueue(queue: QueueInput): void;
  /** Forgets an empty queue; false, and nothing changed, while any work of it waits, rings or is in hand. */
  removeQueue(queueId: string): boolean;
  /** Sign-in and every change of state, skills, queues or capacity. */
  setOperator(operator: OperatorInput, nowMs: number): Decision[];
  /** The commonest change of `setOperator` without the rest of the description; nothing for one not signed in. */
  setReady(operatorId: string, nowMs: number, change: Readiness): Decision[];
  /** Sign-out: their offers go to others; work in hand stays theirs until finished. */
  removeOperator(operatorId: string, nowMs: number): Decision[];
  /** Adds work, or replaces it while it waits; work already with an operator throws RangeError. */
  addWork(work: WorkInput, nowMs: number): Decision[];
  /** Puts work directly in an operator's hands: outbound calls, and calls in progress when the state is rebuilt. */
  adoptWork(work: WorkInput, operatorId: string, acceptedAtMs: number): void;
  /** The client left: an operator being offered it is free again and keeps their place among the idle. */
  removeWork(workId: string, nowMs: number): Decision[];
  acceptOffer(offerId: string, nowMs: number): Acceptance;
  /** Gives the work to the next operator. A stale refusal changes nothing. */
  refuseOffer(offerId: string, nowMs: number, refusal: Refusal): Decision[];
  finishWork(workId: string, nowMs: number, finish: Finish): Decision[];
  /** 1-based place in its queue, null when it does not wait. */
  position(workId: string): number | null;
  waiting(queueId: string): { count: number; oldestEnqueuedAtMs: number | null };
  /**
   * position × mean handling time of the queue ÷ capacity of the operators who qualify and are ready or at work.
   * 0 when it is being offered, null when in hand, unknown, or nobody who qualifies is there.
   */
  expectedWaitMs(workId: string, nowMs: number): number | null;
  /** By work id or by the id of its present offer; null when unknown. */
  explain(id: string, nowMs: number): Explanation | null;
  snapshot(): Snapshot;
  /** Replaces all state; makes no offers. */
  restore(snapshot: Snapshot): void;
}
