import type { Kind } from "./document.ts";
import type { Field } from "./fields.ts";
import type { Form } from "./form.ts";
import { fieldAt } from "./paths.ts";

/** Before the place of a field, where the catalogue of a form's own expressions asks for a right: so the fields an expression reads are known, also those of rows it goes through. */
export const MARK = "\u0000";

interface Carried { masks: Set<string>; tells: Set<Kind> }

/**
 * The fields again, the computed ones with all rights of what they read and the kinds of it: a value that is copied,
 * cut or added up is no more open than what it comes from. `steps` stand in the order in which each finds what it reads
 * decided, so that what is computed from computed values carries theirs as well.
 */
export function carryOver(fields: ReadonlyMap<string, Field>, marks: ReadonlyMap<string, ReadonlySet<string>>, steps: Form["steps"]): ReadonlyMap<string, Field> {
  const carried = new Map<string, Carried>();
  for (const { does, path } of steps) {
    if (does !== "compute") continue;
    const all: Carried = { masks: new Set(), tells: new Set() };
    for (const mark of marks.get(path) ?? []) {
      if (!mark.startsWith(MARK)) all.masks.add(mark);
      else add(all, fieldAt(fields, mark.slice(MARK.length)), carried);
    }
    if (all.masks.size > 0 || all.tells.size > 0) carried.set(path, all);
  }
  return carried.size === 0 ? fields : again(fields, carried);
}

/** Of a group, a row or a table only what of it is read by name is told, which has a mark of its own. */
function add(all: Carried, field: Field | null, carried: ReadonlyMap<string, Carried>): void {
  if (!field) return;
  for (const { masks, tells } of [field, ...(carried.get(field.path) ? [carried.get(field.path)!] : [])]) {
    for (const right of masks) all.masks.add(right);
    for (const kind of tells) all.tells.add(kind);
  }
}

const again = (fields: ReadonlyMap<string, Field>, carried: ReadonlyMap<string, Carried>): ReadonlyMap<string, Field> => new Map([...fields].map(([key, field]) => {
  const more = carried.get(field.path);
  const parts = field.parts.size > 0 ? again(field.parts, carried) : field.parts;
  if (!more && parts === field.parts) return [key, field];
  return [key, { ...field, parts, masks: [...new Set([...field.masks, ...(more?.masks ?? [])])], tells: new Set([...field.tells, ...(more?.tells ?? [])]) }];
}));
