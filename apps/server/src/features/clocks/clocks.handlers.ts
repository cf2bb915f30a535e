import type { Ctx, TxCtx } from "../../platform/db.ts";
import type { CalendarTime } from "./clocks.calendar.rules.ts";
import type { Clock } from "./clocks.contract.ts";
import type { Subject } from "./clocks.service.ts";
import type { ClockRow } from "./clocks.sql.ts";

/** A threshold whose moment has come. `clock` has it among its fired ones; `ctx` is of the transaction that marks it so. */
export interface Met { ctx: TxCtx; subject: Subject; projectKey: string; clock: Clock; percent: number; /** The moment itself; now is a little later. */ at: Date }

/** A running clock whose deadline is another one by the changed calendar. */
export interface Moved { ctx: TxCtx; subject: Subject; projectKey: string; clock: Clock; dueAt: Date | null }

/** What a feature does with the clocks of its subjects; given by the composition root. */
export interface ClockHandler {
  /** Of its subjects: `ticket`. */
  kind: string;
  /**
   * Locks these subjects with `for update skip locked` and returns the ids it got. It must not wait: whoever holds a
   * subject may be waiting for its clock. The others are tried again a moment later.
   */
  lock(ctx: TxCtx, ids: string[]): Promise<string[]>;
  /** Does what the thresholds ask for, in the transaction that marks them; what it throws undoes both. It may save the clock anew. */
  met(met: Met[]): Promise<void>;
  /** Keeps what it has copied of a deadline. */
  moved?(moved: Moved[]): Promise<void>;
}

export interface ClocksDeps {
  handlers: readonly ClockHandler[];
  /** The working time of a project as it is now. */
  timeOf(ctx: Ctx, projectKey: string): Promise<CalendarTime>;
}

/** Locks the subjects of clocks of one kind without waiting and tells whose could be had. */
export async function lockSubjects(ctx: TxCtx, handler: ClockHandler, rows: readonly ClockRow[]): Promise<(row: ClockRow) => boolean> {
  const ids = [...new Set(rows.map(({ subjectId }) => subjectId))];
  const held = new Set(ids.length > 0 ? await handler.lock(ctx, ids) : []);
  return ({ subjectId }) => held.has(subjectId);
}
