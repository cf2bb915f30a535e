import type { Db } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import { describeProblems, readDeclarations, type Declarations, type Text, type TextKind } from "../projects/index.ts";
import { asTexts, COMMON, COMPANY } from "./declarations.texts.rules.ts";
import { selectCurrent, selectHashes, type Hash } from "./declarations.sql.ts";

const LOOK_MS = 1_000;

const retiredOf = (hashes: readonly Hash[]): Map<string, Text> => new Map(hashes.flatMap(({ key, retired }) => (retired ? [[key, retired] as const] : [])));

export interface LiveOptions { db: Db; log: Log; kinds: readonly TextKind[]; lookMs?: number }

/**
 * The declarations this node runs on. Every second it looks whether a project's hash has changed (one statement over a
 * handful of rows) and then swaps the whole: consumers ask `current()` each time instead of keeping a value.
 */
export class LiveDeclarations {
  #options: LiveOptions;
  #declarations: Declarations | null = null;
  #seen = "";
  #retired: ReadonlyMap<string, Text> = new Map();
  #listeners = new Set<(declarations: Declarations) => void>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(options: LiveOptions) { this.#options = options; }

  /** Goes on from what the start has read, and looks from now on. */
  begin({ declarations, hashes }: { declarations: Declarations; hashes: Hash[] }): void {
    this.#declarations = declarations;
    this.#seen = JSON.stringify(hashes);
    this.#retired = retiredOf(hashes);
    this.#timer = setInterval(() => void this.look(), this.#options.lookMs ?? LOOK_MS);
    this.#timer.unref();
  }

  /** The same object until something changes. */
  current = (): Declarations => {
    if (!this.#declarations) throw new Error("the declarations have not been read yet");
    return this.#declarations;
  };

  /** Projects out of use by key, with their names. */
  retired = (): ReadonlyMap<string, Text> => this.#retired;

  /** Told after each change, with what is in use now. */
  onChange(listener: (declarations: Declarations) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks now instead of within a second: after a save on this very node. */
  async look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => { this.#looking = null; });
    await this.#looking;
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #lookOnce(): Promise<void> {
    try {
      const hashes = await selectHashes(this.#options.db);
      if (JSON.stringify(hashes) !== this.#seen) await this.#read(hashes);
    } catch (error) {
      // Without the database the node goes on with what it has.
      if (!isDatabaseAway(error)) this.#options.log.error({ err: error }, "declarations could not be looked at");
    }
  }

  async #read(hashes: Hash[]): Promise<void> {
    const { db, log, kinds } = this.#options;
    const retired = retiredOf(hashes);
    const keys = hashes.map(({ key }) => key).filter((key) => key !== COMPANY && key !== COMMON && !retired.has(key));
    const read = readDeclarations(asTexts(await selectCurrent(db)), { kinds, projects: keys, retired: [...retired.keys()] });
    this.#seen = JSON.stringify(hashes);
    // Another node, of another release, has saved what this one does not understand: the calls must go on.
    if (!read.ok) { log.error({ problems: describeProblems(read) }, "the declarations in use cannot be read by this node"); return; }
    this.#declarations = read.declarations;
    this.#retired = retired;
    for (const listener of this.#listeners) listener(read.declarations);
  }
}
