import type { Ctx, TxCtx } from "../../platform/db.ts";
import type { CalendarTime } from "./clocks.calendar.rules.ts";
import type { Clock } from "./clocks.contract.ts";
import { dueAt, nextMoment, stateOf } from "./clocks.rules.ts";
import { deleteClocks, deleteStatement, selectClocks, upsertClocks, upsertStatement, type ClockRow } from "./clocks.sql.ts";

/** What a clock belongs to: a ticket, a sub-task, whatever has a feature that handles its moments. */
export interface Subject { kind: string; id: string }
export type Owner = Subject & { projectKey: string };

/**
 * Puts these clocks of the subject in place of those of the same names, with their next moments. The caller holds the
 * subject's lock and has checked who may do this. Nodes that were asleep until later are woken after the commit.
 */
export const saveClocks = (ctx: TxCtx, owner: Owner, clocks: readonly Clock[], time: CalendarTime): Promise<void> => saveAllClocks(ctx, [{ owner, clocks }], time);

/** The same for many subjects of one calendar at once. */
export async function saveAllClocks(ctx: TxCtx, all: readonly { owner: Owner; clocks: readonly Clock[] }[], time: CalendarTime): Promise<void> {
  const rows = all.flatMap(({ owner, clocks }) => rowsOf(owner, clocks, time));
  if (rows.length === 0) return;
  await upsertClocks(ctx.db, rows, ctx.now());
  wakeFor(ctx, rows);
}

/**
 * The same, and what is taken away, for who writes it with a statement of their own: that of the subject's row, or the one that
 * ends the transaction, which then must not read these clocks or change them before.
 */
export function clockStatements(ctx: TxCtx, owner: Owner, { saved, dropped }: { saved: readonly Clock[]; dropped: readonly string[] }, time: CalendarTime) {
  const rows = rowsOf(owner, saved, time);
  wakeFor(ctx, rows);
  // One statement cannot take a row away and put it back.
  const gone = dropped.filter((name) => saved.every((clock) => clock.name !== name));
  return [...(gone.length > 0 ? [deleteStatement(owner.kind, owner.id, gone)] : []), ...(rows.length > 0 ? [upsertStatement(rows, ctx.now())] : [])];
}

const rowsOf = (owner: Owner, clocks: readonly Clock[], time: CalendarTime): ClockRow[] =>
  clocks.map((clock) => computed({ ...clock, subjectKind: owner.kind, subjectId: owner.id, projectKey: owner.projectKey }, time));

function wakeFor(ctx: TxCtx, rows: readonly ClockRow[]): void {
  const moments = rows.flatMap(({ nextAt }) => (nextAt ? [nextAt.getTime()] : []));
  if (moments.length > 0) ctx.afterCommit.push(() => wake(new Date(Math.min(...moments))));
}

/** Clocks by subject; a subject without clocks is not in the map. One statement for a whole page of a list. */
export async function clocksOf(ctx: Ctx, kind: string, ids: readonly string[]): Promise<Map<string, Clock[]>> {
  const found = new Map<string, Clock[]>();
  for (const row of ids.length > 0 ? await selectClocks(ctx.db, kind, ids) : []) found.set(row.subjectId, [...(found.get(row.subjectId) ?? []), plain(row)]);
  return found;
}

/** For a subject that is gone, or clocks that its process no longer knows. */
export async function removeClocks(ctx: TxCtx, subject: Subject, names: readonly string[] | null = null): Promise<void> {
  await deleteClocks(ctx.db, subject.kind, subject.id, names);
}

/** The clock without what its row has besides. */
export const plain = ({ name, allowedMs, counts, thresholds, fired, intervals }: ClockRow): Clock => ({ name, allowedMs, counts, thresholds, fired, intervals });

/** The clock as a row by this calendar. */
export function computed(clock: Clock & Pick<ClockRow, "subjectKind" | "subjectId" | "projectKey">, time: CalendarTime): ClockRow {
  const next = nextMoment(clock, time);
  return { ...clock, state: stateOf(clock), dueAt: dueAt(clock, time), nextAt: next?.at ?? null, nextThreshold: next?.percent ?? null, calendar: clock.counts === "working" ? time.mark : "", attempts: 0 };
}

const sleepers = new Set<(at: Date) => void>();
const wake = (at: Date): void => { for (const sleeper of sleepers) sleeper(at); };

/** Hears the nearest moment of the clocks that were written on this node. */
export function onClocksSaved(sleeper: (at: Date) => void): () => void {
  sleepers.add(sleeper);
  return () => sleepers.delete(sleeper);
}
