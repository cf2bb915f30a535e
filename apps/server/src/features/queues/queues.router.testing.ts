import { newId } from "../../platform/ids.ts";
import { testDatabase, type TestDatabase } from "../../testing/database.ts";
import { buildOperator, type StateOf } from "../../testing/operator.ts";
import type { StateRow, Unit } from "../interactions/index.ts";
import { Router, type HeldWork, type OfferOut, type Work } from "./queues.router.ts";

export let database: TestDatabase;
/** Of the test file that calls it: what is imported is shared by several. */
export async function openFloorDatabase(): Promise<void> { database = await testDatabase(); }

export const queueId = "internet.support";

/** A writer that keeps the last state of everybody, as the table would. */
export class Writer {
  readonly states = new Map<string, StateRow>();
  readonly changes: string[] = [];

  /** The next change is lost. */
  loses = false;

  write({ states = [] }: Unit): Promise<void> {
    if (this.loses) { this.loses = false; return Promise.reject(new Error("refused")); }
    for (const row of states) { this.states.set(row.operator_id, row); this.changes.push(`${row.operator_id} ${row.state}`); }
    return Promise.resolve();
  }
}

/** A router with its surroundings: what it offered, and voice nodes that answer as told. */
export class Floor {
  readonly writer = new Writer();
  readonly offers: OfferOut[] = [];
  takes: (offer: OfferOut) => Promise<boolean> = () => Promise.resolve(true);
  readonly later: (() => void)[] = [];
  holdings: { held: HeldWork[]; isComplete: boolean } = { held: [], isComplete: true };
  isMine = true;
  readonly router = new Router({
    ctx: database.ctx(), writer: this.writer, queues: [{ queueId, projectKey: "internet", priority: 0 }],
    offer: (_node, offer) => { this.offers.push(offer); return this.takes(offer); }, holdings: () => Promise.resolve(this.holdings), isMine: () => this.isMine,
    standing: () => Promise.resolve([...this.writer.states.values()].map((row) => ({ operatorId: row.operator_id, state: row.state, interactionId: row.interaction_id }))),
    later: (work) => { this.later.push(work); },
  });

  static async open(): Promise<Floor> {
    const floor = new Floor();
    await floor.router.rebuild();
    return floor;
  }

  get last(): OfferOut { return this.offers.at(-1)!; }
  state(operatorId: string): string { return this.router.now(operatorId).state; }
  add(enqueuedAtMs = Date.now()): Work {
    const work = workOf(newId(), enqueuedAtMs);
    this.router.addWork(work);
    return work;
  }
  close(why: Parameters<Router["offerClosed"]>[2], offer = this.last): void { this.router.offerClosed(offer.offerId, offer.operatorId, why); }
}

export const workOf = (workId: string, enqueuedAtMs = Date.now()): Work =>
  ({ workId, queueId, projectKey: "internet", language: "en", skills: [], priority: 0, enqueuedAtMs, channel: "voice", nodeId: newId() });

/** Things that follow in later turns: what a voice node answers to an offer. */
export const turns = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

export const operator = (state = "ready", more: StateOf = {}): Promise<string> => buildOperator(database, state, more);

export async function interaction(state: string, operatorId: string | null = null): Promise<string> {
  const id = newId();
  await database.pool.query("insert into interactions (id, channel, direction, state, started_at, operator_id) values ($1, 'voice', 'in', $2, now(), $3)", [id, state, operatorId]);
  return id;
}
