import { diff, fieldAt, isEmpty, isSame, valueAt, type Field, type Form, type FormData, type Provenance } from "@linija/forms";
import type { Write } from "./forms.rules.ts";

/** A form as it is stored, and as its reader is shown it: what differs they have not seen. */
export interface Shown { stored: FormData; shown: FormData }
type Cells = Readonly<Record<string, unknown>>;

/**
 * Who adds a row, or takes one away, writes the whole table, in which what is hidden from them stands in bullets: rows
 * that are otherwise as they were shown keep what is stored there.
 */
export const keepUnseen = (form: Form, { stored, shown }: Shown, writes: readonly Write[]): Write[] => writes.map((write) => {
  const field = fieldAt(form.fields, write.path);
  return field ? { ...write, value: kept(field, write.value, [valueAt(stored, write.path), valueAt(shown, write.path)]) } : write;
});

function kept(field: Field, written: unknown, [stored, shown]: readonly [unknown, unknown]): unknown {
  if (field.kind === "table") return Array.isArray(written) && Array.isArray(stored) && Array.isArray(shown) ? keptRows(written, stored as Cells[], shown as Cells[]) : written;
  if (field.kind !== "group" || typeof written !== "object" || written === null) return written;
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, field.parts.has(key) ? kept(field.parts.get(key)!, value, [valueAt(stored, key), valueAt(shown, key)]) : value]));
}

function keptRows(written: readonly unknown[], stored: readonly Cells[], shown: readonly Cells[]): unknown[] {
  let next = 0;
  return written.map((row) => {
    const at = stored.findIndex((_, index) => index >= next && isSame(row, shown[index]));
    if (at < 0) return row;
    next = at + 1;
    return stored[at];
  });
}

/** Places in which something would go that its writer was shown only in part. */
export const overwrittenUnseen = (form: Form, { stored, shown }: Shown, next: FormData): string[] => diff(form, stored, next).flatMap(({ path, before, after }) => {
  if (isEmpty(before)) return [];
  const seen = valueAt(shown, path);
  if (isSame(seen, before)) return [];
  return fieldAt(form.fields, path)?.kind === "table" && Array.isArray(before) && Array.isArray(seen) && hasAll(unseenOf(before as Cells[], seen as Cells[]), after) ? [] : [path];
});

/** Of each row what is not seen of it; rows of which all is seen are nobody's concern. */
const unseenOf = (rows: readonly Cells[], shown: readonly (Cells | undefined)[]): Cells[] =>
  rows.map((row, index) => Object.fromEntries(Object.entries(row).filter(([key, value]) => !isSame(value, shown[index]?.[key])))).filter((cells) => Object.keys(cells).length > 0);

/** Whether all these cells are still there, in their order. */
function hasAll(unseen: readonly Cells[], after: unknown): boolean {
  let left = unseen;
  for (const row of Array.isArray(after) ? (after as Cells[]) : []) {
    const [first] = left;
    if (first && Object.entries(first).every(([key, value]) => isSame(row[key], value))) left = left.slice(1);
  }
  return left.length === 0;
}

export const overlaps = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
const within = (path: string, whole: string): boolean => path === whole || path.startsWith(`${whole}.`);

interface Writer { form: Form; is: { by: string; id: string | null }; /** Where others have ever written. */ others: readonly string[] }

/** Whether all that stands there was written by this one, who knows it therefore. A table's mark is of who changed its rows last, whoever filled them. */
export function isOwn(filledBy: Provenance, path: string, { form, is, others }: Writer): boolean {
  const marks = Object.entries(filledBy).filter(([place]) => overlaps(place, path));
  const isMine = ([place, { by, id }]: (typeof marks)[number]) => by === is.by && id === is.id && !(fieldAt(form.fields, place)?.kind === "table" && others.some((other) => overlaps(other, place)));
  return marks.length > 0 && marks.every(isMine);
}

/** Whether it was shown to them for a reason since it was last written. */
export function isRevealed(filledBy: Provenance, path: string, reveals: readonly { path: string; at: Date }[]): boolean {
  const last = Object.entries(filledBy).filter(([place]) => overlaps(place, path)).map(([, { at }]) => at).sort().at(-1) ?? "";
  return reveals.some((one) => within(path, one.path) && one.at.toISOString() >= last);
}
