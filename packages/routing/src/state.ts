import { Vocabulary } from "./ability.ts";
import type { Ability, Requirement } from "./ability.ts";
import type { FreeRow } from "./freerow.ts";
import type { BucketRow } from "./row.ts";
import type { SortedList } from "./sorted.ts";
import type { Channel, QueueInput, Reason, RoutingOptions, WorkState } from "./types.ts";

export const CHANNELS: readonly Channel[] = ["voice", "chat", "mail", "task"];

/** Index into the four-place arrays kept by channel. */
export function channelIndex(channel: Channel): number {
  return CHANNELS.indexOf(channel);
}

/** Nobody excluded, nobody refused: shared, as it is so for most work. */
export const NOBODY: readonly string[] = [];

export interface Work {
  readonly id: string;
  readonly queue: Queue;
  readonly channel: number;
  readonly requirement: Requirement;
  readonly priority: number;
  /** Priority in millionths of a point. */
  readonly points: number;
  readonly enqueuedAtMs: number;
  readonly preferredOperatorId: string | null;
  readonly excluded: readonly string[];
  state: WorkState;
  /** Operators who refused it and have not been forgiven. */
  refusedBy: readonly string[];
  /** Some ready operator who qualifies and has not refused: while there is one, those who did are not asked again. */
  witness: Operator | null;
  operator: Operator | null;
  offerId: string | null;
  acceptedAtMs: number | null;
  reason: Reason | null;
  /** While it waits. */
  bucket: Bucket | null;
}

/** Waiting work of one queue that differs only in age: same channel, requirement and priority. */
export interface Bucket {
  /** Requirement × 4 + channel. */
  readonly code: number;
  readonly points: number;
  readonly works: SortedList<Work>;
  head: Work;
  /** Of the head: the sort key among the queue's buckets. */
  headRank: number;
  /** No work in it was enqueued later; spares a look at the last one when yet another arrives. */
  newestMs: number;
}

export interface Queue {
  readonly id: string;
  /** Null while only operators have named it. */
  settings: Required<QueueInput> | null;
  /** Ageing and own priority in millionths of a point: per millisecond, and flat. */
  ageing: number;
  base: number;
  readonly buckets: BucketRow;
  /** One for each priority. */
  readonly bucketsByCode: Map<number, Bucket[]>;
  waiting: number;
  /** Work waiting, offered or in hand. */
  works: number;
  readonly teams: Set<Team>;
  /** By channel: teams with somebody free for it. */
  readonly freeTeams: readonly FreeRow[];
  handled: number;
  meanHandleMs: number;
}

/** Signed-in operators with the same queues and the same ability. */
export interface Team {
  readonly key: string;
  readonly ability: Ability;
  readonly queues: readonly Queue[];
  readonly queueSet: ReadonlySet<Queue>;
  readonly members: Set<Operator>;
  /** By channel, in the order in which they get work. */
  readonly free: readonly SortedList<Operator>[];
  /** Queue × 4 + channel, queues as in `queues`: where the team stands in that row, -1 when it does not. */
  readonly places: Int32Array;
}

/** The part of an operator's description that changes rarely: it decides the team. */
export interface Profile {
  readonly queueIds: readonly string[];
  readonly languages: readonly string[];
  readonly skills: Readonly<Record<string, number>>;
}

export interface Operator {
  readonly id: string;
  /** Null when signed out but still with work in hand. */
  team: Team | null;
  /** What they serve and can do, as last described. */
  profile: Profile;
  capacity: number[];
  totalCapacity: number;
  externalLoad: number[];
  /** Capacity left by channel; below zero when work was adopted or capacity cut. */
  room: number[];
  /** Everything in hand, own and external. */
  load: number;
  ready: boolean;
  idleSinceMs: number;
  /** Bit c is set when they can be given channel c's work now. */
  open: number;
  /** Bit c is set when they are in the team's free list of channel c. */
  listed: number;
  /** Bit c is set when the queues' rows of channel c do not know yet who is first in the team. */
  unsynced: number;
  /** Offers and work in hand, a handful. */
  readonly works: Work[];
  /** Waiting works whose witness they are; null for none, as nearly always. */
  watched: Set<Work> | null;
}

export interface State {
  readonly options: RoutingOptions;
  offersMade: number;
  readonly vocabulary: Vocabulary;
  readonly queues: Map<string, Queue>;
  readonly operators: Map<string, Operator>;
  readonly teams: Map<string, Team>;
  readonly works: Map<string, Work>;
  readonly offers: Map<string, Work>;
}

export function createState(options: RoutingOptions): State {
  return {
    options,
    offersMade: 0,
    vocabulary: new Vocabulary(),
    queues: new Map(),
    operators: new Map(),
    teams: new Map(),
    works: new Map(),
    offers: new Map(),
  };
}
