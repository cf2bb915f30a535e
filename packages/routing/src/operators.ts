import { Ids } from "./ids.ts";
import { FLOATS, INTS, NONE, Table } from "./table.ts";
import type { Team } from "./state.ts";
import type { Work } from "./works.ts";

/** Row of an operator. */
export type Operator = number;

/** The part of an operator's description that changes rarely: it decides the team. */
export interface Profile {
  readonly queueIds: readonly string[];
  readonly languages: readonly string[];
  readonly skills: Readonly<Record<string, number>>;
}

/** What is looked at only when the shell describes the operator or asks about them. */
export interface Person {
  readonly id: string;
  /** Null when signed out but still with work in hand. */
  team: Team | null;
  /** What they serve and can do, as last described. */
  profile: Profile;
  capacity: number[];
  totalCapacity: number;
  externalLoad: number[];
  /** Waiting works whose witness they are; null for none, as nearly always. */
  watched: Set<Work> | null;
}

/** Above every count that matters, and far enough from the ends of 32 bits to count up and down from. */
const PLENTY = 2 ** 30;

// Floats of a row.
const IDLE_SINCE = 0;
const LOAD = 1;
// Whole numbers of a row.
const TEAM = 4;
const READY = 5;
const OPEN = 6;
const LISTED = 7;
const SERVES = 8;
const LEFT = 9;
const ROOM = 10;
const FIRST_IN_HAND = 14;
const WATCHED = 15;

/** Everybody signed in or with work in hand. */
export class Operators extends Table {
  readonly #ids = new Ids();
  readonly #people: Person[] = [];

  /** The row of this id, or `NONE`. */
  find(id: string): Operator {
    return this.#ids.row(id);
  }

  /** In no order. */
  all(): Operator[] {
    return this.#ids.rows();
  }

  add(person: Person): Operator {
    const operator = this.takeRow();
    this.#ids.add(person.id, operator);
    this.#people[operator] = person;
    this.ints[operator * INTS + TEAM] = NONE;
    this.ints[operator * INTS + FIRST_IN_HAND] = NONE;
    return operator;
  }

  delete(operator: Operator): void {
    this.#ids.delete(operator);
    this.giveRow(operator);
  }

  id(operator: Operator): string {
    return this.#ids.id(operator);
  }

  person(operator: Operator): Person {
    return this.#people[operator]!;
  }

  setTeam(operator: Operator, team: Team | null): void {
    this.#people[operator]!.team = team;
    this.ints[operator * INTS + TEAM] = team ? team.id : NONE;
  }

  /** Number of the team, `NONE` when signed out. */
  teamId(operator: Operator): number {
    return this.ints[operator * INTS + TEAM]!;
  }

  idleSinceMs(operator: Operator): number {
    return this.floats[operator * FLOATS + IDLE_SINCE]!;
  }

  isReady(operator: Operator): boolean {
    return this.ints[operator * INTS + READY] !== 0;
  }

  setReady(operator: Operator, ready: boolean, idleSinceMs: number): void {
    this.ints[operator * INTS + READY] = ready ? 1 : 0;
    this.floats[operator * FLOATS + IDLE_SINCE] = idleSinceMs;
  }

  /** Everything in hand, own and external. */
  load(operator: Operator): number {
    return this.floats[operator * FLOATS + LOAD]!;
  }

  /** Whether they do this channel at all, busy or not. */
  serves(operator: Operator, channel: number): boolean {
    return (this.ints[operator * INTS + SERVES]! & (1 << channel)) !== 0;
  }

  /** Counts from the description and the work in hand what is left; after either was replaced. */
  recount(operator: Operator, inHandByChannel: readonly number[]): void {
    const { capacity, externalLoad, totalCapacity } = this.person(operator);
    const at = operator * INTS;
    let load = 0;
    let serves = 0;
    for (let channel = 0; channel < capacity.length; channel++) {
      const used = externalLoad[channel]! + inHandByChannel[channel]!;
      load += used;
      this.ints[at + ROOM + channel] = limited(capacity[channel]! - used);
      if (capacity[channel]! > 0) serves |= 1 << channel;
    }
    this.ints[at + SERVES] = serves;
    this.ints[at + LEFT] = limited(totalCapacity - load);
    this.floats[operator * FLOATS + LOAD] = load;
  }

  /** Bit c is set when they can be given channel c's work now. */
  open(operator: Operator): number {
    return this.ints[operator * INTS + OPEN]!;
  }

  /** Brings `open` up to date; after any change of readiness, capacity or load. */
  refreshOpen(operator: Operator): number {
    const { ints } = this;
    const at = operator * INTS;
    let open = 0;
    if (ints[at + READY] !== 0 && ints[at + TEAM] !== NONE && ints[at + LEFT]! > 0) {
      if (ints[at + ROOM]! > 0) open = 1;
      if (ints[at + ROOM + 1]! > 0) open |= 2;
      if (ints[at + ROOM + 2]! > 0) open |= 4;
      if (ints[at + ROOM + 3]! > 0) open |= 8;
    }
    ints[at + OPEN] = open;
    return open;
  }

  /** Bit c is set when they are in the team's free list of channel c. */
  listed(operator: Operator): number {
    return this.ints[operator * INTS + LISTED]!;
  }

  setListed(operator: Operator, channels: number): void {
    this.ints[operator * INTS + LISTED] = channels;
  }

  firstInHand(operator: Operator): Work {
    return this.ints[operator * INTS + FIRST_IN_HAND]!;
  }

  setFirstInHand(operator: Operator, work: Work): void {
    this.ints[operator * INTS + FIRST_IN_HAND] = work;
  }

  /** One more piece of work of the channel in hand, or, with -1, one less. */
  countInHand(operator: Operator, channel: number, change: 1 | -1): void {
    const at = operator * INTS;
    this.ints[at + ROOM + channel]! -= change;
    this.ints[at + LEFT]! -= change;
    this.floats[operator * FLOATS + LOAD]! += change;
  }

  isWatched(operator: Operator): boolean {
    return this.ints[operator * INTS + WATCHED] !== 0;
  }

  watch(operator: Operator, work: Work): void {
    const person = this.person(operator);
    person.watched ??= new Set();
    person.watched.add(work);
    this.ints[operator * INTS + WATCHED] = 1;
  }

  unwatch(operator: Operator, work: Work): void {
    const person = this.person(operator);
    person.watched!.delete(work);
    if (person.watched!.size > 0) return;
    person.watched = null;
    this.ints[operator * INTS + WATCHED] = 0;
  }
}

function limited(count: number): number {
  return Math.max(-PLENTY, Math.min(PLENTY, count));
}
