import { recordFor } from "./catalogue.ts";
import type { FormData, Text } from "./document.ts";
import type { Field } from "./fields.ts";
import type { Context, Form } from "./form.ts";
import { fieldAt, isEmpty, isPlainObject, withValue } from "./paths.ts";
import { shape } from "./shape.ts";
import { stateOf } from "./state.ts";

export interface Completeness {
  /** Of what must be filled and is there now; 100 only when nothing is missing. */
  percent: number;
  filled: number;
  total: number;
  /** In the order of the form. */
  missing: { path: string; name: Text }[];
}

/** How far a form is filled: only what must be filled and is shown counts. */
export function complete(form: Form, data: FormData, context: Context = {}): Completeness {
  const { required, missing } = stateOf(form, data, context);
  const shown = new Map(form.sections.flatMap((section) => section.fields).map(({ path }, index) => [path, index]));
  const rank = (path: string): number => shown.get(path.split(".")[0]!) ?? shown.size;
  const filled = required.length - missing.length;
  return {
    percent: required.length === 0 ? 100 : Math.floor((100 * filled) / required.length), filled, total: required.length,
    missing: missing.toSorted((a, b) => rank(a) - rank(b)).map((path) => ({ path, name: fieldAt(form.fields, path)!.name })),
  };
}

/** The data with all computed values as they are now. */
export function compute(form: Form, data: FormData, context: Context = {}): FormData {
  return stateOf(form, data, context).data;
}

/** Whether a place is shown now, and all places that are not. */
export function visible(form: Form, data: FormData, context: Context = {}): { has(path: string): boolean; hidden: readonly string[] } {
  const state = stateOf(form, data, context);
  return { has: (path) => state.isVisible(path), hidden: [...state.hidden] };
}

/**
 * What is kept when a form is submitted: computed, without what is hidden or empty, phones in E.164, text trimmed and in
 * Unicode's composed form (š and č have two spellings otherwise). Data must be valid.
 */
export function submission(form: Form, data: FormData, context: Context = {}): FormData {
  const state = stateOf(form, data, context);
  const shaped = shape(form.fields, state.data, state.hidden);
  return shaped.filled.reduce<FormData>((result, { path, field, value }) => {
    const tidy = typeof value === "string" ? tidyText(field, value, context) : value;
    return tidy === value ? result : withValue(result, path, tidy);
  }, shaped.data);
}

function tidyText(field: Field, text: string, context: Context): string {
  const tidy = text.trim().normalize("NFC");
  return field.kind === "phone" ? (context.phone?.(tidy, field.document["x-country"] ?? null) ?? tidy) : tidy;
}

/** The data as the conditions of guards and rules read it (`catalogueOf`): computed, without what is hidden, days as moments. JSON. */
export const ruleValues = (form: Form, data: FormData, context: Context = {}): Record<string, unknown> => recordFor(form.fields, submission(form, data, context), form.timeZone);

/** What a new form begins with: defaults and countries of addresses. */
export const defaults = (form: Form): FormData => defaultsOf(form.fields);

/** What a new row of a table begins with. */
export function newRow(form: Form, table: string): FormData {
  const field = fieldAt(form.fields, table);
  return field ? defaultsOf(field.parts) : {};
}

function defaultsOf(parts: ReadonlyMap<string, Field>): FormData {
  const data: FormData = {};
  for (const [key, field] of parts) {
    const value = defaultOf(field);
    if (!isEmpty(value)) data[key] = value;
  }
  return data;
}

function defaultOf(field: Field): unknown {
  const { default: value, "x-country": country } = field.document;
  if (value !== undefined) return structuredCopy(value);
  if (field.kind === "address" && country) return { country };
  return field.parts.size > 0 && field.kind !== "table" ? defaultsOf(field.parts) : null;
}

function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  return isPlainObject(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, structuredCopy(part)])) : value;
}

/** The same places with nothing in them, for renderers that need every object to be there. */
export const emptyOf = (form: Form): FormData => emptyParts(form.fields);

function emptyParts(parts: ReadonlyMap<string, Field>): FormData {
  const holders = [...parts].filter(([, field]) => field.parts.size > 0);
  return Object.fromEntries(holders.map(([key, field]) => [key, field.kind === "table" ? [] : emptyParts(field.parts)]));
}
