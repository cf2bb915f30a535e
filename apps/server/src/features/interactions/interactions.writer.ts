import type pg from "pg";
import { announce, deliveryRows, toRow, type StoredEvent } from "../../platform/events.ts";
import { isDatabaseAway, unavailable } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import { writeBatch, type Batch, type CallRow, type OfferRow, type RecordingRow, type StateRow } from "./interactions.write.sql.ts";

/** The changes of one step of one call: written together or not at all. */
export interface Unit { insert?: CallRow; update?: CallRow; offers?: OfferRow[]; offerUpdates?: OfferRow[]; recordings?: RecordingRow[]; states?: StateRow[]; events?: StoredEvent[] }

interface Pending { unit: Unit; done: () => void; failed: (error: unknown) => void; since: number }

const MAX_UNITS = 400;
/** Changes kept while the database is away; beyond that new calls have long been refused. */
const MAX_PENDING = 50_000;

/**
 * Writes the changes of all calls of this node in batches, one transaction after another on one connection: while one
 * batch commits the next gathers, so that durability costs one disk flush a batch instead of one a change. While the
 * database is away everything is kept and written when it is back.
 */
export class LiveWriter {
  #pool: pg.Pool;
  #log: Log;
  #pending: Pending[] = [];
  #running = false;
  #away = false;

  constructor(pool: pg.Pool, log: Log) {
    this.#pool = pool;
    this.#log = log;
  }

  /** True while the last attempt found no database; new calls are then refused with 503. */
  get away(): boolean { return this.#away; }

  /** Resolves when the change is committed; rejects only when the change itself cannot be (a constraint says no). */
  write(unit: Unit): Promise<void> {
    if (this.#pending.length >= MAX_PENDING) return Promise.reject(unavailable("database_away"));
    return new Promise((resolve, reject) => {
      this.#pending.push({ unit, done: resolve, failed: reject, since: Date.now() });
      if (!this.#running) { this.#running = true; setImmediate(() => void this.#drain()); }
    });
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const taken = this.#pending.splice(0, MAX_UNITS);
      await this.#flush(taken).then(() => { this.#away = false; }, (error: unknown) => this.#refused(taken, error));
    }
    this.#running = false;
  }

  async #refused(taken: Pending[], error: unknown): Promise<void> {
    if (isDatabaseAway(error)) return this.#keep(taken);
    if (taken.length > 1) return this.#oneByOne(taken);
    taken[0]!.failed(error);
  }

  async #keep(taken: Pending[]): Promise<void> {
    if (!this.#away) this.#log.warn("database away; call changes are kept until it is back");
    this.#away = true;
    this.#pending.unshift(...taken);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }

  async #flush(taken: Pending[]): Promise<void> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await writeBatch(client, gather(taken.map((each) => each.unit)));
    } catch (error) {
      if (isDatabaseAway(error)) broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
    for (const each of taken) each.done();
    const events = taken.flatMap((each) => each.unit.events ?? []);
    if (events.length > 0) announce(events);
  }

  /** One unit of the batch was refused: each is written on its own so that only the culprit fails. */
  async #oneByOne(taken: Pending[]): Promise<void> {
    for (const [index, each] of taken.entries()) {
      try {
        await this.#flush([each]);
      } catch (error) {
        if (isDatabaseAway(error)) return this.#keep(taken.slice(index));
        each.failed(error);
      }
    }
  }
}

function gather(units: Unit[]): Batch {
  const events = units.flatMap((unit) => unit.events ?? []);
  return {
    inserts: units.flatMap((unit) => unit.insert ?? []), updates: units.flatMap((unit) => unit.update ?? []),
    offers: units.flatMap((unit) => unit.offers ?? []), offerUpdates: units.flatMap((unit) => unit.offerUpdates ?? []),
    recordings: units.flatMap((unit) => unit.recordings ?? []), states: units.flatMap((unit) => unit.states ?? []),
    events: events.map(toRow), deliveries: deliveryRows(events),
  };
}
