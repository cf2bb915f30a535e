import { isSame, withValue } from "@linija/forms";
import type { Kept } from "./kept.ts";

type Conflict = NonNullable<Kept["conflicts"]>[number];
const covers = (whole: string, path: string): boolean => path.startsWith(`${whole}.`);
const touches = (one: string, other: string): boolean => one === other || covers(one, other) || covers(other, one);

/**
 * What one page keeps of a form, brought together with what another page of the same person has kept of it meanwhile: each
 * brings what it has changed since it kept last, and takes nothing of the other's. At one place the last to type is kept.
 * @param before what this page kept last; absent where it has kept nothing
 */
export function together(there: Kept | undefined, before: Kept | undefined, now: Kept): Kept {
  if (there?.userId !== now.userId) return now;
  const submit = (before?.submit ?? false) === now.submit ? there.submit : now.submit;
  return { ...now, ...valuesOf(there, before, now), submit, conflicts: conflictsOf(there, before, now), version: Math.max(there.version, now.version), subject: now.subject ?? there.subject, held: now.held && there.held };
}

interface Values { dirty: Record<string, unknown>; seen: Record<string, number> }

function valuesOf(there: Kept, before: Kept | undefined, now: Kept): Values {
  const values = { dirty: { ...there.dirty }, seen: { ...there.seen } };
  const { dirty } = values;
  const isChanged = (path: string): boolean => !before || !(path in before.dirty) || !isSame(before.dirty[path], now.dirty[path]);
  for (const [path, value] of Object.entries(before?.dirty ?? {})) if (!(path in now.dirty) && path in dirty && isSame(dirty[path], value)) take(path, values);
  for (const [path, value] of Object.entries(now.dirty)) {
    // What is not there any more has arrived by another page: said once more it is the same.
    if (isChanged(path) || !Object.keys(dirty).some((known) => touches(known, path))) put(path, value, now.seen?.[path] ?? now.version, values);
  }
  return values;
}

function take(path: string, { dirty, seen }: Values): void {
  delete dirty[path];
  delete seen[path];
}

/** A part goes into a whole that waits there; a whole takes the place of its parts. */
function put(path: string, value: unknown, version: number, values: Values): void {
  const { dirty, seen } = values;
  const whole = Object.keys(dirty).find((known) => covers(known, path));
  if (whole !== undefined) {
    dirty[whole] = withValue({ whole: dirty[whole] }, `whole${path.slice(whole.length)}`, value)["whole"] ?? null;
    seen[whole] = Math.min(seen[whole] ?? version, version);
    return;
  }
  for (const known of Object.keys(dirty)) if (covers(path, known)) take(known, values);
  dirty[path] = value;
  seen[path] = version;
}

/** One that was decided on this page is decided; those of the other page stay. */
function conflictsOf(there: Kept, before: Kept | undefined, now: Kept): Conflict[] {
  const isIn = (one: Conflict, list: Kept["conflicts"]): boolean => list?.some((known) => isSame(known, one)) === true;
  const mine = (now.conflicts ?? []).filter((one) => !isIn(one, before?.conflicts) || isIn(one, there.conflicts));
  const decided = (before?.conflicts ?? []).filter(({ path }) => !now.conflicts?.some((one) => one.path === path));
  const gone = new Set([...decided, ...mine].map(({ path }) => path));
  return [...(there.conflicts ?? []).filter(({ path }) => !gone.has(path)), ...mine];
}

/** Nothing of it waits for anything. */
export const isEmptied = ({ dirty, conflicts, submit }: Kept): boolean => Object.keys(dirty).length === 0 && (conflicts ?? []).length === 0 && !submit;
