import type { FormData } from "./document.ts";
import type { Field } from "./fields.ts";

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Nothing filled in: null, blank text, an empty list, an object of nothing but such, a consent that was not given. */
export function isEmpty(value: unknown, depth = 0): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === "string") return value.trim() === "";
  if (Array.isArray(value)) return value.length === 0;
  if (!isPlainObject(value) || depth > 8) return false;
  return Object.values(value).every((part) => isEmpty(part, depth + 1));
}

/** The field a place in the data belongs to; indices of rows are left out: `equipment.0.price` is `equipment.price`. */
export function fieldAt(fields: ReadonlyMap<string, Field>, path: string): Field | null {
  let parts = fields;
  let field: Field | null = null;
  for (const key of path.split(".").slice(0, 12)) {
    if (field?.kind === "table" && ROW.test(key)) continue;
    field = parts.get(key) ?? null;
    if (!field) return null;
    parts = field.parts;
  }
  return field;
}

const ROW = /^(0|[1-9]\d{0,3})$/;

/** The value at a place of the data; undefined when there is none. Reads own properties only. */
export function valueAt(data: unknown, path: string): unknown {
  let value = data;
  for (const key of path.split(".")) {
    if (Array.isArray(value)) value = ROW.test(key) ? value[Number(key)] : undefined;
    else value = isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/**
 * A copy of the data with the value at the place; null and undefined take it away. The place must be one of the form
 * (`fieldAt`). A row beyond the last is added at the end; a row that is taken away leaves its place to those after it.
 */
export function withValue(data: FormData, path: string, value: unknown): FormData {
  return put(data, path.split("."), value) as FormData;
}

function put(target: unknown, [key = "", ...rest]: string[], value: unknown): unknown {
  if (Array.isArray(target) || (ROW.test(key) && !isPlainObject(target))) return putRow(Array.isArray(target) ? target : [], [key, ...rest], value);
  const copy: Record<string, unknown> = isPlainObject(target) ? { ...target } : {};
  const next = rest.length === 0 ? value : put(Object.hasOwn(copy, key) ? copy[key] : undefined, rest, value);
  if (next === null || next === undefined) delete copy[key];
  else copy[key] = next;
  return copy;
}

function putRow(rows: unknown[], [key = "", ...rest]: string[], value: unknown): unknown[] {
  const index = Math.min(Number(key), rows.length);
  const next = rest.length === 0 ? value : put(rows[index], rest, value);
  return next === null || next === undefined ? rows.toSpliced(index, 1) : [...rows.slice(0, index), next, ...rows.slice(index + 1)];
}

/** Whether two values are the same as JSON; keys in any order. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}
