import { Vocabulary } from "./ability.ts";
import type { Ability } from "./ability.ts";
import { Buckets } from "./buckets.ts";
import { Ids } from "./ids.ts";
import { Operators } from "./operators.ts";
import type { Operator } from "./operators.ts";
import type { BucketRow } from "./row.ts";
import { Best } from "./search.ts";
import type { Channel, QueueInput, RoutingOptions } from "./types.ts";
import type { Served } from "./teams.ts";
import { Teams } from "./teams.ts";
import { Works } from "./works.ts";

export const CHANNELS: readonly Channel[] = ["voice", "chat", "mail", "task"];

/** Index into everything kept by channel. */
export function channelIndex(channel: Channel): number {
  return CHANNELS.indexOf(channel);
}

export interface Queue extends Served {
  readonly id: string;
  /** Index in the state's list. */
  readonly number: number;
  /** Null while only operators have named it. */
  settings: Required<QueueInput> | null;
  /** Ageing and own priority in millionths of a point: per millisecond, and flat. */
  ageing: number;
  base: number;
  readonly buckets: BucketRow;
  waiting: number;
  /** Work waiting, offered or in hand. */
  works: number;
  readonly teams: Set<Team>;
  handled: number;
  meanHandleMs: number;
}

/** Signed-in operators with the same queues and the same ability. */
export interface Team {
  /** The number of its ability: both live and die together. */
  readonly id: number;
  readonly key: string;
  readonly ability: Ability;
  readonly queues: readonly Queue[];
  readonly members: Set<Operator>;
}

export interface State {
  readonly options: RoutingOptions;
  offersMade: number;
  readonly vocabulary: Vocabulary;
  readonly works: Works;
  readonly operators: Operators;
  /** Work that is being offered, by the offer's id. */
  readonly offers: Ids;
  readonly queues: Map<string, Queue>;
  /** By number; a hole where a queue was. */
  readonly queueList: (Queue | undefined)[];
  readonly teamsByKey: Map<string, Team>;
  readonly teamList: (Team | undefined)[];
  readonly teams: Teams;
  readonly buckets: Buckets;
  /** Used by one search after another, so that searching allocates nothing. */
  readonly best: Best;
}

export function createState(options: RoutingOptions): State {
  const vocabulary = new Vocabulary();
  const works = new Works(vocabulary);
  const operators = new Operators();
  return {
    options,
    offersMade: 0,
    vocabulary,
    works,
    operators,
    offers: new Ids(),
    queues: new Map(),
    queueList: [],
    teamsByKey: new Map(),
    teamList: [],
    teams: new Teams(operators, vocabulary),
    buckets: new Buckets(works),
    best: new Best(works),
  };
}
