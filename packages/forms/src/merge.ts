import type { FormData } from "./document.ts";
import type { Field } from "./fields.ts";
import type { Form } from "./form.ts";
import { isSame, valueAt, withValue } from "./paths.ts";

/** One place that differs. Absent values are null. */
export interface Difference { path: string; before: unknown; after: unknown }

/** Fields that are changed as one, though they have parts: a street of one person with a city of another is nobody's address. */
const AS_ONE: ReadonlySet<string> = new Set(["address"]);
const hasParts = (field: Field): boolean => field.kind !== "table" && field.parts.size > 0 && !AS_ONE.has(field.kind);

const absent = (value: unknown): unknown => value ?? null;

/** What differs between two states of a form's data, place by place: parts of names and groups, cells of tables of one length. */
export function diff(form: Form, before: FormData, after: FormData): Difference[] {
  return diffParts(form.fields, [before, after], "");
}

function diffParts(parts: ReadonlyMap<string, Field>, sides: readonly [unknown, unknown], prefix: string): Difference[] {
  return [...parts].flatMap(([key, field]) => diffField(field, [valueAt(sides[0], key), valueAt(sides[1], key)], `${prefix}${key}`));
}

function diffField(field: Field, [before, after]: readonly [unknown, unknown], path: string): Difference[] {
  if (isSame(absent(before), absent(after))) return [];
  if (hasParts(field)) return diffParts(field.parts, [before, after], `${path}.`);
  if (field.kind === "table" && Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((row, index) => diffParts(field.parts, [row, (after as unknown[])[index]], `${path}.${index}.`));
  }
  return [{ path, before: absent(before), after: absent(after) }];
}

/** A place both sides changed differently. The merged data has `theirs`; `mine` must not be lost, so it is told. */
export interface MergeConflict { path: string; base: unknown; mine: unknown; theirs: unknown }

/**
 * Two people's changes to one base, field by field: what one changed alone is taken, what both changed alike as well;
 * where they differ `theirs` stays, which is what is stored already. Rows both added are all kept, theirs first.
 */
export function merge(form: Form, sides: { base: FormData; mine: FormData; theirs: FormData }): { data: FormData; conflicts: MergeConflict[] } {
  const { base, mine, theirs } = sides;
  const conflicts: MergeConflict[] = [];
  let data = theirs;
  for (const change of diff(form, base, mine)) {
    const outcome = mergeOne(change, valueAt(theirs, change.path), data);
    if ("conflict" in outcome) conflicts.push(outcome.conflict);
    else if (outcome.value !== KEEP) data = withValue(data, change.path, outcome.value);
  }
  return { data, conflicts };
}

const KEEP = Symbol("as theirs");

function mergeOne({ path, before, after }: Difference, theirValue: unknown, data: FormData): { value: unknown } | { conflict: MergeConflict } {
  const theirs = absent(theirValue);
  if (isSame(theirs, after)) return { value: KEEP };
  // A cell of a row that they took away has no place any more.
  if (isSame(theirs, before) && hasPlace(data, path)) return { value: after };
  const rows = addedRows(before, after, theirs);
  return rows ? { value: rows } : { conflict: { path, base: before, mine: after, theirs } };
}

/** Whether the rows on the way to the place are still there. */
function hasPlace(data: FormData, path: string): boolean {
  const keys = path.split(".");
  return keys.every((key, index) => !/^\d+$/.test(key) || Number(key) < ((valueAt(data, keys.slice(0, index).join(".")) as unknown[] | undefined)?.length ?? 0));
}

/** Lists both sides only added to: all rows. */
function addedRows(before: unknown, mine: unknown, theirs: unknown): unknown[] | null {
  if (!Array.isArray(mine) || !Array.isArray(theirs)) return null;
  const base = Array.isArray(before) ? (before as unknown[]) : [];
  const begins = (list: unknown[]): boolean => base.every((row, index) => isSame(row, list[index]));
  return begins(mine) && begins(theirs) ? [...theirs, ...mine.slice(base.length)] : null;
}

/** Who filled a place last. */
export interface Filler { by: "client" | "operator" | "department" | "system"; id: string | null; name: string; at: string }

/** Fillers by place, as `diff` names places. */
export type Provenance = Readonly<Record<string, Filler>>;

/** Marks the changed places as filled by this one; what is emptied is nobody's. Marks of what is within or around them go. */
export function provenance(marks: Provenance, changes: readonly Difference[], filler: Filler): Provenance {
  const next = new Map(Object.entries(marks));
  for (const { path, after } of changes) {
    for (const known of next.keys()) if (known.startsWith(`${path}.`)) next.delete(known);
    if (after === null || (Array.isArray(after) && after.length === 0)) next.delete(path);
    else next.set(path, filler);
  }
  return Object.fromEntries(next);
}
