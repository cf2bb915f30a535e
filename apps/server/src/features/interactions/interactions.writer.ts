import type pg from "pg";
import { announce, deliveryRows, toRow, type StoredEvent } from "../../platform/events.ts";
import { isDatabaseAway, unavailable } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import { isWritten, writeBatch, type Batch, type CallRow, type OfferRow, type RecordingRow, type StateRow } from "./interactions.write.sql.ts";

/** The changes of one step of one call: written together or not at all. */
export interface Unit { insert?: CallRow; update?: CallRow; offers?: OfferRow[]; offerUpdates?: OfferRow[]; recordings?: RecordingRow[]; states?: StateRow[]; events?: StoredEvent[] }

interface Pending { unit: Unit; done: () => void; failed: (error: unknown) => void }

const MAX_UNITS = 400;
/** Changes kept while the database is away; beyond that new calls have long been refused. */
const MAX_PENDING = 50_000;
const RETRY_MS = 200;
const HANGS_MS = 2_000;

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
  /** Since when the present batch has been on its way. */
  #since: number | null = null;

  constructor(pool: pg.Pool, log: Log) {
    this.#pool = pool;
    this.#log = log;
  }

  /** True while the last attempt found no database, or the present one hangs; new calls are then refused with 503. */
  get away(): boolean { return this.#away || (this.#since !== null && Date.now() - this.#since > HANGS_MS); }

  /** Resolves when the change is committed; rejects only when the change itself cannot be (a constraint says no). */
  write(unit: Unit): Promise<void> {
    if (this.#pending.length >= MAX_PENDING) return Promise.reject(unavailable("database_away"));
    return new Promise((resolve, reject) => {
      this.#pending.push({ unit, done: resolve, failed: reject });
      if (!this.#running) { this.#running = true; setImmediate(() => void this.#drain()); }
    });
  }

  /** Resolves when everything given so far is committed or refused. */
  async settled(): Promise<void> {
    await this.write({}).catch(() => undefined);
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const taken = this.#pending.splice(0, MAX_UNITS);
      await this.#persist(taken).catch((error: unknown) => (taken.length > 1 ? this.#oneByOne(taken) : taken[0]!.failed(error)));
    }
    this.#running = false;
  }

  /**
   * Writes one batch however long the database is away; rejects only when a constraint says no. A connection lost in
   * mid-commit leaves open whether the batch was written, so the very same one is looked for before it is written again.
   */
  async #persist(taken: Pending[]): Promise<void> {
    for (let isUnsure = false; ; isUnsure = true) {
      this.#since = Date.now();
      try {
        await this.#flush(taken, isUnsure);
        this.#away = false;
        this.#since = null;
        return;
      } catch (error) {
        this.#since = null;
        if (!isDatabaseAway(error)) throw error;
      }
      if (!this.#away) this.#log.warn("database away; call changes are kept until it is back");
      this.#away = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async #flush(taken: Pending[], isUnsure: boolean): Promise<void> {
    const client = await this.#pool.connect();
    const batch = gather(taken.map((each) => each.unit));
    let broken: Error | undefined;
    try {
      if (!isUnsure || !(await isWritten(client, batch))) await writeBatch(client, batch);
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
    for (const each of taken) await this.#persist([each]).catch(each.failed);
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
