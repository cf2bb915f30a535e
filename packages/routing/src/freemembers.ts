import type { Operator, Operators } from "./operators.ts";
import { operatorBefore } from "./order.ts";
import { SortedList } from "./sorted.ts";
import { INTS, NONE, Table } from "./table.ts";

// Whole numbers of a row, which is a team's: by channel, its first free member + 1.
const FIRST = 0;
/** Bit c is set when channel c has further free members. */
const MORE = 4;
/** Bit c is set when the queues' rows of channel c have the team. */
const SHOWN = 5;

/**
 * Each team's free members by channel, in the order in which they get work. The first is a number in the team's line
 * of memory, the others a list: where hardly two operators are alike, nearly every team needs the first only.
 */
export class FreeMembers extends Table {
  readonly #operators: Operators;
  /** By team × 4 + channel. */
  readonly #others = new Map<number, SortedList<Operator>>();

  constructor(operators: Operators) {
    super();
    this.#operators = operators;
  }

  /** Makes room for the team. Numbers of teams are given elsewhere, so rows are not taken one by one. */
  protected open(team: number): void {
    this.reach(team);
    this.ints.fill(0, team * INTS, (team + 1) * INTS);
  }

  /** The team has nobody left. */
  protected close(team: number): void {
    for (let channel = 0; channel < 4; channel++) this.#others.delete(team * 4 + channel);
  }

  /** `NONE` when nobody is free. */
  first(team: number, channel: number): Operator {
    return this.ints[team * INTS + FIRST + channel]! - 1;
  }

  /** Nothing they are ordered by may change while they are in. */
  add(team: number, channel: number, operator: Operator): void {
    const { ints } = this;
    const at = team * INTS;
    const first = ints[at + FIRST + channel]! - 1;
    let other = operator;
    if (first === NONE || operatorBefore(this.#operators, operator, first)) {
      ints[at + FIRST + channel] = operator + 1;
      other = first;
    }
    if (other === NONE) return;
    ints[at + MORE]! |= 1 << channel;
    this.#list(team * 4 + channel).add(other);
  }

  delete(team: number, channel: number, operator: Operator): void {
    const { ints } = this;
    const at = team * INTS;
    const isFirst = ints[at + FIRST + channel] === operator + 1;
    if ((ints[at + MORE]! & (1 << channel)) === 0) {
      if (isFirst) ints[at + FIRST + channel] = 0;
      return;
    }
    const others = this.#others.get(team * 4 + channel)!;
    const leaving = isFirst ? others.first()! : operator;
    others.delete(leaving);
    if (isFirst) ints[at + FIRST + channel] = leaving + 1;
    if (others.size === 0) ints[at + MORE]! &= ~(1 << channel);
  }

  /** The first for whom `accepts` holds, or `NONE`. */
  find(team: number, channel: number, accepts: (operator: Operator) => boolean): Operator {
    const first = this.first(team, channel);
    if (first === NONE || accepts(first)) return first;
    if ((this.ints[team * INTS + MORE]! & (1 << channel)) === 0) return NONE;
    return this.#others.get(team * 4 + channel)!.find(accepts) ?? NONE;
  }

  /** Bit c is set when the queues' rows do not say of channel c what is so. */
  unshown(team: number): number {
    const { ints } = this;
    const at = team * INTS;
    let free = 0;
    if (ints[at + FIRST] !== 0) free = 1;
    if (ints[at + FIRST + 1] !== 0) free |= 2;
    if (ints[at + FIRST + 2] !== 0) free |= 4;
    if (ints[at + FIRST + 3] !== 0) free |= 8;
    return free ^ ints[at + SHOWN]!;
  }

  protected setShown(team: number, channel: number, shown: boolean): void {
    if (shown) this.ints[team * INTS + SHOWN]! |= 1 << channel;
    else this.ints[team * INTS + SHOWN]! &= ~(1 << channel);
  }

  #list(key: number): SortedList<Operator> {
    let list = this.#others.get(key);
    if (!list) {
      list = new SortedList<Operator>((a, b) => operatorBefore(this.#operators, a, b));
      this.#others.set(key, list);
    }
    return list;
  }
}
