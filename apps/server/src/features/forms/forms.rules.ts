import { fieldAt, isSame, validate, valueAt, withValue, type Context, type Field, type FieldProblem, type Form, type FormData } from "@linija/forms";
import { overlaps } from "./forms.unseen.rules.ts";

/** `seen`: the version it was written upon; absent: the one of the whole save. */
export interface Write { path: string; value: unknown; seen?: number | undefined }
/** Somebody else has changed a place, last in this version. */
export interface Changed { path: string; version: number }
export interface Conflict { path: string; mine: unknown; theirs: unknown }
export interface Applied { data: FormData; conflicts: Conflict[]; faults: FieldProblem[] }

/** Mistakes that no draft keeps: what is no value of the field at all. Half a phone number is kept, and told. */
const NEVER_KEPT: ReadonlySet<string> = new Set(["wrong_type", "unknown_field", "too_large", "too_long", "too_many", "masked", "not_an_option"]);

/**
 * Writes each field for itself: one that somebody else has changed since it was seen stays as it is and comes back as a
 * conflict, unless both wrote the same. `fill` are the fields this person may write; null: all.
 */
export function applyWrites(form: Form, data: FormData, writes: readonly Write[], by: { changed: readonly Changed[]; version: number; fill: ReadonlySet<string> | null; context: Context }): Applied {
  const applied: Applied = { data, conflicts: [], faults: [] };
  for (const { path, value, seen = by.version } of writes) {
    const fault = refuse(form, path, by.fill);
    const theirs = valueAt(data, path) ?? null;
    if (fault) applied.faults.push(fault);
    else if (isSame(theirs, value ?? null)) continue;
    else if (by.changed.some((changed) => changed.version > seen && overlaps(changed.path, path))) applied.conflicts.push({ path, mine: value ?? null, theirs });
    else applied.data = withValue(applied.data, path, value);
  }
  const paths = writes.map(({ path }) => path);
  const faults = validate(form, applied.data, by.context, { draft: true }).filter(({ path, code }) => NEVER_KEPT.has(code) && (path === "" || paths.some((written) => overlaps(written, path))));
  return { ...applied, faults: [...applied.faults, ...faults] };
}

function refuse(form: Form, path: string, fill: ReadonlySet<string> | null): FieldProblem | null {
  const field = fieldAt(form.fields, path);
  if (!field || (fill && !mayFill(form, path, fill))) return { path, code: "unknown_field", params: {} };
  return isFixed(form, field) ? { path, code: "computed", params: {} } : null;
}

const isFixed = (form: Form, field: Field): boolean => form.computed.has(field.path) || field.document.readOnly === true;

/** A part of a field that may be filled may be. */
function mayFill(form: Form, path: string, fill: ReadonlySet<string>): boolean {
  const field = fieldAt(form.fields, path);
  return field !== null && fill.has(field.path);
}
